-- Skill subsidy twice: more than one approved in a year needs strict review (甘人社通〔2024〕165号 二); or the employment system paid a
-- training subsidy for the same occupation and level after ours was paid.
with subsidies as (
    select
        d.application_no,
        d.person_id,
        d.region_code,
        d.applied_on,
        d.decision,
        d.occupation_code,
        d.level,
        d.amount,
        d.paid_amount,
        d.approved_in_year,
        c.period,
        c.period_end
    from {{ ref('skill_decisions') }} as d
    inner join {{ source('run', 'context') }} as c on d.period = c.period
),

strict as (
    select
        s.application_no,
        s.region_code,
        'strict_review' as fact_key,
        s.amount,
        concat(
            '申领 ', s.application_no, '：', {{ count_text('year(s.applied_on)') }}, ' 年此前已核准 ', {{ count_text('s.approved_in_year') }},
            ' 次，须从严审核，金额 ', {{ money_text('s.amount') }}, ' 元。'
        ) as evidence,
        concat(
            'Application ', s.application_no, ': ', {{ count_text('s.approved_in_year') }}, ' approved before it in ',
            {{ count_text('year(s.applied_on)') }}, '; strict review; ', {{ money_text('s.amount') }}, ' yuan.'
        ) as evidence_en
    from subsidies as s
    inner join {{ ref('skill_rule_outcomes') }} as o
        on s.period = o.period and s.application_no = o.application_no
    where o.rule_id = 'skill.review_over_year' and o.outcome = 'unknown' and s.decision in ('eligible', 'review')
),

first_payments as (
    select
        p.payee_id as application_no,
        min(p.paid_on) as paid_on
    from {{ ref('stg_programme_payments') }} as p
    cross join {{ source('run', 'context') }} as c
    where p.programme = 'skill_subsidy' and p.result = 'paid' and p.paid_on <= c.period_end
    group by p.payee_id
),

trained as (
    select
        s.application_no,
        s.region_code,
        'training_subsidy' as fact_key,
        s.paid_amount as amount,
        concat(
            '申领 ', s.application_no, '：', cast(f.paid_on as varchar(32)), ' 已拨付 ', {{ money_text('s.paid_amount') }}, ' 元，',
            cast(min(t.paid_on) as varchar(32)), ' 又发放同职业同等级培训补贴 ', {{ money_text('sum(t.amount)') }}, ' 元。'
        ) as evidence,
        concat(
            'Application ', s.application_no, ': ', {{ money_text('s.paid_amount') }}, ' yuan paid on ', cast(f.paid_on as varchar(32)),
            ', then a training subsidy for the same occupation and level on ', cast(min(t.paid_on) as varchar(32)), ', ',
            {{ money_text('sum(t.amount)') }}, ' yuan.'
        ) as evidence_en
    from subsidies as s
    inner join first_payments as f on s.application_no = f.application_no
    inner join {{ ref('stg_training_subsidies') }} as t
        on
            s.person_id = t.person_id
            and s.occupation_code = t.occupation_code
            and s.level = cast(t.level as integer)
            and f.paid_on < t.paid_on
            and s.period_end >= t.paid_on
    group by s.application_no, s.region_code, s.paid_amount, f.paid_on
),

raised as (
    select * from strict
    union all
    select * from trained
)

select
    'R08' as rule_id,
    'application' as subject_kind,
    application_no as subject_id,
    fact_key,
    region_code,
    cast(amount as decimal(18, 2)) as amount_at_stake,
    evidence,
    evidence_en
from raised
