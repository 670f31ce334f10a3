{{ config(materialized='view') }}

{{ application_rule(
    'hiring.unit',
    ref('int_hiring_facts'),
    outcome="case when not f.is_registered then 'unknown' when " ~ in_list('f.unit_type', 'p.value') ~ " then 'pass' else 'fail' end",
    observed='f.unit_type',
    parameters=ref('int_hiring_parameters'),
    limit_value='p.value',
    parameter='hiring_unit_types'
) }}
