{{ config(tags=['report']) }}
-- Incidents as they stand, by grade, with what each adds to the report's measures.
select
    {{ report_unit('i.region_code') }} as reporting_unit,
    i.grade as item,
    i.lead_ids,
    case when year(i.first_seen) = c.year then 1 else 0 end as is_this_year,
    1 as incidents,
    i.amount as incident_amount
from {{ ref('incidents') }} as i
inner join {{ source('run', 'context') }} as c on i.period = c.period
left join {{ ref('regions') }} as r on i.region_code = r.region_code
