-- 申领人在申领之日前没有死亡记录 (信息比对, 甘人社通〔2024〕165号 四)
{{ config(materialized='view') }}

{{ skill_rule(
    'skill.alive',
    ref('int_skill_facts'),
    outcome="case
        when not f.are_cross_checks_delivered then 'unknown'
        when f.died_on < f.applied_on then 'fail'
        else 'pass'
    end",
    observed=day_text('f.died_on'),
    limit_value=day_text('f.applied_on')
) }}
