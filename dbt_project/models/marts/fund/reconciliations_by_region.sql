-- The same checks, account by account of the ledger. Rows of a county belong to its prefecture's account; an area that keeps an
-- account of its own (as 兰州新区 may) belongs to that; what fits no account stands under its own region, or `unknown`.
with brought as (
    {{ sources_of_period() }}
),

accounts as (
    select distinct region_code from {{ ref('int_fund_accounts') }}
),

placed as (
    select
        k.check_id,
        coalesce(own.region_code, prefecture.region_code, k.region_code, 'unknown') as region_code,
        k.left_amount,
        k.right_amount
    from {{ ref('int_fund_checks') }} as k
    left join accounts as own on k.region_code = own.region_code
    left join accounts as prefecture on concat(substr(k.region_code, 1, 4), '00') = prefecture.region_code
    where k.check_id <> 'interlevel'
),

sums as (
    select
        check_id,
        region_code,
        cast(sum(left_amount) as decimal(18, 2)) as left_amount,
        cast(sum(right_amount) as decimal(18, 2)) as right_amount
    from placed
    group by check_id, region_code
),

figures as (
    select
        s.check_id,
        s.region_code,
        k.comparison,
        {{ fund_check_side('left') }} as left_amount,
        {{ fund_check_side('right') }} as right_amount
    from sums as s
    inner join {{ ref('reconciliation_checks') }} as k on s.check_id = k.check_id
    left join brought as l on k.left_source = l.source
    left join brought as r on k.right_source = r.source
)

select
    c.period,
    f.check_id,
    f.region_code,
    f.left_amount,
    f.right_amount,
    {{ fund_check_verdict() }}
from figures as f
cross join {{ source('run', 'context') }} as c
order by f.check_id, f.region_code
