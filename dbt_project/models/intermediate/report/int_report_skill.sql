{{ config(tags=['report']) }}
{% set dimensions = ['decision', 'level_code'] %}
-- The skill subsidy by unit: applications by the day they were made; what is paid, payable and recoverable as it stands, of all of them.
with sums as (
    select
        reporting_unit,
        {{ report_dimension(dimensions) | replace("'level_code'", "'level'") }},
        sum(is_this_month) as applications,
        sum(is_this_year) as applications_year,
        sum(is_this_month * amount) as amount,
        sum(is_this_year * amount) as amount_year,
        sum(is_this_month * is_approved) as approved,
        sum(is_this_year * is_approved) as approved_year,
        sum(is_this_month * is_in_review) as in_review,
        sum(is_this_year * is_in_review) as in_review_year,
        {%- for name in ['paid_amount', 'payable_amount', 'recoverable_amount'] %}
        sum({{ name }}) as {{ name }},
        sum(is_this_year * {{ name }}) as {{ name }}_year{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('int_report_skill_decisions') }}
    {{ report_grouping(dimensions) }}
),

-- A person who applied in two units counts once in each, and once in the province.
people as (
    select
        case when grouping(reporting_unit) = 1 then 'province' else reporting_unit end as reporting_unit,
        'none' as dimension,
        '' as dimension_value,
        count(distinct case when is_this_month = 1 then person_id end) as persons,
        count(distinct case when is_this_year = 1 then person_id end) as persons_year,
        count(distinct case when is_this_month = 1 and is_approved = 1 then person_id end) as approved_persons,
        count(distinct case when is_this_year = 1 and is_approved = 1 then person_id end) as approved_persons_year
    from {{ ref('int_report_skill_decisions') }}
    group by grouping sets ((reporting_unit), ())
),

rules as (
    select
        reporting_unit,
        is_this_month,
        is_this_year,
        'failed_rules' as measure,
        {{ unnest_list('failed_rules') }} as rule_id
    from {{ ref('int_report_skill_decisions') }}

    union all

    select
        reporting_unit,
        is_this_month,
        is_this_year,
        'unknown_rules' as measure,
        {{ unnest_list('unknown_rules') }} as rule_id
    from {{ ref('int_report_skill_decisions') }}
),

payments as (
    select
        reporting_unit,
        'none' as dimension,
        '' as dimension_value,
        sum(is_this_month * paid) as paid_in_month,
        sum(paid) as paid_in_month_year,
        sum(is_this_month * returned) as returned_in_month,
        sum(returned) as returned_in_month_year
    from {{ ref('int_report_bank_lines') }}
    where programme = 'skill_subsidy'
    group by reporting_unit
)

{{ report_rows('skill', 'sums', ['applications', 'amount', 'paid_amount', 'payable_amount', 'recoverable_amount']) }}

union all

{{ report_rows('skill', "(select * from sums where dimension <> 'decision')", ['approved', 'in_review']) }}

union all

{{ report_rows('skill', 'people', ['persons', 'approved_persons']) }}

union all

{{ report_rows('skill', 'payments', ['paid_in_month', 'returned_in_month']) }}

union all

select
    reporting_unit,
    'skill' as section,
    measure,
    'rule_id' as dimension,
    rule_id as dimension_value,
    cast(sum(is_this_month) as decimal(18, 6)) as value,
    cast(sum(is_this_year) as decimal(18, 6)) as value_year_to_date
from rules
group by reporting_unit, measure, rule_id
