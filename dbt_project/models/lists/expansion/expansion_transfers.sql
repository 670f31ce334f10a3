-- What may be paid from the fund for job expansion: an eligible application with money still to pay, to the account of the employer that
-- hired; without an account the employer is to be contacted first. An employer or application with an open block lead waits.
select
    c.period,
    d.application_no,
    d.employer_id,
    e.employer_name,
    d.region_code,
    e.bank_name,
    e.account_name,
    e.account_no,
    cast(d.payable_amount as decimal(18, 2)) as payable_amount,
    '一次性扩岗补助' as purpose
from {{ ref('expansion_decisions') }} as d
inner join {{ source('run', 'context') }} as c on d.period = c.period
inner join {{ ref('int_employers') }} as e on d.employer_id = e.employer_id
where
    d.payable_amount > 0
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
