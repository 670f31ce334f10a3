-- Headcount collapse: a refund is due, but in its newest fee month with anyone insured the employer has far fewer than the base year's
-- average. A month that did not arrive yet is unknown, not empty.
with newest as (
    select
        m.employer_id,
        m.insured,
        m.fee_month
    from (
        select
            e.*,
            row_number() over (partition by e.employer_id order by e.fee_month desc) as newest_first
        from {{ ref('int_employer_months') }} as e
        cross join {{ source('run', 'context') }} as c
        where e.fee_month <= c.period and e.insured > 0
    ) as m
    where m.newest_first = 1
),

compared as (
    select
        d.programme_year,
        d.employer_id,
        d.region_code,
        d.average_insured,
        d.refund_amount,
        n.fee_month,
        n.insured,
        {{ parameter_on('refund_headcount_drop_max', 'c.period_end', 'decimal') }} as drop_max
    from {{ ref('refund_decisions') }} as d
    inner join {{ source('run', 'context') }} as c on d.period = c.period
    inner join newest as n on d.employer_id = n.employer_id
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
