-- The schedule of months in force for each region and month in which a claim starts.
with subjects as (
    select distinct
        concat({{ subject_region('b.region_code', 'c.jurisdiction') }}, ' ', cast(b.start_month as string)) as subject,
        b.start_month as day,
        {{ subject_region('b.region_code', 'c.jurisdiction') }} as region_code,
        {{ no_employer() }}
    from {{ ref('stg_benefit_claims') }} as b
    cross join {{ source('run', 'context') }} as c
),

{%- set names = ['benefit_months_first_year', 'benefit_months_per_further_year'] %}

scopes as (
    {{ subject_scopes('subjects', names) }}
),

profiles as (
    {{ subject_profiles('subjects', 'scopes') }}
),

chosen as (
    {{ profile_parameters('profiles', 'scopes', names) }}
)

select
    s.region_code,
    s.day,
    max(case when c.parameter = 'benefit_months_first_year' then {{ parameter_cast('c.value', 'int') }} end) as months_first_year,
    max(case when c.parameter = 'benefit_months_per_further_year' then {{ parameter_cast('c.value', 'int') }} end) as months_per_further_year
from subjects as s
inner join profiles as p on s.subject = p.subject
left join chosen as c on p.profile = c.profile and c.place = 1
group by s.region_code, s.day
