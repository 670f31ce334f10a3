{{ config(materialized='view') }}

-- The layoff rate does not exceed its limit, the limit included; small units have their own.
select
    f.period,
    f.programme_year,
    f.employer_id,
    'refund.layoff_rate' as rule_id,
    case
        when f.unit_type = 'other' then 'not_applicable'
        when f.layoff_rate is null then 'unknown'
        when f.is_rate_within_limit then 'pass'
        else 'fail'
    end as outcome,
    cast(f.layoff_rate as string) as observed,
    cast(f.layoff_rate_limit as string) as limit_value,
    coalesce(small.parameter, general.parameter) as parameter,
    coalesce(small.document_id, general.document_id) as document_id,
    coalesce(small.article, general.article) as article
from {{ ref('int_refund_facts') }} as f
left join {{ refund_parameter('refund_small_layoff_rate_max') }} as small on f.profile = small.profile and f.is_small
left join {{ refund_parameter('refund_layoff_rate_max') }} as general on f.profile = general.profile and not f.is_small
