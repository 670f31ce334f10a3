-- depends_on: {{ ref('int_touched_employer_months') }}
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ forget_touched_months() }}"
) }}

{#- One pass adds up every touched employer-month as if each person had one normal row in it, and finds the few where that is not so: a
    person twice, a voided row, another kind of row, money booked with a later day. Only these are read again, and of them only persons
    with several rows are put in order. That no person stands twice is mostly proved on arrival, where all rows of the month lie in one
    proved block; of regular months persons are counted only in the others. -#}
with rows_by_month as (
    select
        employer_id,
        fee_month,
        count(*) as row_count,
        count(_block) = count(*) and min(_block) = max(_block) as is_proved,
        min(case when {{ is_regular_row() }} then 1 else 0 end) = 1 as is_regular,
        count(case when employer_due > 0 or person_due > 0 then 1 end) as insured,
        sum(employer_due) + sum(person_due) as due,
        sum(employer_paid) + sum(person_paid) as received,
        sum(pay_base) as pay_base
    from {{ touched_contributions() }} as c
    cross join {{ source('run', 'context') }}
    group by employer_id, fee_month
),

-- Every version of the rows of months that are not regular, or in which a person may stand twice.
unclear as (
    select c.*
    from {{ touched_contributions() }} as c
    where
        exists (
            select 1 from rows_by_month as r
            where
                not (r.is_proved and r.is_regular)
                and r.employer_id = c.employer_id
                and r.fee_month = c.fee_month
        )
),

counted as (
    select
        employer_id,
        fee_month,
        count(case when is_valid then 1 end) = count(*) and {{ distinct_in_list('_person_no') }} = count(*) as is_plain
    from unclear
    group by employer_id, fee_month
),

months as (
    select
        r.*,
        coalesce(c.is_plain, true) as is_plain,
        r.is_regular and coalesce(c.is_plain, true) as is_straight
    from rows_by_month as r
    left join counted as c on r.employer_id = c.employer_id and r.fee_month = c.fee_month
),

-- Persons of the months that are not straight, as if all their rows counted; right for those who have one row.
persons as (
    select
        employer_id,
        _person_no,
        fee_month,
        count(*) as row_count,
        count(case when is_valid then 1 end) as valid_rows,
        {{ person_month_measures() | indent(8) }}
    from unclear as c
    cross join {{ source('run', 'context') }}
    where exists (select 1 from months as m where not m.is_straight and m.employer_id = c.employer_id and m.fee_month = c.fee_month)
    group by employer_id, _person_no, fee_month
),

versions as (
    select
        c.*,
        row_number() over (partition by {{ contribution_key() }} order by {{ version_order() }}) as _version
    from unclear as c
    where
        exists (
            select 1 from persons as p
            where p.row_count > 1 and p.employer_id = c.employer_id and p._person_no = c._person_no and p.fee_month = c.fee_month
        )
),

person_months as (
    select employer_id, fee_month, insured, due, received, pay_base, normal_due, normal_persons, later_receipts
    from persons
    where row_count = 1 and valid_rows = 1

    union all

    select
        employer_id,
        fee_month,
        {{ person_month_measures() | indent(8) }}
    from versions
    cross join {{ source('run', 'context') }}
    where _version = 1 and is_valid
    group by employer_id, _person_no, fee_month
),

together as (
    select
        employer_id,
        fee_month,
        insured,
        due,
        received,
        pay_base,
        due as normal_due,
        row_count as normal_persons,
        0 as later_receipts,
        is_plain
    from months
    where is_straight

    union all

    -- A month whose rows are all voided keeps its row, with nothing in it: it says that these rows are not live as they stand.
    select
        m.employer_id,
        m.fee_month,
        coalesce(sum(p.insured), 0) as insured,
        coalesce(sum(p.due), 0) as due,
        coalesce(sum(p.received), 0) as received,
        coalesce(sum(p.pay_base), 0) as pay_base,
        coalesce(sum(p.normal_due), 0) as normal_due,
        coalesce(sum(p.normal_persons), 0) as normal_persons,
        coalesce(max(p.later_receipts), 0) as later_receipts,
        m.is_plain
    from months as m
    left join person_months as p on m.employer_id = p.employer_id and m.fee_month = p.fee_month
    where not m.is_straight
    group by m.employer_id, m.fee_month, m.is_plain
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
