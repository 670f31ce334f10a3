{{ config(materialized='view') }}

-- The unit is an enterprise, or of a kind that takes part by reference (参照实施).
select
    f.period,
    f.programme_year,
    f.employer_id,
    'refund.unit_type' as rule_id,
    case
        when f.unit_type = 'other' then 'not_applicable'
        when not f.is_registered then 'unknown'
        when {{ in_list('f.unit_type', 'p.value') }} then 'pass'
        else 'fail'
    end as outcome,
    f.unit_type as observed,
    p.value as limit_value,
    p.parameter,
    p.document_id,
    p.article
from {{ ref('int_refund_facts') }} as f
left join {{ refund_parameter('refund_unit_types') }} as p on f.profile = p.profile
