-- 每人每年享受补贴次数最多不超过三次 (人社部发〔2024〕40号 三)
{{ config(materialized='view') }}

{{ skill_rule(
    'skill.yearly_cap',
    ref('int_skill_history'),
    outcome="case when f.approved_in_year >= f.skill_max_per_year then 'fail' else 'pass' end",
    observed='f.approved_in_year',
    limit_value='p.value',
    parameter='skill_max_per_year'
) }}
