{{ config(tags=['report']) }}
-- Decisions on the refund with what each adds to the report's measures: states at the period's end, over all programme years shown.
with decisions as (
    select
        {{ report_unit('d.region_code') }} as reporting_unit,
        d.programme_year,
        d.employer_id,
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

states as (
    select
        *,
        case when notice_status = 'on_notice' then 1 else 0 end as on_notice,
        case when notice_status = 'cleared' then 1 else 0 end as cleared,
        case when notice_status = 'objection_open' then 1 else 0 end as objection_open,
        case when notice_status = 'objection_upheld' then 1 else 0 end as objection_upheld,
        case when decision = 'eligible' and account_status = 'account_missing' then 1 else 0 end as account_missing
    from decisions
)

select
    *,
    {%- for state in ['on_notice', 'cleared'] %}
    {{ state }} * average_insured as {{ state }}_insured,
    {{ state }} * refund_amount as {{ state }}_amount,
    {%- endfor %}
    is_new as newly_eligible,
    is_new * refund_amount as newly_eligible_amount,
    is_new_in_year as newly_eligible_year,
    is_new_in_year * refund_amount as newly_eligible_amount_year
from states
