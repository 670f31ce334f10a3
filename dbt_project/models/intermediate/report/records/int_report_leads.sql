{{ config(tags=['report']) }}
-- Leads as they stand, with what each adds to the report's measures. The fund's own subject is the province's account.
select
    {{ report_unit('l.region_code') }} as reporting_unit,
    l.lead_id,
    l.rule_id,
    case when year(l.first_seen) = c.year then 1 else 0 end as is_this_year,
    1 as raised,
    case when l.first_seen = c.period then 1 else 0 end as raised_new,
    case when l.status = 'open' then 1 else 0 end as still_open,
    case when l.verdict = 'confirmed' then 1 else 0 end as confirmed,
    case when l.verdict = 'dismissed' then 1 else 0 end as dismissed,
    case when l.status = 'gone' then 1 else 0 end as gone,
    case when l.status in ('open', 'confirmed') then l.amount_at_stake else 0 end as amount_at_stake
from {{ ref('risk_leads') }} as l
inner join {{ source('run', 'context') }} as c on l.period = c.period
left join {{ ref('regions') }} as r on l.region_code = r.region_code
