-- The reserve gate of each programme year: is the fund's reserve period at least the limit?
with programme_years as (
    select
        p.programme_year,
        max(case when p.programme = 'refund' then p.window_to end) as refund_until,
        max(p.window_to) as any_until
    from {{ source('policy', 'programmes') }} as p
    group by p.programme_year

    union

    select
        c.year as programme_year,
        cast(null as date) as refund_until,
        cast(null as date) as any_until
    from {{ source('run', 'context') }} as c
    where c.year not in (select p.programme_year from {{ source('policy', 'programmes') }} as p)
),

-- Inside the window the gate is judged as of the period's end, after it by the window's last day.
days as (
    select
        c.period,
        y.programme_year,
        least(c.period_end, coalesce(y.refund_until, y.any_until, c.period_end)) as gate_day
    from programme_years as y
    cross join {{ source('run', 'context') }} as c
),

parameters as (
    select
        d.period,
        d.programme_year,
        d.gate_day,
        f.value as reserve_formula,
        {{ parameter_cast('l.value', 'decimal') }} as reserve_months_min,
        {{ parameter_cast('t.value', 'decimal') }} as pooling_target,
        l.document_id,
        l.article
    from days as d
    left join
        {{ source('policy', 'parameters') }} as f
        on f.parameter = 'reserve_formula' and d.gate_day between f.valid_from and f.valid_to
    left join
        {{ source('policy', 'parameters') }} as l
        on l.parameter = 'reserve_months_min' and d.gate_day between l.valid_from and l.valid_to
    left join
        {{ source('policy', 'parameters') }} as t
        on t.parameter = 'reserve_months_pooling_target' and d.gate_day between t.valid_from and t.valid_to
),

-- The base year is known when every account with a row in it has an opening and twelve months, and nothing of it was left out.
years_left_out as (
    select distinct y.fund_year
    from {{ ref('int_fund_years') }} as y
    inner join {{ ref('int_fund_gaps') }} as g on y.fund_year between year(g.month_from) and year(g.month_to)
),

base_years as (
    select
        y.fund_year,
        count(*) as accounts
    from {{ ref('int_fund_years') }} as y
    left join years_left_out as g on y.fund_year = g.fund_year
    where y.months_known > 0 and g.fund_year is null
    group by y.fund_year
    having count(case when y.opening is null or y.months_known < 12 then 1 end) = 0
),

previous_year as (
    select
        m.fund_year + 1 as programme_year,
        m.balance,
        m.expenditure_of_12 as expenditure
    from {{ ref('int_fund_province') }} as m
    inner join base_years as b on m.fund_year = b.fund_year
    where month(m.month) = 12 and m.expenditure_of_12 > 0 and m.balance is not null
),

rolling as (
    select
        month,
        balance,
        expenditure_of_12 as expenditure
    from {{ ref('int_fund_province') }}
    where months_of_12 = 12 and expenditure_of_12 > 0 and balance is not null
),

figures as (
    select
        p.*,
        b.balance as balance_previous_year,
        b.expenditure as expenditure_previous_year,
        case p.reserve_formula when 'previous_year' then b.balance when 'rolling_12' then r.balance end as reserve_balance,
        case p.reserve_formula when 'previous_year' then b.expenditure when 'rolling_12' then r.expenditure end
            as reserve_expenditure
    from parameters as p
    left join previous_year as b on p.programme_year = b.programme_year
    left join rolling as r on {{ month_start('p.gate_day') }} = r.month
),

-- Compared by cross-multiplication; the quotient is for the reader.
compared as (
    select
        f.*,
        cast(f.reserve_balance as decimal(28, 2)) * cast(12 as decimal(2, 0)) as twelve_balances
    from figures as f
)

select
    c.period,
    c.programme_year,
    c.balance_previous_year,
    c.expenditure_previous_year,
    c.reserve_formula,
    c.reserve_balance,
    c.reserve_expenditure,
    {{ signed_ratio('c.twelve_balances', 'c.reserve_expenditure') }} as reserve_months,
    c.reserve_months_min,
    c.pooling_target,
    c.twelve_balances >= c.reserve_months_min * {{ wide('c.reserve_expenditure') }} as gate_open,
    case
        when c.twelve_balances is null or c.reserve_months_min is null then 'unknown'
        when c.twelve_balances < c.reserve_months_min * {{ wide('c.reserve_expenditure') }} then 'below_min'
        when c.twelve_balances < c.pooling_target * {{ wide('c.reserve_expenditure') }} then 'below_pooling_target'
        else 'ok'
    end as band,
    'reserve_months_min' as parameter,
    c.document_id,
    c.article
from compared as c
