{# Rows of the period being built for which a condition does not hold; a condition that gives null does not hold. #}
{% test holds(model, condition) %}
select *
from {{ model }}
where
    period = (select c.period from {{ source('run', 'context') }} as c)
    and not coalesce({{ condition }}, false)
{% endtest %}
