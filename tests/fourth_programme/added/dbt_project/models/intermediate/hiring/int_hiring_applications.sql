-- Applications dated by the period's end, with the employer as registered and the window that holds the day hired.
with known as (
    select
        c.period,
        c.period_end,
        a.application_no,
        a.employer_id,
        a.person_id,
        a.hired_on,
        a.applied_on,
        e.employer_id is not null as is_registered,
        e.uscc,
        e.unit_type,
        e.industry_code,
        e.is_dispatch,
        e.region_code,
        a.hired_on as parameter_day,
        {{ region_of_parameters('e.region_code', 'c.jurisdiction') }} as parameter_region
    from {{ ref('stg_hiring_applications') }} as a
    inner join {{ source('run', 'context') }} as c on a.applied_on <= c.period_end
    left join {{ ref('int_employers') }} as e on a.employer_id = e.employer_id
),

windows as (
    {{ windows_for('hiring_subsidy', 'known') }}
)

select
    k.*,
    w.programme_year,
    w.window_from,
    w.window_to,
    w.programme_document_id,
    w.programme_article,
    w.programme_year is not null as has_window,
    coalesce(w.is_awaiting_notice, false) as is_awaiting_notice
from known as k
left join windows as w on k.application_no = w.application_no
