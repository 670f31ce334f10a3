{# Facts by person and month are remembered from build to build, as the employers' are: a build looks again only at the months that a
   delivery touches, at money booked with a later receipt day, and at persons who are new to the programmes. #}

{% macro programme_persons() -%}
    select person_id from {{ ref('stg_skill_applications') }}
    union
    select person_id from {{ ref('stg_benefit_claims') }}
    union
    select person_id from {{ ref('stg_benefit_payments') }}
{%- endmacro %}

{% macro new_programme_persons() -%}
    select p.person_id
    from intermediate.programme_persons as p
    {%- if is_incremental() %}
    where not exists (select 1 from {{ this }} as t where t.person_id = p.person_id)
    {%- endif %}
{%- endmacro %}

{% macro touched_person_months() -%}
    {%- if is_incremental() %}
    select distinct c.person_id, c.fee_month
    from {{ source('run', 'changed_contributions') }} as c
    where
        exists (select 1 from intermediate.programme_persons as p where p.person_id = c.person_id)
        and not exists (select 1 from intermediate.new_programme_persons as n where n.person_id = c.person_id)
    union
    select t.person_id, t.fee_month from {{ this }} as t where t.has_later_receipts
    {%- else %}
    select cast(null as string) as person_id, cast(null as date) as fee_month where false
    {%- endif %}
{%- endmacro %}

{% macro forget_person_months() -%}
    {%- if is_incremental() -%}
    {%- set is_touched_or_gone -%}
    exists (
        select 1 from intermediate.touched_person_months as t
        where t.person_id = {{ this }}.person_id and t.fee_month = {{ this }}.fee_month
    )
    or not exists (select 1 from intermediate.programme_persons as p where p.person_id = {{ this }}.person_id)
    {%- endset -%}
    {{ delete_rows(this, is_touched_or_gone) }}
    {%- endif -%}
{%- endmacro %}

{# Fee months that count as paid by some persons: what the person paid for the month at all employers, refunds deducted, is above zero. #}
{% macro paid_months(persons) -%}
    select
        m.person_id,
        m.fee_month
    from {{ ref('int_person_months') }} as m
    where exists (select 1 from {{ persons }} as p where p.person_id = m.person_id)
    group by m.person_id, m.fee_month
    having sum(m.person_received) > 0
{%- endmacro %}
