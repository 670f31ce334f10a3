{# The register and the rules agree: a row without a model, or a model without a row, is a fault; so is a lead that names another rule
   than its model does. #}
{% test risk_register_is_complete(model) %}

with models as (
    {% for name in risk_rule_models() -%}
    select '{{ name | replace('risk_', '') | upper }}' as rule_id
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select
    coalesce(g.rule_id, m.rule_id) as rule_id,
    case when m.rule_id is null then 'register row without a model' else 'model without a register row' end as fault
from {{ ref('risk_rules') }} as g
full outer join models as m on g.rule_id = m.rule_id
where g.rule_id is null or m.rule_id is null

union all

select
    g.rule_id,
    'register row that is not counted' as fault
from {{ ref('risk_rules') }} as g
where
    not exists (
        select 1 from {{ model }} as n
        where n.rule_id = g.rule_id and n.period = (select c.period from {{ source('run', 'context') }} as c)
    )

{% endtest %}
