-- Normal rows of the month's own premium, one row an employer and person. Rows of other fee months are left
-- out before versions are compared.
with live as (
    {{ contribution_rows('(select period as fee_month from ' ~ source('run', 'context') ~ ')', ['fee_month']) }}
)

select
    r.employer_id,
    r.person_id,
    cast(sum(r.pay_base) as decimal(18, 2)) as pay_base,
    cast(sum(r.employer_due) as decimal(18, 2)) as employer_due,
    cast(sum(r.person_due) as decimal(18, 2)) as person_due,
    cast(sum(case when r.received_on <= c.period_end then r.employer_paid + r.person_paid else 0 end) as decimal(18, 2)) as received
from live as r
cross join {{ source('run', 'context') }} as c
where r.pay_kind = 'normal'
group by r.employer_id, r.person_id
