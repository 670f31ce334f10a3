-- Persons who left each employer whose window has not passed, by the reasons that its own parameters name, and the premium that its base
-- rests on.
with units as (
    select
        u.programme_year,
        u.employer_id,
        u.profile,
        s.layoff_claim_reasons,
        s.attrition_reasons,
        s.layoff_reasons,
        s.contribution_basis
    from {{ ref('int_refund_profiles') }} as u
    inner join {{ ref('int_refund_settings') }} as s on u.profile = s.profile
),

claims as (
    select
        u.programme_year,
        u.employer_id,
        cast(count(distinct c.person_id) as integer) as claimants
    from {{ ref('stg_benefit_claims') }} as c
    inner join {{ ref('int_refund_programmes') }} as p on p.is_open and year(c.start_month) = p.base_year
    inner join units as u
        on p.programme_year = u.programme_year and c.last_employer_id = u.employer_id and {{ in_list('c.reason', 'u.layoff_claim_reasons') }}
    where c.start_month <= p.period
    group by u.programme_year, u.employer_id
),

leavers as (
    select
        u.programme_year,
        u.employer_id,
        cast(count(distinct case when {{ in_list('h.reason', 'u.attrition_reasons') }} then h.person_id end) as integer) as natural_attrition,
        cast(count(distinct case when {{ in_list('h.reason', 'u.layoff_reasons') }} then h.person_id end) as integer) as separations
    from {{ ref('stg_headcount_changes') }} as h
    inner join {{ ref('int_refund_programmes') }} as p on p.is_open and year(h.change_date) = p.base_year
    inner join units as u on p.programme_year = u.programme_year and h.employer_id = u.employer_id
    where h.change_kind = 'decrease' and h.change_date <= p.period_end
    group by u.programme_year, u.employer_id
),

receipts as (
    select
        p.programme_year,
        r.employer_id,
        sum(r.received) as received_premium
    from {{ ref('int_employer_receipts') }} as r
    inner join {{ ref('int_refund_programmes') }} as p
        on p.is_open and r.received_year = p.base_year and r.fee_month >= p.base_from
    group by p.programme_year, r.employer_id
),

excluded as (
    select
        a.programme_year,
        a.employer_id,
        sum(a.excluded_premium) as excluded_premium
    from {{ ref('int_refund_assigned_months') }} as a
    group by a.programme_year, a.employer_id
),

sources_delivered as (
    select
        max(case when s.source = 'benefit_claims' and s.is_delivered then 1 else 0 end) = 1 as has_claims,
        max(case when s.source = 'headcount_changes' and s.is_delivered then 1 else 0 end) = 1 as has_changes
    from {{ source('run', 'sources') }} as s
)

select
    u.programme_year,
    u.employer_id,
    case when d.has_claims then coalesce(c.claimants, 0) end as claimants,
    case when d.has_changes then coalesce(l.natural_attrition, 0) end as natural_attrition,
    case when d.has_changes then coalesce(l.separations, 0) end as separations,
    cast(case when u.contribution_basis = 'receipt_date' then coalesce(r.received_premium, 0) else m.received_premium end as decimal(18, 2))
        as received_premium,
    cast(coalesce(x.excluded_premium, 0) as decimal(18, 2)) as excluded_premium
from units as u
inner join {{ ref('int_refund_measures') }} as m on u.programme_year = m.programme_year and u.employer_id = m.employer_id
cross join sources_delivered as d
left join claims as c on u.programme_year = c.programme_year and u.employer_id = c.employer_id
left join leavers as l on u.programme_year = l.programme_year and u.employer_id = l.employer_id
left join receipts as r on u.programme_year = r.programme_year and u.employer_id = r.employer_id
left join excluded as x on u.programme_year = x.programme_year and u.employer_id = x.employer_id
