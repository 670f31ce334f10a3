{{ config(tags=['report']) }}

-- The gates of the coming 31 Decembers: computed beside the models, taken in here.
select
    g.period,
    g.gate_date,
    g.reserve_months,
    g.low,
    g.high,
    g.probability_below_min,
    g.limit_months,
    g.opens_programme_year
from {{ source('back', 'fund_gate_forecast') }} as g
order by g.gate_date
