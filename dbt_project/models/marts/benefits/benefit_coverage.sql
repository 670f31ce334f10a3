-- By the day of payment; lines that reverse each other are no payment. A person counts once a region and kind; the count goes on from last month's: last +
-- new − stopped = this.
with months as (
    select
        period,
        {{ add_months('period', -1) }} as month_before,
        {{ add_months('period', '1 - month(period)') }} as year_start
    from {{ source('run', 'context') }}
),

paid as (
    select
        b.region_code,
        b.benefit_kind,
        b.person_id,
        b.amount,
        m.period,
        b.paid_on >= m.period as is_this_month,
        b.paid_on >= m.month_before and b.paid_on < m.period as is_last_month,
        b.paid_on >= m.year_start as is_this_year
    from {{ ref('int_benefit_payments') }} as b
    cross join months as m
    where b.paid_on >= m.month_before or b.paid_on >= m.year_start
),

persons as (
    select
        period,
        region_code,
        benefit_kind,
        person_id,
        max(case when is_this_month then 1 else 0 end) as now_paid,
        max(case when is_last_month then 1 else 0 end) as was_paid,
        sum(case when is_this_month then 1 else 0 end) as months,
        sum(case when is_this_month then amount else 0 end) as amount,
        sum(case when is_this_year then amount else 0 end) as amount_year_to_date
    from paid
    group by period, region_code, benefit_kind, person_id
)

select
    period,
    region_code,
    benefit_kind,
    cast(sum(now_paid) as integer) as persons,
    cast(sum(case when now_paid = 1 and was_paid = 0 then 1 else 0 end) as integer) as new_persons,
    cast(sum(case when now_paid = 0 and was_paid = 1 then 1 else 0 end) as integer) as stopped_persons,
    cast(sum(months) as integer) as months,
    cast(sum(amount) as decimal(18, 2)) as amount,
    cast(sum(amount_year_to_date) as decimal(18, 2)) as amount_year_to_date,
    cast(sum(was_paid) as integer) as persons_last_month
from persons
group by period, region_code, benefit_kind
having max(now_paid) = 1 or max(was_paid) = 1
