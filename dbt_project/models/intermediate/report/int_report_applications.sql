{{ config(tags=['report']) }}
-- The programmes that are applied for and have no section model of their own, by unit: applications by the day they were made; what is paid,
-- payable and recoverable as it stands, of all of them.
with decisions as (
    select * from {{ ref('int_report_application_decisions') }}
),

sums as (
    select
        section,
        reporting_unit,
        case when grouping(decision) = 0 then 'decision' else 'none' end as dimension,
        case when grouping(decision) = 0 then decision else '' end as dimension_value,
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
    from decisions
    group by grouping sets ((section, reporting_unit), (section, reporting_unit, decision))
),

-- A person hired or applying in two units counts once in each, and once in the province.
people as (
    select
        section,
        case when grouping(reporting_unit) = 1 then 'province' else reporting_unit end as reporting_unit,
        'none' as dimension,
        '' as dimension_value,
        count(distinct case when is_this_month = 1 then person_id end) as persons,
        count(distinct case when is_this_year = 1 then person_id end) as persons_year,
        count(distinct case when is_this_month = 1 and is_approved = 1 then person_id end) as approved_persons,
        count(distinct case when is_this_year = 1 and is_approved = 1 then person_id end) as approved_persons_year
    from decisions
    group by grouping sets ((section, reporting_unit), (section))
),

rules as (
    select
        section,
        reporting_unit,
        is_this_month,
        is_this_year,
        'failed_rules' as measure,
        {{ unnest_list('failed_rules') }} as rule_id
    from decisions

    union all

    select
        section,
        reporting_unit,
        is_this_month,
        is_this_year,
        'unknown_rules' as measure,
        {{ unnest_list('unknown_rules') }} as rule_id
    from decisions
),

lines as (
    select
        p.area as section,
        b.reporting_unit,
        b.is_this_month,
        b.paid,
        b.returned
    from {{ ref('int_report_bank_lines') }} as b
    inner join {{ ref('programmes') }} as p on b.programme = p.programme and p.has_general_report
),

payments as (
    select
        section,
        reporting_unit,
        'none' as dimension,
        '' as dimension_value,
        sum(is_this_month * paid) as paid_in_month,
        sum(paid) as paid_in_month_year,
        sum(is_this_month * returned) as returned_in_month,
        sum(returned) as returned_in_month_year
    from lines
    group by section, reporting_unit
)

{{ report_rows('g.section', 'sums', ['applications', 'amount', 'paid_amount', 'payable_amount', 'recoverable_amount']) }}

union all

{{ report_rows('g.section', "(select * from sums where dimension <> 'decision')", ['approved', 'in_review']) }}

union all

{{ report_rows('g.section', 'people', ['persons', 'approved_persons']) }}

union all

{{ report_rows('g.section', 'payments', ['paid_in_month', 'returned_in_month']) }}

union all

select
    reporting_unit,
    section,
    measure,
    'rule_id' as dimension,
    rule_id as dimension_value,
    cast(sum(is_this_month) as decimal(18, 6)) as value,
    cast(sum(is_this_year) as decimal(18, 6)) as value_year_to_date
from rules
group by section, reporting_unit, measure, rule_id
