-- What the decisions say is recoverable and nobody has opened a case for, with the day of the last payment to that subject.
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
),

-- An entry of a refund without its year stands for every year.
cases as (
    select distinct
        programme,
        subject_id,
        programme_year
    from {{ ref('int_recovery_entries') }}
)

select
    o.programme,
    case o.programme when 'refund' then 'employer' else 'application' end as subject_kind,
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
