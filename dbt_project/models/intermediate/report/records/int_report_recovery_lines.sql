{{ config(tags=['report']) }}
-- Entries of the year, cases and what is not yet demanded, each with what it adds to the report's measures; null: it is none of the measure's.
select
    'int_recovery_entries' as record,
    concat(e.case_no, ' ', e.entry_no) as record_key,
    {{ report_unit('e.region_code') }} as reporting_unit,
    case when e.kind = 'demand' and e.on_date >= c.period then e.amount end as demanded,
    case when e.kind = 'demand' then e.amount end as demanded_year,
    case when e.kind = 'repaid' and e.on_date >= c.period then e.amount end as repaid,
    case when e.kind = 'repaid' then e.amount end as repaid_year,
    case when e.kind = 'waived' and e.on_date >= c.period then e.amount end as waived,
    case when e.kind = 'waived' then e.amount end as waived_year,
    cast(null as integer) as open_cases,
    cast(null as decimal(18, 2)) as outstanding,
    cast(null as decimal(18, 2)) as overdue,
    cast(null as decimal(18, 2)) as not_yet_demanded,
    e._period,
    e._file,
    e._line_no
from {{ ref('int_recovery_entries') }} as e
inner join {{ source('run', 'context') }} as c on year(e.on_date) = c.year
left join {{ ref('regions') }} as r on e.region_code = r.region_code

union all

select
    'recovery_cases' as record,
    k.case_no as record_key,
    {{ report_unit('k.region_code') }} as reporting_unit,
    cast(null as decimal(18, 2)) as demanded,
    cast(null as decimal(18, 2)) as demanded_year,
    cast(null as decimal(18, 2)) as repaid,
    cast(null as decimal(18, 2)) as repaid_year,
    cast(null as decimal(18, 2)) as waived,
    cast(null as decimal(18, 2)) as waived_year,
    case when k.status <> 'settled' then 1 else 0 end as open_cases,
    case when k.status <> 'settled' then k.outstanding else 0 end as outstanding,
    case when k.status = 'overdue' then k.outstanding else 0 end as overdue,
    cast(null as decimal(18, 2)) as not_yet_demanded,
    cast(null as date) as _period,
    cast(null as string) as _file,
    cast(null as bigint) as _line_no
from {{ ref('recovery_cases') }} as k
inner join {{ source('run', 'context') }} as c on k.period = c.period
left join {{ ref('regions') }} as r on k.region_code = r.region_code

union all

select
    'int_recovery_undemanded' as record,
    concat(u.programme, ' ', case u.subject_kind when 'person' then {{ masked_id('u.subject_id') }} else u.subject_id end) as record_key,
    {{ report_unit('u.region_code') }} as reporting_unit,
    cast(null as decimal(18, 2)) as demanded,
    cast(null as decimal(18, 2)) as demanded_year,
    cast(null as decimal(18, 2)) as repaid,
    cast(null as decimal(18, 2)) as repaid_year,
    cast(null as decimal(18, 2)) as waived,
    cast(null as decimal(18, 2)) as waived_year,
    cast(null as integer) as open_cases,
    cast(null as decimal(18, 2)) as outstanding,
    cast(null as decimal(18, 2)) as overdue,
    u.recoverable_amount as not_yet_demanded,
    cast(null as date) as _period,
    cast(null as string) as _file,
    cast(null as bigint) as _line_no
from {{ ref('int_recovery_undemanded') }} as u
cross join {{ source('run', 'context') }} as c
left join {{ ref('regions') }} as r on u.region_code = r.region_code
