{{ config(materialized='view') }}

-- There is premium to give back.
select
    f.period,
    f.programme_year,
    f.employer_id,
    'refund.base' as rule_id,
    case
        when f.unit_type = 'other' then 'not_applicable'
        when f.contribution_base > 0 then 'pass'
        else 'fail'
    end as outcome,
    cast(f.contribution_base as string) as observed,
    '0.00' as limit_value,
    p.parameter,
    p.document_id,
    p.article
from {{ ref('int_refund_facts') }} as f
left join {{ refund_parameter('contribution_basis') }} as p on f.profile = p.profile
