-- Short cycle: joined, claimed after 12 or 13 paid months at that employer, joined it again within a year of the claim's start.
with limits as (
    select
        c.period_end,
        g.months_max,
        g.months_max - 1 as months_min,
        g.window_months
    from {{ source('run', 'context') }} as c
    inner join {{ ref('risk_rules') }} as g on g.rule_id = 'R07'
),

claims as (
    select
        k.claim_no,
        k.person_id,
        k.last_employer_id as employer_id,
        k.region_code,
        k.unemployed_on,
        k.start_month
    from {{ ref('stg_benefit_claims') }} as k
    cross join limits as l
    where k.unemployed_on <= l.period_end
),

increases as (
    {{ newest_event_rows(
        '(select h.* from ' ~ source('lake', 'headcount_changes') ~ ' as h where exists (select 1 from claims as k '
        ~ 'where k.employer_id = h.employer_id and k.person_id = h.person_id)) as h',
        key=['employer_id', 'person_id', 'change_kind', 'change_date'],
        columns=['employer_id', 'person_id', 'change_kind', 'change_date'],
    ) }}
),

stays as (
    select
        k.claim_no,
        max(case when i.change_date <= k.unemployed_on then i.change_date end) as joined_on,
        min(case when i.change_date > k.unemployed_on and i.change_date >= k.start_month then i.change_date end) as rejoined_on
    from claims as k
    inner join increases as i on k.employer_id = i.employer_id and k.person_id = i.person_id
    cross join limits as l
    where i.change_kind = 'increase' and i.change_date <= l.period_end
    group by k.claim_no
),

cycles as (
    select
        k.claim_no,
        k.person_id,
        k.employer_id,
        k.region_code,
        k.start_month,
        s.joined_on,
        s.rejoined_on,
        count(m.fee_month) as months_paid
    from claims as k
    inner join stays as s on k.claim_no = s.claim_no
    cross join limits as l
    left join {{ ref('int_person_months') }} as m
        on
            k.person_id = m.person_id
            and k.employer_id = m.employer_id
            and m.person_received > 0
            and m.fee_month >= {{ month_start('s.joined_on') }}
            and k.start_month > m.fee_month
    where
        s.joined_on is not null
        and {{ months_between_starts('k.start_month', month_start('s.rejoined_on')) }} <= l.window_months
    group by k.claim_no, k.person_id, k.employer_id, k.region_code, k.start_month, s.joined_on, s.rejoined_on
),

paid as (
    select
        claim_no,
        sum(amount) as amount
    from {{ ref('int_risk_payments') }}
    group by claim_no
)

select
    'R07' as rule_id,
    'person' as subject_kind,
    y.person_id as subject_id,
    y.claim_no as fact_key,
    y.region_code,
    cast(coalesce(p.amount, 0) as decimal(18, 2)) as amount_at_stake,
    concat(
        '核定 ', y.claim_no, '：', cast(y.joined_on as varchar(32)), ' 在单位 ', y.employer_id, ' 参保，缴费 ', {{ count_text('y.months_paid') }},
        ' 个月后申领，', cast(y.rejoined_on as varchar(32)), ' 又在该单位参保，已发待遇 ', {{ money_text('coalesce(p.amount, 0)') }}, ' 元。'
    ) as evidence,
    concat(
        'Claim ', y.claim_no, ': joined employer ', y.employer_id, ' on ', cast(y.joined_on as varchar(32)), ', claimed after ',
        {{ count_text('y.months_paid') }}, ' paid months, joined it again on ', cast(y.rejoined_on as varchar(32)), '; paid ',
        {{ money_text('coalesce(p.amount, 0)') }}, ' yuan.'
    ) as evidence_en
from cycles as y
cross join limits as l
left join paid as p on y.claim_no = p.claim_no
where y.months_paid between l.months_min and l.months_max
