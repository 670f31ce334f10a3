-- depends_on: {{ ref('int_refund_programmes') }} {{ source('run', 'months_delivered') }}
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ replace_period() }}"
) }}

-- The decisions of every programme year shown in the period. Units whose window has not passed are decided now; the others' decisions are those
-- of their window's last month, which this table remembers.
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
        f.period as decided_period,
        {{ within_amount_limits('coalesce(d.refund_amount, v.refund_of_base)', 'v') }} as refund_amount
    from {{ ref('int_refund_facts') }} as f
    inner join {{ ref('int_refund_verdicts') }} as v on f.programme_year = v.programme_year and f.employer_id = v.employer_id
    left join dispatch_refunds as d on f.programme_year = d.programme_year and f.employer_id = d.employer_id
),

{% if is_incremental() %}
-- The months before, of those delivered, in which the unit stood as eligible by what was known then: the first of the window, and the
-- greatest amount that was on a notice.
earlier as (
    select
        t.programme_year,
        t.employer_id,
        min(case when t.period <= p.closing_period then t.period end) as first_decided_period,
        max(t.refund_amount) as noticed_before
    from {{ this }} as t
    inner join {{ source('run', 'months_delivered') }} as m on t.period = m.period
    inner join {{ ref('int_refund_programmes') }} as p on t.programme_year = p.programme_year and t.period < p.period
    where t.decision = 'eligible'
    group by t.programme_year, t.employer_id
),

-- Units whose window has passed, with its last month.
standing as (
    select
        p.period,
        t.programme_year,
        t.employer_id,
        max(t.period) as decided_period
    from {{ this }} as t
    inner join {{ ref('int_refund_programmes') }} as p on t.programme_year = p.programme_year and t.period < p.period
    left join open_years as o on t.programme_year = o.programme_year and t.employer_id = o.employer_id
    where o.employer_id is null and t.period = t.decided_period and t.period = {{ month_start('coalesce(t.window_to, p.window_to)') }}
    group by p.period, t.programme_year, t.employer_id
),
{% else %}
earlier as (
    select
        cast(null as integer) as programme_year,
        cast(null as string) as employer_id,
        cast(null as date) as first_decided_period,
        cast(null as decimal(18, 2)) as noticed_before
    where false
),
{% endif %}
decided as (
    select
        o.*,
        coalesce(e.first_decided_period, case when o.decision = 'eligible' then o.period end) as first_decided_period,
        e.noticed_before
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
    s.period,
    {%- for column in columns %}
    {% if column == 'first_decided_period' %}m.period as first_decided_period
    {%- elif column == 'noticed_before' %}e.noticed_before
    {%- else %}t.{{ column }}
    {%- endif %}{{ ',' if not loop.last }}
    {%- endfor %}
from {{ this }} as t
inner join standing as s on t.programme_year = s.programme_year and t.employer_id = s.employer_id and t.period = s.decided_period
left join {{ source('run', 'months_delivered') }} as m on t.first_decided_period = m.period
left join earlier as e on t.programme_year = e.programme_year and t.employer_id = e.employer_id
{% endif %}
order by period, programme_year, employer_id
