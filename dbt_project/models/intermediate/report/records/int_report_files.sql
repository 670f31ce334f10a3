{{ config(tags=['report']) }}
-- Files that arrived in the period's year; rows are those of the files in force, so that a redelivery does not count what it replaced.
select
    'own_account' as reporting_unit,
    coalesce(d.source, 'unknown') as item,
    case when d.period = c.period then 1 else 0 end as is_this_month,
    d.file_name,
    d.period as _period,
    1 as files,
    case when d.is_current then coalesce(d.rows_read, 0) else 0 end as rows_read,
    case when d.is_current then coalesce(d.rows_accepted, 0) else 0 end as rows_accepted,
    case when d.is_current then coalesce(d.rows_rejected, 0) else 0 end as rows_rejected
from {{ source('run', 'deliveries') }} as d
inner join {{ source('run', 'context') }} as c on year(d.period) = c.year and d.period <= c.period
