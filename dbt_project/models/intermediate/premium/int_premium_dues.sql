-- What an employer's dues of the month should be, by its pay bases and the rates in force, for the check of
-- dues off the rate.
{{ config(materialized='view') }}

with dues as (
    select
        d.employer_id,
        c.period,
        cast(count(*) as integer) as persons,
        cast(sum(d.pay_base) as decimal(18, 2)) as pay_base,
        cast(sum(d.employer_due) as decimal(18, 2)) as employer_due,
        cast(sum(d.person_due) as decimal(18, 2)) as person_due,
        cast(sum(d.employer_due + d.person_due) as decimal(18, 2)) as due,
        max({{ parameter_on('premium_rate_total', 'c.period_end', 'decimal') }}) as rate
    from {{ ref('int_premium_persons') }} as d
    cross join {{ source('run', 'context') }} as c
    group by d.employer_id, c.period
)

select
    employer_id,
    period,
    persons,
    pay_base,
    employer_due,
    person_due,
    due,
    rate,
    {{ wide('pay_base') }} * rate as expected_due,
    due - {{ wide('pay_base') }} * rate as difference,
    abs(due - {{ wide('pay_base') }} * rate) > persons * cast(0.01 as decimal(3, 2)) as is_off_rate
from dues
