{# Combinations of values that occur twice, or hold a null (unless `nulls_allowed`). Of a table that holds many periods (the combination
   names `period`) only the rows of the period being built are looked at. #}
{% test unique_combination_of_columns(model, combination_of_columns, nulls_allowed=false) %}
select
    {{ combination_of_columns | join(', ') }},
    count(*) as rows_found
from {{ model }}
{%- if 'period' in combination_of_columns %}
where period = (select c.period from {{ source('run', 'context') }} as c)
{%- endif %}
group by {{ combination_of_columns | join(', ') }}
having
    count(*) > 1
    {%- if not nulls_allowed %}
    {%- for column in combination_of_columns %}
    or {{ column }} is null
    {%- endfor %}
    {%- endif %}
{% endtest %}
