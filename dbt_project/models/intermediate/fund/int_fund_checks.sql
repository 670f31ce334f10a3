-- Both sides of every reconciliation, by the source row's own region; what has no source row has no row here.
with context as (
    select period, period_end, year from {{ source('run', 'context') }}
),

ledger_sides as (
    select
        i.check_id,
        case when i.is_interlevel and i.side = 'expenditure' then 'right' else 'left' end as side,
        l.region_code,
        l.amount
    from {{ ref('stg_fund_ledger') }} as l
    inner join {{ ref('ledger_items') }} as i on l.item = i.item
    inner join context as c on l.month = c.period
    where i.check_id is not null
),

premium as (
    select
        'premium' as check_id,
        'right' as side,
        e.region_code,
        p.received as amount
    from {{ ref('int_fund_premium_received') }} as p
    left join {{ ref('int_employers') }} as e on p.employer_id = e.employer_id
),

benefits as (
    select
        case when b.benefit_kind in ('allowance', 'one_off') then 'other_benefit' else b.benefit_kind end as check_id,
        'right' as side,
        b.region_code,
        b.amount
    from {{ ref('stg_benefit_payments') }} as b
    cross join context as c
    where b.result = 'paid' and b.paid_on between c.period and c.period_end
),

-- A dispatched part is paid to the user on the firm's behalf: it belongs to the firm's region.
programmes as (
    select
        p.programme as check_id,
        'right' as side,
        coalesce(e.region_code, a.region_code, x.region_code) as region_code,
        p.amount
    from {{ ref('stg_programme_payments') }} as p
    cross join context as c
    left join
        {{ ref('int_employers') }} as e
        on p.programme = 'refund' and coalesce(p.on_behalf_of, p.payee_id) = e.employer_id
    left join
        {{ ref('stg_skill_applications') }} as a
        on p.programme = 'skill_subsidy' and p.payee_id = a.application_no
    left join {{ ref('stg_expansion_applications') }} as n on p.programme = 'job_expansion' and p.payee_id = n.application_no
    left join {{ ref('int_employers') }} as x on n.employer_id = x.employer_id
    where p.result = 'paid' and p.paid_on between c.period and c.period_end
),

recovered as (
    select
        'recovered' as check_id,
        'right' as side,
        r.region_code,
        r.amount
    from {{ ref('int_recovery_entries') }} as r
    inner join context as c on r.on_date between c.period and c.period_end
    where r.kind = 'repaid'
),

-- A year's opening must be the year end computed before it; it is compared in every month of the year, until it is set right. An account
-- without either is not compared.
openings as (
    select
        y.region_code,
        y.opening_reported,
        y.closing_before,
        count(case when y.closing_before is not null then 1 end) over () as comparable
    from {{ ref('int_fund_years') }} as y
    inner join context as c on y.fund_year = c.year
    where y.opening_reported is not null
),

-- What was never paid anything has no row on the right.
decisions as (
    select
        'refund_decisions' as check_id,
        d.region_code,
        case when d.decision in ('eligible', 'review') then d.refund_amount end as decided,
        nullif(d.paid_amount, 0) as paid
    from {{ ref('refund_decisions') }} as d
    inner join context as c on d.period = c.period

    union all

    select
        'skill_decisions' as check_id,
        d.region_code,
        case when d.decision in ('eligible', 'review') then d.amount end as decided,
        nullif(d.paid_amount, 0) as paid
    from {{ ref('skill_decisions') }} as d
    inner join context as c on d.period = c.period

    union all

    select
        'expansion_decisions' as check_id,
        d.region_code,
        case when d.decision in ('eligible', 'review') then d.amount end as decided,
        nullif(d.paid_amount, 0) as paid
    from {{ ref('expansion_decisions') }} as d
    inner join context as c on d.period = c.period
),

sides as (
    select check_id, side, region_code, amount from ledger_sides
    union all
    select check_id, side, region_code, amount from premium
    union all
    select check_id, side, region_code, amount from benefits
    union all
    select check_id, side, region_code, amount from programmes
    union all
    select check_id, side, region_code, amount from recovered
    union all
    select 'opening_balance' as check_id, 'left' as side, region_code, opening_reported as amount
    from openings
    where closing_before is not null or comparable = 0
    union all
    select 'opening_balance' as check_id, 'right' as side, region_code, closing_before as amount
    from openings
    where closing_before is not null
    union all
    select check_id, 'left' as side, region_code, decided as amount from decisions
    union all
    select check_id, 'right' as side, region_code, paid as amount from decisions
)

select
    check_id,
    region_code,
    cast(sum(case when side = 'left' then amount end) as decimal(18, 2)) as left_amount,
    cast(sum(case when side = 'right' then amount end) as decimal(18, 2)) as right_amount
from sides
group by check_id, region_code
