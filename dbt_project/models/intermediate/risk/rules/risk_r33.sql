-- Two employers owe premium for one person in several fee months in a row. At stake: of each programme year shown, the ratio of the employer with
-- the smaller premium for the person over the base year, on that premium.
with limits as (
    select {{ register_value('R33', 'months_min') }} as months_min
    from {{ source('run', 'context') }}
),

shared as (
    select
        a.person_id,
        a.employer_id,
        b.employer_id as other_employer_id,
        a.fee_month,
        year(a.fee_month) * 12 + month(a.fee_month)
        - row_number() over (partition by a.person_id, a.employer_id, b.employer_id order by a.fee_month) as run
    from {{ ref('int_risk_roll') }} as a
    inner join {{ ref('int_risk_roll') }} as b
        on a.person_id = b.person_id and a.fee_month = b.fee_month and a.employer_id < b.employer_id
    where a.normal_due > 0 and b.normal_due > 0
),

runs as (
    select
        s.person_id,
        s.employer_id,
        s.other_employer_id,
        s.run,
        count(*) as months,
        min(s.fee_month) as first_month,
        max(s.fee_month) as last_month
    from shared as s
    cross join limits as l
    group by s.person_id, s.employer_id, s.other_employer_id, s.run, l.months_min
    having count(*) >= l.months_min
),

pairs as (
    select
        person_id,
        employer_id,
        other_employer_id,
        sum(months) as months,
        min(first_month) as first_month,
        max(last_month) as last_month
    from runs
    group by person_id, employer_id, other_employer_id
),

premiums as (
    select
        p.person_id,
        p.employer_id,
        p.other_employer_id,
        d.programme_year,
        d.employer_id as paid_by,
        d.refund_ratio,
        coalesce(sum(r.received), 0) as received
    from pairs as p
    inner join {{ ref('refund_decisions') }} as d on d.employer_id in (p.employer_id, p.other_employer_id)
    inner join {{ source('run', 'context') }} as c on d.period = c.period
    left join {{ ref('int_risk_roll') }} as r
        on p.person_id = r.person_id and d.employer_id = r.employer_id and year(r.fee_month) = d.programme_year - 1
    group by p.person_id, p.employer_id, p.other_employer_id, d.programme_year, d.employer_id, d.refund_ratio
),

ordered as (
    select
        premiums.*,
        row_number() over (
            partition by person_id, employer_id, other_employer_id, programme_year order by received, coalesce(refund_ratio, 1), paid_by
        ) as smaller_first,
        count(*) over (partition by person_id, employer_id, other_employer_id, programme_year) as decisions
    from premiums
),

-- An employer without a decision has no premium in the base year: the smaller of the two is then nothing.
at_stake as (
    select
        person_id,
        employer_id,
        other_employer_id,
        sum({{ round_half_up('cast(coalesce(refund_ratio, 0) as decimal(12, 6)) * ' ~ wide('received'), 2) }}) as amount
    from ordered
    where smaller_first = 1 and decisions = 2
    group by person_id, employer_id, other_employer_id
)

select
    'R33' as rule_id,
    'person' as subject_kind,
    p.person_id as subject_id,
    concat(p.employer_id, '|', p.other_employer_id) as fact_key,
    e.region_code,
    cast(coalesce(a.amount, 0) as decimal(18, 2)) as amount_at_stake,
    concat(
        {{ month_text('p.first_month') }}, ' 至 ', {{ month_text('p.last_month') }}, ' 有 ', {{ count_text('p.months') }}, ' 个月在',
        {{ unit_text('p.employer_id', 'e.employer_name') }}, '与', {{ unit_text('p.other_employer_id', 'o.employer_name') }},
        '同时应缴，重复计入返还 ', {{ money_text('coalesce(a.amount, 0)') }}, ' 元。'
    ) as evidence,
    concat(
        {{ count_text('p.months') }}, ' months, ', {{ month_text('p.first_month') }}, ' to ', {{ month_text('p.last_month') }}, ', due at ',
        {{ unit_text_en('p.employer_id', 'e.employer_name') }}, ' and at ', {{ unit_text_en('p.other_employer_id', 'o.employer_name') }}, '; ',
        {{ money_text('coalesce(a.amount, 0)') }}, ' yuan of refund counted twice.'
    ) as evidence_en
from pairs as p
left join at_stake as a
    on p.person_id = a.person_id and p.employer_id = a.employer_id and p.other_employer_id = a.other_employer_id
left join {{ ref('int_employers') }} as e on p.employer_id = e.employer_id
left join {{ ref('int_employers') }} as o on p.other_employer_id = o.employer_id
