-- Each claim with its entitlement recomputed, a person's claims one after the other: months of the claim before that were not drawn are added,
-- together at most the longest entitlement. Unknown where the person's earlier premiums are not known, or the claim before's is not.
with recursive longest as (
    select max(months_max) as months_max from {{ ref('benefit_ceilings') }}
),

walk as (
    select
        c.claim_no,
        c.person_id,
        c.claim_order,
        0 as carried_months,
        case when c.is_history_complete then c.scheduled_months end as recomputed_months
    from {{ ref('int_benefit_counts') }} as c
    where c.claim_order = 1

    union all

    select
        j.claim_no,
        j.person_id,
        j.claim_order,
        j.carried_months,
        case when j.is_history_complete then least(j.scheduled_months + j.carried_months, j.months_max) end as recomputed_months
    from (
        select
            n.claim_no,
            n.person_id,
            n.claim_order,
            n.is_history_complete,
            n.scheduled_months,
            l.months_max,
            case when w.recomputed_months is not null then greatest(0, w.recomputed_months - b.drawn_months) end as carried_months
        from walk as w
        inner join {{ ref('int_benefit_counts') }} as b on w.claim_no = b.claim_no
        inner join {{ ref('int_benefit_counts') }} as n on w.claim_no = n.claim_before
        cross join longest as l
    ) as j
)

select
    c.period,
    c.claim_no,
    c.person_id,
    c.last_employer_id,
    c.unemployed_on,
    c.reason,
    c.region_code,
    c.start_month,
    c.entitled_months,
    c.counted_months,
    c.monthly_standard,
    c.stop_month,
    c.stop_reason,
    c.paid_months,
    c.paid_years,
    c.is_history_complete,
    cast(w.carried_months as integer) as carried_months,
    cast(w.recomputed_months as integer) as recomputed_months
from {{ ref('int_benefit_counts') }} as c
inner join walk as w on c.claim_no = w.claim_no
