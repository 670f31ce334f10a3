-- Benefit for the stop month or later: the stop month is the first month not paid.
select
    'R23' as rule_id,
    'person' as subject_kind,
    person_id as subject_id,
    claim_no as fact_key,
    region_code,
    cast(sum(amount) as decimal(18, 2)) as amount_at_stake,
    concat(
        '核定 ', claim_no, '：自 ', {{ month_text('stop_month') }}, ' 起停发，其后仍发放 ', {{ count_text('count(distinct benefit_month)') }},
        ' 个月待遇 ', {{ money_text('sum(amount)') }}, ' 元。'
    ) as evidence,
    concat(
        'Claim ', claim_no, ': stopped from ', {{ month_text('stop_month') }}, ', yet paid for ',
        {{ count_text('count(distinct benefit_month)') }}, ' months since, ', {{ money_text('sum(amount)') }}, ' yuan.'
    ) as evidence_en
from {{ ref('int_risk_payments') }}
where benefit_month >= stop_month
group by person_id, claim_no, region_code, stop_month
