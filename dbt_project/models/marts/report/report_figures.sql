{{ config(tags=['report']) }}
-- Every number of the month's reports. Additive measures of the units, of the province's own account and of what is in no unit add up
-- to the province; for the others the province's row stands beside a row `…_bridge` that says by how much it differs from that sum.
with parts as (
    {% for section in ['refund', 'skill', 'applications', 'benefits', 'premium', 'recovery', 'risk', 'quality', 'parameters'] -%}
    select
        p.reporting_unit,
        p.section,
        p.measure,
        p.dimension,
        p.dimension_value,
        p.value,
        p.value_year_to_date,
        cast(null as decimal(18, 6)) as value_last_year
    from {{ ref('int_report_' ~ section) }} as p

    union all

    {% endfor -%}
    select
        p.reporting_unit,
        p.section,
        p.measure,
        p.dimension,
        p.dimension_value,
        p.value,
        p.value_year_to_date,
        p.value_last_year
    from {{ ref('int_report_fund') }} as p
),

dimension_values as (
    select
        'none' as dimension,
        '' as dimension_value,
        cast(null as string) as section
    union all
    select list as dimension, code as dimension_value, null as section from {{ ref('codes') }} where list in ('size_class', 'unit_type', 'benefit_kind')
    union all
    select 'decision', code, 'refund' from {{ ref('codes') }} where list = 'decision'
    union all
    select
        'decision',
        k.code,
        p.area
    from {{ ref('codes') }} as k
    cross join {{ ref('programmes') }} as p
    where k.list = 'decision' and k.code <> 'out_of_scope' and p.subject_kind = 'application'
    union all
    select 'level', code, null from (select '5' as code
    union all
    select '4'
    union all
    select '3') as levels
    union all
    select
        'rule_id',
        g.rule_id,
        p.area
    from {{ ref('rules') }} as g
    inner join {{ ref('programmes') }} as p on g.programme = p.programme
    union all
    select 'rule_id', rule_id, 'risk' from {{ ref('risk_rules') }}
),

keys as (
    select
        m.section,
        m.measure,
        v.dimension,
        v.dimension_value
    from {{ ref('report_measures') }} as m
    inner join
        dimension_values as v
        on {{ in_list('v.dimension', 'm.dimensions') }} and coalesce(v.section, m.section) = m.section

    union

    select distinct
        p.section,
        p.measure,
        p.dimension,
        p.dimension_value
    from parts as p
    {%- if is_incremental() %}

    union

    -- What last year's report had and this month has not is nothing now, and keeps its row: its column would not add up without it.
    select distinct
        t.section,
        t.measure,
        t.dimension,
        t.dimension_value
    from {{ this }} as t
    inner join {{ source('run', 'context') }} as c on {{ add_months('t.period', 12) }} = c.period
    inner join {{ ref('report_measures') }} as m on t.section = m.section and t.measure = m.measure and m.combine <> 'none'
    where t.section <> 'quality'
    {%- endif %}
),

units as (
    select reporting_unit from {{ ref('reporting_units') }}
    union all
    select 'own_account' as reporting_unit
    union all
    select 'unknown' as reporting_unit
),

-- Where a source has never been delivered its figures are not known; else what has no row is nothing.
measures as (
    select
        m.section,
        m.measure,
        m.combine,
        m.kind,
        case when coalesce(s.is_delivered, m.source is null) then 0 end as nothing
    from {{ ref('report_measures') }} as m
    left join {{ source('run', 'sources') }} as s on m.source = s.source
),

by_unit as (
    select
        u.reporting_unit,
        k.section,
        k.measure,
        k.dimension,
        k.dimension_value,
        m.combine,
        -- An account that the ledger lacks is not known; that no account lies outside the units is.
        case
            when p.reporting_unit is not null then p.value + m.nothing
            when k.section <> 'fund' or u.reporting_unit = 'unknown' then m.nothing
        end as value,
        case
            when p.reporting_unit is not null then p.value_year_to_date + m.nothing
            when k.section = 'fund' and u.reporting_unit = 'unknown' then m.nothing
            when k.section not in ('fund', 'premium') and k.measure not in ('new_persons', 'stopped_persons') then m.nothing
        end as value_year_to_date,
        p.value_last_year
    from keys as k
    inner join measures as m on k.section = m.section and k.measure = m.measure
    cross join units as u
    left join
        parts as p
        on
            u.reporting_unit = p.reporting_unit
            and k.section = p.section
            and k.measure = p.measure
            and k.dimension = p.dimension
            and k.dimension_value = p.dimension_value
    where
        (m.combine <> 'none' and k.section <> 'quality')
        or p.reporting_unit is not null
),

sums as (
    select
        section,
        measure,
        dimension,
        dimension_value,
        combine,
        sum(value) as value,
        sum(value_year_to_date) as value_year_to_date,
        sum(value_last_year) as value_last_year
    from by_unit
    group by section, measure, dimension, dimension_value, combine
),

province as (
    select
        k.section,
        k.measure,
        k.dimension,
        k.dimension_value,
        m.combine,
        p.measure is not null as is_own,
        case when p.measure is not null then p.value when m.combine <> 'none' then s.value end as value,
        case when p.measure is not null then p.value_year_to_date when m.combine <> 'none' then s.value_year_to_date end
            as value_year_to_date,
        case when p.measure is not null then p.value_last_year when m.combine <> 'none' then s.value_last_year end as value_last_year,
        p.value - coalesce(s.value, 0) as difference,
        p.value_year_to_date - coalesce(s.value_year_to_date, 0) as difference_year,
        p.value_last_year - coalesce(s.value_last_year, 0) as difference_last_year
    from keys as k
    inner join measures as m on k.section = m.section and k.measure = m.measure
    left join
        parts as p
        on
            p.reporting_unit = 'province'
            and k.section = p.section
            and k.measure = p.measure
            and k.dimension = p.dimension
            and k.dimension_value = p.dimension_value
    left join
        sums as s
        on k.section = s.section and k.measure = s.measure and k.dimension = s.dimension and k.dimension_value = s.dimension_value
),

figures as (
    select reporting_unit, section, measure, dimension, dimension_value, value, value_year_to_date, value_last_year
    from by_unit

    union all

    select
        {{ province_code('c.jurisdiction') }} as reporting_unit,
        p.section,
        p.measure,
        p.dimension,
        p.dimension_value,
        p.value,
        p.value_year_to_date,
        p.value_last_year
    from province as p
    cross join {{ source('run', 'context') }} as c

    union all

    select
        {{ province_code('c.jurisdiction') }} as reporting_unit,
        p.section,
        concat(p.measure, '_bridge') as measure,
        p.dimension,
        p.dimension_value,
        p.difference as value,
        p.difference_year as value_year_to_date,
        p.difference_last_year as value_last_year
    from province as p
    cross join {{ source('run', 'context') }} as c
    where p.is_own and (p.combine = 'bridge' or (p.combine = 'sum' and (p.difference <> 0 or p.difference_year <> 0)))
)
{%- if is_incremental() %},

-- The premium's year is the sum of its months' reports, known where each of them was made.
months_before as (
    select
        t.reporting_unit,
        t.section,
        t.measure,
        t.dimension,
        t.dimension_value,
        count(t.value) as months,
        sum(t.value) as value
    from {{ this }} as t
    inner join {{ source('run', 'context') }} as c on year(t.period) = c.year and t.period < c.period
    where t.section = 'premium'
    group by t.reporting_unit, t.section, t.measure, t.dimension, t.dimension_value
),

-- This month's opening beside the balance that the last month's report closed with: what was corrected since.
closing_before as (
    select
        t.reporting_unit,
        t.value
    from {{ this }} as t
    inner join {{ source('run', 'context') }} as c on {{ add_months('t.period', 1) }} = c.period
    where t.section = 'fund' and t.measure = 'balance' and t.dimension = 'none'
),

-- Last year's column is that report's or the ledger's as a whole: units of the one would not add up to the province of the other.
last_year as (
    select
        t.reporting_unit,
        t.section,
        t.measure,
        t.dimension,
        t.dimension_value,
        t.value
    from {{ this }} as t
    inner join {{ source('run', 'context') }} as c on {{ add_months('t.period', 12) }} = c.period
)
{%- endif %}

select
    c.period,
    f.reporting_unit,
    f.section,
    f.measure,
    f.dimension,
    f.dimension_value,
    cast(f.value as decimal(18, 6)) as value,
    cast(
        case
            when f.section = 'premium' and f.measure not in ('insured', 'insured_bridge')
                then
                    {% if is_incremental() -%}
                    case when coalesce(b.months, 0) = month(c.period) - 1 then f.value + coalesce(b.value, 0) end
                    {%- else -%}
                    case when month(c.period) = 1 then f.value end
                    {%- endif %}
            else f.value_year_to_date
        end as decimal(18, 6)
    ) as value_year_to_date,
    cast(
        {% if is_incremental() %}case when (select count(*) from last_year) > 0 then y.value else f.value_last_year end{% else %}f.value_last_year{% endif %}
        as decimal(18, 6)
    ) as value_same_month_last_year
from figures as f
cross join {{ source('run', 'context') }} as c
{%- if is_incremental() %}
left join
    months_before as b
    on
        f.reporting_unit = b.reporting_unit
        and f.section = b.section
        and f.measure = b.measure
        and f.dimension = b.dimension
        and f.dimension_value = b.dimension_value
left join
    last_year as y
    on
        f.reporting_unit = y.reporting_unit
        and f.section = y.section
        and f.measure = y.measure
        and f.dimension = y.dimension
        and f.dimension_value = y.dimension_value
{%- endif %}
{%- if is_incremental() %}

union all

select
    c.period,
    f.reporting_unit,
    f.section,
    'opening_change' as measure,
    f.dimension,
    f.dimension_value,
    cast(f.value - b.value as decimal(18, 6)) as value,
    cast(null as decimal(18, 6)) as value_year_to_date,
    cast(null as decimal(18, 6)) as value_same_month_last_year
from figures as f
cross join {{ source('run', 'context') }} as c
inner join closing_before as b on f.reporting_unit = b.reporting_unit
where f.section = 'fund' and f.measure = 'opening_balance' and f.dimension = 'none'
{%- endif %}
order by section, measure, dimension, dimension_value, reporting_unit
