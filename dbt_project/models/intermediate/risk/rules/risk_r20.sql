-- Months paid under a claim beyond the months recomputed.
select
    'R20' as rule_id,
    'person' as subject_kind,
    person_id as subject_id,
    claim_no as fact_key,
    region_code,
    cast(sum(amount) as decimal(18, 2)) as amount_at_stake,
    concat(
        '核定 ', claim_no, '：重新计算可领 ', {{ count_text('recomputed_months') }}, ' 个月，已发至第 ', {{ count_text('max(month_number)') }},
        ' 个月，超出 ', {{ count_text('count(distinct benefit_month)') }}, ' 个月 ', {{ money_text('sum(amount)') }}, ' 元。'
    ) as evidence,
    concat(
        'Claim ', claim_no, ': ', {{ count_text('recomputed_months') }}, ' months recomputed, paid up to month ',
        {{ count_text('max(month_number)') }}, '; ', {{ count_text('count(distinct benefit_month)') }}, ' months beyond, ',
        {{ money_text('sum(amount)') }}, ' yuan.'
    ) as evidence_en
from {{ ref('int_risk_payments') }}
where benefit_kind = 'benefit' and month_number > recomputed_months
group by person_id, claim_no, region_code, recomputed_months
