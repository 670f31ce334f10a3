{{ config(materialized='view') }}

-- The unit is not on the list of serious dishonesty on the last day of the period.
select
    f.period,
    f.programme_year,
    f.employer_id,
    'refund.not_sanctioned' as rule_id,
    case
        when f.unit_type = 'other' then 'not_applicable'
        when p.value = 'no' then 'not_applicable'
        when not f.is_registered or not f.has_sanctions then 'unknown'
        when f.is_sanctioned then 'fail'
        else 'pass'
    end as outcome,
    case when f.is_registered and f.has_sanctions then case when f.is_sanctioned then 'listed' else 'not_listed' end end as observed,
    'not_listed' as limit_value,
    p.parameter,
    p.document_id,
    p.article
from {{ ref('int_refund_facts') }} as f
left join {{ parameter_row('refund_exclude_sanctioned') }} as p on true
