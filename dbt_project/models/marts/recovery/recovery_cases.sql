-- Every case of recovery, as it stands at the period's end.
with cases as (
    select
        r.case_no,
        max(r.programme) as programme,
        max(r.subject_kind) as subject_kind,
        max(r.subject_id) as subject_id,
        max(r.programme_year) as programme_year,
        max(r.region_code) as region_code,
        min(case when r.kind = 'demand' then r.on_date end) as first_demanded_on,
        sum(case when r.kind = 'demand' then r.amount else 0 end) as demanded,
        sum(case when r.kind = 'repaid' then r.amount else 0 end) as repaid,
        sum(case when r.kind = 'waived' then r.amount else 0 end) as waived,
        count(case when r.kind = 'plan' then 1 end) > 0 as has_plan,
        count(case when r.kind = 'transferred' then 1 end) > 0 as is_transferred,
        count(case when r.kind = 'closed' then 1 end) > 0 as is_closed
    from {{ ref('int_recovery_entries') }} as r
    group by r.case_no
),

-- The newest day by which money is due: of the newest entry that names one.
due_days as (
    select
        r.case_no,
        r.due_on,
        row_number() over (partition by r.case_no order by r.on_date desc, r.entry_no desc) as rank_no
    from {{ ref('int_recovery_entries') }} as r
    where r.due_on is not null
),

figures as (
    select
        k.*,
        greatest(k.demanded - k.repaid - k.waived, 0) as outstanding,
        d.due_on
    from cases as k
    left join due_days as d on k.case_no = d.case_no and d.rank_no = 1
)

select
    c.period,
    f.case_no,
    f.programme,
    f.subject_kind,
    f.subject_id,
    f.programme_year,
    f.region_code,
    f.first_demanded_on,
    cast(f.demanded as decimal(18, 2)) as demanded,
    cast(f.repaid as decimal(18, 2)) as repaid,
    cast(f.waived as decimal(18, 2)) as waived,
    cast(f.outstanding as decimal(18, 2)) as outstanding,
    f.due_on,
    case
        when f.first_demanded_on is null then 'open'
        when f.outstanding = 0 or f.is_closed then 'settled'
        when f.is_transferred then 'transferred'
        when f.due_on < c.period_end then 'overdue'
        when f.has_plan then 'in_instalments'
        else 'open'
    end as status
from figures as f
cross join {{ source('run', 'context') }} as c
order by f.case_no
