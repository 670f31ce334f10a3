-- 每人每年享受补贴次数最多不超过三次 (人社部发〔2024〕40号 三); 急需紧缺职业可另加次数
{{ config(materialized='view') }}

{{ skill_rule(
    'skill.yearly_cap',
    ref('int_skill_history'),
    outcome=yearly_cap('f.approved_in_year', 'f'),
    observed='f.approved_in_year',
    limit_value="case when f.skill_scarce_extra > 0 then concat(p.value, ' + ', cast(f.skill_scarce_extra as string)) else p.value end",
    parameter='skill_max_per_year'
) }}
