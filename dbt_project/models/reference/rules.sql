{{ config(materialized='view') }}

-- As registered in the `meta:` beside each rule.
{%- for programme in registered_programmes() %}
{%- set outer = loop %}
{%- for rule in rules_of(programme.id) %}
select
    '{{ rule.id }}' as rule_id,
    '{{ rule.programme }}' as programme,
    {{ loop.index }} as rank,
    {{ registered_text(rule.title_zh) }} as title_zh,
    {{ registered_text(rule.title_en) }} as title_en,
    {{ registered_text(rule.question_zh) }} as question_zh,
    {{ registered_text(rule.question_en) }} as question_en,
    {{ registered_text(rule.document_id) }} as document_id,
    {{ registered_text(rule.article) }} as article,
    {{ 'true' if rule.needs_answer or rule.needs_data else 'false' }} as needs_data
{{ 'union all' if not (loop.last and outer.last) }}
{%- endfor %}
{%- endfor %}
