-- A file received for the period, in its newest state.
select
    d.period,
    d.source,
    d.file_name,
    d.sha256,
    d.received_at,
    d.rows_read,
    d.rows_accepted,
    d.rows_rejected,
    d.rows_superseded,
    d.superseded_in_period,
    d.rows_below,
    d.sheets_passed,
    d.cells_uncalculated,
    d.status,
    d.message_zh as message,
    d.message_en,
    d.extra_columns
from {{ source('run', 'deliveries') }} as d
cross join {{ source('run', 'context') }} as c
where d.period = c.period
