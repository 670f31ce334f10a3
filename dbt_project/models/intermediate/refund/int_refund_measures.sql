-- What the months of premium say of each employer with anyone insured in the base year. Months under a deferral (缓缴) whose last day of
-- payment has not passed are neither unpaid nor in arrears.
with deferred as (
    select distinct
        m.employer_id,
        m.fee_month
    from {{ ref('int_employer_months') }} as m
    inner join {{ ref('stg_deferrals') }} as d
        on m.employer_id = d.employer_id and m.fee_month between d.from_month and d.to_month
    inner join {{ source('run', 'context') }} as c on d.pay_by >= c.period_end
    where m.due > 0
),

-- The newest month in which any employer has anyone insured.
newest as (
    select max(m.fee_month) as fee_month
    from {{ ref('int_employer_months') }} as m
    inner join {{ source('run', 'context') }} as c on m.fee_month <= c.period
    where m.insured > 0
),

months as (
    select
        p.programme_year,
        p.period,
        p.base_from,
        p.base_to,
        m.employer_id,
        m.fee_month,
        m.insured,
        m.received,
        m.fee_month between p.base_from and p.base_to as is_base,
        m.fee_month = n.fee_month as is_newest,
        m.due > 0 and (m.received >= m.due or d.employer_id is not null) as is_paid,
        case when d.employer_id is null and m.due > m.received then m.due - m.received else 0 end as owed
    from {{ ref('int_employer_months') }} as m
    inner join {{ ref('int_refund_programmes') }} as p on p.is_open
    cross join newest as n
    left join deferred as d on m.employer_id = d.employer_id and m.fee_month = d.fee_month
)

select
    m.programme_year,
    m.employer_id,
    cast(count(case when m.is_base and m.insured > 0 then 1 end) as integer) as insured_months,
    cast(sum(case when m.is_base then m.insured else 0 end) as integer) as insured_person_months,
    -- Opening: December before the base year; where nobody was insured then, the first insured month of the base year.
    cast(coalesce(
        nullif(max(case when m.fee_month = {{ add_months('m.base_from', -1) }} then m.insured end), 0),
        min_by(m.insured, m.fee_month) filter (where m.is_base and m.insured > 0)
    ) as integer) as opening_insured,
    cast(coalesce(max(case when m.fee_month = m.base_to then m.insured end), 0) as integer) as closing_insured,
    cast(max_by(m.insured, m.fee_month) filter (where m.fee_month <= m.period and m.insured > 0) as integer) as newest_insured,
    cast(coalesce(max(case when m.is_newest then m.insured end), 0) as integer) as present_insured,
    cast(count(case when m.fee_month <= m.base_to and m.is_paid then 1 end) as integer) as months_paid_to_base,
    cast(count(case when m.fee_month <= m.period and m.is_paid then 1 end) as integer) as months_paid_to_period,
    cast(sum(case when m.is_base then m.owed else 0 end) as decimal(18, 2)) as arrears,
    cast(sum(case when m.is_base then m.received else 0 end) as decimal(18, 2)) as received_premium
from months as m
group by m.programme_year, m.employer_id
having count(case when m.is_base and m.insured > 0 then 1 end) > 0
