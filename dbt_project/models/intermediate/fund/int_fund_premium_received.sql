-- Premium that came in during the period's month, by employer. A row delivered this month can only be superseded by a row of the same
-- month, so the month's files suffice; rows delivered earlier that carry a receipt day of this month are few and looked up by key.
-- In a plain employer-month no row supersedes another.
with month_rows as (
    select r.*
    from {{ source('lake', 'contributions') }} as r
    where r._period = (select c.period from {{ source('run', 'context') }} as c)
),

month_versions as (
    select
        r.*,
        row_number() over (partition by {{ contribution_key() }} order by {{ version_order() }}) as _version
    from month_rows as r
    where {{ in_mixed_month('r') }}
),

booked_ahead as (
    {{ contributions_found(ref('int_fund_booked_ahead'), ['employer_id', '_person_no', 'fee_month', 'pay_kind', 'voucher_no']) }}
),

live as (
    select employer_id, received_on, employer_paid, person_paid
    from month_rows as r
    where not {{ in_mixed_month('r') }} and is_valid

    union all

    select employer_id, received_on, employer_paid, person_paid
    from month_versions
    where _version = 1 and is_valid

    union all

    -- Newest rows of those keys; the ones of this month's files are already counted above.
    select employer_id, received_on, employer_paid, person_paid
    from (
        {{ newest_of_found('booked_ahead') }}
    ) as earlier
    where _period < (select c.period from {{ source('run', 'context') }} as c)
)

select
    l.employer_id,
    cast(sum(l.employer_paid + l.person_paid) as decimal(18, 2)) as received
from live as l
cross join {{ source('run', 'context') }} as c
where l.received_on between c.period and c.period_end
group by l.employer_id
