-- Benefit paid under a claim whose reason opens none.
with paid as (
    select
        claim_no,
        count(distinct benefit_month) as months,
        sum(amount) as amount
    from {{ ref('int_risk_payments') }}
    where benefit_kind = 'benefit'
    group by claim_no
)

select
    'R28' as rule_id,
    'person' as subject_kind,
    k.person_id as subject_id,
    k.claim_no as fact_key,
    k.region_code,
    cast(p.amount as decimal(18, 2)) as amount_at_stake,
    concat(
        '核定 ', k.claim_no, '：失业原因为', coalesce(a.label_zh, k.reason), '，不属于可以领取的原因，仍发放 ', {{ count_text('p.months') }},
        ' 个月失业保险金 ', {{ money_text('p.amount') }}, ' 元；原单位为', {{ unit_text('k.last_employer_id', 'e.employer_name') }}, '。'
    ) as evidence,
    concat(
        'Claim ', k.claim_no, ': the reason "', coalesce(a.label_en, k.reason), '" opens no benefit, yet ', {{ count_text('p.months') }},
        ' months were paid, ', {{ money_text('p.amount') }}, ' yuan; last ', {{ unit_text_en('k.last_employer_id', 'e.employer_name') }}, '.'
    ) as evidence_en
from {{ ref('int_benefit_claims') }} as k
inner join paid as p on k.claim_no = p.claim_no and p.amount > 0
inner join {{ source('run', 'context') }} as c on k.unemployed_on <= c.period_end
inner join {{ ref('int_claim_reasons') }} as t on {{ subject_region('k.region_code', 'c.jurisdiction') }} = t.region_code
left join {{ ref('int_employers') }} as e on k.last_employer_id = e.employer_id
left join {{ ref('codes') }} as a on a.list = 'decrease_reason' and k.reason = a.code
where not {{ in_list('k.reason', 't.reasons') }}
