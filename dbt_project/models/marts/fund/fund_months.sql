-- Every month of the ledger up to the period: the accounts, and the province as their consolidated sum.
with figures as (
    select
        a.region_code,
        a.month,
        a.income,
        a.expenditure,
        a.balance,
        a.premium,
        a.living_benefits,
        a.refund,
        a.skill_subsidy,
        a.job_expansion,
        a.months_of_12,
        a.expenditure_of_12
    from {{ ref('int_fund_accounts') }} as a
    cross join {{ source('run', 'context') }} as c
    where a.region_code <> {{ province_code('c.jurisdiction') }}

    union all

    select
        {{ province_code('c.jurisdiction') }} as region_code,
        p.month,
        p.income,
        p.expenditure,
        p.balance,
        p.premium,
        p.living_benefits,
        p.refund,
        p.skill_subsidy,
        p.job_expansion,
        p.months_of_12,
        p.expenditure_of_12
    from {{ ref('int_fund_province') }} as p
    cross join {{ source('run', 'context') }} as c
)

select
    c.period,
    f.region_code,
    f.month,
    f.income,
    f.expenditure,
    f.balance,
    case
        when f.months_of_12 = 12
            then {{ signed_ratio('cast(f.balance as decimal(28, 2)) * 12', 'f.expenditure_of_12') }}
    end as rolling_reserve_months,
    f.premium,
    f.living_benefits,
    f.refund,
    f.skill_subsidy,
    f.job_expansion,
    cast(
        f.expenditure - f.living_benefits - f.refund - f.skill_subsidy - f.job_expansion as decimal(18, 2)
    ) as other_expenditure
from figures as f
cross join {{ source('run', 'context') }} as c
order by f.region_code, f.month
