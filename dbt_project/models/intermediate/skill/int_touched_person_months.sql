{#- The facts themselves rest on this model, so they are named as a relation here and not by ref. -#}
{%- set facts = adapter.get_relation(database=this.database, schema=this.schema, identifier='int_person_months') if execute else none %}
{% if facts -%}
select p.person_id, p.person_no, t.fee_month
from {{ ref('int_programme_persons') }} as p
inner join (
    select c._person_no as person_no, c.fee_month from {{ source('run', 'changed_contributions') }} as c
    union all
    select m.person_no, m.fee_month from {{ facts }} as m where m.has_later_receipts
) as t on p.person_no = t.person_no
where not exists (select 1 from {{ ref('int_new_programme_persons') }} as n where n.person_no = p.person_no)
group by p.person_id, p.person_no, t.fee_month
{%- else -%}
-- depends_on: {{ ref('int_programme_persons') }}, {{ ref('int_new_programme_persons') }}
select
    cast(null as string) as person_id,
    cast(null as bigint) as person_no,
    cast(null as date) as fee_month
where false
{%- endif %}
