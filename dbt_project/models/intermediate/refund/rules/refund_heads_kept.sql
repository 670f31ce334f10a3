{{ config(materialized='view') }}

-- Enough of the average heads are still insured in the newest fee month; only where the province asks for it.
select
    f.period,
    f.programme_year,
    f.employer_id,
    'refund.heads_kept' as rule_id,
    case
        when f.unit_type = 'other' then 'not_applicable'
        when f.refund_heads_kept_min is null then 'not_applicable'
        when f.present_insured * f.average_months >= f.refund_heads_kept_min * f.insured_person_months then 'pass'
        else 'fail'
    end as outcome,
    cast(f.present_insured as string) as observed,
    concat(p.value, ' × ', cast(f.average_insured as string)) as limit_value,
    p.parameter,
    p.document_id,
    p.article
from {{ ref('int_refund_facts') }} as f
left join {{ refund_parameter('refund_heads_kept_min') }} as p on f.profile = p.profile
