-- Benefit lines that were paid by the period's end. Two lines that reverse each other (same claim, person, kind, benefit month and calendar
-- month of payment, equal and opposite) are no payment: they are left out in pairs, the earliest with the earliest.
with paid as (
    select
        b.payment_no,
        b.claim_no,
        b.person_id,
        b.benefit_month,
        b.benefit_kind,
        b.amount,
        b.paid_on,
        b.region_code,
        b.account_no,
        {{ month_start('b.paid_on') }} as paid_month
    from {{ ref('stg_benefit_payments') }} as b
    cross join {{ source('run', 'context') }} as c
    where b.result = 'paid' and b.paid_on <= c.period_end
),

-- Few lines take money back, so only what they may reverse is put in order.
taken_back as (
    select distinct
        claim_no,
        person_id,
        benefit_kind,
        benefit_month,
        paid_month,
        -amount as amount
    from paid
    where amount < 0
),

candidates as (
    select
        p.payment_no,
        row_number() over (
            partition by p.claim_no, p.person_id, p.benefit_kind, p.benefit_month, p.paid_month, p.amount
            order by p.paid_on, p.payment_no
        ) as place,
        count(case when p.amount > 0 then 1 end) over (
            partition by p.claim_no, p.person_id, p.benefit_kind, p.benefit_month, p.paid_month, abs(p.amount)
        ) as lines_paid,
        count(case when p.amount < 0 then 1 end) over (
            partition by p.claim_no, p.person_id, p.benefit_kind, p.benefit_month, p.paid_month, abs(p.amount)
        ) as lines_taken_back
    from paid as p
    inner join taken_back as t
        on
            p.claim_no = t.claim_no
            and p.person_id = t.person_id
            and p.benefit_kind = t.benefit_kind
            and p.benefit_month = t.benefit_month
            and p.paid_month = t.paid_month
            and t.amount = abs(p.amount)
),

reversed as (
    select payment_no
    from candidates
    where place <= least(lines_paid, lines_taken_back)
)

select
    p.payment_no,
    p.claim_no,
    p.person_id,
    p.benefit_month,
    p.benefit_kind,
    p.amount,
    p.paid_on,
    p.region_code,
    p.account_no
from paid as p
where not exists (select 1 from reversed as r where r.payment_no = p.payment_no)
