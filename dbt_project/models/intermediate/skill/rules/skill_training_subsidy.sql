-- 技能提升补贴和职业培训补贴不得重复享受 (人社部发〔2024〕40号 三, 甘人社通〔2024〕165号 二)
{{ config(materialized='view') }}

{{ skill_rule(
    'skill.training_subsidy',
    ref('int_skill_facts'),
    outcome="case
        when not f.has_certificate or not f.are_training_subsidies_delivered then 'unknown'
        when f.training_paid_on is not null then 'fail'
        else 'pass'
    end",
    observed=day_text('f.training_paid_on')
) }}
