{# An amount, a count, months and a share in the words of a point. An amount of less than one 万元 is written in 元. #}
{% macro wan_text(amount) -%}
    case
        when abs({{ amount }}) < 10000 then concat({{ grouped_number(amount, 2) }}, '元')
        else concat({{ grouped_number(round_half_up(wide(amount) ~ ' * cast(0.0001 as decimal(5, 4))', 2), 2) }}, '万元')
    end
{%- endmacro %}

{% macro yuan_text(amount) -%} concat({{ grouped_number(amount, 2) }}, ' yuan') {%- endmacro %}

{% macro grouped_count(number) -%} {{ grouped_number(number, 0) }} {%- endmacro %}

{% macro months_text(months) -%} cast({{ round_half_up(months, 2) }} as varchar(32)) {%- endmacro %}

{% macro percent_text(share) -%} concat(cast(cast({{ round_half_up(share ~ ' * 100', 0) }} as integer) as varchar(8)), '%') {%- endmacro %}

{# A point that is one figure of the report. words: what is said in Chinese before and after the count, and in English before it. #}
{% macro figure_point(point_id, section, measure, words, dimension='none', dimension_value='', amount=none) -%}
    select
        '{{ point_id }}' as point_id,
        '{{ section }}.{{ dimension_value or measure }}' as item,
        concat(
            '{{ words[0] }}', {{ grouped_count('f.value') }}, '{{ words[1] }}'
            {%- if amount %}, '，金额', {{ wan_text('a.value') }}{% endif %}
        ) as text_zh,
        concat(
            '{{ words[2] }}: ', {{ grouped_count('f.value') }}
            {%- if amount %}, ', ', {{ yuan_text('a.value') }}{% endif %}
        ) as text_en,
        f.value as figure,
        m.unit
    from figures as f
    inner join {{ ref('report_measures') }} as m on f.section = m.section and f.measure = m.measure
    {%- if amount %}
    left join figures as a
        on
            a.section = '{{ section }}'
            and a.measure = '{{ amount }}'
            and a.dimension = f.dimension
            and a.dimension_value = f.dimension_value
    {%- endif %}
    where
        f.section = '{{ section }}'
        and f.measure = '{{ measure }}'
        and f.dimension = '{{ dimension }}'
        and f.dimension_value = '{{ dimension_value }}'
        and f.value > 0
{%- endmacro %}
