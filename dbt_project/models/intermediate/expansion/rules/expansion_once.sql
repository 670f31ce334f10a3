-- 同一人员只享受一次 (人社部发〔2024〕44号)
{{ config(materialized='view') }}

{{ application_rule(
    'expansion.once',
    ref('int_expansion_history'),
    outcome="case
        when f.has_earlier_approved then 'fail'
        when f.has_earlier_in_review then 'unknown'
        else 'pass'
    end",
    observed="case
        when f.has_earlier_approved then 'approved_before'
        when f.has_earlier_in_review then 'in_review_before'
        else 'none_before'
    end"
) }}
