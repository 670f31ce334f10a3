-- The public notice (公示名单) of the month: units that became eligible in it. No account, no person.
select
    d.period,
    d.programme_year,
    d.region_code,
    d.employer_name,
    d.uscc,
    d.average_insured,
    d.layoff_rate,
    d.refund_ratio,
    d.refund_amount
from {{ ref('refund_decisions') }} as d
inner join {{ source('run', 'context') }} as c on d.period = c.period
where d.notice_status = 'on_notice'
order by d.programme_year, d.region_code, d.uscc, d.employer_id
