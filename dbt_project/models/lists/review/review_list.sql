-- Everything that waits for a person this month: who, why, and what is to be decided. It goes out as a
-- workbook that comes back as review_outcomes. Of two rules that no approval stands in for (an employer not
-- in the register or of unknown size, the fund's reserve period) the answer must be data: the words say so.
with standing as (
    select period from {{ source('run', 'context') }}
),

unknowns as (
    select
        'skill_subsidy' as programme,
        o.application_no as subject_id,
        cast(null as integer) as programme_year,
        o.rule_id
    from {{ ref('skill_rule_outcomes') }} as o
    inner join standing as s on o.period = s.period
    inner join {{ ref('skill_decisions') }} as d on o.period = d.period and o.application_no = d.application_no
    where o.outcome = 'unknown' and d.decision = 'review'

    union all

    select
        'refund' as programme,
        o.employer_id as subject_id,
        o.programme_year,
        o.rule_id
    from {{ ref('refund_rule_outcomes') }} as o
    inner join standing as s on o.period = s.period
    inner join {{ ref('refund_decisions') }} as d
        on o.period = d.period and o.programme_year = d.programme_year and o.employer_id = d.employer_id
    where o.outcome = 'unknown' and d.decision = 'review'
),

reasons as (
    select
        u.programme,
        u.subject_id,
        u.programme_year,
        {{ join_texts(ordered_list('r.title_zh', 'r.rank', 'true'), '；') }} as why,
        {{ join_texts(ordered_list('r.question_zh', 'r.rank', 'true'), ' ') }} as questions,
        max(case
            when
                u.rule_id in ('skill.status', 'skill.fund_reserve', 'refund.size_known', 'refund.fund_reserve', 'refund.unit_type', 'refund.insured')
                then 1
            else 0
        end) = 1 as needs_data
    from unknowns as u
    inner join {{ ref('rules') }} as r on u.rule_id = r.rule_id
    group by u.programme, u.subject_id, u.programme_year
),

subjects as (
    select
        'skill_subsidy' as programme,
        d.application_no as subject_id,
        cast(null as integer) as programme_year,
        d.region_code,
        {{ masked_id('d.person_id') }} as who,
        d.amount
    from {{ ref('skill_decisions') }} as d
    inner join standing as s on d.period = s.period

    union all

    select
        'refund' as programme,
        d.employer_id as subject_id,
        d.programme_year,
        d.region_code,
        d.employer_name as who,
        d.refund_amount as amount
    from {{ ref('refund_decisions') }} as d
    inner join standing as s on d.period = s.period
),

waiting as (
    select
        r.programme,
        r.subject_id,
        r.programme_year,
        b.region_code,
        b.who,
        r.why,
        case
            when r.needs_data then concat(r.questions, '（须先补齐登记、划型或备付期数据，审核通过不能代替）')
            else r.questions
        end as to_decide,
        b.amount
    from reasons as r
    inner join subjects as b
        on
            r.programme = b.programme
            and r.subject_id = b.subject_id
            and coalesce(r.programme_year, 0) = coalesce(b.programme_year, 0)

    union all

    select
        'risk' as programme,
        l.lead_id as subject_id,
        cast(null as integer) as programme_year,
        l.region_code,
        case when l.subject_kind = 'person' then {{ masked_id('l.subject_id') }} else l.subject_id end as who,
        concat(l.rule_id, ' ', g.title_zh) as why,
        concat(l.evidence, '是否属实？') as to_decide,
        l.amount_at_stake as amount
    from {{ ref('risk_leads') }} as l
    inner join standing as s on l.period = s.period
    inner join {{ ref('risk_rules') }} as g on l.rule_id = g.rule_id
    where l.status = 'open' and l.severity in ('block', 'review')
)

select
    s.period,
    w.programme,
    w.subject_id,
    w.programme_year,
    w.region_code,
    w.who,
    w.why,
    w.to_decide,
    cast(w.amount as decimal(18, 2)) as amount
from waiting as w
cross join standing as s
order by w.programme, w.region_code, w.subject_id, w.programme_year
