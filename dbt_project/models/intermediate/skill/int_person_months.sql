-- depends_on: {{ ref('stg_skill_applications') }}, {{ ref('stg_benefit_claims') }}, {{ ref('stg_benefit_payments') }}
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook=[
        "{{ replace_table('intermediate.programme_persons', programme_persons()) }}",
        "{{ replace_table('intermediate.new_programme_persons', new_programme_persons()) }}",
        "{{ replace_table('intermediate.touched_person_months', touched_person_months()) }}",
        "{{ forget_person_months() }}",
    ]
) }}

-- All versions of the rows to look at: whole lives of new persons, and the months touched of the others.
with known as (
    select c.*
    from {{ source('lake', 'contributions') }} as c
    where exists (select 1 from intermediate.new_programme_persons as n where n.person_id = c.person_id)
    {%- if is_incremental() %}

    union all

    select c.*
    from {{ source('lake', 'contributions') }} as c
    where
        exists (select 1 from intermediate.touched_person_months as t where t.person_id = c.person_id and t.fee_month = c.fee_month)
        and exists (select 1 from intermediate.programme_persons as p where p.person_id = c.person_id)
    {%- endif %}
),

versions as (
    select
        k.*,
        row_number() over (partition by {{ contribution_key() }} order by {{ version_order() }}) as _version
    from known as k
)

select
    r.person_id,
    r.employer_id,
    r.fee_month,
    cast({{ person_month_due() }} as decimal(18, 2)) as due,
    cast(sum(case when r.received_on <= c.period_end then r.person_paid else 0 end) as decimal(18, 2)) as person_received,
    max(case when {{ is_insured_row() }} then 1 else 0 end) = 1 as insured,
    max(case when r.received_on > c.period_end then 1 else 0 end) = 1 as has_later_receipts
from versions as r
cross join {{ source('run', 'context') }} as c
where r._version = 1 and r.is_valid
group by r.person_id, r.employer_id, r.fee_month
