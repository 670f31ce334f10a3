-- depends_on: {{ ref('int_refund_programmes') }} {{ source('run', 'months_delivered') }}
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ replace_period() }}"
) }}

-- The decisions of every programme year shown in the period. Open years are decided now; a closed year's are those of its window's last
-- month, which this table remembers.
{%- set columns = refund_decided_columns() %}
with dispatch_refunds as (
    select
        programme_year,
        employer_id,
        {{ round_half_up('sum(quota)', 2) }} as refund_amount
    from {{ ref('int_refund_quotas') }}
    where ratio_basis = 'user'
    group by programme_year, employer_id
),

open_years as (
    select
        f.*,
        v.decision,
        v.failed_rules,
        v.unknown_rules,
        coalesce(d.refund_amount, v.refund_of_base) as refund_amount
    from {{ ref('int_refund_facts') }} as f
    inner join {{ ref('int_refund_verdicts') }} as v on f.programme_year = v.programme_year and f.employer_id = v.employer_id
    left join dispatch_refunds as d on f.programme_year = d.programme_year and f.employer_id = d.employer_id
),

{% if is_incremental() %}
-- The first month of the window, of those delivered, in which the unit was eligible by what was known then.
earlier as (
    select
        t.programme_year,
        t.employer_id,
        min(t.period) as first_decided_period
    from {{ this }} as t
    inner join {{ source('run', 'months_delivered') }} as m on t.period = m.period
    inner join {{ ref('int_refund_programmes') }} as p
        on
            t.programme_year = p.programme_year
            and p.is_open
            and t.period >= {{ month_start('p.window_from') }}
            and t.period < p.period
    where t.decision = 'eligible'
    group by t.programme_year, t.employer_id
),
{% else %}
earlier as (
    select
        cast(null as integer) as programme_year,
        cast(null as string) as employer_id,
        cast(null as date) as first_decided_period
    where false
),
{% endif %}
decided as (
    select
        o.*,
        coalesce(e.first_decided_period, case when o.decision = 'eligible' then o.period end) as first_decided_period
    from open_years as o
    left join earlier as e on o.programme_year = e.programme_year and o.employer_id = e.employer_id
)

select
    period,
    {{ columns | join(',\n    ') }}
from decided
{% if is_incremental() %}
union all

-- Of the closing month only the decisions stand if nothing was delivered in it: it is then no month in which anybody was first decided.
select
    p.period,
    {%- for column in columns %}
    {{ 'm.period as first_decided_period' if column == 'first_decided_period' else 't.' ~ column }}{{ ',' if not loop.last }}
    {%- endfor %}
from {{ this }} as t
inner join {{ ref('int_refund_programmes') }} as p
    on t.programme_year = p.programme_year and not p.is_open and t.period = p.closing_period
left join {{ source('run', 'months_delivered') }} as m on t.first_decided_period = m.period
{% endif %}
order by period, programme_year, employer_id
