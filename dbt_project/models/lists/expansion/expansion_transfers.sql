-- What may be paid from the fund for job expansion: of an eligible application what was on the notice of an earlier month and is not yet
-- paid, to the account of the employer that hired; without an account the employer is to be contacted first. While an objection is open
-- nothing has cleared. An employer or application with an open block lead waits.
with cleared as (
    select
        d.application_no,
        max(d.amount) as cleared_amount
    from {{ ref('expansion_decisions') }} as d
    inner join {{ source('run', 'months_delivered') }} as m on d.period = m.period
    inner join {{ source('run', 'context') }} as c on d.period < c.period
    where d.decision = 'eligible'
    group by d.application_no
)

select
    c.period,
    d.application_no,
    d.employer_id,
    e.employer_name,
    d.region_code,
    e.bank_name,
    e.account_name,
    e.account_no,
    cast(least(d.amount, k.cleared_amount) - d.net_paid_amount as decimal(18, 2)) as payable_amount,
    '一次性扩岗补助' as purpose
from {{ ref('expansion_decisions') }} as d
inner join {{ source('run', 'context') }} as c on d.period = c.period
inner join cleared as k on d.application_no = k.application_no
inner join {{ ref('int_expansion_facts') }} as f on d.application_no = f.application_no
inner join {{ ref('int_employers') }} as e on d.employer_id = e.employer_id
where
    d.decision = 'eligible'
    and least(d.amount, k.cleared_amount) > d.net_paid_amount
    and not f.has_open_objection
    and not f.has_upheld_objection
    and d.funding_source = 'fund'
    and e.account_no is not null
    and e.account_kind in ('corporate', 'tax_payment')
    and not exists (
        select 1 from {{ ref('risk_leads') }} as l
        where
            l.period = c.period
            and l.severity = 'block'
            and l.status = 'open'
            and (
                (l.subject_kind = 'application' and l.subject_id = d.application_no)
                or (l.subject_kind = 'employer' and l.subject_id = d.employer_id)
                or (l.subject_kind = 'person' and l.subject_id = d.person_id)
            )
    )
order by d.region_code, d.employer_id, d.application_no
