{{ config(materialized='view') }}

-- The refund is not suspended for units of this kind. Where a list that was never delivered could decide otherwise, it is unknown.
with possible as (
    select distinct
        r.profile,
        r.value,
        r.precedence
    from {{ ref('int_refund_parameters') }} as r
    where r.parameter = 'refund_suspended' and r.is_possible
),

decisive as (
    select
        r.*,
        exists(
            select 1 from possible as o
            where o.profile = r.profile and o.precedence < r.precedence and o.value <> r.value
        ) as is_unclear
    from {{ ref('int_refund_parameters') }} as r
    where r.parameter = 'refund_suspended' and r.place = 1
)

select
    f.period,
    f.programme_year,
    f.employer_id,
    'refund.not_suspended' as rule_id,
    case
        when f.unit_type = 'other' then 'not_applicable'
        when p.is_unclear then 'unknown'
        when p.value = 'yes' then 'fail'
        else 'pass'
    end as outcome,
    p.value as observed,
    'no' as limit_value,
    p.parameter,
    p.document_id,
    p.article
from {{ ref('int_refund_facts') }} as f
left join decisive as p on f.profile = p.profile
