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
        -- A list that excludes fails closed: a rejected row of it names the unit.
        when f.is_sanction_unclear then 'unknown'
        else 'pass'
    end as outcome,
    case
        when not f.is_registered or not f.has_sanctions then cast(null as string)
        when f.is_sanctioned then 'listed'
        when f.is_sanction_unclear then 'rejected_row'
        else 'not_listed'
    end as observed,
    'not_listed' as limit_value,
    p.parameter,
    p.document_id,
    p.article
from {{ ref('int_refund_facts') }} as f
left join {{ refund_parameter('refund_exclude_sanctioned') }} as p on f.profile = p.profile
