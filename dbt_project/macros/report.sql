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
    {{ section if section.endswith('.section') else "'" ~ section ~ "'" }} as section,
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

{# A record stands under its own unit and under the province: the two levels, as a relation. #}
{% macro report_record_levels() -%}
    (select false as is_province union all select true as is_province)
{%- endmacro %}

{# The unit under which a record `r` stands at a level `u`; needs run.context as `c`. #}
{% macro report_record_unit(record, level='u') -%}
    case when {{ level }}.is_province then {{ province_code('c.jurisdiction') }} else {{ record }}.reporting_unit end
{%- endmacro %}

{# Records that lie side by side in columns, as rows: one row per record, measure, dimension and level. `measures`: names of columns, or a
   mapping of names to SQL over the record `r`. `left_out_of_province`: a condition on records that do not count in the province. #}
{% macro report_records_of(section, relation, record, key, measures, dimensions=[], has_line=true, left_out_of_province='false') -%}
    select
        {{ section if section.endswith('.section') else "'" ~ section ~ "'" }} as section,
        m.measure,
        d.dimension,
        case d.dimension
            when 'none' then ''
            {%- for name in dimensions %}
            when '{{ name }}' then cast(r.{{ name }} as string)
            {%- endfor %}
        end as dimension_value,
        {{ report_record_unit('r') }} as reporting_unit,
        {{ record if record.endswith('.record') else "'" ~ record ~ "'" }} as record,
        {{ key }} as record_key,
        case m.measure
            {%- for name in measures %}
            when '{{ name }}' then cast(r.{{ measures[name] if measures is mapping else name }} as decimal(18, 6))
            {%- endfor %}
        end as amount,
        {% for column, kind in [('_period', 'date'), ('_file', 'string'), ('_line_no', 'bigint')] -%}
        {{ 'r.' ~ column if has_line else 'cast(null as ' ~ kind ~ ') as ' ~ column }}{{ ',' if not loop.last }}
        {% endfor -%}
    from {{ relation }} as r
    cross join {{ source('run', 'context') }} as c
    cross join {{ report_record_levels() }} as u
    cross join (
        {%- for name in measures %}
        select '{{ name }}' as measure{{ ' union all' if not loop.last }}
        {%- endfor %}
    ) as m
    cross join (
        {%- for name in ['none'] + dimensions %}
        select '{{ name }}' as dimension{{ ' union all' if not loop.last }}
        {%- endfor %}
    ) as d
    where
        not (u.is_province and {{ left_out_of_province }})
        and case m.measure
            {%- for name in measures %}
            when '{{ name }}' then r.{{ measures[name] if measures is mapping else name }} is not null
            {%- endfor %}
        end
{%- endmacro %}

{# Records of a figure of the province as a whole: `p` in `source`, with run.context as `c`. #}
{% macro report_records_of_province(section, measure, dimension, dimension_value, record, key, amount, source) -%}
    select
        '{{ section }}' as section,
        '{{ measure }}' as measure,
        '{{ dimension }}' as dimension,
        {{ dimension_value }} as dimension_value,
        {{ province_code('c.jurisdiction') }} as reporting_unit,
        '{{ record }}' as record,
        {{ key }} as record_key,
        cast({{ amount }} as decimal(18, 6)) as amount,
        cast(null as date) as _period,
        cast(null as string) as _file,
        cast(null as bigint) as _line_no
    from {{ source }}
{%- endmacro %}
