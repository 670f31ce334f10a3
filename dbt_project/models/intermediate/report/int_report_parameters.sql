{{ config(tags=['report']) }}
{%- set in_force = ref('int_report_parameters_in_force') -%}
{%- set lapsing = ref('int_report_lapsing') -%}
-- The parameters: assumptions in use, what is about to lapse, and every value that is a number.
{%- for measure, dimension, item, figure, relation in [
    ('assumptions', 'none', "''", 'count(*)', in_force ~ " where basis = 'assumption'"),
    ('assumptions', 'item', 'parameter', '1', in_force ~ " where basis = 'assumption'"),
    ('carried_forward', 'none', "''", 'count(*)', in_force ~ ' where carried_forward'),
    ('carried_forward', 'item', 'parameter', '1', in_force ~ ' where carried_forward'),
    ('lapsing', 'none', "''", 'count(*)', lapsing),
    ('days_left', 'item', 'item', 'days_left', lapsing),
    ('parameter_value', 'item', 'parameter', 'number', in_force ~ ' where number is not null'),
] %}
select
    'province' as reporting_unit,
    'parameters' as section,
    '{{ measure }}' as measure,
    '{{ dimension }}' as dimension,
    {{ item }} as dimension_value,
    cast({{ figure }} as decimal(18, 6)) as value,
    cast(null as decimal(18, 6)) as value_year_to_date
from {{ relation }}
{%- if not loop.last %}

union all
{% endif %}
{%- endfor %}
