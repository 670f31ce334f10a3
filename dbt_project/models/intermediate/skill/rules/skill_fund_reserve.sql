-- 上年度失业保险基金滚存结余备付期限应在1年以上 (人社部发〔2024〕40号 三), of the programme year whose window holds the day of application
{{ config(materialized='view') }}

{{ skill_rule(
    'skill.fund_reserve',
    ref('int_skill_facts'),
    outcome="case
        when f.gate_open is null then 'unknown'
        when f.gate_open then 'pass'
        else 'fail'
    end",
    observed='f.reserve_months',
    limit_value='f.reserve_months_min',
    parameter='reserve_months_min'
) }}
