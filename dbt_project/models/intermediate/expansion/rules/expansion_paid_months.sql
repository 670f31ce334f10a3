-- 足额缴纳失业保险费达到规定月数，工伤、养老保险同期缴纳 (人社部发〔2024〕44号)
{{ config(materialized='view') }}

{{ application_rule(
    'expansion.paid_months',
    '(select g.*, o.value as other_insurances_asked from ' ~ ref('int_expansion_facts') ~ ' as g left join ' ~ ref('int_expansion_parameters') ~ " as o on g.application_no = o.application_no and o.parameter = 'expansion_other_insurances')",
    outcome="case
        when f.other_insurances_asked = 'yes' and not f.other_insurances then 'fail'
        when f.paid_months < " ~ parameter_cast('p.value', 'int') ~ " and f.is_window_running then 'unknown'
        when f.paid_months < " ~ parameter_cast('p.value', 'int') ~ " then 'fail'
        when f.other_insurances_asked = 'yes' and f.other_insurances is null then 'unknown'
        else 'pass'
    end",
    observed="f.paid_months",
    parameters=ref('int_expansion_parameters'),
    limit_value="p.value",
    parameter='expansion_min_months'
) }}
