-- Each application with what the same person had approved before it.
with applications as (
    select
        f.period,
        f.application_no,
        f.person_id,
        f.applied_on,
        f.profile,
        f.has_parameters,
        f.window_to,
        f.programme_document_id,
        f.programme_article,
        f.has_certificate,
        f.occupation_code,
        f.level,
        f.skill_max_per_year,
        f.skill_scarce_extra,
        f.is_scarce,
        f.is_scarce_list_known,
        f.skill_review_over_per_year,
        coalesce(a.is_approved, 0) as is_approved
    from {{ ref('int_skill_facts') }} as f
    left join {{ ref('int_skill_approvals') }} as a on f.application_no = a.application_no
)

select
    period,
    application_no,
    person_id,
    applied_on,
    profile,
    has_parameters,
    window_to,
    programme_document_id,
    programme_article,
    has_certificate,
    occupation_code,
    level,
    skill_max_per_year,
    skill_scarce_extra,
    is_scarce,
    is_scarce_list_known,
    skill_review_over_per_year,
    is_approved,
    cast(coalesce(sum(is_approved) over (
        partition by person_id, year(applied_on)
        order by applied_on, application_no
        rows between unbounded preceding and 1 preceding
    ), 0) as integer) as approved_in_year,
    cast(coalesce(sum(is_approved) over (
        partition by person_id, occupation_code, level
        order by applied_on, application_no
        rows between unbounded preceding and 1 preceding
    ), 0) as integer) as approved_same_level,
    min(case when is_approved = 1 then level end) over (
        partition by person_id, occupation_code
        order by applied_on, application_no
        rows between unbounded preceding and 1 preceding
    ) as highest_approved_level
from applications
