{{ config(materialized='view') }}

-- A dispatch employer has applied and confirmed how the money is shared out.
select
    f.period,
    f.programme_year,
    f.employer_id,
    'refund.dispatch_confirmed' as rule_id,
    case
        when f.unit_type = 'other' then 'not_applicable'
        when not f.is_registered then 'unknown'
        when not f.is_dispatch then 'not_applicable'
        when f.agreement_applied_on is not null then 'pass'
        else 'unknown'
    end as outcome,
    cast(f.agreement_applied_on as string) as observed,
    cast(f.period_end as string) as limit_value,
    cast(null as string) as parameter,
    p.document_id,
    p.article
from {{ ref('int_refund_facts') }} as f
left join {{ refund_parameter('dispatch_ratio_basis') }} as p on f.profile = p.profile
