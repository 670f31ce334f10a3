-- 同一职业（工种）同一等级只能申请并享受一次 (人社部发〔2024〕40号 三)
{{ config(materialized='view') }}

{{ skill_rule(
    'skill.once_per_level',
    ref('int_skill_history'),
    outcome="case
        when not f.has_certificate then 'unknown'
        when f.approved_same_level > 0 then 'fail'
        else 'pass'
    end",
    observed='f.approved_same_level',
    limit_value='0'
) }}
