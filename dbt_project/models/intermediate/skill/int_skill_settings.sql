-- The values of a profile side by side, typed; complete where every parameter that the rules need has a row.
select
    p.profile,
    {% for name, kind in skill_parameters() -%}
    max(case when p.parameter = '{{ name }}' then {{ parameter_cast('p.value', kind) }} end) as {{ name }},
    {% endfor -%}
    count(case when p.parameter in {{ sql_list(skill_needed_names()) }} then 1 end) = {{ skill_needed_names() | length }} as has_parameters
from {{ ref('int_skill_parameters') }} as p
where p.place = 1
group by p.profile
