-- 要情: subjects whose open block leads and confirmed leads together reach the limit, and single overpayments (R17) that do so by
-- themselves; a confirmed overpayment is in its subject's sum already.
with leads as (
    select l.*
    from {{ ref('risk_leads') }} as l
    inner join {{ source('run', 'context') }} as c on l.period = c.period
),

grave as (
    select
        'leads' as basis,
        'leads' as fact,
        leads.*
    from leads
    where (status = 'open' and severity = 'block') or status = 'confirmed'

    union all

    select
        'overpayment' as basis,
        lead_id as fact,
        leads.*
    from leads
    where status = 'open' and rule_id = 'R17'
),

summed as (
    select
        period,
        basis,
        subject_kind,
        subject_id,
        min(region_code) as region_code,
        cast(sum(amount_at_stake) as decimal(18, 2)) as amount,
        cast(count(*) as integer) as leads,
        {{ ordered_list('rule_id', 'concat(rule_id, lead_id)', 'true') }} as rule_ids,
        {{ ordered_list('lead_id', 'concat(rule_id, lead_id)', 'true') }} as lead_ids,
        min(first_seen) as first_seen
    from grave
    group by period, basis, fact, subject_kind, subject_id
),

limits as (
    select
        {{ incident_limit('ordinary') }} as ordinary_min,
        {{ incident_limit('major') }} as major_min
    from {{ source('run', 'context') }} as c
),

graded as (
    select
        summed.*,
        case when summed.amount >= limits.major_min then 'major' when summed.amount >= limits.ordinary_min then 'ordinary' end as grade
    from summed
    cross join limits
)

select
    period,
    grade,
    basis,
    subject_kind,
    subject_id,
    region_code,
    amount,
    leads,
    rule_ids,
    lead_ids,
    first_seen
from graded
where grade is not null
order by amount desc, subject_kind, subject_id, basis, lead_ids
