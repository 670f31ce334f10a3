-- The province: the sum of all accounts, the province's own included, money between levels left out.
with months as (
    select
        a.month,
        year(a.month) as fund_year,
        sum(a.income - a.level_income) as income,
        sum(a.expenditure - a.level_expenditure) as expenditure,
        sum(a.premium) as premium,
        sum(a.living_benefits) as living_benefits,
        sum(a.refund) as refund,
        sum(a.skill_subsidy) as skill_subsidy,
        sum(a.job_expansion) as job_expansion
    from {{ ref('int_fund_accounts') }} as a
    group by a.month
),

first_months as (
    select
        region_code,
        min(month) as first_month
    from {{ ref('int_fund_accounts') }}
    group by region_code
),

-- An account with rows in the year but no opening leaves the sum unknown, from its first month on.
openings as (
    select
        m.month,
        case when count(case when y.months_known > 0 and y.opening is null then 1 end) = 0 then sum(y.opening) end as opening
    from months as m
    inner join {{ ref('int_fund_years') }} as y on m.fund_year = y.fund_year
    inner join first_months as f on y.region_code = f.region_code and m.month >= f.first_month
    group by m.month
),

-- Twelve months are known when every account that has a row among them has all of them, and nothing of them was left out.
accounts_of_12 as (
    select
        m.month,
        a.region_code,
        count(*) as months_known
    from months as m
    inner join
        {{ ref('int_fund_accounts') }} as a
        on a.month between {{ add_months('m.month', -11) }} and m.month
    group by m.month, a.region_code
),

unknown as (
    select distinct m.month
    from months as m
    inner join {{ ref('int_fund_gaps') }} as g on g.month_from <= m.month and g.month_to >= {{ add_months('m.month', -11) }}
),

windows as (
    select
        a.month,
        case when max(u.month) is null then min(a.months_known) end as months_known
    from accounts_of_12 as a
    left join unknown as u on a.month = u.month
    group by a.month
)

select
    m.month,
    m.fund_year,
    cast(m.income as decimal(18, 2)) as income,
    cast(m.expenditure as decimal(18, 2)) as expenditure,
    cast(
        o.opening + sum(m.income - m.expenditure) over (partition by m.fund_year order by m.month) as decimal(18, 2)
    ) as balance,
    cast(m.premium as decimal(18, 2)) as premium,
    cast(m.living_benefits as decimal(18, 2)) as living_benefits,
    cast(m.refund as decimal(18, 2)) as refund,
    cast(m.skill_subsidy as decimal(18, 2)) as skill_subsidy,
    cast(m.job_expansion as decimal(18, 2)) as job_expansion,
    w.months_known as months_of_12,
    cast(
        sum(m.expenditure) over (
            order by {{ months_between_starts("date '2000-01-01'", 'm.month') }}
            range between 11 preceding and current row
        ) as decimal(18, 2)
    ) as expenditure_of_12
from months as m
inner join openings as o on m.month = o.month
inner join windows as w on m.month = w.month
