-- Base out of line: the mean base a head of the fee month of the period beside the median of the industry division, or of the province
-- where the division has too few employers. Once a lead, it stays one as long as the base is out of line.
with limits as (
    select
        c.period,
        {{ parameter_on('risk_base_factor', 'c.period_end', 'decimal') }} as factor,
        g.peers_min
    from {{ source('run', 'context') }} as c
    inner join {{ ref('risk_rules') }} as g on g.rule_id = 'R18'
),

bases as (
    select
        m.employer_id,
        {{ exact_ratio('m.pay_base', 'm.insured') }} as base_a_head
    from {{ ref('int_employer_months') }} as m
    cross join limits as l
    where m.fee_month = l.period and m.insured > 0
),

-- The division: the first two digits of the code, with or without its letter; a letter alone names none.
employers as (
    select
        b.employer_id,
        b.base_a_head,
        e.region_code,
        case
            when substr(e.industry_code, 1, 1) between '0' and '9' then substr(e.industry_code, 1, 2)
            when length(e.industry_code) >= 3 then substr(e.industry_code, 2, 2)
        end as division
    from bases as b
    left join {{ ref('int_employers') }} as e on b.employer_id = e.employer_id
),

ranked as (
    select
        employers.*,
        row_number() over (order by base_a_head, employer_id) as province_place,
        count(*) over () as province_employers,
        row_number() over (partition by division order by base_a_head, employer_id) as division_place,
        count(*) over (partition by division) as division_employers
    from employers
),

-- Twice the median, exact: the two middle values (one and the same where the number is odd) added.
province_medians as (
    select sum(case when province_place = cast(floor((province_employers + 1) / 2) as bigint) then base_a_head else 0 end)
        + sum(case when province_place = cast(floor(province_employers / 2) as bigint) + 1 then base_a_head else 0 end) as double_median
    from ranked
),

division_medians as (
    select
        division,
        sum(case when division_place = cast(floor((division_employers + 1) / 2) as bigint) then base_a_head else 0 end)
        + sum(case when division_place = cast(floor(division_employers / 2) as bigint) + 1 then base_a_head else 0 end) as double_median
    from ranked
    where division is not null
    group by division
),

compared as (
    select
        r.employer_id,
        r.region_code,
        r.base_a_head,
        case when r.division is not null and r.division_employers >= l.peers_min then r.division end as division,
        case
            when r.division is not null and r.division_employers >= l.peers_min then d.double_median
            else p.double_median
        end as double_median,
        l.period,
        l.factor
    from ranked as r
    cross join limits as l
    cross join province_medians as p
    left join division_medians as d on r.division = d.division
)

select
    'R18' as rule_id,
    'employer' as subject_kind,
    employer_id as subject_id,
    'base' as fact_key,
    region_code,
    cast(0 as decimal(18, 2)) as amount_at_stake,
    concat(
        '单位 ', employer_id, '：', {{ month_text('period') }}, ' 人均月缴费基数 ', {{ money_text('base_a_head') }}, ' 元，',
        case when division is null then '全省' else concat('行业大类 ', division) end, ' 中位数 ', {{ money_text('cast(double_median as decimal(26, 6)) * cast(0.5 as decimal(2, 1))') }}, ' 元。'
    ) as evidence,
    concat(
        'Employer ', employer_id, ': mean monthly base a head of ', {{ month_text('period') }}, ' ', {{ money_text('base_a_head') }},
        ' yuan; median of ', case when division is null then 'the province' else concat('industry division ', division) end, ' ',
        {{ money_text('cast(double_median as decimal(26, 6)) * cast(0.5 as decimal(2, 1))') }}, ' yuan.'
    ) as evidence_en
from compared
where
    -- Wide enough for any base: engines multiply decimals in the width of their factors.
    cast(2 * cast(base_a_head as decimal(24, 6)) as decimal(26, 6)) * cast(factor as decimal(12, 6)) < double_median
    or 2 * cast(base_a_head as decimal(24, 6)) > cast(factor as decimal(12, 6)) * cast(double_median as decimal(26, 6))
