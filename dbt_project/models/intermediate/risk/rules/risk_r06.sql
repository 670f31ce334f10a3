-- Bought insurance: many joined an employer in one month and left it together in one month soon after, and half of them claimed.
with limits as (
    select
        period_end,
        {{ parameter_on('risk_group_join', 'period_end', 'int') }} as persons_min,
        {{ register_value('R06', 'months_max') }} as months_max,
        {{ register_value('R06', 'share_min') }} as share_min
    from {{ source('run', 'context') }}
),

-- Employers with enough joiners in any one month, before versions are compared: nobody else can be raised.
crowds as (
    select distinct employer_id
    from (
        select
            h.employer_id,
            {{ month_start('h.change_date') }} as joined_month
        from {{ source('lake', 'headcount_changes') }} as h
        cross join limits as l
        where h.change_kind = 'increase'
        group by h.employer_id, {{ month_start('h.change_date') }}, l.persons_min
        having count(*) >= l.persons_min
    ) as joined_together
),

changes as (
    {{ newest_event_rows(
        '(select h.* from ' ~ source('lake', 'headcount_changes') ~ ' as h where exists (select 1 from crowds as k where k.employer_id = h.employer_id)) as h',
        key=['employer_id', 'person_id', 'change_kind', 'change_date'],
        columns=['employer_id', 'person_id', 'change_kind', 'change_date'],
    ) }}
),

stays as (
    select
        i.employer_id,
        i.person_id,
        i.change_date as joined_on,
        min(d.change_date) as left_on
    from changes as i
    inner join changes as d
        on i.employer_id = d.employer_id and i.person_id = d.person_id and d.change_kind = 'decrease' and i.change_date <= d.change_date
    cross join limits as l
    where i.change_kind = 'increase' and d.change_date <= l.period_end
    group by i.employer_id, i.person_id, i.change_date
),

members as (
    select
        s.employer_id,
        s.person_id,
        {{ month_start('s.joined_on') }} as joined_month,
        {{ month_start('s.left_on') }} as left_month
    from stays as s
    cross join limits as l
    where {{ months_between_starts(month_start('s.joined_on'), month_start('s.left_on')) }} <= l.months_max
    group by s.employer_id, s.person_id, {{ month_start('s.joined_on') }}, {{ month_start('s.left_on') }}
),

claims as (
    select
        m.employer_id,
        m.person_id,
        m.joined_month,
        m.left_month,
        k.claim_no
    from members as m
    inner join {{ ref('stg_benefit_claims') }} as k on m.person_id = k.person_id and m.employer_id = k.last_employer_id
    cross join limits as l
    where k.unemployed_on <= l.period_end and k.start_month >= m.joined_month
),

paid as (
    select
        k.employer_id,
        k.person_id,
        k.joined_month,
        k.left_month,
        coalesce(sum(p.amount), 0) as amount
    from claims as k
    left join {{ ref('int_risk_payments') }} as p on k.claim_no = p.claim_no
    group by k.employer_id, k.person_id, k.joined_month, k.left_month
),

crowds_left as (
    select
        m.employer_id,
        m.joined_month,
        m.left_month,
        count(*) as persons,
        count(p.person_id) as claimants,
        coalesce(sum(p.amount), 0) as amount
    from members as m
    left join paid as p
        on m.employer_id = p.employer_id and m.person_id = p.person_id and m.joined_month = p.joined_month and m.left_month = p.left_month
    group by m.employer_id, m.joined_month, m.left_month
)

select
    'R06' as rule_id,
    'employer' as subject_kind,
    g.employer_id as subject_id,
    concat({{ month_text('g.joined_month') }}, '|', {{ month_text('g.left_month') }}) as fact_key,
    e.region_code,
    cast(g.amount as decimal(18, 2)) as amount_at_stake,
    concat(
        '单位 ', g.employer_id, '：', {{ month_text('g.joined_month') }}, ' 同月参保 ', {{ count_text('g.persons') }}, ' 人，',
        {{ month_text('g.left_month') }}, ' 同月离开，其中 ', {{ count_text('g.claimants') }}, ' 人申领，已发待遇 ',
        {{ money_text('g.amount') }}, ' 元。'
    ) as evidence,
    concat(
        'Employer ', g.employer_id, ': ', {{ count_text('g.persons') }}, ' persons joined in ', {{ month_text('g.joined_month') }},
        ' and left in ', {{ month_text('g.left_month') }}, '; ', {{ count_text('g.claimants') }}, ' of them claimed and were paid ',
        {{ money_text('g.amount') }}, ' yuan.'
    ) as evidence_en
from crowds_left as g
cross join limits as l
left join {{ ref('int_employers') }} as e on g.employer_id = e.employer_id
where g.persons >= l.persons_min and g.claimants >= g.persons * l.share_min
