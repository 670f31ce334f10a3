-- The reason of the claim opens the benefit, the reason of the newest decrease at that employer around the day of unemployment does not.
with limits as (
    select
        c.period_end,
        c.jurisdiction,
        {{ register_value('R27', 'days_max') }} as days_max
    from {{ source('run', 'context') }} as c
),

claims as (
    select
        k.claim_no,
        k.person_id,
        k.last_employer_id as employer_id,
        k.region_code,
        k.unemployed_on,
        k.reason,
        t.reasons
    from {{ ref('int_benefit_claims') }} as k
    inner join limits as l on k.unemployed_on <= l.period_end
    inner join {{ ref('int_claim_reasons') }} as t on {{ subject_region('k.region_code', 'l.jurisdiction') }} = t.region_code
    where {{ in_list('k.reason', 't.reasons') }}
),

changes as (
    {{ newest_event_rows(
        '(select h.* from ' ~ source('lake', 'headcount_changes') ~ ' as h where exists (select 1 from claims as k '
        ~ 'where k.employer_id = h.employer_id and k.person_id = h.person_id)) as h',
        key=['employer_id', 'person_id', 'change_kind', 'change_date'],
        columns=['employer_id', 'person_id', 'change_kind', 'change_date', 'reason'],
    ) }}
),

decreases as (
    select
        k.claim_no,
        d.change_date,
        d.reason,
        row_number() over (partition by k.claim_no order by d.change_date desc) as newest_first
    from claims as k
    inner join changes as d on k.employer_id = d.employer_id and k.person_id = d.person_id and d.change_kind = 'decrease'
    cross join limits as l
    where
        d.change_date <= l.period_end
        and abs({{ days_between('k.unemployed_on', 'd.change_date') }}) <= l.days_max
),

paid as (
    select
        claim_no,
        sum(amount) as amount
    from {{ ref('int_risk_payments') }}
    where benefit_kind = 'benefit'
    group by claim_no
)

select
    'R27' as rule_id,
    'person' as subject_kind,
    k.person_id as subject_id,
    k.claim_no as fact_key,
    k.region_code,
    cast(coalesce(p.amount, 0) as decimal(18, 2)) as amount_at_stake,
    concat(
        '核定 ', k.claim_no, '：失业原因为', coalesce(a.label_zh, k.reason), '，', {{ unit_text('k.employer_id', 'e.employer_name') }}, ' ',
        cast(d.change_date as varchar(32)), ' 办理减员的原因却是', coalesce(b.label_zh, d.reason), '；已发失业保险金 ',
        {{ money_text('coalesce(p.amount, 0)') }}, ' 元。'
    ) as evidence,
    concat(
        'Claim ', k.claim_no, ': claimed for "', coalesce(a.label_en, k.reason), '", but ', {{ unit_text_en('k.employer_id', 'e.employer_name') }},
        ' reported the departure of ', cast(d.change_date as varchar(32)), ' as "', coalesce(b.label_en, d.reason), '"; ',
        {{ money_text('coalesce(p.amount, 0)') }}, ' yuan of benefit paid.'
    ) as evidence_en
from claims as k
inner join decreases as d on k.claim_no = d.claim_no and d.newest_first = 1
left join paid as p on k.claim_no = p.claim_no
left join {{ ref('int_employers') }} as e on k.employer_id = e.employer_id
left join {{ ref('codes') }} as a on a.list = 'decrease_reason' and k.reason = a.code
left join {{ ref('codes') }} as b on b.list = 'decrease_reason' and d.reason = b.code
where not {{ in_list('d.reason', 'k.reasons') }}
