-- Drawing while insured: due at one employer in the month and in the month before (the month of re-employment is free), or insured
-- elsewhere since before the month.
with paid as (
    select distinct person_id, benefit_month
    from {{ ref('int_risk_payments') }}
),

insured_months as (
    select
        m.person_id,
        m.employer_id,
        m.fee_month,
        {{ add_months('m.fee_month', -1) }} as month_before
    from paid as p
    inner join {{ ref('int_person_months') }} as m on p.person_id = m.person_id and p.benefit_month = m.fee_month
    where m.due > 0
),

-- Not a join: it would be made first, of all lives with themselves.
insured as (
    select
        m.person_id,
        m.fee_month,
        min(m.employer_id) as employer_id
    from insured_months as m
    where exists (
        select 1
        from {{ ref('int_person_months') }} as b
        where m.person_id = b.person_id and m.employer_id = b.employer_id and m.month_before = b.fee_month and b.due > 0
    )
    group by m.person_id, m.fee_month
),

elsewhere as (
    select distinct p.payment_no
    from {{ ref('int_risk_payments') }} as p
    inner join {{ ref('stg_cross_checks') }} as x on p.person_id = x.person_id
    cross join {{ source('run', 'context') }} as c
    where
        x.check_kind = 'employed_elsewhere'
        and x.event_date <= c.period_end
        and x.event_date < p.benefit_month
        and (x.end_date is null or x.end_date >= p.benefit_month)
),

raised as (
    select
        p.person_id,
        p.claim_no,
        p.region_code,
        p.benefit_month,
        p.amount,
        i.employer_id
    from {{ ref('int_risk_payments') }} as p
    left join insured as i on p.person_id = i.person_id and p.benefit_month = i.fee_month
    left join elsewhere as e on p.payment_no = e.payment_no
    where i.person_id is not null or e.payment_no is not null
)

select
    'R01' as rule_id,
    'person' as subject_kind,
    person_id as subject_id,
    claim_no as fact_key,
    region_code,
    cast(sum(amount) as decimal(18, 2)) as amount_at_stake,
    concat(
        '核定 ', claim_no, '：', {{ month_text('min(benefit_month)') }}, ' 至 ', {{ month_text('max(benefit_month)') }}, ' 有 ',
        {{ count_text('count(distinct benefit_month)') }}, ' 个月领取待遇 ', {{ money_text('sum(amount)') }}, ' 元，同期',
        case when min(employer_id) is null then '异地就业参保' else concat('在单位 ', min(employer_id), ' 参保缴费') end, '。'
    ) as evidence,
    concat(
        'Claim ', claim_no, ': drew ', {{ money_text('sum(amount)') }}, ' yuan for ', {{ count_text('count(distinct benefit_month)') }},
        ' months, ', {{ month_text('min(benefit_month)') }}, ' to ', {{ month_text('max(benefit_month)') }}, ', while ',
        case when min(employer_id) is null then 'insured elsewhere' else concat('insured by employer ', min(employer_id)) end, '.'
    ) as evidence_en
from raised
group by person_id, claim_no, region_code
