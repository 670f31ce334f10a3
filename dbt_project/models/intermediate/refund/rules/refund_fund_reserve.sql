{{ config(materialized='view') }}

-- The reserve period of the fund opens the programme.
select
    f.period,
    f.programme_year,
    f.employer_id,
    'refund.fund_reserve' as rule_id,
    case
        when f.unit_type = 'other' then 'not_applicable'
        when f.gate_open is null then 'unknown'
        when f.gate_open then 'pass'
        else 'fail'
    end as outcome,
    cast(f.reserve_months as string) as observed,
    cast(f.reserve_months_min as string) as limit_value,
    'reserve_months_min' as parameter,
    f.gate_document_id as document_id,
    f.gate_article as article
from {{ ref('int_refund_facts') }} as f
