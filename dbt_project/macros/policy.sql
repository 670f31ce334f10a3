{# The value of a parameter in force on a day, as a scalar; null on a day that has none (the parameter check refuses such a
   build where a rule needs it, so no model ever borrows another day's value). Types: decimal, int, text, date, yes_no. #}
{% macro parameter_on(name, day, type='text') -%}
    (
        select {{ parameter_cast('p.value', type) }}
        from {{ source('policy', 'parameters') }} as p
        where p.parameter = '{{ name }}' and {{ day }} between p.valid_from and p.valid_to
    )
{%- endmacro %}

{# A parameter's text as a typed value; `none` is null. #}
{% macro parameter_cast(value, type) -%}
    {%- if type == 'decimal' -%} cast(nullif({{ value }}, 'none') as decimal(18, 6))
    {%- elif type == 'int' -%} cast(nullif({{ value }}, 'none') as integer)
    {%- elif type == 'date' -%} cast(nullif({{ value }}, 'none') as date)
    {%- elif type == 'yes_no' -%} ({{ value }} = 'yes')
    {%- else -%} {{ value }}
    {%- endif -%}
{%- endmacro %}

{# Is a code a member of a parameter that is a `;`-separated list? #}
{% macro in_list(code, list_value) -%}
    (position(concat(';', {{ code }}, ';') in concat(';', {{ list_value }}, ';')) > 0)
{%- endmacro %}

{# A whole number of seeds/reference/operations.csv as a scalar. #}
{% macro operation(name) -%}
    (select cast(o.value as integer) from {{ ref('operations') }} as o where o.name = '{{ name }}')
{%- endmacro %}
