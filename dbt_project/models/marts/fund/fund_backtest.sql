{{ config(tags=['report']) }}

-- How the projection's forecasts did in the last year, beside the seasonal-naive ones.
select
    b.period,
    b.item,
    b.method,
    b.history_months,
    b.origins,
    b.points,
    b.error,
    b.naive_error,
    b.interval_level,
    b.interval_coverage,
    b.note_zh,
    b.note_en
from {{ source('back', 'fund_backtest') }} as b
order by b.item
