-- What the months of premium say of each employer with anyone insured in the base year.
select
    p.programme_year,
    m.employer_id,
    cast(count(case when m.fee_month between p.base_from and p.base_to and m.insured > 0 then 1 end) as integer) as insured_months,
    cast(sum(case when m.fee_month between p.base_from and p.base_to then m.insured else 0 end) as integer) as insured_person_months,
    -- Opening: December before the base year; where nobody was insured then, the first insured month of the base year.
    cast(coalesce(
        nullif(max(case when m.fee_month = {{ add_months('p.base_from', -1) }} then m.insured end), 0),
        min_by(m.insured, m.fee_month) filter (where m.fee_month between p.base_from and p.base_to and m.insured > 0)
    ) as integer) as opening_insured,
    cast(coalesce(max(case when m.fee_month = p.base_to then m.insured end), 0) as integer) as closing_insured,
    cast(max_by(m.insured, m.fee_month) filter (where m.fee_month <= p.period and m.insured > 0) as integer) as newest_insured,
    cast(count(case when m.fee_month <= p.base_to and m.due > 0 and m.received >= m.due then 1 end) as integer) as months_paid_in_full,
    cast(
        sum(case when m.fee_month between p.base_from and p.base_to and m.due > m.received then m.due - m.received else 0 end)
    as decimal(18, 2)) as arrears,
    cast(sum(case when m.fee_month between p.base_from and p.base_to then m.received else 0 end) as decimal(18, 2)) as received_premium
from {{ ref('int_employer_months') }} as m
inner join {{ ref('int_refund_programmes') }} as p on p.is_open
group by p.programme_year, m.employer_id
having count(case when m.fee_month between p.base_from and p.base_to and m.insured > 0 then 1 end) > 0
