{{ config(tags=['report']) }}
-- Normal rows of the period's own premium month, with what each adds to the report's measures. The relief is no sum of rows: it is worked
-- out, and rounded, by region and kind of unit.
select
    {{ report_unit('e.region_code') }} as reporting_unit,
    coalesce(e.unit_type, 'unknown') as unit_type,
    p.employer_id,
    {{ person_no('p.person_id') }} as person_no,
    p.pay_base,
    p.employer_due + p.person_due as premium_due,
    case when p.received_on <= c.period_end then p.employer_paid + p.person_paid else 0 end as premium_received,
    p._period,
    p._file,
    p._line_no
from {{ ref('stg_contributions') }} as p
inner join {{ source('run', 'context') }} as c on p.fee_month = c.period
left join {{ ref('int_employers') }} as e on p.employer_id = e.employer_id
left join {{ ref('regions') }} as r on e.region_code = r.region_code
where p.pay_kind in {{ normal_kinds() }}
