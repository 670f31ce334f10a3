-- What each application rests on by itself, without the person's other applications.
with objections as (
    select
        a.application_no,
        max(case when o.outcome = 'upheld' and o.resolved_on <= a.period_end then 1 else 0 end) = 1 as has_upheld_objection,
        max(case when o.outcome is not null and o.resolved_on <= a.period_end then 0 else 1 end) = 1 as has_open_objection
    from {{ ref('int_skill_applications') }} as a
    inner join {{ ref('stg_notice_objections') }} as o
        on
            o.programme = 'skill_subsidy'
            and a.application_no = o.subject_id
            and o.raised_on between a.applied_on and a.period_end
    group by a.application_no
),

reviews as (
    select
        r.subject_id as application_no,
        r.outcome,
        r.decided_on,
        row_number() over (partition by r.subject_id order by r.decided_on desc) as newest_first
    from {{ ref('stg_review_outcomes') }} as r
    cross join {{ source('run', 'context') }} as c
    where r.programme = 'skill_subsidy' and r.decided_on <= c.period_end
),

delivered as (
    select
        max(case when source = 'certificates' and is_delivered then 1 else 0 end) = 1 as are_certificates_delivered,
        max(case when source = 'training_subsidies' and is_delivered then 1 else 0 end) = 1 as are_training_subsidies_delivered,
        max(case when source = 'cross_checks' and is_delivered then 1 else 0 end) = 1 as are_cross_checks_delivered
    from {{ source('run', 'sources') }}
)

select
    a.period,
    a.application_no,
    a.person_id,
    a.cert_no,
    a.region_code,
    a.applied_on,
    a.account_name,
    a.account_no,
    a.jurisdiction,
    a.profile,
    a.has_parameters,
    a.programme_year,
    a.window_from,
    a.window_to,
    a.last_window_to,
    a.is_awaiting_notice,
    a.programme_document_id,
    a.programme_article,
    a.gate_open,
    a.reserve_months,
    a.reserve_months_min,
    d.are_certificates_delivered,
    d.are_training_subsidies_delivered,
    d.are_cross_checks_delivered,
    a.has_certificate,
    a.holder_id,
    a.occupation_code,
    a.occupation_name,
    a.level,
    a.certificate_status,
    a.issued_on,
    a.issuer_region,
    a.skill_in_province_only,
    a.skill_insured_measured_at,
    a.skill_min_insured_months,
    a.skill_max_per_year,
    coalesce(a.skill_scarce_extra, 0) as skill_scarce_extra,
    a.skill_review_over_per_year,
    {{ add_months('a.issued_on', 'a.skill_apply_within_months') }} as apply_by,
    cast(case
        when not a.has_parameters then 0
        else coalesce(case a.level when 5 then a.skill_amount_5 when 4 then a.skill_amount_4 when 3 then a.skill_amount_3 end, 0)
    end as decimal(18, 2)) as level_amount,
    case when a.has_parameters then e.insured_months else 0 end as insured_months,
    e.is_in_post,
    e.is_only_at_unregistered,
    e.is_benefit_recipient,
    case
        when not a.has_parameters then 'none'
        when e.is_in_post then 'in_post'
        when e.is_benefit_recipient then 'benefit_recipient'
        else 'none'
    end as status_basis,
    e.training_paid_on,
    e.newest_training_paid_on,
    e.died_on,
    e.is_scarce,
    e.is_scarce_list_known,
    coalesce(n.has_upheld_objection, false) as has_upheld_objection,
    coalesce(n.has_open_objection, false) as has_open_objection,
    v.outcome as review_outcome,
    v.decided_on as review_decided_on
from {{ ref('int_skill_applications') }} as a
cross join delivered as d
inner join {{ ref('int_skill_evidence') }} as e on a.application_no = e.application_no
left join objections as n on a.application_no = n.application_no
left join reviews as v on a.application_no = v.application_no and v.newest_first = 1
