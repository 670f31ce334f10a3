-- Insured persons who lost their post in the last twelve months, not of their own will, and have neither
-- claimed nor work again (免跑即领、精准推送): to be informed of the benefit. Work again: a later increase, or a due for
-- a later fee month at any employer.
with today as (
    select
        c.period,
        c.period_end,
        c.jurisdiction,
        {{ add_months('c.period', -11) }} as since
    from {{ source('run', 'context') }} as c
),

-- The day is of the key, so that older changes can be left out before versions are compared.
changes as (
    {{ newest_event_rows(
        '(select h.* from ' ~ source('lake', 'headcount_changes') ~ ' as h cross join today as t where h.change_date between t.since and t.period_end) as h',
        key=['employer_id', 'person_id', 'change_kind', 'change_date'],
        columns=['employer_id', 'person_id', 'change_kind', 'change_date', 'reason'],
    ) }}
),

lost as (
    select
        t.period,
        h.person_id,
        {{ person_no('h.person_id') }} as person_no,
        h.employer_id,
        h.change_date as lost_on,
        h.reason,
        {{ month_start('h.change_date') }} as lost_month,
        row_number() over (partition by h.person_id order by h.change_date desc, h.employer_id) as newest_first
    from changes as h
    cross join today as t
    left join {{ ref('int_employers') }} as u on h.employer_id = u.employer_id
    inner join {{ ref('int_claim_reasons') }} as k
        on k.region_code = {{ subject_region('u.region_code', 't.jurisdiction') }}
    where
        h.change_kind = 'decrease'
        and {{ in_list('h.reason', 'k.reasons') }}
        and not exists (
            select 1 from changes as n
            where n.person_id = h.person_id and n.change_kind = 'increase' and n.change_date >= h.change_date
        )
        and not exists (
            select 1 from {{ ref('stg_benefit_claims') }} as b
            where b.person_id = h.person_id and b.start_month >= {{ month_start('h.change_date') }}
        )
        and not exists (
            select 1 from {{ ref('stg_cross_checks') }} as x
            where x.person_id = h.person_id and x.check_kind in ('death', 'pension')
        )
),

-- Premium is looked at from the month before the loss on: insured then, and not since.
fee_months as (
    select distinct fee_month from {{ ref('int_employer_months') }}
),

candidates as (
    select
        l.person_no as _person_no,
        f.fee_month
    from lost as l
    inner join fee_months as f on f.fee_month >= {{ add_months('l.lost_month', -1) }}
    where l.newest_first = 1
),

found as (
    {{ contributions_found('candidates', ['_person_no', 'fee_month']) }}
),

live as (
    {{ newest_of_found('found') }}
),

person_months as (
    select
        _person_no as person_no,
        employer_id,
        fee_month,
        {{ person_month_due() }} as due
    from live
    group by _person_no, employer_id, fee_month
),

last_months as (
    select
        person_no,
        max(fee_month) as last_due_month
    from person_months
    where due > 0
    group by person_no
)

select
    l.period,
    l.person_id,
    l.employer_id,
    e.employer_name,
    e.region_code,
    l.lost_on,
    l.reason,
    m.last_due_month
from lost as l
inner join last_months as m on l.person_no = m.person_no
left join {{ ref('int_employers') }} as e on l.employer_id = e.employer_id
where l.newest_first = 1 and m.last_due_month <= l.lost_month
order by e.region_code, l.lost_on, l.person_id
