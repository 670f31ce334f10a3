-- What each application rests on by itself, without the person's other applications.
with applications as (
    select * from {{ ref('int_expansion_applications') }}
),

parameters as (
    select
        application_no,
        max(case when parameter = 'expansion_min_months' then {{ parameter_cast('value', 'int') }} end) as min_months,
        max(case when parameter = 'expansion_amount' then {{ parameter_cast('value', 'decimal') }} end) as expansion_amount,
        max(case when parameter = 'expansion_funding_when_closed' then nullif(value, 'none') end) as funding_when_closed
    from {{ ref('int_expansion_parameters') }}
    group by application_no
),

-- A fee month of the person at that employer is paid in full where something was due and no less was received.
paid as (
    select
        a.application_no,
        cast(count(case when m.received >= m.due then 1 end) as integer) as paid_months
    from applications as a
    inner join {{ ref('int_person_months') }} as m
        on
            a.person_no = m.person_no
            and a.employer_id = m.employer_id
            and m.fee_month between {{ month_start('a.hired_on') }} and a.period
    where m.due > 0
    group by a.application_no
),

newest as (
    select max(m.fee_month) as newest_month
    from {{ ref('int_employer_months') }} as m
    inner join {{ source('run', 'context') }} as c on m.fee_month <= c.period
),

posts as (
    select
        a.application_no,
        max(m.fee_month) as last_due_month
    from applications as a
    inner join {{ ref('int_person_months') }} as m
        on a.person_no = m.person_no and a.employer_id = m.employer_id and m.fee_month <= a.period
    where m.due > 0
    group by a.application_no
),

hiring as (
    select
        h.person_id,
        min(h.paid_on) as hiring_subsidy_on
    from {{ ref('stg_hiring_subsidies') }} as h
    inner join {{ source('run', 'context') }} as c on h.paid_on <= c.period_end
    group by h.person_id
),

sanctioned as (
    select distinct s.uscc
    from {{ ref('stg_sanctions') }} as s
    inner join {{ source('run', 'context') }} as c on s.listed_on <= c.period_end
    where s.removed_on is null or s.removed_on > c.period_end
),

-- A list that excludes fails closed: a rejected row of the newest one may name the unit.
rejected as (
    select distinct r.raw from {{ source('lake', 'rejects_of_newest') }} as r where r.source = 'sanctions'
),

unreadable as (
    select distinct a.uscc
    from applications as a
    inner join rejected as r on position(upper(a.uscc) in r.raw) > 0
),

delivered as (
    select
        max(case when source = 'hiring_subsidies' and is_delivered then 1 else 0 end) = 1 as are_hiring_subsidies_delivered,
        max(case when source = 'sanctions' and is_delivered then 1 else 0 end) = 1 as are_sanctions_delivered
    from {{ source('run', 'sources') }}
),

objections as (
    {{ objections_to('job_expansion', 'applications') | indent(4) }}
),

reviews as (
    {{ reviews_of('job_expansion') | indent(4) }}
)

select
    a.period,
    a.application_no,
    a.employer_id,
    a.employer_name,
    a.person_id,
    a.region_code,
    a.hired_on,
    a.applied_on,
    a.person_kind,
    a.contract_signed,
    a.other_insurances,
    a.is_registered,
    a.unit_type,
    a.insured_status,
    a.has_window,
    a.is_awaiting_notice,
    a.programme_year,
    a.window_from,
    a.window_to,
    a.programme_document_id,
    a.programme_article,
    -- Still to come: the period overlaps the window of the hire or lies before its end.
    a.period <= a.window_to as is_window_running,
    {{ whole_years(date_of_birth('a.person_id'), 'a.hired_on') }} as age_when_hired,
    case when a.has_window then coalesce(m.paid_months, 0) else 0 end as paid_months,
    o.last_due_month,
    coalesce(o.last_due_month >= {{ add_months('n.newest_month', -1) }}, false) as is_in_post,
    d.are_hiring_subsidies_delivered,
    h.hiring_subsidy_on,
    d.are_sanctions_delivered,
    s.uscc is not null as is_sanctioned,
    u.uscc is not null as is_in_rejected_sanction,
    g.gate_open,
    g.reserve_months,
    g.reserve_months_min,
    p.funding_when_closed,
    case
        when not a.has_window then null
        when not g.gate_open and p.funding_when_closed is not null then p.funding_when_closed
        else 'fund'
    end as funding_source,
    cast(case when a.has_window then coalesce(p.expansion_amount, 0) else 0 end as decimal(18, 2)) as full_amount,
    coalesce(j.has_upheld_objection, false) as has_upheld_objection,
    coalesce(j.has_open_objection, false) as has_open_objection,
    v.review_outcome,
    v.review_decided_on
from applications as a
cross join delivered as d
cross join newest as n
left join parameters as p on a.application_no = p.application_no
left join paid as m on a.application_no = m.application_no
left join posts as o on a.application_no = o.application_no
left join hiring as h on a.person_id = h.person_id
left join sanctioned as s on a.uscc = s.uscc
left join unreadable as u on a.uscc = u.uscc
left join {{ ref('int_fund_gate') }} as g on a.programme_year = g.programme_year
left join objections as j on a.application_no = j.application_no
left join reviews as v on a.application_no = v.application_no
