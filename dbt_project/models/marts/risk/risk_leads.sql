-- Every lead ever raised, as it stands in the period: raised now, or gone. Nothing is deleted: what an earlier month saw and this one
-- does not is carried on with its last figures.
with raised as (
    {{ union_of_risk_rules() | indent(4) }}
),

labelled as (
    select
        {{ risk_lead_id('r.rule_id', 'r.subject_kind', 'r.subject_id', 'r.fact_key', 'c.identifier_key') }} as lead_id,
        r.rule_id,
        g.stage,
        g.severity,
        case
            when r.subject_kind = 'application' and x.application_no is not null then 'job_expansion'
            when r.subject_kind = 'application' then 'skill_subsidy'
            when r.subject_kind = 'person' and g.programme = 'fund' then 'living_benefits'
            when r.subject_kind = 'employer' and g.programme = 'fund' then 'refund'
            else g.programme
        end as programme,
        r.subject_kind,
        r.subject_id,
        r.region_code,
        {{ without_person('r', 'evidence') }} as evidence,
        {{ without_person('r', 'evidence_en') }} as evidence_en,
        r.amount_at_stake
    from raised as r
    inner join {{ ref('risk_rules') }} as g on r.rule_id = g.rule_id
    cross join {{ source('run', 'context') }} as c
    left join {{ ref('stg_expansion_applications') }} as x on r.subject_kind = 'application' and r.subject_id = x.application_no
),

{% if is_incremental() -%}
-- The newest delivered month before this one holds every lead seen so far.
earlier as (
    select t.*
    from {{ this }} as t
    where
        t.period = (
            select max(b.period)
            from {{ this }} as b
            inner join {{ source('run', 'months_delivered') }} as m on b.period = m.period
            cross join {{ source('run', 'context') }} as c
            where b.period < c.period
        )
),
{%- else -%}
earlier as (
    select
        labelled.*,
        cast(null as date) as first_seen,
        cast(null as date) as last_seen
    from labelled
    where false
),
{%- endif %}

verdicts as (
    select
        lead_id,
        outcome,
        decided_on
    from (
        select
            upper(v.subject_id) as lead_id,
            v.outcome,
            v.decided_on,
            row_number() over (partition by upper(v.subject_id) order by v.decided_on desc) as newest_first
        from {{ ref('stg_review_outcomes') }} as v
        cross join {{ source('run', 'context') }} as c
        where v.programme = 'risk' and v.decided_on <= c.period_end
    ) as outcomes
    where newest_first = 1
),

standing as (
    select
        c.period,
        coalesce(r.lead_id, e.lead_id) as lead_id,
        coalesce(r.rule_id, e.rule_id) as rule_id,
        coalesce(r.stage, e.stage) as stage,
        coalesce(r.severity, e.severity) as severity,
        coalesce(r.programme, e.programme) as programme,
        coalesce(r.subject_kind, e.subject_kind) as subject_kind,
        coalesce(r.subject_id, e.subject_id) as subject_id,
        case when r.lead_id is not null then r.region_code else e.region_code end as region_code,
        coalesce(r.evidence, e.evidence) as evidence,
        coalesce(r.evidence_en, e.evidence_en) as evidence_en,
        coalesce(r.amount_at_stake, e.amount_at_stake) as amount_at_stake,
        coalesce(e.first_seen, c.period) as first_seen,
        case when r.lead_id is not null then c.period else e.last_seen end as last_seen,
        case when r.lead_id is null then 'gone' else coalesce(v.outcome, 'open') end as status,
        v.outcome as verdict,
        v.decided_on as verdict_on
    from labelled as r
    full outer join earlier as e on r.lead_id = e.lead_id
    cross join {{ source('run', 'context') }} as c
    left join verdicts as v on v.lead_id = coalesce(r.lead_id, e.lead_id)
),

-- What came back or was waived (追回、核销), by the subject that leads name: a claim's counts for its person.
recovered as (
    select
        coalesce(b.person_id, v.subject_id) as subject_id,
        sum(v.amount) as amount
    from {{ ref('stg_recoveries') }} as v
    inner join {{ source('run', 'context') }} as c on v.on_date <= c.period_end
    left join {{ ref('stg_benefit_claims') }} as b on v.programme = 'living_benefits' and v.subject_id = b.claim_no
    where v.kind in ('repaid', 'waived')
    group by coalesce(b.person_id, v.subject_id)
),

-- How often people found the rule right, verdicts of leads gone included; one for and one against are added, so that a rule without
-- verdicts stands at a half and one verdict does not decide.
precisions as (
    select
        rule_id,
        count(case when verdict = 'confirmed' then 1 end) + 1 as confirmed,
        count(case when verdict in ('confirmed', 'dismissed') then 1 end) + 2 as judged
    from standing
    group by rule_id
),

weighed as (
    select
        s.*,
        g.stake = 'left_out' as is_left_out,
        cast(case
            when s.status not in ('open', 'confirmed') or g.stake = 'left_out' then 0
            when g.stake = 'net' then greatest(s.amount_at_stake, 0)
            else greatest(s.amount_at_stake - coalesce(v.amount, 0), 0)
        end as decimal(18, 2)) as still_recoverable,
        cast(w.value as integer) as severity_weight,
        {{ exact_ratio('p.confirmed', 'p.judged') }} as precision_weight
    from standing as s
    inner join {{ ref('risk_rules') }} as g on s.rule_id = g.rule_id
    inner join {{ ref('operations') }} as w on w.name = concat('severity_weight_', s.severity)
    inner join precisions as p on s.rule_id = p.rule_id
    left join recovered as v on s.subject_id = v.subject_id
),

scored as (
    select
        weighed.*,
        {{ round_half_up(wide('still_recoverable') ~ ' * severity_weight * precision_weight', 2) }} as score
    from weighed
)

select
    period,
    lead_id,
    rule_id,
    stage,
    severity,
    programme,
    subject_kind,
    subject_id,
    region_code,
    evidence,
    evidence_en,
    amount_at_stake,
    first_seen,
    last_seen,
    status,
    verdict,
    verdict_on,
    is_left_out,
    still_recoverable,
    severity_weight,
    precision_weight,
    score,
    case
        when status = 'open' then cast(row_number() over (
            order by case when status = 'open' then 0 else 1 end, case when is_left_out then 1 else 0 end, score desc, amount_at_stake desc, lead_id
        ) as integer)
    end as work_order
from scored
order by rule_id, subject_kind, subject_id, lead_id
