-- Transfers that the bank returned, with its reason, and whether the same payee was paid again later.
select
    c.period,
    r.programme_year,
    r.employer_id,
    r.payee_id,
    case when r.is_on_behalf then r.employer_id end as on_behalf_of,
    d.employer_name,
    r.batch_no,
    r.line_no,
    r.paid_on as returned_on,
    r.amount,
    coalesce(r.return_reason, '未注明') as return_reason,
    exists(
        select 1
        from {{ ref('int_refund_payments') }} as n
        where
            n.result = 'paid'
            and n.programme_year = r.programme_year
            and n.employer_id = r.employer_id
            and n.payee_id = r.payee_id
            and n.paid_on >= r.paid_on
    ) as is_paid_again
from {{ ref('int_refund_payments') }} as r
cross join {{ source('run', 'context') }} as c
left join {{ ref('refund_decisions') }} as d
    on c.period = d.period and r.programme_year = d.programme_year and r.employer_id = d.employer_id
where r.result = 'returned'
order by r.programme_year, r.employer_id, r.paid_on, r.batch_no, r.line_no
