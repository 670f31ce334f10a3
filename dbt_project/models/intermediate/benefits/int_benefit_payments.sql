-- Benefits paid and known at the period's end. Lines that reverse each other are no payment: of one claim, person, kind, benefit month and
-- calendar month of payment, equal and opposite, pair by pair in the order of day and number.
{%- set together = ['claim_no', 'person_id', 'benefit_kind', 'benefit_month', 'paid_month'] %}
with paid as (
    select
        b.payment_no,
        b.claim_no,
        b.person_id,
        b.benefit_month,
        b.benefit_kind,
        b.amount,
        b.paid_on,
        {{ month_start('b.paid_on') }} as paid_month,
        b.region_code,
        b.account_no,
        c.period
    from {{ ref('stg_benefit_payments') }} as b
    cross join {{ source('run', 'context') }} as c
    where b.result = 'paid' and b.paid_on <= c.period_end
),

-- Few lines are below zero, and only those beside them need be put in order.
taken_back as (
    select distinct
        {{ together | join(', ') }},
        -amount as amount
    from paid
    where amount < 0
),

placed as (
    select
        p.payment_no,
        {%- for column in together %}
        p.{{ column }},
        {%- endfor %}
        t.amount,
        p.amount > 0 as is_paid,
        row_number() over (
            partition by {% for column in together %}p.{{ column }}, {% endfor %}t.amount, p.amount > 0
            order by p.paid_on, p.payment_no
        ) as place
    from paid as p
    inner join taken_back as t
        on {% for column in together %}p.{{ column }} = t.{{ column }} and {% endfor %}(p.amount = t.amount or -p.amount = t.amount)
),

reversed as (
    select a.payment_no
    from placed as a
    inner join placed as b
        on {% for column in together %}a.{{ column }} = b.{{ column }} and {% endfor %}a.amount = b.amount and a.place = b.place and a.is_paid <> b.is_paid
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
    p.account_no
from paid as p
left join reversed as r on p.payment_no = r.payment_no
where r.payment_no is null
