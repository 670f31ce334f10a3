-- What each account of the ledger took in, paid out and held, by month. The province's own account is one of them.
with ledger as (
    select
        l.region_code,
        l.month,
        l.item,
        i.side,
        i.item_group,
        i.is_interlevel,
        l.amount
    from {{ ref('stg_fund_ledger') }} as l
    inner join {{ ref('ledger_items') }} as i on l.item = i.item
    cross join {{ source('run', 'context') }} as c
    where l.month <= c.period
),

months as (
    select
        region_code,
        month,
        sum(case when item = 'opening_balance' then amount end) as opening_reported,
        {{ sum_of_items("side = 'income'") }} as income,
        {{ sum_of_items("side = 'expenditure'") }} as expenditure,
        {{ sum_of_items("side = 'income' and is_interlevel") }} as level_income,
        {{ sum_of_items("side = 'expenditure' and is_interlevel") }} as level_expenditure,
        {{ sum_of_items("item_group = 'premium'") }} as premium,
        {%- for name in fund_groups() %}
        {{ sum_of_items("item_group = '" ~ name ~ "'") }} as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from ledger
    group by region_code, month
),

-- A year without a reported opening goes on from the December before; before the first opening nothing is known.
stretches as (
    select
        m.*,
        count(m.opening_reported) over (partition by m.region_code order by m.month) as stretch
    from months as m
),

-- Months of an account that look back on something that was not taken.
unknown as (
    select distinct
        m.region_code,
        m.month
    from months as m
    inner join
        {{ ref('int_fund_gaps') }} as g
        on
            coalesce(g.region_code, m.region_code) = m.region_code
            and g.month_from <= m.month
            and g.month_to >= {{ add_months('m.month', -11) }}
)

select
    s.region_code,
    s.month,
    cast(s.opening_reported as decimal(18, 2)) as opening_reported,
    s.income,
    s.expenditure,
    s.level_income,
    s.level_expenditure,
    s.premium,
    s.living_benefits,
    s.refund,
    s.skill_subsidy,
    s.job_expansion,
    cast(
        case
            when s.stretch > 0
                then
                    sum(coalesce(s.opening_reported, 0) + s.income - s.expenditure)
                        over (partition by s.region_code, s.stretch order by s.month)
        end as decimal(18, 2)
    ) as balance,
    case
        when u.month is null
            then
                count(*) over (
                    partition by s.region_code
                    order by {{ months_between_starts("date '2000-01-01'", 's.month') }}
                    range between 11 preceding and current row
                )
    end as months_of_12,
    cast(
        sum(s.expenditure) over (
            partition by s.region_code
            order by {{ months_between_starts("date '2000-01-01'", 's.month') }}
            range between 11 preceding and current row
        ) as decimal(18, 2)
    ) as expenditure_of_12
from stretches as s
left join unknown as u on s.region_code = u.region_code and s.month = u.month
