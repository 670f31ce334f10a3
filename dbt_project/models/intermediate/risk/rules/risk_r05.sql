-- Two places at once: a month drawn under two claims (of the two the one that began later is the lead, at the smaller of the two sums),
-- or a month covered by an entry of drawing elsewhere; a month is counted once.
with months as (
    select
        person_id,
        claim_no,
        region_code,
        benefit_month,
        coalesce(start_month, benefit_month) as start_month,
        sum(amount) as amount
    from {{ ref('int_risk_payments') }}
    group by person_id, claim_no, region_code, benefit_month, coalesce(start_month, benefit_month)
),

covered as (
    select
        m.person_id,
        m.claim_no,
        m.region_code,
        m.benefit_month,
        m.amount
    from months as m
    cross join {{ source('run', 'context') }} as c
    where
        exists (
            select 1 from {{ ref('stg_cross_checks') }} as x
            where
                x.person_id = m.person_id
                and x.check_kind = 'benefit_elsewhere'
                and x.event_date <= c.period_end
                and x.event_date <= {{ month_end('m.benefit_month') }}
                and (x.end_date is null or x.end_date >= m.benefit_month)
        )
),

ordered as (
    select
        months.*,
        row_number() over (partition by person_id, benefit_month order by start_month, claim_no) as place
    from months
    where not exists (
        select 1 from covered as c where c.claim_no = months.claim_no and c.benefit_month = months.benefit_month
    )
),

twice as (
    select
        l.person_id,
        l.claim_no,
        l.region_code,
        f.claim_no as other_claim_no,
        concat('claim|', f.claim_no, '|', l.claim_no) as fact_key,
        count(*) as months,
        min(l.benefit_month) as first_month,
        max(l.benefit_month) as last_month,
        least(sum(l.amount), sum(f.amount)) as amount
    from ordered as l
    inner join ordered as f on l.person_id = f.person_id and l.benefit_month = f.benefit_month and f.place = 1
    where l.place > 1
    group by l.person_id, l.claim_no, l.region_code, f.claim_no
),

elsewhere as (
    select
        person_id,
        claim_no,
        region_code,
        cast(null as varchar(64)) as other_claim_no,
        concat('elsewhere|', claim_no) as fact_key,
        count(*) as months,
        min(benefit_month) as first_month,
        max(benefit_month) as last_month,
        sum(amount) as amount
    from covered
    group by person_id, claim_no, region_code
),

raised as (
    select person_id, claim_no, region_code, other_claim_no, fact_key, months, first_month, last_month, amount from twice
    union all
    select person_id, claim_no, region_code, other_claim_no, fact_key, months, first_month, last_month, amount from elsewhere
)

select
    'R05' as rule_id,
    'person' as subject_kind,
    person_id as subject_id,
    fact_key,
    region_code,
    cast(amount as decimal(18, 2)) as amount_at_stake,
    concat(
        '核定 ', claim_no, '：', {{ month_text('first_month') }}, ' 至 ', {{ month_text('last_month') }}, ' 有 ', {{ count_text('months') }},
        ' 个月', case when other_claim_no is null then '同时在异地领取' else concat('与核定 ', other_claim_no, ' 重复发放') end, '待遇，涉及 ', {{ money_text('amount') }}, ' 元。'
    ) as evidence,
    concat(
        'Claim ', claim_no, ': ', {{ count_text('months') }}, ' months, ', {{ month_text('first_month') }}, ' to ',
        {{ month_text('last_month') }}, ', ', case when other_claim_no is null then 'also drawn elsewhere' else concat('also paid under claim ', other_claim_no) end, '; ',
        {{ money_text('amount') }}, ' yuan.'
    ) as evidence_en
from raised
