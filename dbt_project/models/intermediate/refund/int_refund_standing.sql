-- What is on record of each employer whose window has not passed, beside its figures: sanctions, agreement, objections, a person's outcome.
with units as (
    select
        w.programme_year,
        w.employer_id,
        w.counted_from as window_from
    from {{ ref('int_refund_windows') }} as w
    where w.is_open
),

sanctioned as (
    select distinct s.uscc
    from {{ ref('stg_sanctions') }} as s
    inner join {{ source('run', 'context') }} as c on s.listed_on <= c.period_end
    where s.removed_on is null or s.removed_on > c.period_end
),

-- A rejected row of the newest list may name the unit: the list then says nothing certain of it.
rejected_names as (
    select distinct r.raw from {{ source('lake', 'rejects_of_newest') }} as r where r.source = 'sanctions'
),

unclear as (
    select distinct e.uscc
    from {{ ref('int_employers') }} as e
    inner join rejected_names as r on position(upper(e.uscc) in r.raw) > 0
),

agreements as (
    select
        a.dispatch_employer_id as employer_id,
        a.programme_year,
        max(a.applied_on) as applied_on
    from {{ ref('stg_dispatch_agreements') }} as a
    inner join {{ source('run', 'context') }} as c on a.applied_on <= c.period_end
    where a.allocation_confirmed
    group by a.dispatch_employer_id, a.programme_year
),

objections as (
    {{ refund_objections('units') }}
),

reviews as (
    select
        employer_id,
        programme_year,
        outcome,
        decided_on
    from (
        select
            r.subject_id as employer_id,
            r.programme_year,
            r.outcome,
            r.decided_on,
            row_number() over (partition by r.subject_id, r.programme_year order by r.decided_on desc) as newest
        from {{ ref('stg_review_outcomes') }} as r
        inner join {{ source('run', 'context') }} as c on r.decided_on <= c.period_end
        where r.programme = 'refund'
    ) as outcomes
    where newest = 1
),

sources_delivered as (
    select max(case when s.source = 'sanctions' and s.is_delivered then 1 else 0 end) = 1 as has_sanctions
    from {{ source('run', 'sources') }} as s
)

select
    u.programme_year,
    u.employer_id,
    d.has_sanctions,
    n.uscc is not null as is_sanctioned,
    x.uscc is not null as is_sanction_unclear,
    a.applied_on as agreement_applied_on,
    coalesce(o.upheld, 0) as objections_upheld,
    coalesce(o.still_open, 0) as objections_open,
    v.outcome as review_outcome,
    v.decided_on as review_decided_on
from units as u
cross join sources_delivered as d
left join {{ ref('int_employers') }} as e on u.employer_id = e.employer_id
left join sanctioned as n on e.uscc = n.uscc
left join unclear as x on e.uscc = x.uscc
left join agreements as a on u.programme_year = a.programme_year and u.employer_id = a.employer_id
left join objections as o on u.programme_year = o.programme_year and u.employer_id = o.employer_id
left join reviews as v on u.programme_year = v.programme_year and u.employer_id = v.employer_id
