-- A premium or price subsidy paid for a month for which no benefit was paid under the claim. The month itself and the one after are free: the
-- benefit may still come.
with limits as (
    select
        c.period,
        {{ register_value('R30', 'window_months') }} as months_free
    from {{ source('run', 'context') }} as c
),

months as (
    select
        p.person_id,
        p.claim_no,
        p.region_code,
        p.benefit_month,
        sum(case when p.benefit_kind in ('medical', 'pension', 'price_subsidy') then p.amount else 0 end) as premium,
        sum(case when p.benefit_kind = 'benefit' then p.amount else 0 end) as benefit
    from {{ ref('int_risk_payments') }} as p
    group by p.person_id, p.claim_no, p.region_code, p.benefit_month
),

raised as (
    select
        m.person_id,
        m.claim_no,
        m.region_code,
        count(*) as months,
        min(m.benefit_month) as first_month,
        max(m.benefit_month) as last_month,
        sum(m.premium) as amount
    from months as m
    cross join limits as l
    where m.premium > 0 and m.benefit <= 0 and {{ months_between_starts('m.benefit_month', 'l.period') }} > l.months_free
    group by m.person_id, m.claim_no, m.region_code
)

select
    'R30' as rule_id,
    'person' as subject_kind,
    person_id as subject_id,
    claim_no as fact_key,
    region_code,
    cast(amount as decimal(18, 2)) as amount_at_stake,
    concat(
        '核定 ', claim_no, '：', {{ month_text('first_month') }},
        case when first_month < last_month then concat(' 至 ', {{ month_text('last_month') }}) else '' end, ' 有 ', {{ count_text('months') }},
        ' 个月未发失业保险金，却发放了保险费或价格临时补贴，共 ', {{ money_text('amount') }}, ' 元。'
    ) as evidence,
    concat(
        'Claim ', claim_no, ': ', {{ count_text('months') }}, ' months, ', {{ month_text('first_month') }}, ' to ', {{ month_text('last_month') }},
        ', with a premium or price subsidy but without a benefit; ', {{ money_text('amount') }}, ' yuan.'
    ) as evidence_en
from raised
