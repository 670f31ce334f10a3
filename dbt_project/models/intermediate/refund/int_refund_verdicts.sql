{{ config(materialized='view') }}

-- The decision that the outcomes of the rules lead to.
with outcomes as (
    select
        programme_year,
        employer_id,
        {{ ordered_list('rule_id', 'rule_rank', "outcome = 'fail'") }} as failed_rules,
        {{ ordered_list('rule_id', 'rule_rank', "outcome = 'unknown'") }} as unknown_rules,
        count(case when outcome = 'fail' then 1 end) as fails,
        count(case when outcome = 'unknown' then 1 end) as unknowns,
        -- What no person's approval can stand in for.
        count(case when outcome = 'unknown' and rule_id in {{ needs_answer('refund') }} then 1 end) as firm_unknowns,
        count(case when outcome = 'pass' and rule_id = 'refund.review' then 1 end) as approvals
    from {{ ref('int_refund_outcomes') }}
    group by programme_year, employer_id
),

decided as (
    select
        f.programme_year,
        f.employer_id,
        f.uscc,
        f.is_dispatch,
        f.contribution_base,
        f.refund_ratio,
        f.refund_amount_min,
        f.refund_amount_max,
        f.dispatch_ratio_basis,
        o.failed_rules,
        o.unknown_rules,
        case
            when f.unit_type = 'other' then 'out_of_scope'
            when o.fails > 0 then 'ineligible'
            when o.unknowns = 0 then 'eligible'
            when o.approvals > 0 and f.is_registered and o.firm_unknowns = 0 then 'eligible'
            else 'review'
        end as decision
    from {{ ref('int_refund_facts') }} as f
    inner join outcomes as o on f.programme_year = o.programme_year and f.employer_id = o.employer_id
)

select
    d.programme_year,
    d.employer_id,
    d.uscc,
    d.is_dispatch,
    d.contribution_base,
    d.refund_ratio,
    d.refund_amount_min,
    d.refund_amount_max,
    d.dispatch_ratio_basis,
    d.failed_rules,
    d.unknown_rules,
    d.decision,
    d.decision in ('eligible', 'review') and d.refund_ratio is not null as has_amount,
    cast(case
        when d.decision in ('eligible', 'review') and d.refund_ratio is not null
            then {{ round_half_up(wide('d.contribution_base') ~ ' * d.refund_ratio', 2) }}
        else 0
    end as decimal(18, 2)) as refund_of_base
from decided as d
