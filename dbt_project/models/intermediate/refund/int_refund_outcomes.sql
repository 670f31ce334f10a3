-- The outcome of every rule for every employer of an open programme year, in the order of the rules.
{%- for rule_id in refund_rules() %}
select
    {{ loop.index }} as rule_rank,
    o.period,
    o.programme_year,
    o.employer_id,
    o.rule_id,
    o.outcome,
    o.observed,
    o.limit_value,
    o.parameter,
    o.document_id,
    o.article
from {{ ref(rule_id | replace('.', '_')) }} as o
{{ 'union all' if not loop.last }}
{%- endfor %}
