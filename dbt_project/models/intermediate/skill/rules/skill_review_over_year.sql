-- 对一年内领取技能提升补贴超过1次的人员，要进行严格审核 (甘人社通〔2024〕165号 二): reviewed, not refused
{{ config(materialized='view') }}

{{ skill_rule(
    'skill.review_over_year',
    ref('int_skill_history'),
    outcome="case when f.approved_in_year >= f.skill_review_over_per_year then 'unknown' else 'pass' end",
    observed='f.approved_in_year',
    limit_value='p.value',
    parameter='skill_review_over_per_year'
) }}
