-- Premium that came in during the period's month, by employer. A row delivered this month can only be superseded by a row of the same
-- month, so the month's files suffice; rows delivered earlier that carry a receipt day of this month are few and looked up by key.
with month_rows as (
    select
        r.*,
        {{ row_hash(['r.employer_id', 'r.person_id', 'r.fee_month', 'r.pay_kind', 'r.voucher_no']) }} as key_hash
    from {{ source('lake', 'contributions') }} as r
    where r._period = (select c.period from {{ source('run', 'context') }} as c)
),

shared as (
    select key_hash
    from month_rows
    group by key_hash
    having count(*) > 1
),

month_versions as (
    select
        r.*,
        row_number() over (partition by {{ contribution_key() }} order by {{ version_order() }}) as _version
    from month_rows as r
    where r.key_hash in (select s.key_hash from shared as s)
),

live as (
    select employer_id, received_on, employer_paid, person_paid
    from month_rows
    where key_hash not in (select s.key_hash from shared as s) and is_valid

    union all

    select employer_id, received_on, employer_paid, person_paid
    from month_versions
    where _version = 1 and is_valid

    union all

    -- Newest rows of those keys; the ones of this month's files are already counted above.
    select employer_id, received_on, employer_paid, person_paid
    from (
        {{ contribution_rows(ref('int_fund_booked_ahead'), ['employer_id', 'person_id', 'fee_month', 'pay_kind', 'voucher_no']) }}
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
