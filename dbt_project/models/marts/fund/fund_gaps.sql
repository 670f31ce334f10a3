-- The rows and files of the ledger that were not taken and keep a reserve period unknown.
select
    c.period,
    g.delivered_for,
    g.file_name,
    g.line_no,
    g.kind,
    g.region_code,
    g.item,
    g.month_from,
    g.month_to,
    g.reason_zh,
    g.reason_en
from {{ ref('int_fund_gaps') }} as g
cross join {{ source('run', 'context') }} as c
order by g.delivered_for, g.file_name, g.line_no, g.kind, g.month_from
