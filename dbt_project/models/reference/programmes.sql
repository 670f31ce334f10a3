{{ config(materialized='view') }}

-- As registered in the `meta:` of each programme's decisions.
{%- for programme in registered_programmes() %}
select
    '{{ programme.id }}' as programme,
    {{ loop.index }} as rank,
    '{{ programme.area }}' as area,
    {{ registered_text(programme.title_zh) }} as title_zh,
    {{ registered_text(programme.title_en) }} as title_en,
    '{{ programme.subject }}' as subject_kind,
    '{{ programme.subject_key }}' as subject_key,
    '{{ programme.amount }}' as amount_column,
    '{{ programme.day }}' as day_column,
    '{{ programme.model }}' as decisions,
    {{ registered_text(programme.source) }} as source,
    {{ registered_text(programme.ledger_item) }} as ledger_item,
    {{ 'false' if programme.own_report else 'true' }} as has_general_report
{{ 'union all' if not loop.last }}
{%- endfor %}
