-- Units to inform and to have confirm what is on record before money goes out (主动告知并核对确认); their answers come back as
-- review_outcomes.
select
    d.period,
    d.programme_year,
    d.region_code,
    d.employer_id,
    d.employer_name,
    {{ shown_uscc('d.uscc') }} as uscc,
    d.size_class,
    d.size_source,
    d.average_insured,
    d.contribution_base,
    d.refund_ratio,
    d.refund_amount,
    d.payable_amount,
    d.account_status,
    d.notice_status
from {{ ref('refund_decisions') }} as d
inner join {{ source('run', 'context') }} as c on d.period = c.period
where d.decision = 'eligible' and d.payable_amount > 0
order by d.programme_year, d.region_code, d.employer_id
