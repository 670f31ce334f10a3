-- Months paid under a claim beyond the months recomputed, with everything paid for them; months up to a retirement age that is near are not.
with beyond as (
    select distinct
        claim_no,
        benefit_month,
        month_number
    from {{ ref('int_risk_payments') }}
    where benefit_kind = 'benefit' and month_number > recomputed_months and not is_until_retirement
)

select
    'R20' as rule_id,
    'person' as subject_kind,
    p.person_id as subject_id,
    p.claim_no as fact_key,
    p.region_code,
    cast(sum(p.amount) as decimal(18, 2)) as amount_at_stake,
    concat(
        '核定 ', p.claim_no, '：重新计算可领 ', {{ count_text('p.recomputed_months') }}, ' 个月，已发至第 ', {{ count_text('max(b.month_number)') }},
        ' 个月，超出 ', {{ count_text('count(distinct p.benefit_month)') }}, ' 个月，涉及 ', {{ money_text('sum(p.amount)') }}, ' 元。'
    ) as evidence,
    concat(
        'Claim ', p.claim_no, ': ', {{ count_text('p.recomputed_months') }}, ' months recomputed, paid up to month ',
        {{ count_text('max(b.month_number)') }}, '; ', {{ count_text('count(distinct p.benefit_month)') }}, ' months beyond, ',
        {{ money_text('sum(p.amount)') }}, ' yuan.'
    ) as evidence_en
from {{ ref('int_risk_payments') }} as p
inner join beyond as b on p.claim_no = b.claim_no and p.benefit_month = b.benefit_month
group by p.person_id, p.claim_no, p.region_code, p.recomputed_months
