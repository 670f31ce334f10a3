{{ config(tags=['report']) }}

-- What is required to the end of the year and what the fund covers of it: living benefits first, then the refund, then the
-- skill subsidy; the job-expansion subsidy, whose place the notices leave open, last.
with projected as (
    select
        c.period,
        12 - month(c.period) as months_left,
        count(case when p.month > c.period then 1 end) as months_projected,
        coalesce(sum(case when p.month > c.period then p.income end), 0) as income,
        coalesce(sum(case when p.month > c.period then p.living_benefits end), 0) as living_benefits,
        coalesce(sum(case when p.month > c.period then p.other_expenditure end), 0) as other_expenditure,
        coalesce(sum(case when p.month > c.period then p.skill_applications end), 0) as skill_applications,
        coalesce(sum(case when p.month > c.period then p.expansion_applications end), 0) as expansion_applications,
        max(case when p.month = c.period then p.balance end) as balance
    from {{ source('run', 'context') }} as c
    left join
        {{ source('back', 'fund_projection') }} as p
        on c.period = p.period and p.scenario = 'base' and year(p.month) = c.year
    group by c.period
),

-- The newest month of the ledger tells what a month costs; the balance at the period's end is its own, or the projected one.
ledger as (
    select
        max_by(m.month, m.month) as newest_month,
        max_by(m.balance, m.month) as balance,
        max_by(case when m.months_of_12 = 12 then m.expenditure_of_12 end, m.month) as expenditure_of_12
    from {{ ref('int_fund_province') }} as m
),

refunds as (
    select sum(greatest(d.refund_amount - d.net_paid_amount, 0)) as unpaid
    from {{ ref('refund_decisions') }} as d
    inner join {{ source('run', 'context') }} as c on d.period = c.period
    where d.decision in ('eligible', 'review')
),

subsidies as (
    select sum(greatest(d.amount - d.net_paid_amount, 0)) as unpaid
    from {{ ref('skill_decisions') }} as d
    inner join {{ source('run', 'context') }} as c on d.period = c.period
    where d.decision in ('eligible', 'review')
),

-- What the employment fund pays is no claim on the fund.
expansions as (
    select sum(greatest(d.amount - d.net_paid_amount, 0)) as unpaid
    from {{ ref('expansion_decisions') }} as d
    inner join {{ source('run', 'context') }} as c on d.period = c.period
    where d.decision in ('eligible', 'review') and d.funding_source = 'fund'
),

-- Without a projection the months left are unknown, and so is everything that rests on them.
means as (
    select
        p.period,
        p.months_projected = p.months_left as is_projected,
        p.income as projected_income,
        p.living_benefits,
        p.other_expenditure,
        coalesce(r.unpaid, 0) as refund,
        coalesce(s.unpaid, 0) + p.skill_applications as skill_subsidy,
        coalesce(x.unpaid, 0) + p.expansion_applications as job_expansion,
        case when l.newest_month = p.period then l.balance else p.balance end as balance,
        {{ round_half_up(exact_ratio('g.reserve_months_min * ' ~ wide('l.expenditure_of_12'), '12'), 2) }}
            as reserve_floor
    from projected as p
    cross join ledger as l
    cross join refunds as r
    cross join subsidies as s
    cross join expansions as x
    left join {{ ref('int_fund_gate') }} as g on year(p.period) = g.programme_year
),

plan as (
    select
        m.period,
        1 as priority,
        'living_benefits' as programme,
        case when m.is_projected then m.living_benefits end as required,
        cast(0 as decimal(18, 2)) as required_before
    from means as m

    union all

    select
        m.period,
        2 as priority,
        'refund' as programme,
        m.refund as required,
        case when m.is_projected then m.living_benefits end as required_before
    from means as m

    union all

    select
        m.period,
        3 as priority,
        'skill_subsidy' as programme,
        case when m.is_projected then m.skill_subsidy end as required,
        case when m.is_projected then m.living_benefits + m.refund end as required_before
    from means as m

    union all

    select
        m.period,
        4 as priority,
        'job_expansion' as programme,
        case when m.is_projected then m.job_expansion end as required,
        case when m.is_projected then m.living_benefits + m.refund + m.skill_subsidy end as required_before
    from means as m
),

covered as (
    select
        p.period,
        p.priority,
        p.programme,
        p.required,
        m.balance,
        case when m.is_projected then m.projected_income end as projected_income,
        m.reserve_floor,
        case when m.is_projected then m.other_expenditure end as projected_other_expenditure,
        case
            when m.is_projected then m.balance + m.projected_income - m.reserve_floor - m.other_expenditure
        end as available,
        case
            when m.is_projected and m.balance is not null and m.reserve_floor is not null and p.required is not null
                then
                    least(
                        p.required,
                        greatest(
                            m.balance + m.projected_income - m.reserve_floor - m.other_expenditure - p.required_before, 0
                        )
                    )
        end as covered
    from plan as p
    cross join means as m
)

select
    period,
    cast(priority as integer) as priority,
    programme,
    cast(required as decimal(18, 2)) as required,
    cast(covered as decimal(18, 2)) as covered,
    cast(required - covered as decimal(18, 2)) as shortfall,
    cast(available as decimal(18, 2)) as available,
    cast(balance as decimal(18, 2)) as balance,
    cast(projected_income as decimal(18, 2)) as projected_income,
    cast(projected_other_expenditure as decimal(18, 2)) as projected_other_expenditure,
    cast(reserve_floor as decimal(18, 2)) as reserve_floor
from covered
order by priority
