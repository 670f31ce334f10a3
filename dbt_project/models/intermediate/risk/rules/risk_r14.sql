-- Headcount collapse: a refund is due, but in the newest fee month in which any employer has anyone insured this one has far fewer than the
-- base year's average, or nobody.
with newest as (
    select max(e.fee_month) as fee_month
    from {{ ref('int_employer_months') }} as e
    cross join {{ source('run', 'context') }} as c
    where e.fee_month <= c.period and e.insured > 0
),

compared as (
    select
        d.programme_year,
        d.employer_id,
        d.region_code,
        d.average_insured,
        d.refund_amount,
        n.fee_month,
        coalesce(m.insured, 0) as insured,
        {{ parameter_on('refund_headcount_drop_max', 'c.period_end', 'decimal') }} as drop_max
    from {{ ref('refund_decisions') }} as d
    inner join {{ source('run', 'context') }} as c on d.period = c.period
    inner join newest as n on n.fee_month is not null
    left join {{ ref('int_employer_months') }} as m on d.employer_id = m.employer_id and n.fee_month = m.fee_month
    where d.decision in ('eligible', 'review')
)

select
    'R14' as rule_id,
    'employer' as subject_kind,
    employer_id as subject_id,
    {{ count_text('programme_year') }} as fact_key,
    region_code,
    cast(refund_amount as decimal(18, 2)) as amount_at_stake,
    concat(
        '单位 ', employer_id, '：', {{ count_text('programme_year') }}, ' 年度拟返还 ', {{ money_text('refund_amount') }}, ' 元，',
        {{ month_text('fee_month') }}, ' 参保 ', {{ count_text('insured') }}, ' 人，基准年月均 ', {{ money_text('average_insured') }}, ' 人。'
    ) as evidence,
    concat(
        'Employer ', employer_id, ', ', {{ count_text('programme_year') }}, ': refund of ', {{ money_text('refund_amount') }},
        ' yuan; ', {{ count_text('insured') }}, ' insured in ', {{ month_text('fee_month') }}, ' against a base-year average of ',
        {{ money_text('average_insured') }}, '.'
    ) as evidence_en
from compared
-- The average is rounded to six places: a gap within them is that rounding, since exact ones (persons over at most 12 months) are wider.
where insured + cast(0.000001 as decimal(7, 6)) < cast(1 - drop_max as decimal(12, 6)) * cast(average_insured as decimal(18, 6))
