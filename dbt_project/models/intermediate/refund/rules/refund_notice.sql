{{ config(materialized='view') }}

-- No objection raised since the window began was upheld, and none is open.
select
    f.period,
    f.programme_year,
    f.employer_id,
    'refund.notice' as rule_id,
    case
        when f.unit_type = 'other' then 'not_applicable'
        when f.objections_upheld > 0 then 'fail'
        when f.objections_open > 0 then 'unknown'
        else 'pass'
    end as outcome,
    concat(cast(f.objections_upheld as string), ' upheld; ', cast(f.objections_open as string), ' open') as observed,
    '0' as limit_value,
    p.parameter,
    p.document_id,
    p.article
from {{ ref('int_refund_facts') }} as f
left join {{ refund_parameter('notice_working_days') }} as p on f.profile = p.profile
