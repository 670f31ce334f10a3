{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook=[
        "{{ replace_table('intermediate.touched_employer_months', touched_employer_months()) }}",
        "{{ forget_touched_months() }}",
    ]
) }}

{#- One pass adds up every touched employer-month as if each person had one row in it, and finds the few where that is not so: a person
    twice, or a voided row. Only these are read again and put in order. That no person stands twice is mostly proved on arrival, where all
    rows of the month lie in one proved block; persons are counted only in the other months. They are told apart by a hash: a collision
    costs time, never a figure. -#}
with rows_by_month as (
    select
        employer_id,
        fee_month,
        count(*) as row_count,
        count(_block) = count(*) and min(_block) = max(_block) as is_proved,
        sum(case when is_valid then 0 else 1 end) as voided_rows,
        sum(case when {{ is_insured_row() }} then 1 else 0 end) as insured,
        sum(employer_due + person_due) as due,
        sum(case when received_on <= period_end then employer_paid + person_paid else 0 end) as received,
        sum(case when pay_kind = 'normal' then pay_base else 0 end) as pay_base,
        sum(case when pay_kind = 'normal' then employer_due + person_due else 0 end) as normal_due,
        sum(case when pay_kind = 'normal' then 1 else 0 end) as normal_persons,
        max(case when received_on > period_end then 1 else 0 end) as later_receipts
    from {{ touched_contributions() }} as c
    cross join {{ source('run', 'context') }}
    group by employer_id, fee_month
),

-- Every version of the rows of months with a voided row, or in which a person may stand twice.
unclear as (
    select c.*
    from {{ touched_contributions() }} as c
    where
        exists (
            select 1 from rows_by_month as r
            where
                not (r.is_proved and r.voided_rows = 0)
                and r.employer_id = c.employer_id
                and r.fee_month = c.fee_month
        )
),

persons_counted as (
    select
        employer_id,
        fee_month,
        {{ distinct_in_list(row_hash(['person_id'])) }} as persons
    from unclear
    group by employer_id, fee_month
),

plain as (
    select
        r.*,
        r.voided_rows = 0 and (r.is_proved or coalesce(p.persons = r.row_count, false)) as is_plain
    from rows_by_month as r
    left join persons_counted as p on r.employer_id = p.employer_id and r.fee_month = p.fee_month
),

versions as (
    select
        c.*,
        row_number() over (partition by {{ contribution_key() }} order by {{ version_order() }}) as _version
    from unclear as c
    where exists (select 1 from plain as p where not p.is_plain and p.employer_id = c.employer_id and p.fee_month = c.fee_month)
),

person_months as (
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
    select employer_id, fee_month, insured, due, received, pay_base, normal_due, normal_persons, later_receipts, is_plain
    from plain
    where is_plain

    union all

    -- A month whose rows are all voided keeps its row, with nothing in it: it says that these rows are not live as they stand.
    select
        p.employer_id,
        p.fee_month,
        coalesce(sum(m.insured), 0) as insured,
        coalesce(sum(m.due), 0) as due,
        coalesce(sum(m.received), 0) as received,
        coalesce(sum(m.pay_base), 0) as pay_base,
        coalesce(sum(m.normal_due), 0) as normal_due,
        coalesce(sum(m.normal_persons), 0) as normal_persons,
        coalesce(max(m.later_receipts), 0) as later_receipts,
        false as is_plain
    from plain as p
    left join person_months as m on p.employer_id = m.employer_id and p.fee_month = m.fee_month
    where not p.is_plain
    group by p.employer_id, p.fee_month
)

select
    employer_id,
    fee_month,
    cast(insured as integer) as insured,
    cast(due as decimal(18, 2)) as due,
    cast(received as decimal(18, 2)) as received,
    cast(pay_base as decimal(18, 2)) as pay_base,
    cast(normal_due as decimal(18, 2)) as normal_due,
    cast(normal_persons as integer) as normal_persons,
    later_receipts = 1 as has_later_receipts,
    is_plain
from together
