-- Normal rows of the month's own premium, one row per employer and person. Rows of other fee months are left
-- out before versions are compared; in a plain employer-month a person has one row, and nothing is added up.
{%- set fee_month = '(select period as fee_month from ' ~ source('run', 'context') ~ ')' %}
with plain as (
    {{ plain_contribution_rows(fee_month, ['fee_month']) }}
),

mixed as (
    {{ mixed_contribution_rows(fee_month, ['fee_month']) }}
),

persons as (
    select
        employer_id,
        _person_no as person_no,
        pay_base,
        employer_due,
        person_due,
        case when received_on <= period_end then employer_paid + person_paid else 0 end as received
    from plain
    cross join {{ source('run', 'context') }}
    where pay_kind in {{ normal_kinds() }}

    union all

    select
        employer_id,
        _person_no as person_no,
        sum(pay_base) as pay_base,
        sum(employer_due) as employer_due,
        sum(person_due) as person_due,
        sum(case when received_on <= period_end then employer_paid + person_paid else 0 end) as received
    from mixed
    cross join {{ source('run', 'context') }}
    where pay_kind in {{ normal_kinds() }}
    group by employer_id, _person_no
)

select
    employer_id,
    person_no,
    cast(pay_base as decimal(18, 2)) as pay_base,
    cast(employer_due as decimal(18, 2)) as employer_due,
    cast(person_due as decimal(18, 2)) as person_due,
    cast(received as decimal(18, 2)) as received
from persons
