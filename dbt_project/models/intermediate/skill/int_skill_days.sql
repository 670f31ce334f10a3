-- Every region and day that parameters are asked for: the applications' own, and the days of issue where a province goes by these.
with applied as (
    select
        {{ subject_region('a.region_code', 'c.jurisdiction') }} as region_code,
        a.applied_on,
        t.issued_on
    from {{ ref('stg_skill_applications') }} as a
    inner join {{ source('run', 'context') }} as c on a.applied_on <= c.period_end
    left join {{ ref('stg_certificates') }} as t on a.cert_no = t.cert_no
),

days as (
    select
        region_code,
        applied_on as day
    from applied

    union

    select
        region_code,
        issued_on as day
    from applied
    where issued_on is not null and {{ is_ever('skill_parameters_by', 'issued_on') }}
)

select
    concat(d.region_code, ' ', cast(d.day as string)) as subject,
    d.day,
    d.region_code,
    {{ no_employer() }}
from days as d
