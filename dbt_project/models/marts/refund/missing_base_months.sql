-- Months of an open year's base year of which nobody delivered any contribution: the period is incomplete.
with months as (
    select
        p.period,
        p.programme_year,
        {{ add_months('p.base_from', 'n.month_no') }} as month
    from {{ ref('int_refund_programmes') }} as p
    cross join (
        {%- for month_no in range(12) %}
        select {{ month_no }} as month_no{{ ' union all' if not loop.last }}
        {%- endfor %}
    ) as n
    where p.is_open
)

select
    m.period,
    m.programme_year,
    m.month
from months as m
where not exists (select 1 from {{ ref('int_employer_months') }} as e where e.fee_month = m.month)
order by m.programme_year, m.month
