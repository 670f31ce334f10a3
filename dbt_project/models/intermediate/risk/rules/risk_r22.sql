-- A month paid twice under one claim: several lines above zero that together exceed the standard. The first stands, what was paid after it
-- is the lead. Lines that reverse each other are no payment.
with ordered as (
    select
        person_id,
        claim_no,
        region_code,
        benefit_month,
        amount,
        coalesce(county_standard, claim_standard) as standard,
        sum(amount) over (partition by claim_no, benefit_month) as month_total,
        sum(case when amount > 0 then 1 else 0 end) over (
            partition by claim_no, benefit_month
            order by paid_on, payment_no
            rows between unbounded preceding and current row
        ) as place
    from {{ ref('int_risk_payments') }}
    where benefit_kind = 'benefit'
)

select
    'R22' as rule_id,
    'person' as subject_kind,
    person_id as subject_id,
    claim_no as fact_key,
    region_code,
    cast(sum(amount) as decimal(18, 2)) as amount_at_stake,
    concat(
        '核定 ', claim_no, '：', {{ month_text('min(benefit_month)') }},
        case when min(benefit_month) < max(benefit_month) then concat(' 至 ', {{ month_text('max(benefit_month)') }}) else '' end, ' 有 ',
        {{ count_text('count(distinct benefit_month)') }}, ' 个月重复发放失业保险金，多发 ', {{ money_text('sum(amount)') }}, ' 元。'
    ) as evidence,
    concat(
        'Claim ', claim_no, ': ', {{ count_text('count(distinct benefit_month)') }}, ' months paid twice, first ',
        {{ month_text('min(benefit_month)') }}, '; ', {{ money_text('sum(amount)') }}, ' yuan too much.'
    ) as evidence_en
from ordered
where amount > 0 and place > 1 and month_total > standard
group by person_id, claim_no, region_code
