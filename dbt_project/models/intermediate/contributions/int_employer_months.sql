{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook=[
        "create or replace table intermediate.touched_employer_months as {{ touched_employer_months() }}",
        "{{ forget_touched_months() }}",
    ]
) }}

{#- Three passes over the touched rows instead of one sort: nearly every person-month is one row, and those are added up as they
    are; only person-months with several rows (found by a hash, so a collision costs time, never a figure) are put in order. -#}
with lone_rows as (
    select c.*
    from {{ touched_contributions() }} as c
    where not exists (select 1 from {{ shared_person_months() }} as s where s.person_month_hash = c.person_month_hash)
),

versions as (
    select
        c.*,
        row_number() over (partition by {{ contribution_key() }} order by {{ version_order() }}) as _version
    from {{ touched_contributions() }} as c
    where exists (select 1 from {{ shared_person_months() }} as s where s.person_month_hash = c.person_month_hash)
),

several_rows as (
    select
        employer_id,
        person_id,
        fee_month,
        max(case when {{ is_insured_row() }} then 1 else 0 end) as insured,
        {{ person_month_due() }} as due,
        sum(case when received_on <= period_end then employer_paid + person_paid else 0 end) as received,
        sum(case when pay_kind = 'normal' then pay_base else 0 end) as pay_base,
        sum(case when pay_kind = 'normal' then employer_due + person_due else 0 end) as normal_due,
        max(case when pay_kind = 'normal' then 1 else 0 end) as normal_persons,
        max(case when received_on > period_end then 1 else 0 end) as later_receipts
    from versions
    cross join {{ source('run', 'context') }}
    where _version = 1 and is_valid
    group by employer_id, person_id, fee_month
),

together as (
    select
        employer_id,
        fee_month,
        sum(insured) as insured,
        sum(due) as due,
        sum(received) as received,
        sum(pay_base) as pay_base,
        sum(normal_due) as normal_due,
        sum(normal_persons) as normal_persons,
        max(later_receipts) as later_receipts
    from several_rows
    group by employer_id, fee_month

    union all

    select
        employer_id,
        fee_month,
        sum(case when {{ is_insured_row() }} then 1 else 0 end) as insured,
        sum(employer_due + person_due) as due,
        sum(case when received_on <= period_end then employer_paid + person_paid else 0 end) as received,
        sum(case when pay_kind = 'normal' then pay_base else 0 end) as pay_base,
        sum(case when pay_kind = 'normal' then employer_due + person_due else 0 end) as normal_due,
        sum(case when pay_kind = 'normal' then 1 else 0 end) as normal_persons,
        max(case when received_on > period_end then 1 else 0 end) as later_receipts
    from lone_rows
    cross join {{ source('run', 'context') }}
    where is_valid
    group by employer_id, fee_month
)

select
    employer_id,
    fee_month,
    cast(sum(insured) as integer) as insured,
    cast(sum(due) as decimal(18, 2)) as due,
    cast(sum(received) as decimal(18, 2)) as received,
    cast(sum(pay_base) as decimal(18, 2)) as pay_base,
    cast(sum(normal_due) as decimal(18, 2)) as normal_due,
    cast(sum(normal_persons) as integer) as normal_persons,
    max(later_receipts) = 1 as has_later_receipts
from together
group by employer_id, fee_month
