{{ config(materialized='view') }}

-- The unit is insured and its registration stands; an empty registry status is no obstacle.
select
    f.period,
    f.programme_year,
    f.employer_id,
    'refund.insured' as rule_id,
    case
        when f.unit_type = 'other' then 'not_applicable'
        when not f.is_registered then 'unknown'
        when f.insured_status <> 'active' then 'fail'
        when {{ in_list('f.registry_status', 'p.value') }} then 'fail'
        else 'pass'
    end as outcome,
    case
        when f.is_registered
            then concat(f.insured_status, case when f.registry_status is not null then concat(';', f.registry_status) else '' end)
    end as observed,
    p.value as limit_value,
    p.parameter,
    p.document_id,
    p.article
from {{ ref('int_refund_facts') }} as f
left join {{ refund_parameter('refund_excluded_registry') }} as p on f.profile = p.profile
