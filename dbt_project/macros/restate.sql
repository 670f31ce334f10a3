{# Keys of two relations, none of them null. #}
{% macro same_keys(left, right, keys) -%}
{% for key in keys %}{{ left }}.{{ key }} = {{ right }}.{{ key }}{{ ' and ' if not loop.last }}{% endfor %}
{%- endmacro %}

{# Of values by step, in `relation`: `moved`, what is not at the last step (in `last_step`) as it was published; `causes`, the names of the
   steps at which it became another. A step without a row has no value. #}
{% macro moved_steps(relation, keys, value) -%}
moved as (
    select
        {%- for key in keys %}
        v.{{ key }},
        {%- endfor %}
        max(case when v.step = -1 then v.{{ value }} end) as old_{{ value }},
        max(case when v.step = l.step then v.{{ value }} end) as new_{{ value }}
    from {{ relation }} as v
    cross join last_step as l
    group by {{ keys | join(', ') }}
    having max(case when v.step = -1 then v.{{ value }} end) is distinct from max(case when v.step = l.step then v.{{ value }} end)
),

every_step as (
    select
        step,
        cause
    from {{ source('back', 'restating_steps') }}
    union all
    select
        -1 as step,
        cast(null as string) as cause
),

stepped as (
    select
        {%- for key in keys %}
        m.{{ key }},
        {%- endfor %}
        s.step,
        s.cause,
        v.{{ value }} as at_step,
        lag(v.{{ value }}) over (partition by {% for key in keys %}m.{{ key }}{{ ', ' if not loop.last }}{% endfor %} order by s.step) as before_step
    from moved as m
    cross join every_step as s
    left join {{ relation }} as v on s.step = v.step and {{ same_keys('m', 'v', keys) }}
),

causes as (
    select
        {%- for key in keys %}
        {{ key }},
        {%- endfor %}
        {{ join_texts(ordered_list('cause', 'step', 'cause is not null'), ';') }} as cause
    from stepped
    where step >= 0 and at_step is distinct from before_step
    group by {{ keys | join(', ') }}
)
{%- endmacro %}
