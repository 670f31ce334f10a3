-- 企业在职职工或领取失业保险金人员 (人社部发〔2024〕40号 三)
{{ config(materialized='view') }}

{{ skill_rule(
    'skill.status',
    ref('int_skill_facts'),
    outcome="case
        when f.is_in_post or f.is_benefit_recipient then 'pass'
        when f.is_only_at_unregistered then 'unknown'
        else 'fail'
    end",
    observed='f.status_basis',
    limit_value='p.value',
    parameter='skill_unit_types'
) }}
