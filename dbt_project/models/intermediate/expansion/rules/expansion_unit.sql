-- 招用单位属于补助对象，正常参保 (人社部发〔2024〕44号)
{{ config(materialized='view') }}

{{ application_rule(
    'expansion.unit',
    ref('int_expansion_facts'),
    outcome="case
        when not f.is_registered then 'unknown'
        when " ~ in_list('f.unit_type', 'p.value') ~ " and f.insured_status = 'active' then 'pass'
        else 'fail'
    end",
    observed="concat(f.unit_type, ', ', f.insured_status)",
    parameters=ref('int_expansion_parameters'),
    limit_value="p.value",
    parameter='expansion_unit_types'
) }}
