-- Units that must be reached before anything can go on: no account, size to confirm, dispatch firms to invite.
with standing as (
    select d.*
    from {{ ref('refund_decisions') }} as d
    inner join {{ source('run', 'context') }} as c on d.period = c.period
),

unknowns as (
    select
        o.programme_year,
        o.employer_id,
        o.rule_id
    from {{ ref('refund_rule_outcomes') }} as o
    inner join {{ source('run', 'context') }} as c on o.period = c.period
    where o.outcome = 'unknown' and o.rule_id in ('refund.size_known', 'refund.dispatch_confirmed')
),

reasons as (
    select
        s.programme_year,
        s.employer_id,
        'account_missing' as reason,
        '无收款账户，请提供' as reason_zh,
        'no account to pay to: ask for one' as reason_en
    from standing as s
    where s.account_status = 'account_missing' and s.decision = 'eligible' and s.payable_amount > 0

    union all

    select
        s.programme_year,
        s.employer_id,
        case when f.has_parent_circle then 'parent_circle' else 'size_unknown' end as reason,
        case when f.has_parent_circle then '总机构互相指向，企业规模待确认' else '企业规模待确认' end as reason_zh,
        case when f.has_parent_circle then 'parents form a circle: size class to confirm' else 'size class to confirm' end as reason_en
    from standing as s
    left join {{ ref('int_refund_facts') }} as f on s.programme_year = f.programme_year and s.employer_id = f.employer_id
    inner join unknowns as u
        on s.programme_year = u.programme_year and s.employer_id = u.employer_id and u.rule_id = 'refund.size_known'
    where s.decision = 'review' and s.uscc is not null

    union all

    select
        s.programme_year,
        s.employer_id,
        'dispatch_to_invite' as reason,
        '请申请返还并确认资金分配方案' as reason_zh,
        'invite to apply and to confirm how the money is shared out' as reason_en
    from standing as s
    inner join unknowns as u
        on s.programme_year = u.programme_year and s.employer_id = u.employer_id and u.rule_id = 'refund.dispatch_confirmed'
    where s.decision = 'review' and s.is_dispatch
)

select
    s.period,
    s.programme_year,
    s.region_code,
    s.employer_id,
    s.employer_name,
    {{ shown_uscc('s.uscc') }} as uscc,
    e.contact_phone,
    r.reason,
    r.reason_zh,
    r.reason_en,
    s.refund_amount
from reasons as r
inner join standing as s on r.programme_year = s.programme_year and r.employer_id = s.employer_id
left join {{ ref('int_employers') }} as e on s.employer_id = e.employer_id
order by s.programme_year, s.region_code, s.employer_id, r.reason
