{{ config(tags=['report']) }}
-- Payments of living benefits of the period's year and of the month before it, by the day of payment.
select
    {{ report_unit('b.region_code') }} as reporting_unit,
    b.benefit_kind,
    b.payment_no,
    b.person_id,
    b.amount,
    b.paid_on >= c.period as is_this_month,
    b.paid_on >= {{ add_months('c.period', -1) }} and b.paid_on < c.period as is_last_month,
    year(b.paid_on) = c.year as is_this_year,
    b._period,
    b._file,
    b._line_no
from {{ ref('stg_benefit_payments') }} as b
inner join {{ source('run', 'context') }} as c
    on b.paid_on <= c.period_end and (b.paid_on >= {{ add_months('c.period', -1) }} or year(b.paid_on) = c.year)
left join {{ ref('regions') }} as r on b.region_code = r.region_code
where b.result = 'paid'
