-- The public notice (公示名单) of the month: units that became eligible in it, and, as a supplement (补差), those whose refund is now above
-- what was on a notice before. No account, no person.
select
    d.period,
    d.programme_year,
    d.region_code,
    d.employer_name,
    {{ shown_uscc('d.uscc') }} as uscc,
    d.average_insured,
    d.layoff_rate,
    d.refund_ratio,
    d.refund_amount,
    case when m.noticed_before is null then 'first' else 'supplement' end as notice_kind,
    m.noticed_before,
    cast(d.refund_amount - coalesce(m.noticed_before, 0) as decimal(18, 2)) as notice_difference
from {{ ref('refund_decisions') }} as d
inner join {{ source('run', 'context') }} as c on d.period = c.period
inner join {{ ref('int_refund_decided') }} as m
    on d.period = m.period and d.programme_year = m.programme_year and d.employer_id = m.employer_id
where d.notice_status = 'on_notice'
order by d.programme_year, d.region_code, d.uscc, d.employer_id
