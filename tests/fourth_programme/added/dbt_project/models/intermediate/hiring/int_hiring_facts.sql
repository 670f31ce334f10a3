-- What each application rests on.
with applications as (
    select * from {{ ref('int_hiring_applications') }}
),

objections as (
    {{ objections_to('hiring_subsidy', 'applications') }}
),

reviews as (
    {{ reviews_of('hiring_subsidy') }}
)

select
    a.*,
    cast(case when a.has_window then coalesce(cast(p.value as decimal(18, 2)), 0) else 0 end as decimal(18, 2)) as full_amount,
    coalesce(o.has_upheld_objection, false) as has_upheld_objection,
    coalesce(o.has_open_objection, false) as has_open_objection,
    v.review_outcome
from applications as a
left join {{ ref('int_hiring_parameters') }} as p on a.application_no = p.application_no and p.parameter = 'hiring_amount'
left join objections as o on a.application_no = o.application_no
left join reviews as v on a.application_no = v.application_no
