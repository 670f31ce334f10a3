-- Leads whose subjects hang together: one row per ring of at least two subjects with open or confirmed leads.
with leads as (
    select
        l.period,
        l.lead_id,
        l.rule_id,
        l.subject_kind,
        l.subject_id,
        l.amount_at_stake,
        l.still_recoverable,
        l.score,
        c.identifier_key,
        case l.subject_kind
            when 'application' then concat('person|', coalesce(a.person_id, n.person_id))
            else concat(l.subject_kind, '|', l.subject_id)
        end as node
    from {{ ref('risk_leads') }} as l
    inner join {{ source('run', 'context') }} as c on l.period = c.period
    left join {{ ref('stg_skill_applications') }} as a on l.subject_kind = 'application' and l.subject_id = a.application_no
    left join {{ ref('stg_expansion_applications') }} as n on l.subject_kind = 'application' and l.subject_id = n.application_no
    where l.status in ('open', 'confirmed')
),

members as (
    select
        component,
        count(case when node like 'employer|%' then 1 end) as employers,
        count(case when node like 'person|%' then 1 end) as persons,
        count(case when node like 'account|%' then 1 end) as accounts,
        count(case when node like 'phone|%' then 1 end) as phones
    from {{ ref('int_risk_components') }}
    group by component
),

summed as (
    select
        l.period,
        l.identifier_key,
        n.component,
        count(*) as leads,
        count(distinct l.node) as subjects,
        sum(l.amount_at_stake) as amount_at_stake,
        sum(l.still_recoverable) as still_recoverable,
        sum(l.score) as score,
        {{ ordered_list('l.lead_id', 'concat(l.rule_id, l.lead_id)', 'true') }} as lead_ids
    from leads as l
    inner join {{ ref('int_risk_components') }} as n on l.node = n.node
    group by l.period, l.identifier_key, n.component
    having count(distinct l.node) > 1
)

select
    s.period,
    concat('RING-', upper(substr({{ keyed_digest('s.identifier_key', 's.component') }}, 1, 20))) as ring_id,
    cast(m.employers as integer) as employers,
    cast(m.persons as integer) as persons,
    cast(m.accounts as integer) as accounts,
    cast(m.phones as integer) as phones,
    cast(s.subjects as integer) as subjects,
    cast(s.leads as integer) as leads,
    cast(s.amount_at_stake as decimal(18, 2)) as amount_at_stake,
    cast(s.still_recoverable as decimal(18, 2)) as still_recoverable,
    cast(s.score as decimal(18, 2)) as score,
    s.lead_ids
from summed as s
inner join members as m on s.component = m.component
order by score desc, ring_id
