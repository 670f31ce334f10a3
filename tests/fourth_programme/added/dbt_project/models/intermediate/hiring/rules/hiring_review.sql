{{ config(materialized='view') }}

{{ application_rule(
    'hiring.review',
    ref('int_hiring_facts'),
    outcome="case f.review_outcome when 'approved' then 'pass' when 'refused' then 'fail' else 'not_applicable' end",
    observed='f.review_outcome'
) }}
