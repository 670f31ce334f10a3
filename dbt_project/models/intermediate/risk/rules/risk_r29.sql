-- A premium or price subsidy paid twice for one month within a claim: the first line stands, what was paid after it is the lead. Over two
-- claims it is R05.
with ordered as (
    select
        person_id,
        claim_no,
        region_code,
        benefit_kind,
        benefit_month,
        amount,
        row_number() over (partition by person_id, claim_no, benefit_kind, benefit_month order by paid_on, payment_no) as place
    from {{ ref('int_risk_payments') }}
    where benefit_kind in ('medical', 'pension', 'price_subsidy') and amount > 0
),

twice as (
    select
        person_id,
        claim_no,
        region_code,
        benefit_kind,
        count(distinct benefit_month) as months,
        min(benefit_month) as first_month,
        sum(amount) as amount
    from ordered
    where place > 1
    group by person_id, claim_no, region_code, benefit_kind
)

select
    'R29' as rule_id,
    'person' as subject_kind,
    t.person_id as subject_id,
    concat(t.claim_no, '|', t.benefit_kind) as fact_key,
    t.region_code,
    cast(t.amount as decimal(18, 2)) as amount_at_stake,
    concat(
        '核定 ', t.claim_no, '：', {{ month_text('t.first_month') }}, ' 起有 ', {{ count_text('t.months') }}, ' 个月重复发放',
        coalesce(k.label_zh, t.benefit_kind), '，多发 ', {{ money_text('t.amount') }}, ' 元。'
    ) as evidence,
    concat(
        'Claim ', t.claim_no, ': "', coalesce(k.label_en, t.benefit_kind), '" paid twice for ', {{ count_text('t.months') }},
        ' months, first ', {{ month_text('t.first_month') }}, '; ', {{ money_text('t.amount') }}, ' yuan too much.'
    ) as evidence_en
from twice as t
left join {{ ref('codes') }} as k on k.list = 'benefit_kind' and t.benefit_kind = k.code
