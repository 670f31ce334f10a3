-- The parameters by which each employer is classed, resolved before its size class is known.
with subjects as (
    select s.*, cast(null as string) as size_class from {{ ref('int_refund_subjects') }} as s
),

scopes as (
    {{ subject_scopes('subjects', refund_size_parameters()) }}
),

profiles as (
    {{ subject_profiles('subjects', 'scopes') }}
),

chosen as (
    {{ profile_parameters('profiles', 'scopes', refund_size_parameters()) }}
),

settled as (
    select
        c.profile,
        max(case when c.parameter = 'refund_unit_types' then c.value end) as unit_types,
        max(case when c.parameter = 'non_enterprise_size' then c.value end) as non_enterprise_size,
        max(case when c.parameter = 'size_headcount_large' then {{ parameter_cast('c.value', 'int') }} end) as headcount_large,
        max(case when c.parameter = 'size_headcount_basis' then c.value end) as headcount_basis,
        max(case when c.parameter = 'average_insured_basis' then c.value end) as average_basis
    from chosen as c
    where c.place = 1
    group by c.profile
)

select
    s.programme_year,
    s.employer_id,
    s.uscc,
    t.unit_types,
    t.non_enterprise_size,
    t.headcount_large,
    t.headcount_basis,
    t.average_basis
from subjects as s
inner join profiles as p on s.subject = p.subject
left join settled as t on p.profile = t.profile
