-- A reason for which a row of a file in force was rejected.
select
    r.period,
    r.source,
    r.file_name,
    r.sheet,
    r.line_no,
    r.column_name,
    r.reason_code,
    r.reason_zh,
    r.reason_en,
    r.raw
from {{ source('lake', 'rejects') }} as r
