-- 已享受同一职业（工种）高级别证书补贴的，不再享受低级别证书补贴 (人社部发〔2024〕40号 三)
{{ config(materialized='view') }}

{{ skill_rule(
    'skill.not_below_received',
    ref('int_skill_history'),
    outcome="case
        when not f.has_certificate then 'unknown'
        when f.highest_approved_level < f.level then 'fail'
        else 'pass'
    end",
    observed='f.highest_approved_level',
    limit_value='f.level'
) }}
