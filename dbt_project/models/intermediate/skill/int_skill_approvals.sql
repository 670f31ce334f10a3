-- Which applications are approved, one after another, for each person by day of application, then number.
--
-- An application is a candidate when its own rules leave nothing against it: no fail, and no unknown that a
-- person's approval does not answer. A candidate is approved unless an earlier approved one blocks it: the
-- same occupation at the same or a higher level, or the year's number reached. Strict review over one a year
-- blocks nothing (甘人社通〔2024〕165号 二), so it has no part here.
with recursive own_outcomes as (
    {{ union_of_rules('skill_subsidy', ['application_no'], rules_of('skill_subsidy') | rejectattr('reads_history', 'defined') | list) }}
),

own_verdicts as (
    select
        application_no,
        sum(case when outcome = 'fail' then 1 else 0 end) as fails,
        sum(case when outcome = 'unknown' then 1 else 0 end) as unknowns,
        sum(case when outcome = 'unknown' and rule_id in {{ needs_answer('skill_subsidy') }} then 1 else 0 end) as blocking_unknowns,
        sum(case when outcome = 'pass' and rule_id = 'skill.review' then 1 else 0 end) as approvals
    from own_outcomes
    group by application_no
),

candidates as (
    select
        f.person_id,
        f.application_no,
        year(f.applied_on) as applied_year,
        f.skill_max_per_year,
        f.skill_scarce_extra,
        f.has_certificate,
        f.is_scarce,
        f.is_scarce_list_known,
        -- A person's approval answers the question whether the occupation is a scarce one.
        v.approvals > 0 and v.blocking_unknowns = 0 as is_answered,
        coalesce(f.level, 0) as level,
        -- Occupations as numbers within the person, so that what was received fits in a short text.
        concat(';', cast(dense_rank() over (partition by f.person_id order by f.occupation_code) as string), ':') as occupation,
        row_number() over (partition by f.person_id order by f.applied_on, f.application_no) as step
    from {{ ref('int_skill_facts') }} as f
    inner join own_verdicts as v on f.application_no = v.application_no
    where v.fails = 0 and (v.unknowns = 0 or (v.approvals > 0 and v.blocking_unknowns = 0))
),

-- Most people apply once: only the others need to be walked through.
later_candidates as (
    select * from candidates where step > 1
),

-- `received`: every approved occupation and level so far, as `;1:4;1:3;2:5;` without the last mark.
-- `approved_in_year`: this one included.
walk as (
    select
        person_id,
        application_no,
        step,
        applied_year,
        is_approved as approved_in_year,
        case when is_approved = 0 then cast('' as string) else concat(occupation, cast(level as string)) end as received,
        is_approved
    from (
        select
            c.*,
            case when {{ is_within_cap('0', 'c') }} then 1 else 0 end as is_approved
        from candidates as c
        where c.step = 1
    ) as first_ones

    union all

    select
        person_id,
        application_no,
        step,
        applied_year,
        approved_before + is_approved as approved_in_year,
        case when is_approved = 1 then concat(received, occupation, cast(level as string)) else received end as received,
        is_approved
    from (
        select
            b.*,
            case
                when not {{ is_within_cap('b.approved_before', 'b') }} then 0
                when b.level = 5 and position(concat(b.occupation, '5') in b.received) > 0 then 0
                when b.level in (4, 5) and position(concat(b.occupation, '4') in b.received) > 0 then 0
                when b.level in (3, 4, 5) and position(concat(b.occupation, '3') in b.received) > 0 then 0
                else 1
            end as is_approved
        from (
            select
                n.*,
                w.received,
                case when w.applied_year = n.applied_year then w.approved_in_year else 0 end as approved_before
            from walk as w
            inner join later_candidates as n on w.person_id = n.person_id and n.step = w.step + 1
        ) as b
    ) as judged
)

select
    application_no,
    is_approved
from walk
