with rows_of_month as (
    select
        coalesce(e.region_code, 'unknown') as region_code,
        coalesce(e.unit_type, 'unknown') as unit_type,
        p.person_no,
        p.pay_base,
        p.employer_due + p.person_due as due,
        p.received
    from {{ ref('int_premium_persons') }} as p
    left join {{ ref('int_employers') }} as e on p.employer_id = e.employer_id
),

totals as (
    select
        region_code,
        unit_type,
        count(distinct case when due > 0 then person_no end) as insured,
        cast(sum(pay_base) as decimal(18, 2)) as pay_base,
        cast(sum(due) as decimal(18, 2)) as premium_due,
        cast(sum(received) as decimal(18, 2)) as premium_received
    from rows_of_month
    group by region_code, unit_type
),

rates as (
    select
        period,
        {{ parameter_on('premium_rate_reference', 'period_end', 'decimal') }} as reference_rate,
        {{ parameter_on('premium_rate_total', 'period_end', 'decimal') }} as actual_rate
    from {{ source('run', 'context') }}
)

select
    r.period,
    t.region_code,
    t.unit_type,
    cast(t.insured as integer) as insured,
    t.pay_base,
    t.premium_due,
    t.premium_received,
    {{ round_half_up(wide('t.pay_base') ~ ' * (r.reference_rate - r.actual_rate)', 2) }} as relief
from totals as t
cross join rates as r
