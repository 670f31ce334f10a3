-- What each rule of the register has brought so far, and how often a person found it right.
with counts as (
    select
        l.rule_id,
        count(*) as raised,
        count(case when l.first_seen = l.period then 1 end) as raised_new,
        count(case when l.status = 'open' then 1 end) as still_open,
        count(case when l.verdict = 'confirmed' then 1 end) as confirmed,
        count(case when l.verdict = 'dismissed' then 1 end) as dismissed,
        count(case when l.status = 'gone' then 1 end) as gone,
        sum(case when l.status in ('open', 'confirmed') then l.amount_at_stake end) as amount_at_stake
    from {{ ref('risk_leads') }} as l
    inner join {{ source('run', 'context') }} as c on l.period = c.period
    group by l.rule_id
)

select
    c.period,
    g.rule_id,
    g.stage,
    g.severity,
    g.programme,
    g.title_zh,
    g.title_en,
    cast(coalesce(n.raised, 0) as integer) as raised,
    cast(coalesce(n.raised_new, 0) as integer) as raised_new,
    cast(coalesce(n.still_open, 0) as integer) as still_open,
    cast(coalesce(n.confirmed, 0) as integer) as confirmed,
    cast(coalesce(n.dismissed, 0) as integer) as dismissed,
    cast(coalesce(n.gone, 0) as integer) as gone,
    {{ exact_ratio('n.confirmed', '(n.confirmed + n.dismissed)') }} as precision_rate,
    cast(coalesce(n.amount_at_stake, 0) as decimal(18, 2)) as amount_at_stake
from {{ ref('risk_rules') }} as g
cross join {{ source('run', 'context') }} as c
left join counts as n on g.rule_id = n.rule_id
order by g.rule_id
