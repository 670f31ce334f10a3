-- 不得与一次性吸纳就业补贴重复享受 (人社部发〔2024〕44号)
{{ config(materialized='view') }}

{{ application_rule(
    'expansion.no_hiring_subsidy',
    ref('int_expansion_facts'),
    outcome="case
        when not f.are_hiring_subsidies_delivered then 'unknown'
        when f.hiring_subsidy_on is not null then 'fail'
        else 'pass'
    end",
    observed="f.hiring_subsidy_on"
) }}
