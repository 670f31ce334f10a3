-- The values of a profile side by side, typed.
select
    p.profile,
    {%- for name, kind in refund_settings() %}
    max(case when p.parameter = '{{ name }}' then {{ parameter_cast('p.value', kind) }} end) as {{ name }}{{ ',' if not loop.last }}
    {%- endfor %}
from {{ ref('int_refund_parameters') }} as p
where p.place = 1
group by p.profile
