{# The unit that reports for a region: one of the units, the province's own account, or unknown. Needs the region joined as `r` and
   run.context as `c`. #}
{% macro report_unit(region_code) -%}
    case
        when r.reporting_unit is not null then r.reporting_unit
        when {{ region_code }} = {{ province_code('c.jurisdiction') }} then 'own_account'
        else 'unknown'
    end
{%- endmacro %}

{# Figures that stand side by side in columns, as rows: `measure` and `measure_year` of each. Each is cast before it meets the others:
   the common type of wide decimals would cut the places of the finer ones. #}
{% macro report_rows(section, relation, measures, without_year=[]) -%}
select
    g.reporting_unit,
    '{{ section }}' as section,
    m.measure,
    g.dimension,
    g.dimension_value,
    cast(
        case m.measure
            {%- for name in measures %}
            when '{{ name }}' then cast(g.{{ name }} as decimal(18, 6))
            {%- endfor %}
        end as decimal(18, 6)
    ) as value,
    cast(
        case m.measure
            when '' then null
            {%- for name in measures if name not in without_year %}
            when '{{ name }}' then cast(g.{{ name }}_year as decimal(18, 6))
            {%- endfor %}
        end as decimal(18, 6)
    ) as value_year_to_date
from {{ relation }} as g
cross join (
    {%- for name in measures %}
    select '{{ name }}' as measure{{ ' union all' if not loop.last }}
    {%- endfor %}
) as m
{%- endmacro %}

{# Of a grouping by sets: which dimension a row shows, and its value. #}
{% macro report_dimension(dimensions) -%}
case
        {%- for name in dimensions %}
        when grouping({{ name }}) = 0 then '{{ name }}'
        {%- endfor %}
        else 'none'
    end as dimension,
    case
        {%- for name in dimensions %}
        when grouping({{ name }}) = 0 then {{ name }}
        {%- endfor %}
        else ''
    end as dimension_value
{%- endmacro %}

{% macro report_grouping(dimensions) -%}
group by grouping sets (
        (reporting_unit)
        {%- for name in dimensions %},
        (reporting_unit, {{ name }})
        {%- endfor %}
    )
{%- endmacro %}

{# The month that is being restated, with the last step of its replay: the report as it is now. #}
{% macro last_restating_step() -%}
    select
        r.period,
        max(s.step) as step
    from {{ source('back', 'restating') }} as r
    cross join {{ source('back', 'restating_steps') }} as s
    group by r.period
{%- endmacro %}
