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
        m.pay_base,
        m.insured,
        {{ exact_ratio('m.pay_base', 'm.insured') }} as base_a_head
    from {{ ref('int_employer_months') }} as m
    cross join limits as l
    where m.fee_month = l.period and m.insured > 0
),

-- The division: the first two digits of the code, with or without its letter; a letter alone names none.
employers as (
    select
        b.*,
        e.region_code,
        case
            when substr(e.industry_code, 1, 1) between '0' and '9' then substr(e.industry_code, 1, 2)
            when length(e.industry_code) >= 3 then substr(e.industry_code, 2, 2)
        end as division
    from bases as b
    left join {{ ref('int_employers') }} as e on b.employer_id = e.employer_id
),

-- Everyone stands in the province, and in the division if there is one.
placed as (
    select
        m.peers,
        m.pay_base,
        m.insured,
        m.base_a_head,
        row_number() over (partition by m.peers order by m.base_a_head, m.employer_id) as place,
        count(*) over (partition by m.peers) as employers
    from (
        select
            'province' as peers,
            employers.*
        from employers
        union all
        select
            division as peers,
            employers.*
        from employers
        where division is not null
    ) as m
),

-- The two middle values, one and the same where the number is odd.
medians as (
    select
        peers,
        max(employers) as employers,
        max(case when place = cast(floor((employers + 1) / 2) as bigint) then pay_base end) as lower_base,
        max(case when place = cast(floor((employers + 1) / 2) as bigint) then insured end) as lower_heads,
        max(case when place = cast(floor(employers / 2) as bigint) + 1 then pay_base end) as upper_base,
        max(case when place = cast(floor(employers / 2) as bigint) + 1 then insured end) as upper_heads,
        cast(
            sum(case when place = cast(floor((employers + 1) / 2) as bigint) then base_a_head else 0 end)
            + sum(case when place = cast(floor(employers / 2) as bigint) + 1 then base_a_head else 0 end)
        as decimal(26, 6)) * cast(0.5 as decimal(2, 1)) as median
    from placed
    group by peers
),

-- Compared by cross-multiplication: twice the mean is pay_base × 2 over insured, twice the median the sum of the middle two.
compared as (
    select
        e.employer_id,
        e.region_code,
        e.base_a_head,
        l.period,
        case when p.peers <> 'province' then p.peers end as division,
        p.median,
        cast(l.factor as decimal(10, 6)) as factor,
        cast(2 * e.pay_base as decimal(22, 2)) * cast(p.lower_heads as decimal(6, 0)) * cast(p.upper_heads as decimal(6, 0)) as doubled_own,
        (
            cast(p.lower_base as decimal(22, 2)) * cast(p.upper_heads as decimal(6, 0))
            + cast(p.upper_base as decimal(22, 2)) * cast(p.lower_heads as decimal(6, 0))
        ) * cast(e.insured as decimal(6, 0)) as doubled_middle
    from employers as e
    cross join limits as l
    left join medians as d on e.division = d.peers and l.peers_min <= d.employers
    inner join medians as p on coalesce(d.peers, 'province') = p.peers
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
        case when division is null then '全省' else concat('行业大类 ', division) end, ' 中位数 ', {{ money_text('median') }}, ' 元。'
    ) as evidence,
    concat(
        'Employer ', employer_id, ': mean monthly base a head of ', {{ month_text('period') }}, ' ', {{ money_text('base_a_head') }},
        ' yuan; median of ', case when division is null then 'the province' else concat('industry division ', division) end, ' ',
        {{ money_text('median') }}, ' yuan.'
    ) as evidence_en
from compared
where doubled_own * factor < doubled_middle or doubled_own > doubled_middle * factor
