{# Keys that occur twice, or hold a null, in the rows of the period being built. #}
{% test one_row_a_key(model, key) %}
select
    {{ key | join(', ') }},
    count(*) as rows_of_key
from {{ model }}
where period = (select c.period from {{ source('run', 'context') }} as c)
group by {{ key | join(', ') }}
having count(*) > 1 or {% for column in key %}{{ column }} is null{{ ' or ' if not loop.last }}{% endfor %}
{% endtest %}
