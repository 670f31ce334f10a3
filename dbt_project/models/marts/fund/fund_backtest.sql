{{ config(tags=['report']) }}

-- How each method of the projection did on the ledger's own past, beside the seasonal-naive one, and which was chosen.
select
    b.period,
    b.item,
    b.method,
    b.history_months,
    b.origins,
    b.points,
    b.error,
    b.naive_error,
    b.cumulated_error,
    b.is_chosen,
    b.interval_level,
    b.interval_coverage,
    b.note_zh,
    b.note_en
from {{ source('back', 'fund_backtest') }} as b
order by b.item, b.method
