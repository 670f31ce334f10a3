{{ config(materialized='view') }}

{{ application_rule(
    'hiring.window',
    ref('int_hiring_facts'),
    outcome="case when f.has_window then 'pass' when f.is_awaiting_notice then 'unknown' else 'fail' end",
    observed='f.hired_on',
    parameter='hiring_window'
) }}
