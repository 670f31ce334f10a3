{{ config(materialized='view') }}

-- Premium paid in full for at least so many months up to the end of the base year; where the province asks for none, 0 lets every unit pass.
select
    f.period,
    f.programme_year,
    f.employer_id,
    'refund.paid_months' as rule_id,
    case
        when f.unit_type = 'other' then 'not_applicable'
        when f.months_paid_in_full >= {{ parameter_cast('p.value', 'int') }} then 'pass'
        else 'fail'
    end as outcome,
    cast(f.months_paid_in_full as string) as observed,
    p.value as limit_value,
    p.parameter,
    p.document_id,
    p.article
from {{ ref('int_refund_facts') }} as f
left join {{ refund_parameter('refund_min_months_paid') }} as p on f.profile = p.profile
