-- What each employer whose window has not passed is to parameters: the day that they are of, and the profile under which
-- int_refund_parameters holds them.
with subjects as (
    select
        s.programme_year,
        s.employer_id,
        s.subject,
        least(s.period_end, w.counted_to) as day,
        s.region_code,
        s.unit_type,
        z.size_class,
        s.industry_section,
        s.industry_division,
        s.is_dispatch,
        s.uscc
    from {{ ref('int_refund_subjects') }} as s
    inner join {{ ref('int_refund_windows') }} as w
        on s.programme_year = w.programme_year and s.employer_id = w.employer_id and w.is_open
    left join {{ ref('int_refund_size') }} as z on s.programme_year = z.programme_year and s.employer_id = z.employer_id
),

scopes as (
    {{ subject_scopes('subjects', refund_parameters()) }}
),

profiles as (
    {{ subject_profiles('subjects', 'scopes') }}
)

select
    s.*,
    p.profile
from subjects as s
inner join profiles as p on s.subject = p.subject
