{{ config(materialized='view') }}

-- The exact part of each beneficiary in a dispatch employer's refund: its base × the ratio that it goes by.
with beneficiaries as (
    select
        v.programme_year,
        v.employer_id,
        'own_staff' as beneficiary_kind,
        cast(null as string) as user_uscc,
        cast(null as string) as user_name,
        coalesce(a.persons, 0) as persons,
        coalesce(a.person_months, 0) as person_months,
        coalesce(a.allocation_base, 0) as allocation_base,
        false as is_excluded
    from {{ ref('int_refund_verdicts') }} as v
    left join
        {{ ref('int_refund_assigned_months') }} as a
        on v.programme_year = a.programme_year and v.employer_id = a.employer_id and a.beneficiary_kind = 'own_staff'
    where v.is_dispatch

    union all

    select
        a.programme_year,
        a.employer_id,
        a.beneficiary_kind,
        a.user_uscc,
        a.user_name,
        a.persons,
        a.person_months,
        a.allocation_base,
        a.is_excluded
    from {{ ref('int_refund_assigned_months') }} as a
    where a.beneficiary_kind = 'user' and (a.person_months > 0 or a.allocation_base <> 0)
),

-- A user's own record: its eligible employer, of several the smallest number.
users as (
    select
        v.programme_year,
        v.uscc,
        min_by(v.refund_ratio, v.employer_id) as refund_ratio
    from {{ ref('int_refund_verdicts') }} as v
    where v.decision = 'eligible'
    group by v.programme_year, v.uscc
),

registered as (
    select distinct e.uscc from {{ ref('int_employers') }} as e
),

ratios as (
    select
        b.*,
        v.has_amount,
        v.refund_of_base,
        v.dispatch_ratio_basis as ratio_basis,
        case
            when b.is_excluded then 'excluded_unit_type'
            when b.beneficiary_kind = 'user' and v.dispatch_ratio_basis = 'user' and g.uscc is null then 'user_not_found'
            when b.beneficiary_kind = 'user' and v.dispatch_ratio_basis = 'user' and u.uscc is null then 'user_not_eligible'
        end as withheld_reason,
        case
            when b.beneficiary_kind = 'user' and v.dispatch_ratio_basis = 'user' then coalesce(u.refund_ratio, 0)
            else v.refund_ratio
        end as ratio
    from beneficiaries as b
    inner join {{ ref('int_refund_verdicts') }} as v on b.programme_year = v.programme_year and b.employer_id = v.employer_id
    left join users as u on b.programme_year = u.programme_year and b.user_uscc = u.uscc
    left join registered as g on b.user_uscc = g.uscc
    where v.is_dispatch
)

select
    q.programme_year,
    q.employer_id,
    q.beneficiary_kind,
    q.user_uscc,
    q.user_name,
    q.persons,
    q.person_months,
    q.allocation_base,
    q.ratio,
    q.ratio_basis,
    q.withheld_reason,
    q.refund_of_base,
    cast(case when q.has_amount then {{ wide('q.allocation_base') }} * q.ratio else 0 end as decimal(28, 8)) as quota
from ratios as q
