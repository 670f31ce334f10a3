-- 公示无异议: objections raised from the day of application on
{{ config(materialized='view') }}

{{ application_rule(
    'expansion.notice',
    ref('int_expansion_facts'),
    outcome="case
        when f.has_upheld_objection then 'fail'
        when f.has_open_objection then 'unknown'
        else 'pass'
    end",
    observed="case
        when f.has_upheld_objection then 'upheld'
        when f.has_open_objection then 'open'
        else 'none'
    end"
) }}
