{# Facts by person and month are remembered from build to build, as the employers' are: a build looks again only at the months that a
   delivery touches, at money booked with a later receipt day, and at persons who are new to the programmes. #}

{% macro forget_person_months() -%}
    {%- if is_incremental() -%}
    {%- set is_touched_or_gone -%}
    exists (
        select 1 from {{ ref('int_touched_person_months') }} as t
        where t.person_no = {{ this }}.person_no and t.fee_month = {{ this }}.fee_month
    )
    or not exists (select 1 from {{ ref('int_programme_persons') }} as p where p.person_no = {{ this }}.person_no)
    {%- endset -%}
    {{ delete_rows(this, is_touched_or_gone) }}
    {%- endif -%}
{%- endmacro %}

{# The fee months of some persons (a relation with `person_no`). One counts as paid where what the person paid for it at all employers,
   refunds deducted, is above zero. #}
{% macro fee_months_of(persons) -%}
    select
        m.person_no,
        m.fee_month,
        sum(m.person_received) > 0 as is_paid
    from {{ ref('int_person_months') }} as m
    where exists (select 1 from {{ persons }} as p where p.person_no = m.person_no)
    group by m.person_no, m.fee_month
{%- endmacro %}
