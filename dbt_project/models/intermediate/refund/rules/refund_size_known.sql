{{ config(materialized='view') }}

-- The size class, and with it the ratio, is known.
select
    f.period,
    f.programme_year,
    f.employer_id,
    'refund.size_known' as rule_id,
    case
        when f.unit_type = 'other' then 'not_applicable'
        when f.is_registered and not f.is_covered then 'not_applicable'
        when f.size_class is not null then 'pass'
        else 'unknown'
    end as outcome,
    case when f.size_class is not null then concat(f.size_class, ';', f.size_source) end as observed,
    'large;sme' as limit_value,
    p.parameter,
    p.document_id,
    p.article
from {{ ref('int_refund_facts') }} as f
left join {{ refund_parameter('size_headcount_large') }} as p on f.profile = p.profile
