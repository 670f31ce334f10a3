{{ config(tags=['report']) }}
{% set stocks = ['open_cases', 'outstanding', 'overdue', 'not_yet_demanded'] %}
-- Recovery by unit: what was demanded, repaid and waived this month and this year, and what stands at the month's end.
with entries as (
    select
        {{ report_unit('e.region_code') }} as reporting_unit,
        e.on_date >= c.period as is_of_the_month,
        case when e.kind = 'demand' then e.amount else 0 end as demanded,
        case when e.kind = 'repaid' then e.amount else 0 end as repaid,
        case when e.kind = 'waived' then e.amount else 0 end as waived,
        0 as open_cases,
        0 as outstanding,
        0 as overdue,
        0 as not_yet_demanded
    from {{ ref('int_recovery_entries') }} as e
    inner join {{ source('run', 'context') }} as c on year(e.on_date) = c.year
    left join {{ ref('regions') }} as r on e.region_code = r.region_code
),

cases as (
    select
        {{ report_unit('k.region_code') }} as reporting_unit,
        false as is_of_the_month,
        0 as demanded,
        0 as repaid,
        0 as waived,
        case when k.status <> 'settled' then 1 else 0 end as open_cases,
        case when k.status <> 'settled' then k.outstanding else 0 end as outstanding,
        case when k.status = 'overdue' then k.outstanding else 0 end as overdue,
        0 as not_yet_demanded
    from {{ ref('recovery_cases') }} as k
    inner join {{ source('run', 'context') }} as c on k.period = c.period
    left join {{ ref('regions') }} as r on k.region_code = r.region_code
),

undemanded as (
    select
        {{ report_unit('u.region_code') }} as reporting_unit,
        false as is_of_the_month,
        0 as demanded,
        0 as repaid,
        0 as waived,
        0 as open_cases,
        0 as outstanding,
        0 as overdue,
        u.recoverable_amount as not_yet_demanded
    from {{ ref('int_recovery_undemanded') }} as u
    cross join {{ source('run', 'context') }} as c
    left join {{ ref('regions') }} as r on u.region_code = r.region_code
),

sums as (
    select
        p.reporting_unit,
        'none' as dimension,
        '' as dimension_value,
        {%- for name in ['demanded', 'repaid', 'waived'] %}
        sum(case when p.is_of_the_month then p.{{ name }} else 0 end) as {{ name }},
        sum(p.{{ name }}) as {{ name }}_year,
        {%- endfor %}
        {%- for name in stocks %}
        sum(p.{{ name }}) as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from (
        select * from entries
        union all
        select * from cases
        union all
        select * from undemanded
    ) as p
    group by p.reporting_unit
)

{{ report_rows('recovery', 'sums', ['demanded', 'repaid', 'waived'] + stocks, stocks) }}
