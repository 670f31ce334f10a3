-- What the decisions say is recoverable, and what confirmed or open leads say was overpaid in living benefits, and nobody has opened a case
-- for; with the day of the last payment to that subject.
with recoverable as (
    select
        'refund' as programme,
        d.employer_id as subject_id,
        d.programme_year,
        d.region_code,
        d.recoverable_amount
    from {{ ref('refund_decisions') }} as d
    inner join {{ source('run', 'context') }} as c on d.period = c.period
    where d.recoverable_amount > 0

    union all

    select
        'skill_subsidy' as programme,
        d.application_no as subject_id,
        cast(null as integer) as programme_year,
        d.region_code,
        d.recoverable_amount
    from {{ ref('skill_decisions') }} as d
    inner join {{ source('run', 'context') }} as c on d.period = c.period
    where d.recoverable_amount > 0

    union all

    select
        'job_expansion' as programme,
        d.application_no as subject_id,
        cast(null as integer) as programme_year,
        d.region_code,
        d.recoverable_amount
    from {{ ref('expansion_decisions') }} as d
    inner join {{ source('run', 'context') }} as c on d.period = c.period
    where d.recoverable_amount > 0

    union all

    select
        'living_benefits' as programme,
        l.subject_id,
        cast(null as integer) as programme_year,
        l.region_code,
        sum(l.amount_at_stake) as recoverable_amount
    from {{ ref('risk_leads') }} as l
    inner join {{ source('run', 'context') }} as c on l.period = c.period
    inner join {{ ref('risk_rules') }} as g on l.rule_id = g.rule_id
    where g.is_overpayment and l.subject_kind = 'person' and l.status in ('open', 'confirmed')
    group by l.subject_id, l.region_code
),

paid as (
    select
        p.programme,
        coalesce(p.on_behalf_of, p.payee_id) as subject_id,
        case when p.programme = 'refund' then p.programme_year end as programme_year,
        max(p.paid_on) as last_paid_on
    from {{ ref('stg_programme_payments') }} as p
    inner join {{ source('run', 'context') }} as c on p.paid_on <= c.period_end
    where p.result = 'paid'
    group by p.programme, coalesce(p.on_behalf_of, p.payee_id), case when p.programme = 'refund' then p.programme_year end

    union all

    select
        'living_benefits' as programme,
        b.person_id as subject_id,
        cast(null as integer) as programme_year,
        max(b.paid_on) as last_paid_on
    from {{ ref('int_benefit_payments') }} as b
    group by b.person_id
),

-- An entry of a refund without its year stands for every year; a claim's case stands for its person, whom leads name.
cases as (
    select distinct
        r.programme,
        coalesce(b.person_id, r.subject_id) as subject_id,
        r.programme_year
    from {{ ref('int_recovery_entries') }} as r
    cross join {{ source('run', 'context') }} as c
    left join {{ ref('stg_benefit_claims') }} as b
        on r.programme = 'living_benefits' and r.subject_id = b.claim_no and b.unemployed_on <= c.period_end
)

select
    o.programme,
    case o.programme when 'refund' then 'employer' when 'living_benefits' then 'person' else 'application' end as subject_kind,
    o.subject_id,
    o.programme_year,
    o.region_code,
    p.last_paid_on,
    {{ days_between('p.last_paid_on', 'c.period_end') }} as age_days,
    cast(o.recoverable_amount as decimal(18, 2)) as recoverable_amount
from recoverable as o
cross join {{ source('run', 'context') }} as c
left join
    paid as p
    on o.programme = p.programme and o.subject_id = p.subject_id and coalesce(o.programme_year, 0) = coalesce(p.programme_year, 0)
where
    not exists (
        select 1
        from cases as k
        where
            k.programme = o.programme
            and k.subject_id = o.subject_id
            and coalesce(k.programme_year, o.programme_year, 0) = coalesce(o.programme_year, 0)
    )
