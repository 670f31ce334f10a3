-- The entries of recovery cases known at the period's end, in their order, with the region of the case's subject.
-- A case is of the programme and subject of its first entry.
with entries as (
    select
        r.case_no,
        r.entry_no,
        first_value(r.programme) over (partition by r.case_no order by r.on_date, r.entry_no) as programme,
        first_value(r.subject_id) over (partition by r.case_no order by r.on_date, r.entry_no) as subject_id,
        first_value(r.programme_year) over (partition by r.case_no order by r.on_date, r.entry_no) as programme_year,
        r.kind,
        r.on_date,
        r.amount,
        r.due_on,
        r.document,
        r.note,
        r._period,
        r._file,
        r._line_no,
        c.period_end
    from {{ ref('stg_recoveries') }} as r
    inner join {{ source('run', 'context') }} as c on r.on_date <= c.period_end
)

select
    v.case_no,
    v.entry_no,
    v.programme,
    case v.programme when 'refund' then 'employer' when 'living_benefits' then 'claim' else 'application' end as subject_kind,
    v.subject_id,
    case when v.programme = 'refund' then v.programme_year end as programme_year,
    coalesce(e.region_code, a.region_code, x.region_code, b.region_code) as region_code,
    v.kind,
    v.on_date,
    cast(coalesce(v.amount, 0) as decimal(18, 2)) as amount,
    v.due_on,
    v.document,
    v.note,
    v._period,
    v._file,
    v._line_no
from entries as v
left join {{ ref('int_employers') }} as e on v.programme = 'refund' and v.subject_id = e.employer_id
left join {{ ref('stg_skill_applications') }} as a on v.programme = 'skill_subsidy' and v.subject_id = a.application_no and a.applied_on <= v.period_end
left join {{ ref('stg_expansion_applications') }} as n on v.programme = 'job_expansion' and v.subject_id = n.application_no and n.applied_on <= v.period_end
left join {{ ref('int_employers') }} as x on n.employer_id = x.employer_id
left join {{ ref('stg_benefit_claims') }} as b on v.programme = 'living_benefits' and v.subject_id = b.claim_no and b.unemployed_on <= v.period_end
