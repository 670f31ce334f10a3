{{ config(tags=['report']) }}
-- Lines of the bank in the period's year, each by its own day. It belongs to the region of the unit, or of the application, whose decision
-- it carries out.
with lines as (
    select
        p.programme,
        p.batch_no,
        p.line_no,
        p.paid_on,
        p.result,
        p.amount,
        e.region_code,
        p._period,
        p._file,
        p._line_no
    from {{ ref('stg_programme_payments') }} as p
    left join {{ ref('int_employers') }} as e on coalesce(p.on_behalf_of, p.payee_id) = e.employer_id
    where p.programme = 'refund'

    union all

    select
        p.programme,
        p.batch_no,
        p.line_no,
        p.paid_on,
        p.result,
        p.amount,
        a.region_code,
        p._period,
        p._file,
        p._line_no
    from {{ ref('stg_programme_payments') }} as p
    left join {{ ref('stg_skill_applications') }} as a on p.payee_id = a.application_no
    where p.programme = 'skill_subsidy'

    union all

    select
        p.programme,
        p.batch_no,
        p.line_no,
        p.paid_on,
        p.result,
        p.amount,
        d.region_code,
        p._period,
        p._file,
        p._line_no
    from {{ ref('stg_programme_payments') }} as p
    inner join {{ ref('programmes') }} as g on p.programme = g.programme and g.has_general_report
    left join {{ ref('int_programme_decisions') }} as d on p.programme = d.programme and p.payee_id = d.subject_id
)

select
    {{ report_unit('l.region_code') }} as reporting_unit,
    l.programme,
    l.batch_no,
    l.line_no,
    case when l.paid_on >= c.period then 1 else 0 end as is_this_month,
    case when l.result = 'paid' then l.amount else 0 end as paid,
    case when l.result = 'returned' then l.amount else 0 end as returned,
    case when l.paid_on >= c.period and l.result = 'paid' then l.amount else 0 end as paid_in_month,
    case when l.paid_on >= c.period and l.result = 'returned' then l.amount else 0 end as returned_in_month,
    l._period,
    l._file,
    l._line_no
from lines as l
inner join {{ source('run', 'context') }} as c on year(l.paid_on) = c.year and l.paid_on <= c.period_end
left join {{ ref('regions') }} as r on l.region_code = r.region_code
