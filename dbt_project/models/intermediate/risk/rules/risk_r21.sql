-- A monthly benefit above the standard of the county in that month; a county without a known standard raises nothing.
select
    'R21' as rule_id,
    'person' as subject_kind,
    person_id as subject_id,
    claim_no as fact_key,
    region_code,
    cast(sum(amount - county_standard) as decimal(18, 2)) as amount_at_stake,
    concat(
        '核定 ', claim_no, '：', {{ count_text('count(distinct benefit_month)') }}, ' 个月的失业保险金高于当地标准，最高 ',
        {{ money_text('max(amount)') }}, ' 元（标准 ', {{ money_text('max(county_standard)') }}, ' 元），多发 ',
        {{ money_text('sum(amount - county_standard)') }}, ' 元。'
    ) as evidence,
    concat(
        'Claim ', claim_no, ': ', {{ count_text('count(distinct benefit_month)') }}, ' months above the county standard, at most ',
        {{ money_text('max(amount)') }}, ' yuan (standard ', {{ money_text('max(county_standard)') }}, '); ',
        {{ money_text('sum(amount - county_standard)') }}, ' yuan too much.'
    ) as evidence_en
from {{ ref('int_risk_payments') }}
where benefit_kind = 'benefit' and amount > county_standard
group by person_id, claim_no, region_code
