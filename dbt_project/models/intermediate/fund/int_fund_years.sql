-- Each account's year: the opening that its balance rests on, and whether the year is known whole.
with accounts as (
    select
        region_code,
        month,
        year(month) as fund_year,
        opening_reported,
        balance
    from {{ ref('int_fund_accounts') }}
),

years as (
    select distinct fund_year from accounts
),

regions as (
    select distinct region_code from accounts
),

december_before as (
    select
        a.region_code,
        y.fund_year,
        max_by(a.balance, a.month) as closing_before
    from accounts as a
    inner join years as y on a.fund_year < y.fund_year
    group by a.region_code, y.fund_year
),

reported as (
    select
        region_code,
        fund_year,
        count(*) as months_known,
        max(opening_reported) as opening_reported
    from accounts
    group by region_code, fund_year
)

select
    r.region_code,
    y.fund_year,
    coalesce(t.months_known, 0) as months_known,
    t.opening_reported,
    d.closing_before,
    coalesce(t.opening_reported, d.closing_before) as opening
from regions as r
cross join years as y
left join reported as t on r.region_code = t.region_code and y.fund_year = t.fund_year
left join december_before as d on r.region_code = d.region_code and y.fund_year = d.fund_year
