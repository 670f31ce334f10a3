{{ config(tags=['report']) }}
-- The month's main figures by county, from the published tables that carry a region: counties of a unit add up to the unit.
with refund as (
    select
        d.region_code,
        count(*) as employers,
        count(case when d.decision = 'eligible' then 1 end) as eligible,
        sum(d.refund_amount) as refund_amount,
        sum(d.paid_amount) as paid_amount
    from {{ ref('refund_decisions') }} as d
    inner join {{ source('run', 'context') }} as c on d.period = c.period
    group by d.region_code
),

skill as (
    select
        d.region_code,
        count(case when d.decision = 'eligible' then 1 end) as skill_approved,
        sum(d.amount) as skill_amount
    from {{ ref('skill_decisions') }} as d
    inner join {{ source('run', 'context') }} as c on d.period = c.period and d.applied_on between c.period and c.period_end
    group by d.region_code
),

benefits as (
    select
        b.region_code,
        sum(case when b.benefit_kind = 'benefit' then b.persons end) as benefit_persons,
        sum(b.amount) as benefit_amount
    from {{ ref('benefit_coverage') }} as b
    inner join {{ source('run', 'context') }} as c on b.period = c.period
    group by b.region_code
),

premium as (
    select
        p.region_code,
        sum(p.insured) as insured,
        sum(p.relief) as relief
    from {{ ref('premium_relief') }} as p
    inner join {{ source('run', 'context') }} as c on p.period = c.period
    group by p.region_code
),

counties as (
    select coalesce(region_code, 'unknown') as region_code from refund
    union
    select coalesce(region_code, 'unknown') as region_code from skill
    union
    select coalesce(region_code, 'unknown') as region_code from benefits
    union
    select coalesce(region_code, 'unknown') as region_code from premium
)

select
    c.period,
    k.region_code,
    {{ report_unit('k.region_code') }} as reporting_unit,
    cast(coalesce(f.employers, 0) as integer) as employers,
    cast(coalesce(f.eligible, 0) as integer) as eligible,
    cast(coalesce(f.refund_amount, 0) as decimal(18, 2)) as refund_amount,
    cast(coalesce(f.paid_amount, 0) as decimal(18, 2)) as paid_amount,
    cast(coalesce(s.skill_approved, 0) as integer) as skill_approved,
    cast(coalesce(s.skill_amount, 0) as decimal(18, 2)) as skill_amount,
    cast(coalesce(b.benefit_persons, 0) as integer) as benefit_persons,
    cast(coalesce(b.benefit_amount, 0) as decimal(18, 2)) as benefit_amount,
    cast(coalesce(p.insured, 0) as integer) as insured,
    cast(coalesce(p.relief, 0) as decimal(18, 2)) as relief
from counties as k
cross join {{ source('run', 'context') }} as c
left join {{ ref('regions') }} as r on k.region_code = r.region_code
left join refund as f on k.region_code = coalesce(f.region_code, 'unknown')
left join skill as s on k.region_code = coalesce(s.region_code, 'unknown')
left join benefits as b on k.region_code = coalesce(b.region_code, 'unknown')
left join premium as p on k.region_code = coalesce(p.region_code, 'unknown')
order by k.region_code
