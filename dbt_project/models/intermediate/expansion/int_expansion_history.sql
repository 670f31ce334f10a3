-- Each application with what the same person had before it, at any employer: an approved application, or one still in review.
--
-- A candidate has nothing failed but, it may be, `expansion.once`. The first candidate of a person is approved if nothing is unknown of it,
-- or a person's approval answers what is; a later one waits for those in review before it, unless approved by a person. After the first
-- approved one no other can be.
with own as (
    {{ union_of_rules('job_expansion', ['application_no'], rules_of('job_expansion') | rejectattr('reads_history', 'defined') | list) | indent(4) }}
),

verdicts as (
    {{ application_verdicts('job_expansion', ref('int_expansion_facts'), 'own') | indent(4) }}
),

applications as (
    select
        f.application_no,
        f.person_id,
        f.applied_on,
        v.decision,
        v.decision = 'eligible' and f.review_outcome = 'approved' as is_approved_by_person,
        case when v.decision <> 'ineligible' then 1 else 0 end as is_candidate
    from {{ ref('int_expansion_facts') }} as f
    inner join verdicts as v on f.application_no = v.application_no
),

ordered as (
    select
        a.*,
        sum(a.is_candidate) over (
            partition by a.person_id order by a.applied_on, a.application_no rows between unbounded preceding and current row
        ) as candidates_so_far,
        row_number() over (partition by a.person_id order by a.applied_on, a.application_no) as place
    from applications as a
),

first_approved as (
    select
        person_id,
        min(place) as place
    from ordered
    where decision = 'eligible' and (candidates_so_far = 1 or is_approved_by_person)
    group by person_id
)

select
    f.*,
    coalesce(p.place < o.place, false) as has_earlier_approved,
    coalesce(p.place >= o.place, true) and o.candidates_so_far - o.is_candidate > 0 as has_earlier_in_review
from {{ ref('int_expansion_facts') }} as f
inner join ordered as o on f.application_no = o.application_no
left join first_approved as p on o.person_id = p.person_id
