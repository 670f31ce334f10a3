{# The fund's tables of the period belong together: a row a key, items that add up, a province that is the sum of its accounts, balances
   that follow from one another, a gate and a band that say the same, checks that say what their figures say, a plan that adds up. #}
{% test fund_adds_up(model) %}

with months as (
    select m.* from {{ model }} as m inner join {{ source('run', 'context') }} as c on m.period = c.period
),

accounts as (
    select
        month,
        sum(premium) as premium,
        sum(living_benefits) as living_benefits,
        sum(refund) as refund,
        sum(skill_subsidy) as skill_subsidy,
        sum(job_expansion) as job_expansion,
        sum(income - level_income) as income,
        sum(expenditure - level_expenditure) as expenditure
    from {{ ref('int_fund_accounts') }}
    group by month
),

projection as (
    select
        p.*,
        lag(p.balance) over (partition by p.scenario order by p.month) as balance_before
    from {{ ref('fund_projection') }} as p
    inner join {{ source('run', 'context') }} as c on p.period = c.period
),

plan as (
    select
        sum(p.covered) as covered,
        max(p.available) as available
    from {{ ref('fund_priority_plan') }} as p
    inner join {{ source('run', 'context') }} as c on p.period = c.period
)

select
    'a month twice, or without a figure' as fault,
    concat(region_code, ' ', cast(month as string)) as place
from months
group by region_code, month
having count(*) <> 1 or count(income) <> 1 or count(expenditure) <> 1

union all

select
    'items that do not add up' as fault,
    concat(region_code, ' ', cast(month as string)) as place
from months
where living_benefits + refund + skill_subsidy + job_expansion + other_expenditure <> expenditure

union all

select
    'the province is not the sum of its accounts' as fault,
    cast(a.month as string) as place
from accounts as a
cross join {{ source('run', 'context') }} as c
left join months as m on a.month = m.month and m.region_code = {{ province_code('c.jurisdiction') }}
where
    m.month is null
    or a.income <> m.income
    or a.expenditure <> m.expenditure
    or a.premium <> m.premium
    or a.living_benefits <> m.living_benefits
    or a.refund <> m.refund
    or a.skill_subsidy <> m.skill_subsidy
    or a.job_expansion <> m.job_expansion

union all

select
    'a balance that does not follow from the one before' as fault,
    concat(b.region_code, ' ', cast(b.month as string)) as place
from months as a
inner join months as b
    on a.region_code = b.region_code and b.month = {{ add_months('a.month', 1) }} and year(a.month) = year(b.month)
cross join {{ source('run', 'context') }} as c
where
    b.region_code <> {{ province_code('c.jurisdiction') }}
    and a.balance is not null
    and coalesce(b.balance <> a.balance + b.income - b.expenditure, true)

union all

select
    'a gate and a band that disagree' as fault,
    cast(r.programme_year as string) as place
from {{ ref('fund_reserve') }} as r
inner join {{ source('run', 'context') }} as c on r.period = c.period
where
    (r.gate_open is null) <> (r.band = 'unknown')
    or (r.gate_open = false) <> (r.band = 'below_min')
    or (r.gate_open is null) <> (r.reserve_months is null)

union all

select
    'a check that does not say what its figures say' as fault,
    r.check_id as place
from {{ ref('reconciliations') }} as r
inner join {{ source('run', 'context') }} as c on r.period = c.period
where
    (r.outcome = 'not_comparable') <> (r.left_amount is null or r.right_amount is null)
    or (r.outcome = 'match' and r.difference <> 0)
    or (r.outcome = 'within' and r.difference <= 0)
    or (r.outcome = 'mismatch' and r.difference = 0)

union all

select
    'a plan that does not add up' as fault,
    p.programme as place
from {{ ref('fund_priority_plan') }} as p
inner join {{ source('run', 'context') }} as c on p.period = c.period
where p.covered + p.shortfall <> p.required or p.covered < 0 or p.shortfall < 0

union all

select
    'a plan that covers more than there is' as fault,
    cast(covered as string) as place
from plan
where covered > greatest(available, 0)

union all

select
    'a projection that does not add up' as fault,
    concat(scenario, ' ', cast(month as string)) as place
from projection
where
    premium + other_income <> income
    or living_benefits + refund + skill_subsidy + job_expansion + other_expenditure <> expenditure
    or balance <> balance_before + income - expenditure
    or low > balance
    or high < balance

{% endtest %}
