{# A staging model says which source it shows and how its versions compete; columns and key stand in staging.yml, which is written from
   the source's contract. #}
{% macro staged_columns() -%}
    {%- set found = [] -%}
    {%- for column in model.columns if not column.startswith('_') -%}
        {%- do found.append(column) -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}

{% macro staged_key() -%}
    {{ return(model.config.get('meta', {}).get('key', [])) }}
{%- endmacro %}

{% macro staged_events(relation, key=none) -%}
    {{ newest_event_rows(relation, key or staged_key(), staged_columns()) }}
{%- endmacro %}

{% macro staged_snapshot(relation) -%}
    {{ newest_snapshot_rows(relation, staged_key(), staged_columns()) }}
{%- endmacro %}

{# A snapshot whose state goes value by value of a column: region by region, list by list. #}
{% macro staged_snapshots_by(relation, column) -%}
    {{ newest_snapshot_rows_by(relation, staged_key(), staged_columns(), column) }}
{%- endmacro %}
