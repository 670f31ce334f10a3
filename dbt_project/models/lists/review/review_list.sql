-- Everything that waits for a person this month: who, why, and what is to be decided. It goes out as a
-- workbook that comes back as review_outcomes. Of two rules that no approval stands in for (an employer not
-- in the register or of unknown size, the fund's reserve period) the answer must be data: the words say so.
with standing as (
    select period from {{ source('run', 'context') }}
),

reasons as (
    select
        u.programme,
        u.subject_id,
        u.programme_year,
        {{ join_texts(ordered_list('r.title_zh', 'r.rank', 'true'), '；') }} as why,
        {{ join_texts(ordered_list('r.question_zh', 'r.rank', 'true'), ' ') }} as questions,
        max(case when r.needs_data then 1 else 0 end) = 1 as needs_data
    from (
        select
            d.programme,
            d.subject_id,
            d.programme_year,
            {{ unnest_list('d.unknown_rules') }} as rule_id
        from {{ ref('int_programme_decisions') }} as d
        where d.decision = 'review'
    ) as u
    inner join {{ ref('rules') }} as r on u.rule_id = r.rule_id
    group by u.programme, u.subject_id, u.programme_year
),

waiting as (
    select
        r.programme,
        r.subject_id,
        r.programme_year,
        b.region_code,
        b.who,
        cast(null as string) as rule_id,
        r.why,
        case
            when r.needs_data then concat(r.questions, '（须先补齐登记、划型或备付期数据，审核通过不能代替）')
            else r.questions
        end as to_decide,
        b.amount
    from reasons as r
    inner join {{ ref('int_programme_decisions') }} as b
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
        case when l.subject_kind = 'person' then {{ masked_id('l.subject_id') }} else coalesce(e.employer_name, l.subject_id) end as who,
        l.rule_id,
        concat(l.rule_id, ' ', g.title_zh) as why,
        concat(l.evidence, '是否属实？') as to_decide,
        l.amount_at_stake as amount
    from {{ ref('risk_leads') }} as l
    inner join standing as s on l.period = s.period
    inner join {{ ref('risk_rules') }} as g on l.rule_id = g.rule_id
    left join {{ ref('int_employers') }} as e on l.subject_kind = 'employer' and l.subject_id = e.employer_id
    where l.status = 'open'
)

select
    s.period,
    w.programme,
    w.subject_id,
    w.programme_year,
    w.region_code,
    g.region_name,
    w.who,
    w.rule_id,
    w.why,
    w.to_decide,
    cast(w.amount as decimal(18, 2)) as amount
from waiting as w
cross join standing as s
left join {{ ref('regions') }} as g on w.region_code = g.region_code
order by w.amount desc, w.programme, w.region_code, w.subject_id, w.programme_year
