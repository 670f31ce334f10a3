{# The refund's tables of the period belong together: every employer decided once, every rule × employer once (none missing, none twice,
   none without an outcome), every dispatch employer's shares and bases add up to its refund and base, and no money where none is due. #}
{% test refund_is_whole(model) %}

with decisions as (
    select m.* from {{ model }} as m inner join {{ source('run', 'context') }} as c on m.period = c.period
),

outcomes as (
    select o.* from {{ ref('refund_rule_outcomes') }} as o inner join {{ source('run', 'context') }} as c on o.period = c.period
),

shares as (
    select
        a.programme_year,
        a.employer_id,
        sum(a.allocated_amount) as allocated_amount,
        sum(a.allocation_base) as allocation_base,
        count(case when a.beneficiary_kind = 'own_staff' and a.user_uscc is null then 1 end) as own_staff_rows,
        count(*) - count(distinct coalesce(a.user_uscc, '')) as doubles,
        count(case when a.withheld_reason is not null and a.allocated_amount <> 0 then 1 end) as paid_though_withheld
    from {{ ref('refund_allocations') }} as a
    inner join {{ source('run', 'context') }} as c on a.period = c.period
    group by a.programme_year, a.employer_id
),

wanted as (
    select
        d.programme_year,
        d.employer_id,
        r.rule_id
    from (select distinct programme_year, employer_id from decisions) as d
    cross join (select rule_id from {{ ref('rules') }} where programme = 'refund') as r
)

select
    'decided twice' as fault,
    programme_year,
    employer_id
from decisions
group by programme_year, employer_id
having count(*) > 1

union all

select
    'rule missing, double, or not among the rules' as fault,
    coalesce(w.programme_year, o.programme_year) as programme_year,
    coalesce(w.employer_id, o.employer_id) as employer_id
from wanted as w
full outer join
    (
        select
            programme_year,
            employer_id,
            rule_id,
            count(*) as copies
        from outcomes
        group by programme_year, employer_id, rule_id
    ) as o
    on w.programme_year = o.programme_year and w.employer_id = o.employer_id and w.rule_id = o.rule_id
where w.rule_id is null or o.rule_id is null or o.copies <> 1

union all

select
    'rule without an outcome' as fault,
    programme_year,
    employer_id
from outcomes
where coalesce(outcome, '') not in ('pass', 'fail', 'unknown', 'not_applicable')

union all

select
    'decision or amount out of order' as fault,
    programme_year,
    employer_id
from decisions
where
    coalesce(decision, '') not in ('eligible', 'ineligible', 'review', 'out_of_scope')
    or refund_amount is null
    or (decision not in ('eligible', 'review') and refund_amount <> 0)
    or (decision <> 'eligible' and payable_amount <> 0)
    or (payable_amount > 0 and recoverable_amount > 0)

union all

select
    'shares do not add up to the refund' as fault,
    d.programme_year,
    d.employer_id
from decisions as d
left join shares as s on d.programme_year = s.programme_year and d.employer_id = s.employer_id
where
    d.is_dispatch
    and (
        s.employer_id is null
        or s.allocated_amount <> d.refund_amount
        or s.allocation_base <> d.contribution_base
        or s.own_staff_rows <> 1
        or s.doubles <> 0
        or s.paid_though_withheld <> 0
    )

union all

select
    'shares of an employer that is not a dispatch employer' as fault,
    s.programme_year,
    s.employer_id
from shares as s
left join decisions as d on s.programme_year = d.programme_year and s.employer_id = d.employer_id and d.is_dispatch
where d.employer_id is null

{% endtest %}
