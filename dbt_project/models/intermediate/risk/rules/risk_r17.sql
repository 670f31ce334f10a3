-- Money to recover: more was paid, and not repaid, than is due now.
with open_amounts as (
    select
        'employer' as subject_kind,
        d.employer_id as subject_id,
        {{ count_text('d.programme_year') }} as fact_key,
        d.region_code,
        d.recoverable_amount as amount,
        d.paid_amount,
        d.refund_amount as due_amount
    from {{ ref('refund_decisions') }} as d
    inner join {{ source('run', 'context') }} as c on d.period = c.period
    where d.recoverable_amount > 0

    union all

    select
        'application' as subject_kind,
        s.application_no as subject_id,
        'subsidy' as fact_key,
        s.region_code,
        s.recoverable_amount as amount,
        s.paid_amount,
        s.amount as due_amount
    from {{ ref('skill_decisions') }} as s
    inner join {{ source('run', 'context') }} as c on s.period = c.period
    where s.recoverable_amount > 0

    union all

    select
        'application' as subject_kind,
        n.application_no as subject_id,
        'subsidy' as fact_key,
        n.region_code,
        n.recoverable_amount as amount,
        n.paid_amount,
        n.amount as due_amount
    from {{ ref('expansion_decisions') }} as n
    inner join {{ source('run', 'context') }} as c on n.period = c.period
    where n.recoverable_amount > 0
)

select
    'R17' as rule_id,
    subject_kind,
    subject_id,
    fact_key,
    region_code,
    cast(amount as decimal(18, 2)) as amount_at_stake,
    concat(
        case subject_kind when 'employer' then '单位 ' else '申领 ' end, subject_id,
        case subject_kind when 'employer' then concat('：', fact_key, ' 年度') else '：' end, '已拨付 ', {{ money_text('paid_amount') }},
        ' 元，', case when paid_amount - due_amount > amount then concat('已退回 ', {{ money_text('paid_amount - due_amount - amount') }}, ' 元，') else '' end,
        '应拨 ', {{ money_text('due_amount') }}, ' 元，应追回 ', {{ money_text('amount') }}, ' 元。'
    ) as evidence,
    concat(
        case subject_kind when 'employer' then 'Employer ' else 'Application ' end, subject_id,
        case subject_kind when 'employer' then concat(', ', fact_key, ': ') else ': ' end, {{ money_text('paid_amount') }},
        ' yuan paid, ', case when paid_amount - due_amount > amount then concat({{ money_text('paid_amount - due_amount - amount') }}, ' yuan repaid, ') else '' end,
        {{ money_text('due_amount') }}, ' yuan due; ', {{ money_text('amount') }}, ' yuan to recover.'
    ) as evidence_en
from open_amounts
