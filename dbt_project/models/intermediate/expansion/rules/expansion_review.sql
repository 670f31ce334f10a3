-- 人工审核结论: the newest by the period's end
{{ config(materialized='view') }}

{{ application_rule(
    'expansion.review',
    ref('int_expansion_facts'),
    outcome="case f.review_outcome
        when 'approved' then 'pass'
        when 'refused' then 'fail'
        else 'not_applicable'
    end",
    observed="f.review_outcome"
) }}
