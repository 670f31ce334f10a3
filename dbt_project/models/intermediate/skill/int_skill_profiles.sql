-- The profile under which int_skill_parameters holds the parameters of a region and day.
with scopes as (
    {{ subject_scopes(ref('int_skill_days'), skill_parameter_names()) }}
),

profiles as (
    {{ subject_profiles(ref('int_skill_days'), 'scopes') }}
)

select
    d.region_code,
    d.day,
    d.subject,
    p.profile
from {{ ref('int_skill_days') }} as d
inner join profiles as p on d.subject = p.subject
