{{ config(tags=['report']) }}
-- Rows of parameters and windows in force in the month whose condition asks for a list of units that was never delivered: they are met by nobody.
with asked as (
    select
        r.cond_list as list_id,
        r.parameter as item,
        r.row_id
    from {{ source('policy', 'rows') }} as r
    inner join {{ source('run', 'context') }} as c on r.valid_from <= c.period_end and r.valid_to >= c.period
    where r.cond_list is not null

    union all

    select
        w.cond_list as list_id,
        concat(w.programme, '_window') as item,
        w.row_id
    from {{ source('policy', 'windows') }} as w
    inner join {{ source('run', 'context') }} as c on w.window_from <= c.period_end and w.window_to >= c.period
    where w.cond_list is not null
)

select
    a.list_id,
    a.item,
    a.row_id
from asked as a
where a.list_id not in (select l.list_id from {{ ref('stg_employer_lists') }} as l)
