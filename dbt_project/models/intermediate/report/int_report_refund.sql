{{ config(tags=['report']) }}
{% set columns = [
    'employers', 'average_insured', 'contribution_base', 'refund_amount', 'paid_employers', 'paid_amount', 'returned_employers',
    'returned_amount', 'payable_amount', 'recoverable_amount',
] %}
{% set notices = [
    'on_notice', 'on_notice_insured', 'on_notice_amount', 'cleared', 'cleared_insured', 'cleared_amount', 'objection_open',
    'objection_upheld', 'account_missing', 'verdicts_differ', 'newly_eligible', 'newly_eligible_amount',
] %}
{% set dimensions = ['decision', 'size_class', 'unit_type'] %}
-- The refund by unit. Decisions are states at the period's end, over all programme years shown; of these, those of the period's own year.
with decisions as (
    select
        {{ report_unit('d.region_code') }} as reporting_unit,
        d.decision,
        coalesce(d.size_class, 'unknown') as size_class,
        coalesce(d.unit_type, 'unknown') as unit_type,
        case when d.programme_year = c.year then 1 else 0 end as is_own_year,
        case when d.first_decided_period = c.period then 1 else 0 end as is_new,
        case when year(d.first_decided_period) = c.year then 1 else 0 end as is_new_in_year,
        d.notice_status,
        d.account_status,
        case when d.verdicts_differ then 1 else 0 end as verdicts_differ,
        d.failed_rules,
        d.unknown_rules,
        1 as employers,
        d.average_insured,
        d.contribution_base,
        d.refund_amount,
        case when d.paid_amount > 0 then 1 else 0 end as paid_employers,
        d.paid_amount,
        case when d.returned_amount > 0 then 1 else 0 end as returned_employers,
        d.returned_amount,
        d.payable_amount,
        d.recoverable_amount
    from {{ ref('refund_decisions') }} as d
    inner join {{ source('run', 'context') }} as c on d.period = c.period
    left join {{ ref('regions') }} as r on d.region_code = r.region_code
),

sums as (
    select
        reporting_unit,
        {{ report_dimension(dimensions) }},
        {%- for name in columns %}
        sum({{ name }}) as {{ name }},
        sum(is_own_year * {{ name }}) as {{ name }}_year{{ ',' if not loop.last }}
        {%- endfor %}
    from decisions
    {{ report_grouping(dimensions) }}
),

states as (
    select
        *,
        case when notice_status = 'on_notice' then 1 else 0 end as on_notice,
        case when notice_status = 'cleared' then 1 else 0 end as cleared,
        case when notice_status = 'objection_open' then 1 else 0 end as objection_open,
        case when notice_status = 'objection_upheld' then 1 else 0 end as objection_upheld,
        case when decision = 'eligible' and account_status = 'account_missing' then 1 else 0 end as account_missing
    from decisions
),

stood as (
    select
        reporting_unit,
        'none' as dimension,
        '' as dimension_value,
        {%- for state in ['on_notice', 'cleared'] %}
        sum({{ state }}) as {{ state }},
        sum({{ state }} * is_own_year) as {{ state }}_year,
        sum({{ state }} * average_insured) as {{ state }}_insured,
        sum({{ state }} * is_own_year * average_insured) as {{ state }}_insured_year,
        sum({{ state }} * refund_amount) as {{ state }}_amount,
        sum({{ state }} * is_own_year * refund_amount) as {{ state }}_amount_year,
        {%- endfor %}
        {%- for state in ['objection_open', 'objection_upheld', 'account_missing', 'verdicts_differ'] %}
        sum({{ state }}) as {{ state }},
        sum({{ state }} * is_own_year) as {{ state }}_year,
        {%- endfor %}
        sum(is_new) as newly_eligible,
        sum(is_new_in_year) as newly_eligible_year,
        sum(is_new * refund_amount) as newly_eligible_amount,
        sum(is_new_in_year * refund_amount) as newly_eligible_amount_year
    from states
    group by reporting_unit
),

rules as (
    select
        reporting_unit,
        is_own_year,
        'failed_rules' as measure,
        {{ unnest_list('failed_rules') }} as rule_id
    from decisions

    union all

    select
        reporting_unit,
        is_own_year,
        'unknown_rules' as measure,
        {{ unnest_list('unknown_rules') }} as rule_id
    from decisions
),

-- Each line of the bank by its own day; it belongs to the region of the unit whose decision it carries out.
lines as (
    select
        {{ report_unit('e.region_code') }} as reporting_unit,
        case when p.paid_on >= c.period then 1 else 0 end as is_this_month,
        case when p.result = 'paid' then p.amount else 0 end as paid,
        case when p.result = 'returned' then p.amount else 0 end as returned
    from {{ ref('int_refund_payments') }} as p
    inner join {{ source('run', 'context') }} as c on year(p.paid_on) = c.year
    left join {{ ref('int_employers') }} as e on p.employer_id = e.employer_id
    left join {{ ref('regions') }} as r on e.region_code = r.region_code
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
    from lines
    group by reporting_unit
)

{{ report_rows('refund', 'sums', columns) }}

union all

{{ report_rows('refund', 'stood', notices) }}

union all

{{ report_rows('refund', 'payments', ['paid_in_month', 'returned_in_month']) }}

union all

select
    reporting_unit,
    'refund' as section,
    measure,
    'rule_id' as dimension,
    rule_id as dimension_value,
    cast(count(*) as decimal(18, 6)) as value,
    cast(sum(is_own_year) as decimal(18, 6)) as value_year_to_date
from rules
group by reporting_unit, measure, rule_id
