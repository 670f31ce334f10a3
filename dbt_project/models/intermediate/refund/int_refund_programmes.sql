-- The programme years to decide or report on: begun by the period's end, and no older than last year's. A year lasts from the first day of
-- the earliest window that some unit has to the last day of the latest; each unit's own is in int_refund_windows.
with windows as (
    select w.*
    from {{ source('policy', 'windows') }} as w
    cross join {{ source('run', 'context') }} as c
    where
        w.programme = 'refund'
        -- A window that another one, of the whole jurisdiction, goes before for every unit.
        and not exists (
            select 1 from {{ source('policy', 'windows') }} as o
            where
                o.programme = 'refund'
                and o.programme_year = w.programme_year
                and o.conditions = 0
                and o.jurisdiction_rank > w.jurisdiction_rank
                and {{ contains_region('o.jurisdiction', 'c.jurisdiction') }}
        )
),

years as (
    select
        w.programme_year,
        min(w.window_from) as window_from,
        max(w.window_to) as window_to
    from windows as w
    group by w.programme_year
)

select
    c.period,
    c.period_end,
    c.jurisdiction,
    y.programme_year,
    y.programme_year - 1 as base_year,
    cast(concat(cast(y.programme_year - 1 as string), '-01-01') as date) as base_from,
    cast(concat(cast(y.programme_year - 1 as string), '-12-01') as date) as base_to,
    y.window_from,
    y.window_to,
    {{ month_start('y.window_to') }} as closing_period,
    c.period <= {{ month_start('y.window_to') }} as is_open,
    p.document_id,
    p.article
from years as y
cross join {{ source('run', 'context') }} as c
left join {{ source('policy', 'programmes') }} as p on p.programme = 'refund' and y.programme_year = p.programme_year
where
    y.window_from <= c.period_end
    and y.programme_year >= year(c.period) - 1
