{# Rows of the period being built for which an expression is not true; one that gives null is not true. #}
{% test expression_is_true(model, expression) %}
select *
from {{ model }}
where
    period = (select c.period from {{ source('run', 'context') }} as c)
    and not coalesce({{ expression }}, false)
{% endtest %}
