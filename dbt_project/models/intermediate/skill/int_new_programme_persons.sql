{#- The facts themselves rest on this model, so they are named as a relation here and not by ref. -#}
{%- set facts = adapter.get_relation(database=this.database, schema=this.schema, identifier='int_person_months') if execute else none %}
select p.person_id, p.person_no
from {{ ref('int_programme_persons') }} as p
{%- if facts %}
where not exists (select 1 from {{ facts }} as t where t.person_no = p.person_no)
{%- endif %}
