with outcomes as (
    select
        o.application_no,
        o.rule_id,
        o.outcome,
        r.rank as rule_rank
    from {{ ref('skill_rule_outcomes') }} as o
    inner join {{ ref('rules') }} as r on o.rule_id = r.rule_id
    cross join {{ source('run', 'context') }} as c
    where o.period = c.period and o.outcome in ('fail', 'unknown')
),

against as (
    select
        application_no,
        {{ ordered_list('rule_id', 'rule_rank', "outcome = 'fail'") }} as failed_rules,
        {{ ordered_list('rule_id', 'rule_rank', "outcome = 'unknown'") }} as unknown_rules,
        sum(case when outcome = 'fail' then 1 else 0 end) as fails,
        sum(case when outcome = 'unknown' then 1 else 0 end) as unknowns,
        sum(case when outcome = 'unknown' and rule_id in {{ needs_answer('skill_subsidy') }} then 1 else 0 end) as blocking_unknowns
    from outcomes
    group by application_no
),

payments as (
    select
        p.payee_id as application_no,
        sum(case when p.result = 'paid' then p.amount else 0 end) as paid_amount,
        sum(case when p.result = 'returned' then p.amount else 0 end) as returned_amount
    from {{ ref('stg_programme_payments') }} as p
    cross join {{ source('run', 'context') }} as c
    where p.programme = 'skill_subsidy' and p.paid_on <= c.period_end
    group by p.payee_id
),

-- Money that was demanded back and has come back (追回) counts as not paid.
repaid as (
    select
        r.subject_id as application_no,
        sum(r.amount) as repaid_amount
    from {{ ref('stg_recoveries') }} as r
    cross join {{ source('run', 'context') }} as c
    where r.programme = 'skill_subsidy' and r.kind = 'repaid' and r.on_date <= c.period_end
    group by r.subject_id
),

decided as (
    select
        f.*,
        h.approved_in_year,
        coalesce(a.failed_rules, {{ empty_list() }}) as failed_rules,
        coalesce(a.unknown_rules, {{ empty_list() }}) as unknown_rules,
        case
            when a.fails > 0 then 'ineligible'
            when coalesce(a.unknowns, 0) = 0 then 'eligible'
            when f.has_parameters and f.review_outcome = 'approved' and a.blocking_unknowns = 0 then 'eligible'
            else 'review'
        end as decision,
        coalesce(p.paid_amount, 0) as paid,
        greatest(coalesce(p.paid_amount, 0) - coalesce(b.repaid_amount, 0), 0) as net_paid,
        coalesce(p.returned_amount, 0) as returned
    from {{ ref('int_skill_facts') }} as f
    inner join {{ ref('int_skill_history') }} as h on f.application_no = h.application_no
    left join against as a on f.application_no = a.application_no
    left join payments as p on f.application_no = p.application_no
    left join repaid as b on f.application_no = b.application_no
),

amounts as (
    select
        d.*,
        case when d.decision in ('eligible', 'review') then d.level_amount else 0 end as granted
    from decided as d
)

select
    period,
    application_no,
    person_id,
    cert_no,
    region_code,
    applied_on,
    occupation_code,
    level,
    insured_months,
    status_basis,
    cast(granted as decimal(18, 2)) as amount,
    decision,
    failed_rules,
    unknown_rules,
    approved_in_year,
    cast(paid as decimal(18, 2)) as paid_amount,
    cast(case when decision = 'eligible' then greatest(granted - net_paid, 0) else 0 end as decimal(18, 2)) as payable_amount,
    cast(greatest(net_paid - granted, 0) as decimal(18, 2)) as recoverable_amount,
    cast(returned as decimal(18, 2)) as returned_amount,
    programme_year,
    occupation_name,
    cast(net_paid as decimal(18, 2)) as net_paid_amount
from amounts
