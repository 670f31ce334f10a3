-- Headcount collapse: a refund is due, but in the newest fee month delivered the employer insures far fewer than the base year's
-- average; an employer that no longer appears insures none.
with newest as (
    select
        max(m.fee_month) as fee_month
    from {{ ref('int_employer_months') }} as m
    cross join {{ source('run', 'context') }} as c
    where m.fee_month <= c.period
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
    cross join newest as n
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
where insured < (1 - drop_max) * average_insured
