-- The transfer list for the bank: what was on a notice, has cleared it and is not yet paid. A dispatch employer's refund goes part by
-- part: each user's to the user itself. A unit with an open blocking lead stays off until the lead is settled.
with blocked as (
    select distinct l.subject_id as employer_id
    from {{ ref('risk_leads') }} as l
    inner join {{ source('run', 'context') }} as c on l.period = c.period
    where l.severity = 'block' and l.status = 'open' and l.subject_kind = 'employer'
),

released as (
    select
        d.period,
        d.programme_year,
        d.employer_id,
        d.employer_name,
        d.is_dispatch,
        d.account_status,
        d.releasable_amount
    from {{ ref('refund_decisions') }} as d
    inner join {{ source('run', 'context') }} as c on d.period = c.period
    where
        d.releasable_amount > 0
        and not exists (select 1 from blocked as b where b.employer_id = d.employer_id)
),

-- What each beneficiary still has to get, users first; together never more than the unit's releasable amount.
parts as (
    select
        r.*,
        a.user_uscc,
        a.user_name,
        greatest(0, a.allocated_amount - a.paid_amount) as open_amount,
        sum(greatest(0, a.allocated_amount - a.paid_amount)) over (
            partition by r.programme_year, r.employer_id
            order by case when a.user_uscc is null then 1 else 0 end, a.user_uscc
            rows between unbounded preceding and current row
        ) as open_so_far
    from released as r
    inner join {{ ref('refund_allocations') }} as a
        on r.period = a.period and r.programme_year = a.programme_year and r.employer_id = a.employer_id
    where r.is_dispatch
),

user_accounts as (
    select
        e.uscc,
        min(e.employer_id) as employer_id
    from {{ ref('int_employers') }} as e
    where e.account_no is not null and e.account_kind in ('corporate', 'tax_payment')
    group by e.uscc
),

payees as (
    select
        r.period,
        r.programme_year,
        r.employer_id as payee_id,
        cast(null as string) as on_behalf_of,
        r.employer_name as payee_name,
        r.employer_id as account_of,
        r.releasable_amount as amount
    from released as r
    where not r.is_dispatch or r.is_dispatch is null

    union all

    select
        p.period,
        p.programme_year,
        coalesce(p.user_uscc, p.employer_id) as payee_id,
        case when p.user_uscc is not null then p.employer_id end as on_behalf_of,
        coalesce(p.user_name, p.employer_name) as payee_name,
        case when p.user_uscc is null then p.employer_id else u.employer_id end as account_of,
        least(p.open_amount, greatest(0, p.releasable_amount - (p.open_so_far - p.open_amount))) as amount
    from parts as p
    left join user_accounts as u on p.user_uscc = u.uscc
)

select
    p.period,
    p.programme_year,
    e.region_code,
    p.payee_id,
    p.on_behalf_of,
    p.payee_name,
    e.account_kind,
    e.bank_name,
    e.account_name,
    e.account_no,
    cast(p.amount as decimal(18, 2)) as amount
from payees as p
inner join {{ ref('int_employers') }} as e on p.account_of = e.employer_id
where p.amount > 0 and e.account_no is not null and e.account_kind in ('corporate', 'tax_payment')
order by p.programme_year, e.region_code, p.on_behalf_of, p.payee_id
