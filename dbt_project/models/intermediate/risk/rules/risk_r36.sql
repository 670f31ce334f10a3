-- Paid before the month after the notice of the amount was over: what was paid in a month beyond the amount that had cleared its notice by
-- then. Months before the first delivery are not judged: nobody knows what stood on their notices.
with decisions as (
    select
        d.period,
        'employer' as subject_kind,
        d.employer_id as subject_id,
        {{ count_text('d.programme_year') }} as fact_key,
        d.region_code,
        d.refund_amount as amount,
        d.decision = 'eligible' as is_eligible,
        d.notice_status in ('objection_open', 'objection_upheld') as is_disputed
    from {{ ref('refund_decisions') }} as d

    union all

    select
        s.period,
        'application' as subject_kind,
        s.application_no as subject_id,
        'subsidy' as fact_key,
        s.region_code,
        s.amount,
        s.decision = 'eligible' as is_eligible,
        false as is_disputed
    from {{ ref('skill_decisions') }} as s
),

lines as (
    select
        'employer' as subject_kind,
        p.employer_id as subject_id,
        {{ count_text('p.programme_year') }} as fact_key,
        {{ month_start('p.paid_on') }} as paid_month,
        p.amount
    from {{ ref('int_refund_payments') }} as p
    where p.result = 'paid'

    union all

    select
        'application' as subject_kind,
        p.payee_id as subject_id,
        'subsidy' as fact_key,
        {{ month_start('p.paid_on') }} as paid_month,
        p.amount
    from {{ ref('stg_programme_payments') }} as p
    inner join {{ source('run', 'context') }} as c on p.paid_on <= c.period_end
    where p.programme = 'skill_subsidy' and p.result = 'paid'
),

months as (
    select
        subject_kind,
        subject_id,
        fact_key,
        paid_month,
        sum(amount) as paid,
        sum(sum(amount)) over (
            partition by subject_kind, subject_id, fact_key
            order by paid_month
            rows between unbounded preceding and current row
        ) as paid_so_far
    from lines
    group by subject_kind, subject_id, fact_key, paid_month
),

-- What had cleared its notice by the month of payment: the greatest amount with which the unit stood on the notice of an earlier month.
judged as (
    select
        m.subject_kind,
        m.subject_id,
        m.fact_key,
        m.paid_month,
        m.paid,
        m.paid_so_far,
        coalesce(max(d.amount), 0) as noticed
    from months as m
    inner join {{ source('run', 'months_delivered') }} as v on m.paid_month = v.period
    left join decisions as d
        on
            m.subject_kind = d.subject_kind
            and m.subject_id = d.subject_id
            and m.fact_key = d.fact_key
            and m.paid_month > d.period
            and d.is_eligible
    group by m.subject_kind, m.subject_id, m.fact_key, m.paid_month, m.paid, m.paid_so_far
),

early as (
    select
        j.subject_kind,
        j.subject_id,
        j.fact_key,
        j.paid_month,
        j.paid,
        d.region_code,
        case when d.is_disputed then 0 else j.noticed end as cleared,
        least(j.paid, greatest(j.paid_so_far - case when d.is_disputed then 0 else j.noticed end, 0)) as amount
    from judged as j
    inner join decisions as d
        on j.subject_kind = d.subject_kind and j.subject_id = d.subject_id and j.fact_key = d.fact_key and j.paid_month = d.period
),

summed as (
    select
        subject_kind,
        subject_id,
        fact_key,
        min(region_code) as region_code,
        min(paid_month) as first_month,
        sum(paid) as paid,
        sum(amount) as amount
    from early
    where amount > 0
    group by subject_kind, subject_id, fact_key
)

select
    'R36' as rule_id,
    s.subject_kind,
    s.subject_id,
    s.fact_key,
    s.region_code,
    cast(s.amount as decimal(18, 2)) as amount_at_stake,
    concat(
        case s.subject_kind
            when 'employer' then concat({{ unit_text('s.subject_id', 'e.employer_name') }}, '：', s.fact_key, ' 年度')
            else concat('申领 ', s.subject_id, '：')
        end,
        '自 ', {{ month_text('s.first_month') }}, ' 起在公示期满前拨付 ', {{ money_text('s.paid') }}, ' 元，其中 ', {{ money_text('s.amount') }},
        ' 元超出当时公示期满的金额。'
    ) as evidence,
    concat(
        case s.subject_kind
            when 'employer' then concat({{ unit_text_en('s.subject_id', 'e.employer_name', 'Employer') }}, ', ', s.fact_key)
            else concat('Application ', s.subject_id)
        end,
        ': ', {{ money_text('s.paid') }}, ' yuan paid before the end of the notice since ', {{ month_text('s.first_month') }}, ', ',
        {{ money_text('s.amount') }}, ' yuan of it above the amount cleared then.'
    ) as evidence_en
from summed as s
left join {{ ref('int_employers') }} as e on s.subject_kind = 'employer' and s.subject_id = e.employer_id
