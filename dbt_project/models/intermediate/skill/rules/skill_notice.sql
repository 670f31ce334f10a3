-- 公示无异议 (甘人社通〔2024〕165号 四): objections raised from the day of application on
{{ config(materialized='view') }}

{{ skill_rule(
    'skill.notice',
    ref('int_skill_facts'),
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
