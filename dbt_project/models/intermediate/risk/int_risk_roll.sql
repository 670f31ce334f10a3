-- Premium months of the persons whom rules of the roll look at: those with an entry of death or pension, and those for whom two employers owed
-- premium in one month. The lake is asked for these few alone.
with checked as (
    select {{ person_no('x.person_id') }} as _person_no
    from {{ ref('stg_cross_checks') }} as x
    inner join {{ source('run', 'context') }} as c on x.event_date <= c.period_end
    where x.check_kind in ('death', 'pension')
),

-- Whoever ever changed employers, then of these whoever had two in one month: the second question alone would hold every person's month.
movers as (
    select r._person_no
    from {{ source('lake', 'contributions') }} as r
    group by r._person_no
    having min(r.employer_id) <> max(r.employer_id)
),

doubled as (
    select distinct m._person_no
    from (
        select
            r._person_no,
            r.fee_month
        from {{ source('lake', 'contributions') }} as r
        where r._person_no in (select m._person_no from movers as m)
        group by r._person_no, r.fee_month
        having min(r.employer_id) <> max(r.employer_id)
    ) as m
),

wanted as (
    select _person_no from checked
    union
    select _person_no from doubled
),

found as (
    {{ contributions_found('wanted', ['_person_no']) }}
),

newest as (
    {{ newest_of_found('found') }}
)

select
    n.person_id,
    n.employer_id,
    n.fee_month,
    cast(sum(case when n.received_on <= c.period_end then n.employer_paid + n.person_paid else 0 end) as decimal(18, 2)) as received,
    cast(sum(case when n.pay_kind in {{ normal_kinds() }} then n.employer_due + n.person_due else 0 end) as decimal(18, 2)) as normal_due
from newest as n
cross join {{ source('run', 'context') }} as c
where n.fee_month <= c.period
group by n.person_id, n.employer_id, n.fee_month
