-- Figures that do not meet: a mismatch of a reconciliation, or money paid for a year or to a subject that has no decision. The fund is the
-- subject; the fact is the check, so that one that goes on not meeting stays one lead. A year no longer shown has no decisions in the
-- period, and is not looked at, unless it never was a programme year.
with mismatches as (
    select
        r.region_code,
        concat('check|', r.check_id) as fact_key,
        abs(r.difference) as amount,
        concat(
            {{ month_text('r.period') }}, ' ', k.title_zh, '：', r.left_name, ' ', {{ money_text('r.left_amount') }}, ' 元，', r.right_name, ' ',
            {{ money_text('r.right_amount') }}, ' 元，相差 ', {{ money_text('r.difference') }}, ' 元。'
        ) as evidence,
        concat(
            {{ month_text('r.period') }}, ' ', k.title_en, ': ', r.left_name, ' ', {{ money_text('r.left_amount') }}, ' yuan, ', r.right_name,
            ' ', {{ money_text('r.right_amount') }}, ' yuan; difference ', {{ money_text('r.difference') }}, ' yuan.'
        ) as evidence_en
    from {{ ref('reconciliations') }} as r
    inner join {{ source('run', 'context') }} as c on r.period = c.period
    inner join {{ ref('reconciliation_checks') }} as k on r.check_id = k.check_id
    where r.outcome = 'mismatch'
),

refunds as (
    select
        p.programme_year,
        p.employer_id as subject_id,
        sum(p.amount) as amount,
        count(*) as payment_lines
    from {{ ref('int_refund_payments') }} as p
    cross join {{ source('run', 'context') }} as c
    where
        p.result = 'paid'
        and not exists (
            select 1 from {{ ref('refund_decisions') }} as d
            where d.period = c.period and d.programme_year = p.programme_year and d.employer_id = p.employer_id
        )
        and (
            p.programme_year >= c.year - 1
            or not exists (
                select 1 from {{ source('policy', 'programmes') }} as w
                where w.programme = 'refund' and w.programme_year = p.programme_year
            )
        )
    group by p.programme_year, p.employer_id
),

subsidies as (
    select
        p.programme_year,
        p.payee_id as subject_id,
        sum(p.amount) as amount,
        count(*) as payment_lines
    from {{ ref('stg_programme_payments') }} as p
    cross join {{ source('run', 'context') }} as c
    where
        p.programme = 'skill_subsidy'
        and p.result = 'paid'
        and p.paid_on <= c.period_end
        and not exists (
            select 1 from {{ ref('skill_decisions') }} as d where d.period = c.period and d.application_no = p.payee_id
        )
    group by p.programme_year, p.payee_id
),

undecided as (
    select
        'refund' as programme,
        refunds.*
    from refunds
    union all
    select
        'skill_subsidy' as programme,
        subsidies.*
    from subsidies
),

raised as (
    select
        region_code,
        fact_key,
        amount,
        evidence,
        evidence_en
    from mismatches

    union all

    select
        {{ province_code('c.jurisdiction') }} as region_code,
        concat('payment|', u.programme, '|', {{ count_text('u.programme_year') }}, '|', u.subject_id) as fact_key,
        u.amount,
        concat(
            case u.programme when 'refund' then '稳岗返还 ' else '技能提升补贴 ' end, {{ count_text('u.programme_year') }}, ' 年度：向 ', u.subject_id,
            ' 拨付 ', {{ count_text('u.payment_lines') }}, ' 笔 ', {{ money_text('u.amount') }}, ' 元，没有对应的决定。'
        ) as evidence,
        concat(
            case u.programme when 'refund' then 'Refund ' else 'Skill subsidy ' end, {{ count_text('u.programme_year') }}, ': ',
            {{ count_text('u.payment_lines') }}, ' payments to ', u.subject_id, ', ', {{ money_text('u.amount') }}, ' yuan, without a decision.'
        ) as evidence_en
    from undecided as u
    cross join {{ source('run', 'context') }} as c
)

select
    'R19' as rule_id,
    'fund' as subject_kind,
    region_code as subject_id,
    fact_key,
    region_code,
    cast(amount as decimal(18, 2)) as amount_at_stake,
    evidence,
    evidence_en
from raised
