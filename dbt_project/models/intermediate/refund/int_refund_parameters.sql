-- The rows that hold for each profile, parameter by parameter, in the order in which they go before each other; the first decides.
with profiles as (
    select profile, day, min(subject) as subject from {{ ref('int_refund_profiles') }} group by profile, day
),

-- One employer stands for all of its profile.
subjects as (
    select s.* from {{ ref('int_refund_profiles') }} as s inner join profiles as p on s.subject = p.subject
),

scopes as (
    {{ subject_scopes('subjects', refund_parameters()) }}
)

{{ profile_parameters('profiles', 'scopes', refund_parameters()) }}
