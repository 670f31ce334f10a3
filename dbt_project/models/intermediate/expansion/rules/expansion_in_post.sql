-- 招用人员仍在岗 (人社部发〔2024〕44号)
{{ config(materialized='view') }}

{{ application_rule(
    'expansion.in_post',
    ref('int_expansion_facts'),
    outcome="case when f.is_in_post then 'pass' else 'fail' end",
    observed="f.last_due_month"
) }}
