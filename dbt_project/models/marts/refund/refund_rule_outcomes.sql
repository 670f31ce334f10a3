-- depends_on: {{ ref('int_refund_programmes') }}
{% set columns = ['programme_year', 'employer_id', 'rule_id', 'outcome', 'observed', 'limit_value', 'parameter', 'document_id', 'article'] -%}
-- The outcomes of the rules: of open years as they are now, of closed years as they were in the window's last month.
select
    o.period,
    o.{{ columns | join(',\n    o.') }}
from {{ ref('int_refund_outcomes') }} as o
{% if is_incremental() %}
union all

select
    p.period,
    t.{{ columns | join(',\n    t.') }}
from {{ this }} as t
inner join {{ ref('int_refund_programmes') }} as p
    on t.programme_year = p.programme_year and not p.is_open and t.period = p.closing_period
{% endif %}
order by programme_year, employer_id, rule_id
