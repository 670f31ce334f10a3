-- Paid before the month after the notice of the amount was over: what was paid in a month beyond the amount that had cleared its notice by
-- then. Months before the first delivery are not judged: nobody knows what stood on their notices.
with decisions as (
    select
        d.period,
        'employer' as subject_kind,
        d.employer_id as subject_id,
        {{ count_text('d.programme_year') }} as fact_key,
        d.region_code,
        d.cleared_amount as cleared
    from {{ ref('refund_decisions') }} as d

    union all

    select
        a.period,
        'application' as subject_kind,
        a.application_no as subject_id,
        a.programme as fact_key,
        a.region_code,
        coalesce(max(case when a.decision = 'eligible' then a.amount end) over (
            partition by a.programme, a.application_no
            order by a.period
            rows between unbounded preceding and 1 preceding
        ), 0) as cleared
    from (
        select
            'skill_subsidy' as programme,
            s.period,
            s.application_no,
            s.region_code,
            s.amount,
            s.decision
        from {{ ref('skill_decisions') }} as s
        union all
        select
            'job_expansion' as programme,
            n.period,
            n.application_no,
            n.region_code,
            n.amount,
            n.decision
        from {{ ref('expansion_decisions') }} as n
    ) as a
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
        p.programme as fact_key,
        {{ month_start('p.paid_on') }} as paid_month,
        p.amount
    from {{ ref('stg_programme_payments') }} as p
    inner join {{ source('run', 'context') }} as c on p.paid_on <= c.period_end
    where p.programme in ('skill_subsidy', 'job_expansion') and p.result = 'paid'
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

early as (
    select
        m.subject_kind,
        m.subject_id,
        m.fact_key,
        m.paid_month,
        m.paid,
        d.region_code,
        least(m.paid, greatest(m.paid_so_far - d.cleared, 0)) as amount
    from months as m
    inner join {{ source('run', 'months_delivered') }} as v on m.paid_month = v.period
    inner join decisions as d
        on m.subject_kind = d.subject_kind and m.subject_id = d.subject_id and m.fact_key = d.fact_key and m.paid_month = d.period
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
