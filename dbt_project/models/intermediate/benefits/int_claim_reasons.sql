{%- set names = ['layoff_claim_reasons'] -%}
-- The reasons of unemployment that open a benefit, as they hold on the period's last day in the region of each claim and employer, and in the
-- jurisdiction.
-- A day without a row keeps the last one.
with regions as (
    select {{ subject_region('b.region_code', 'c.jurisdiction') }} as region_code
    from {{ ref('stg_benefit_claims') }} as b
    cross join {{ source('run', 'context') }} as c

    union

    select {{ subject_region('e.region_code', 'c.jurisdiction') }} as region_code
    from {{ ref('int_employers') }} as e
    cross join {{ source('run', 'context') }} as c

    union

    select c.jurisdiction as region_code
    from {{ source('run', 'context') }} as c
),

subjects as (
    select
        r.region_code as subject,
        c.period_end as day,
        r.region_code,
        {{ no_employer() }}
    from regions as r
    cross join {{ source('run', 'context') }} as c
),

scopes as (
    {{ subject_scopes('subjects', names) }}
),

profiles as (
    {{ subject_profiles('subjects', 'scopes') }}
),

chosen as (
    {{ profile_parameters('profiles', 'scopes', names, kept=names) }}
)

select
    p.subject as region_code,
    c.value as reasons
from profiles as p
inner join chosen as c on p.profile = c.profile and c.place = 1
