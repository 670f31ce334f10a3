-- Persons to compare with the national system before the next payment (人社部发〔2024〕40号 六): everybody whose living benefit may be paid
-- next month, and everybody with a skill subsidy to pay. The answers come back as cross_checks.
with context as (
    select
        period,
        period_end,
        {{ add_months('period', 1) }} as next_month
    from {{ source('run', 'context') }}
),

drawing as (
    select
        c.period,
        k.person_id,
        'living_benefits' as purpose,
        k.claim_no as reference_no,
        k.region_code
    from {{ ref('int_benefit_claims') }} as k
    cross join context as c
    left join (
        select
            claim_no,
            count(distinct benefit_month) as months_paid
        from {{ ref('int_benefit_months') }}
        where benefit_kind = 'benefit'
        group by claim_no
    ) as p on k.claim_no = p.claim_no
    where
        k.unemployed_on <= c.period_end
        and k.start_month <= c.next_month
        and (k.stop_month is null or k.stop_month > c.next_month)
        and coalesce(p.months_paid, 0) < k.entitled_months
),

subsidies as (
    select
        c.period,
        s.person_id,
        'skill_subsidy' as purpose,
        s.application_no as reference_no,
        s.region_code
    from {{ ref('skill_decisions') }} as s
    inner join context as c on s.period = c.period
    where s.payable_amount > 0
),

persons as (
    select * from drawing
    union all
    select * from subsidies
)

select
    period,
    region_code,
    person_id,
    purpose,
    reference_no
from persons
order by region_code, person_id, purpose, reference_no
