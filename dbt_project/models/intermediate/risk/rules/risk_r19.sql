-- Figures that do not meet: a mismatch of a reconciliation, or money paid for a year or to a subject that has no decision. The fund is the
-- subject; the fact is the check, so that one that goes on not meeting stays one lead.
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
            coalesce(k.label_zh, u.programme), ' ', {{ count_text('u.programme_year') }}, ' 年度：向 ', u.subject_id,
            ' 拨付 ', {{ count_text('u.payment_lines') }}, ' 笔 ', {{ money_text('u.amount') }}, ' 元，没有对应的决定。'
        ) as evidence,
        concat(
            coalesce(k.label_en, u.programme), ' ', {{ count_text('u.programme_year') }}, ': ',
            {{ count_text('u.payment_lines') }}, ' payments to ', u.subject_id, ', ', {{ money_text('u.amount') }}, ' yuan, without a decision.'
        ) as evidence_en
    from {{ ref('int_risk_undecided_payments') }} as u
    cross join {{ source('run', 'context') }} as c
    left join {{ ref('codes') }} as k on k.list = 'programme' and u.programme = k.code
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
