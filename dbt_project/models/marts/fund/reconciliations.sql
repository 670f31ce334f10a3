-- The province's figures from two sides, to the fen.
with brought as (
    {{ sources_of_period() }}
),

sums as (
    select
        check_id,
        cast(sum(left_amount) as decimal(18, 2)) as left_amount,
        cast(sum(right_amount) as decimal(18, 2)) as right_amount
    from {{ ref('int_fund_checks') }}
    group by check_id
),

figures as (
    select
        k.check_order,
        k.check_id,
        k.comparison,
        k.left_name,
        k.right_name,
        {{ fund_check_side('left') }} as left_amount,
        {{ fund_check_side('right') }} as right_amount
    from {{ ref('reconciliation_checks') }} as k
    left join brought as l on k.left_source = l.source
    left join brought as r on k.right_source = r.source
    left join sums as s on k.check_id = s.check_id
)

select
    c.period,
    f.check_id,
    {{ province_code('c.jurisdiction') }} as region_code,
    f.left_name,
    f.left_amount,
    f.right_name,
    f.right_amount,
    {{ fund_check_verdict() }}
from figures as f
cross join {{ source('run', 'context') }} as c
order by f.check_order
