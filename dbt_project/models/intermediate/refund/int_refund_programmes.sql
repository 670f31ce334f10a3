-- The programme years to decide or report on: begun by the period's end, and no older than last year's.
select
    c.period,
    c.period_end,
    p.programme_year,
    p.programme_year - 1 as base_year,
    cast(concat(cast(p.programme_year - 1 as string), '-01-01') as date) as base_from,
    cast(concat(cast(p.programme_year - 1 as string), '-12-01') as date) as base_to,
    p.window_from,
    p.window_to,
    {{ month_start('p.window_to') }} as closing_period,
    c.period <= {{ month_start('p.window_to') }} as is_open,
    p.document_id,
    p.article
from {{ source('policy', 'programmes') }} as p
cross join {{ source('run', 'context') }} as c
where
    p.programme = 'refund'
    and p.window_from <= c.period_end
    and p.programme_year >= year(c.period) - 1
