{{ config(tags=['report']) }}
-- Applications with what each adds to the report's measures: applications by the day they were made; what is paid, payable and
-- recoverable as it stands, of all of them.
select
    {{ report_unit('d.region_code') }} as reporting_unit,
    d.application_no,
    d.person_id,
    d.decision,
    coalesce(cast(d.level as string), 'unknown') as level_code,
    case when d.applied_on >= c.period then 1 else 0 end as is_this_month,
    case when year(d.applied_on) = c.year then 1 else 0 end as is_this_year,
    case when d.decision = 'eligible' then 1 else 0 end as is_approved,
    case when d.decision = 'review' then 1 else 0 end as is_in_review,
    d.failed_rules,
    d.unknown_rules,
    d.amount,
    d.paid_amount,
    d.payable_amount,
    d.recoverable_amount
from {{ ref('skill_decisions') }} as d
inner join {{ source('run', 'context') }} as c on d.period = c.period
left join {{ ref('regions') }} as r on d.region_code = r.region_code
