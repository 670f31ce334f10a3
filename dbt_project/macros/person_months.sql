{# Facts by person and month are remembered from build to build, as the employers' are: a build looks again only at the months that a
   delivery touches, at money booked with a later receipt day, and at persons who are new to the programmes. #}

{% macro programme_persons() -%}
    select
        person_id,
        {{ person_no('person_id') }} as person_no
    from (
        select person_id from {{ ref('stg_skill_applications') }}
        union
        select person_id from {{ ref('stg_expansion_applications') }}
        union
        select person_id from {{ ref('stg_benefit_claims') }}
        union
        select person_id from {{ ref('stg_benefit_payments') }}
    ) as persons
{%- endmacro %}

{% macro new_programme_persons() -%}
    select p.person_id, p.person_no
    from intermediate.programme_persons as p
    {%- if is_incremental() %}
    where not exists (select 1 from {{ this }} as t where t.person_no = p.person_no)
    {%- endif %}
{%- endmacro %}

{% macro touched_person_months() -%}
    {%- if is_incremental() %}
    select p.person_id, p.person_no, t.fee_month
    from intermediate.programme_persons as p
    inner join (
        select c._person_no as person_no, c.fee_month from {{ source('run', 'changed_contributions') }} as c
        union all
        select m.person_no, m.fee_month from {{ this }} as m where m.has_later_receipts
    ) as t on p.person_no = t.person_no
    where not exists (select 1 from intermediate.new_programme_persons as n where n.person_no = p.person_no)
    group by p.person_id, p.person_no, t.fee_month
    {%- else %}
    select cast(null as string) as person_id, cast(null as bigint) as person_no, cast(null as date) as fee_month where false
    {%- endif %}
{%- endmacro %}

{% macro forget_person_months() -%}
    {%- if is_incremental() -%}
    {%- set is_touched_or_gone -%}
    exists (
        select 1 from intermediate.touched_person_months as t
        where t.person_no = {{ this }}.person_no and t.fee_month = {{ this }}.fee_month
    )
    or not exists (select 1 from intermediate.programme_persons as p where p.person_no = {{ this }}.person_no)
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
