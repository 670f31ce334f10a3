-- After payment (发放后): who was paid in the month, for the vocational-ability department to check against
-- training subsidies. Whole numbers.
select
    c.period,
    p.batch_no,
    p.line_no,
    p.payee_id as application_no,
    d.person_id,
    d.cert_no,
    d.occupation_code,
    d.occupation_name,
    d.level,
    d.region_code,
    p.amount,
    p.paid_on
from {{ ref('stg_programme_payments') }} as p
cross join {{ source('run', 'context') }} as c
left join {{ ref('skill_decisions') }} as d on c.period = d.period and p.payee_id = d.application_no
where
    p.programme = 'skill_subsidy'
    and p.result = 'paid'
    and p.paid_on between c.period and c.period_end
order by d.region_code, p.payee_id, p.batch_no, p.line_no
