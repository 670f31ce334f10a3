{# The rules of a programme in the order of its rules table. #}
{% macro rules_of(programme) -%}
    {{ return(registered_rules() | selectattr('programme', 'equalto', programme) | list) }}
{%- endmacro %}

{% macro rule_ids(rules) -%}
    {{ return(rules | map(attribute='id') | list) }}
{%- endmacro %}

{# The programme registered under an id. #}
{% macro programme_of(id) -%}
    {{ return(registered_programmes() | selectattr('id', 'equalto', id) | first) }}
{%- endmacro %}

{# What every rule's model says of a subject, after its keys. #}
{% macro outcome_columns() -%}
    {{ return(['rule_id', 'outcome', 'observed', 'limit_value', 'parameter', 'document_id', 'article']) }}
{%- endmacro %}

{# The outcomes of a programme's rules under each other, with their place in the rules table. `keys`: the columns that name the subject. #}
{% macro union_of_rules(programme, keys, rules=none) -%}
    {%- set all_rules = rule_ids(rules_of(programme)) -%}
    {%- set chosen = all_rules if rules is none else rule_ids(rules) -%}
    {%- for rule in rules_of(programme) if rule.id in chosen %}
    select
        period, {{ keys | join(', ') }}, {{ outcome_columns() | join(', ') }},
        {{ all_rules.index(rule.id) + 1 }} as rule_rank
    from {{ ref(rule.model) }}
    {% if not loop.last %}union all{% endif %}
    {%- endfor %}
{%- endmacro %}

{# One rule of a list in a condition: the unknowns that no person's approval stands in for. #}
{% macro needs_answer(programme) -%}
    ('{{ rule_ids(rules_of(programme) | selectattr('needs_answer', 'defined') | list) | join("', '") }}')
{%- endmacro %}

{# A registered text as a literal of SQL; what is not registered is null. #}
{% macro registered_text(value) -%}
    {%- if value is none or value is undefined -%} cast(null as {{ dbt.type_string() }})
    {%- else -%} '{{ value | string | replace("'", "''") }}'
    {%- endif -%}
{%- endmacro %}
