{#- The facts themselves rest on this model, so they are named as a relation here and not by ref. -#}
{%- set facts = adapter.get_relation(database=this.database, schema=this.schema, identifier='int_employer_months') if execute else none %}
{% if facts -%}
select employer_id, fee_month from {{ source('run', 'changed_contributions') }}
union
select employer_id, fee_month from {{ facts }} where has_later_receipts
{%- else -%}
-- The first build looks at all and needs no list.
select
    cast(null as string) as employer_id,
    cast(null as date) as fee_month
where false
{%- endif %}
