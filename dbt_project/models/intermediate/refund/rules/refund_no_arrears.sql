{{ config(materialized='view') }}

-- Nothing owed for any month of the base year (足额缴纳).
select
    f.period,
    f.programme_year,
    f.employer_id,
    'refund.no_arrears' as rule_id,
    case
        when f.unit_type = 'other' then 'not_applicable'
        when p.value = 'months_only' then 'not_applicable'
        when f.arrears = 0 then 'pass'
        else 'fail'
    end as outcome,
    cast(f.arrears as string) as observed,
    cast(case when p.value = 'no_arrears' then '0.00' end as string) as limit_value,
    p.parameter,
    p.document_id,
    p.article
from {{ ref('int_refund_facts') }} as f
left join {{ refund_parameter('refund_arrears_rule') }} as p on f.profile = p.profile
