{% set columns = ['programme_year', 'employer_id', 'rule_id', 'outcome', 'observed', 'limit_value', 'parameter', 'document_id', 'article'] -%}
-- The outcomes of the rules: of units whose window has not passed as they are now, of the others as they were in the window's last month.
-- depends_on: {{ ref('int_refund_decided') }}
select
    o.period,
    o.{{ columns | join(',\n    o.') }}
from {{ ref('int_refund_outcomes') }} as o
{% if is_incremental() %}
union all

select
    d.period,
    t.{{ columns | join(',\n    t.') }}
from {{ this }} as t
inner join {{ ref('int_refund_decided') }} as d
    on t.period = d.decided_period and t.programme_year = d.programme_year and t.employer_id = d.employer_id
inner join {{ source('run', 'context') }} as c on d.period = c.period and d.decided_period < c.period
{% endif %}
order by programme_year, employer_id, rule_id
