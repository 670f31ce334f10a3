-- The reserve period of the programme years on the report, and always of the period's own year.
select
    g.period,
    g.programme_year,
    g.balance_previous_year,
    g.expenditure_previous_year,
    g.reserve_months,
    g.reserve_months_min,
    g.pooling_target,
    g.gate_open,
    g.band,
    g.reserve_formula,
    g.reserve_balance,
    g.reserve_expenditure,
    g.parameter,
    g.document_id,
    g.article
from {{ ref('int_fund_gate') }} as g
cross join {{ source('run', 'context') }} as c
where
    g.programme_year = c.year
    or g.programme_year in (select d.programme_year from {{ ref('refund_decisions') }} as d where d.period = c.period)
order by g.programme_year
