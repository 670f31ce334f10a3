-- Paid benefits known at the period, one row per payment, beside what the claim, the county and the schedule allow.
with paid as (
    select
        b.*,
        -- Which month of the claim this is, among the months paid of the same kind; twice the same month has one number.
        cast(dense_rank() over (partition by b.claim_no, b.benefit_kind order by b.benefit_month) as integer) as month_number,
        -- The first, second, … payment of one claim, month and kind: its place less that of the month's first, so that all are put in order
        -- once.
        cast(
            row_number() over (partition by b.claim_no, b.benefit_kind order by b.benefit_month, b.paid_on, b.payment_no)
            - rank() over (partition by b.claim_no, b.benefit_kind order by b.benefit_month) + 1
        as integer) as payment_number
    from {{ ref('int_benefit_payments') }} as b
),

-- Who has drawn every month less than a year before a retirement age goes on drawing up to and with the month of it (人社部发〔2020〕40号).
exhausted as (
    select
        p.claim_no,
        p.person_id,
        max(p.benefit_month) as last_entitled_month
    from paid as p
    inner join {{ ref('int_benefit_claims') }} as c on p.claim_no = c.claim_no and p.month_number = c.recomputed_months
    where p.benefit_kind = 'benefit'
    group by p.claim_no, p.person_id
),

continued as (
    select
        e.claim_no,
        e.person_id,
        max(r.retirement_month) as drawn_until
    from exhausted as e
    inner join {{ ref('int_benefit_retirements') }} as r
        on
            e.person_id = r.person_id
            and r.retirement_month >= e.last_entitled_month
            and {{ months_between_starts('e.last_entitled_month', 'r.retirement_month') }} < 12
    group by e.claim_no, e.person_id
)

select
    p.period,
    p.payment_no,
    p.claim_no,
    p.person_id,
    p.benefit_month,
    p.benefit_kind,
    p.amount,
    p.paid_on,
    p.region_code,
    p.account_no,
    r.wage_class,
    s.monthly_standard as county_standard,
    c.claim_no is not null as has_claim,
    c.region_code as claim_region_code,
    c.last_employer_id,
    c.start_month,
    c.stop_month,
    c.stop_reason,
    c.entitled_months,
    c.monthly_standard as claim_standard,
    c.paid_years,
    c.is_history_complete,
    c.recomputed_months,
    p.month_number,
    p.payment_number,
    coalesce(p.benefit_month <= u.drawn_until, false) as is_until_retirement
from paid as p
left join {{ ref('int_benefit_claims') }} as c on p.claim_no = c.claim_no
left join continued as u on p.claim_no = u.claim_no and p.person_id = u.person_id
left join {{ ref('regions') }} as r on p.region_code = r.region_code
left join {{ ref('benefit_standards') }} as s
    on
        r.wage_class = s.wage_class
        and p.benefit_month >= s.effective_from
        and (p.benefit_month <= s.effective_to or s.effective_to is null)
