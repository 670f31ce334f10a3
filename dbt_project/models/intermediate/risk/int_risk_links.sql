-- What holds subjects of leads together: an account that several give, a telephone of as many employers as R16 asks for, a group that bought
-- insurance with its claimants (R06), two employers that insure one person (R33).
with limits as (
    select
        c.period,
        c.period_end,
        {{ parameter_on('risk_phone_employers', 'c.period_end', 'int') }} as phone_employers
    from {{ source('run', 'context') }} as c
),

given as (
    select
        concat('employer|', e.employer_id) as holder,
        concat('account|', e.account_no) as hub
    from {{ ref('int_employers') }} as e
    where e.account_no is not null

    union

    select
        concat('person|', p.person_id) as holder,
        concat('account|', p.account_no) as hub
    from {{ ref('int_risk_payments') }} as p
    where p.account_no is not null

    union

    select
        concat('person|', a.person_id) as holder,
        concat('account|', a.account_no) as hub
    from {{ ref('stg_skill_applications') }} as a
    cross join limits as l
    where a.account_no is not null and a.applied_on <= l.period_end
),

phones as (
    select
        concat('employer|', e.employer_id) as holder,
        concat('phone|', e.contact_phone) as hub
    from {{ ref('int_employers') }} as e
    where e.contact_phone is not null
),

shared_phones as (
    select p.hub
    from phones as p
    cross join limits as l
    group by p.hub, l.phone_employers
    having count(*) >= l.phone_employers
),

groups as (
    select distinct
        concat('person|', k.person_id) as holder,
        concat('employer|', k.last_employer_id) as hub
    from {{ ref('int_benefit_claims') }} as k
    inner join {{ ref('risk_r06') }} as g on k.last_employer_id = g.subject_id
    cross join limits as l
    where k.unemployed_on <= l.period_end
),

insured_twice as (
    select
        concat('person|', r.subject_id) as holder,
        concat('employer|', m.employer_id) as hub
    from {{ ref('risk_r33') }} as r
    inner join {{ ref('int_risk_roll') }} as m on r.subject_id = m.person_id and m.normal_due > 0
    where position(concat('|', m.employer_id, '|') in concat('|', r.fact_key, '|')) > 0
)

select
    g.hub,
    g.holder
from given as g
where g.hub in (select s.hub from given as s group by s.hub having count(*) > 1)

union

select
    p.hub,
    p.holder
from phones as p
where p.hub in (select s.hub from shared_phones as s)

union

select
    hub,
    holder
from groups

union

select
    hub,
    holder
from insured_twice
