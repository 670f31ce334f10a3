-- Users' shares of a dispatch employer's refund still open when the days to pass them on, counted from the first payment to the firm, are
-- over. A transfer returned and not paid again is open like one never made.
with firms as (
    select
        p.programme_year,
        p.employer_id,
        min(p.paid_on) as first_paid_on
    from {{ ref('int_refund_payments') }} as p
    where p.result = 'paid' and not p.is_on_behalf
    group by p.programme_year, p.employer_id
),

shares as (
    select
        a.programme_year,
        a.employer_id,
        count(*) as users,
        sum(a.allocated_amount - a.paid_amount) as amount
    from {{ ref('refund_allocations') }} as a
    inner join {{ source('run', 'context') }} as c on a.period = c.period
    where a.beneficiary_kind = 'user' and a.paid_amount < a.allocated_amount
    group by a.programme_year, a.employer_id
),

limits as (
    select
        period_end,
        {{ parameter_on('dispatch_pass_on_days', 'period_end', 'int') }} as pass_on_days
    from {{ source('run', 'context') }}
)

select
    'R12' as rule_id,
    'employer' as subject_kind,
    s.employer_id as subject_id,
    {{ count_text('s.programme_year') }} as fact_key,
    e.region_code,
    cast(s.amount as decimal(18, 2)) as amount_at_stake,
    concat(
        '派遣单位 ', s.employer_id, '：', {{ count_text('s.programme_year') }}, ' 年度返还首次拨付于 ', cast(f.first_paid_on as varchar(32)), '，已超过 ',
        {{ count_text('l.pass_on_days') }}, ' 日，仍有 ', {{ count_text('s.users') }}, ' 个用工单位的份额 ', {{ money_text('s.amount') }}, ' 元未支付。'
    ) as evidence,
    concat(
        'Dispatch employer ', s.employer_id, ': refund of ', {{ count_text('s.programme_year') }}, ' first paid on ',
        cast(f.first_paid_on as varchar(32)), '; more than ', {{ count_text('l.pass_on_days') }}, ' days later the shares of ',
        {{ count_text('s.users') }}, ' users, ', {{ money_text('s.amount') }}, ' yuan, are not paid.'
    ) as evidence_en
from shares as s
inner join firms as f on s.programme_year = f.programme_year and s.employer_id = f.employer_id
cross join limits as l
left join {{ ref('int_employers') }} as e on s.employer_id = e.employer_id
where {{ add_days('f.first_paid_on', 'l.pass_on_days') }} < l.period_end
