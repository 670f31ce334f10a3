{{ config(tags=['report']) }}

-- The months ahead, by scenario: computed beside the models, taken in here.
select
    p.period,
    p.scenario,
    p.month,
    p.income,
    p.expenditure,
    p.balance,
    p.reserve_months,
    p.low,
    p.high,
    p.premium,
    p.other_income,
    p.living_benefits,
    p.refund,
    p.skill_subsidy,
    p.other_expenditure,
    p.skill_applications,
    p.job_expansion,
    p.expansion_applications,
    p.method
from {{ source('back', 'fund_projection') }} as p
order by p.scenario, p.month
