-- The picture of a ring: its nodes by a keyed name and a label that may be shown, two by two.
with rings as (
    select
        r.period,
        r.ring_id,
        c.identifier_key
    from {{ ref('risk_rings') }} as r
    inner join {{ source('run', 'context') }} as c on r.period = c.period
),

links as (
    select
        r.period,
        r.ring_id,
        r.identifier_key,
        l.hub,
        l.holder
    from {{ ref('int_risk_links') }} as l
    inner join {{ ref('int_risk_components') }} as n on l.hub = n.node
    cross join {{ source('run', 'context') }} as c
    inner join rings as r on r.ring_id = concat('RING-', upper(substr({{ keyed_digest('c.identifier_key', 'n.component') }}, 1, 20)))
),

labelled as (
    select
        i.*,
        e.employer_name as hub_name,
        o.employer_name as holder_name
    from links as i
    left join {{ ref('int_employers') }} as e on i.hub = concat('employer|', e.employer_id)
    left join {{ ref('int_employers') }} as o on i.holder = concat('employer|', o.employer_id)
)

select
    period,
    ring_id,
    {%- for side in ['hub', 'holder'] %}
    substr({{ side }}, 1, position('|' in {{ side }}) - 1) as {{ side }}_kind,
    upper(substr({{ keyed_digest('identifier_key', side) }}, 1, 12)) as {{ side }}_node,
    case
        when {{ side }} like 'employer|%'
            then concat(substr({{ side }}, 10), case when {{ side }}_name is null then '' else concat('（', {{ side }}_name, '）') end)
        when {{ side }} like 'person|%' then {{ masked_id('substr(' ~ side ~ ', 8)') }}
        when {{ side }} like 'account|%' then '账户'
        else '电话'
    end as {{ side }}_label{{ ',' if not loop.last }}
    {%- endfor %}
from labelled
order by ring_id, hub_node, holder_node
