-- 参加失业保险1年以上 (人社部发〔2024〕40号 三)
{{ config(materialized='view') }}

{{ skill_rule(
    'skill.insured_months',
    ref('int_skill_facts'),
    outcome="case
        when f.skill_insured_measured_at <> 'application' and not f.has_certificate then 'unknown'
        when f.insured_months >= f.skill_min_insured_months then 'pass'
        else 'fail'
    end",
    observed='f.insured_months',
    limit_value='f.skill_min_insured_months',
    parameter='skill_min_insured_months'
) }}
