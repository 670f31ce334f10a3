-- The province's figures from two sides, to the fen.
with checks as (
    {% for check in fund_checks() -%}
    select
        {{ loop.index }} as check_order,
        '{{ check[0] }}' as check_id,
        '{{ check[1] }}' as left_name,
        '{{ check[2] }}' as right_name
    {{ 'union all' if not loop.last }}
    {% endfor %}
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
        c.check_order,
        c.check_id,
        c.left_name,
        s.left_amount,
        c.right_name,
        s.right_amount
    from checks as c
    left join sums as s on c.check_id = s.check_id
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
