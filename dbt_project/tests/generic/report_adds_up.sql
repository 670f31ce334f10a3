{# The identities of the month's report, of the period being built: the units, the province's own account and what is in no unit add up
   to the province (less its stated bridge); the parts by size, type, decision, level and kind add up to the whole; opening + income −
   expenditure = balance for every unit; and each premium's year is the sum of its months. #}
{% test report_adds_up(model) %}
with figures as (
    select f.*, {{ province_code('c.jurisdiction') }} as province, c.year
    from {{ model }} as f
    inner join {{ source('run', 'context') }} as c on f.period = c.period
),

units as (
    select
        'units' as identity,
        f.section,
        f.measure,
        f.dimension,
        f.dimension_value,
        max(f.province) as reporting_unit,
        coalesce(sum(case when f.reporting_unit <> f.province then f.value end), 0) + coalesce(max(b.value), 0) as left_value,
        max(case when f.reporting_unit = f.province then f.value end) as right_value,
        coalesce(sum(case when f.reporting_unit <> f.province then f.value_year_to_date end), 0) + coalesce(max(b.value_year_to_date), 0)
            as left_year,
        max(case when f.reporting_unit = f.province then f.value_year_to_date end) as right_year
    from figures as f
    inner join {{ ref('report_measures') }} as m on f.section = m.section and f.measure = m.measure and m.combine <> 'none'
    left join
        figures as b
        on
            b.section = f.section
            and b.measure = concat(f.measure, '_bridge')
            and b.dimension = f.dimension
            and b.dimension_value = f.dimension_value
    group by f.section, f.measure, f.dimension, f.dimension_value
),

-- A person may draw two kinds, and a parent's size class may be unknown to none: only additive measures are parted.
parts as (
    select
        concat('parts by ', p.dimension) as identity,
        p.section,
        p.measure,
        p.dimension,
        '' as dimension_value,
        p.reporting_unit,
        sum(p.value) as left_value,
        max(w.value) as right_value,
        sum(p.value_year_to_date) as left_year,
        max(w.value_year_to_date) as right_year
    from figures as p
    inner join {{ ref('report_measures') }} as m on p.section = m.section and p.measure = m.measure and m.combine = 'sum'
    inner join
        figures as w
        on
            p.section = w.section
            and p.measure = w.measure
            and p.reporting_unit = w.reporting_unit
            and w.dimension = 'none'
    where p.dimension in ('decision', 'size_class', 'unit_type', 'level', 'benefit_kind') or (p.dimension = 'rule_id' and p.section = 'risk')
    group by p.section, p.measure, p.dimension, p.reporting_unit
),

fund as (
    select
        'opening + income - expenditure' as identity,
        section,
        'balance' as measure,
        dimension,
        dimension_value,
        reporting_unit,
        {%- for column in ['value', 'value_year_to_date'] %}
        case
            when count(case when measure in ('opening_balance', 'income', 'expenditure') then {{ column }} end) = 3
                then
                    sum(
                        case measure
                            when 'opening_balance' then {{ column }}
                            when 'income' then {{ column }}
                            when 'expenditure' then 0 - {{ column }}
                        end
                    )
        end as left_{{ 'value' if loop.first else 'year' }},
        case
            when count(case when measure in ('opening_balance', 'income', 'expenditure') then {{ column }} end) = 3
                then sum(case when measure = 'balance' then {{ column }} end)
        end as right_{{ 'value' if loop.first else 'year' }}{{ ',' if loop.first }}
        {%- endfor %}
    from figures
    where section = 'fund' and dimension = 'none'
    group by section, dimension, dimension_value, reporting_unit
),

months as (
    select
        'months of the year' as identity,
        f.section,
        f.measure,
        f.dimension,
        f.dimension_value,
        f.reporting_unit,
        sum(t.value) as left_value,
        max(f.value_year_to_date) as right_value,
        cast(null as decimal(18, 6)) as left_year,
        cast(null as decimal(18, 6)) as right_year
    from figures as f
    inner join
        {{ model }} as t
        on
            f.section = t.section
            and f.measure = t.measure
            and f.dimension = t.dimension
            and f.dimension_value = t.dimension_value
            and f.reporting_unit = t.reporting_unit
            and year(t.period) = f.year
            and t.period <= f.period
    where f.section = 'premium' and f.value_year_to_date is not null
    group by f.section, f.measure, f.dimension, f.dimension_value, f.reporting_unit
),

identities as (
    select * from units
    union all
    select * from parts
    union all
    select * from fund
    union all
    select * from months
)

select *
from identities
where
    (right_value is not null and left_value is distinct from right_value)
    or (right_year is not null and left_year is distinct from right_year)
{% endtest %}
