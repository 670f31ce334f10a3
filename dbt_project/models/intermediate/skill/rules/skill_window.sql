-- 申领之日在政策执行期限内 (甘人社通〔2024〕165号 一). A day after the last window known awaits a notice; a day without parameters lies in no programme.
{{ config(materialized='view') }}

{{ skill_rule(
    'skill.window',
    ref('int_skill_facts'),
    outcome="case
        when f.is_awaiting_notice then 'unknown'
        when f.has_parameters and f.programme_year is not null then 'pass'
        else 'fail'
    end",
    observed=day_text('f.applied_on'),
    limit_value="case
        when f.is_awaiting_notice then concat('..', " ~ day_text('f.last_window_to') ~ ")
        when f.programme_year is not null then concat(" ~ day_text('f.window_from') ~ ", '..', " ~ day_text('f.window_to') ~ ")
    end",
    parameter='skill_window'
) }}
