{{ config(tags=['report']) }}
{% set measures = ['raised', 'raised_new', 'still_open', 'confirmed', 'dismissed', 'gone', 'amount_at_stake'] %}
-- Leads by unit and rule as they stand; of these, those first seen in the period's year. The fund's own subject is the province's account.
with leads as (
    select
        {{ report_unit('l.region_code') }} as reporting_unit,
        l.rule_id,
        case when year(l.first_seen) = c.year then 1 else 0 end as is_this_year,
        1 as raised,
        case when l.first_seen = c.period then 1 else 0 end as raised_new,
        case when l.status = 'open' then 1 else 0 end as still_open,
        case when l.verdict = 'confirmed' then 1 else 0 end as confirmed,
        case when l.verdict = 'dismissed' then 1 else 0 end as dismissed,
        case when l.status = 'gone' then 1 else 0 end as gone,
        case when l.status in ('open', 'confirmed') then l.amount_at_stake else 0 end as amount_at_stake
    from {{ ref('risk_leads') }} as l
    inner join {{ source('run', 'context') }} as c on l.period = c.period
    left join {{ ref('regions') }} as r on l.region_code = r.region_code
),

sums as (
    select
        reporting_unit,
        {{ report_dimension(['rule_id']) }},
        {%- for name in measures %}
        sum({{ name }}) as {{ name }},
        sum({{ 'raised' if name == 'raised_new' else name }} * is_this_year) as {{ name }}_year{{ ',' if not loop.last }}
        {%- endfor %}
    from leads
    {{ report_grouping(['rule_id']) }}
),

grave as (
    select
        {{ report_unit('i.region_code') }} as reporting_unit,
        i.grade as item,
        case when year(i.first_seen) = c.year then 1 else 0 end as is_this_year,
        1 as incidents,
        i.amount as incident_amount
    from {{ ref('incidents') }} as i
    inner join {{ source('run', 'context') }} as c on i.period = c.period
    left join {{ ref('regions') }} as r on i.region_code = r.region_code
),

incidents as (
    select
        reporting_unit,
        {{ report_dimension(['item']) }},
        {%- for name in ['incidents', 'incident_amount'] %}
        sum({{ name }}) as {{ name }},
        sum({{ name }} * is_this_year) as {{ name }}_year{{ ',' if not loop.last }}
        {%- endfor %}
    from grave
    {{ report_grouping(['item']) }}
)

{{ report_rows('risk', 'sums', measures) }}

union all

{{ report_rows('risk', 'incidents', ['incidents', 'incident_amount']) }}
