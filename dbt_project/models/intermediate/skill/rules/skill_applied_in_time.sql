-- 自证书核发之日起规定月数内申领; the same day of the month, or the last day of a month that lacks it
{{ config(materialized='view') }}

{{ skill_rule(
    'skill.applied_in_time',
    ref('int_skill_facts'),
    outcome="case
        when not f.has_certificate then 'unknown'
        when f.applied_on between f.issued_on and f.apply_by then 'pass'
        else 'fail'
    end",
    observed=day_text('f.applied_on'),
    limit_value="case when f.has_certificate then concat(" ~ day_text('f.issued_on') ~ ", '..', coalesce(" ~ day_text('f.apply_by') ~ ", '')) end",
    parameter='skill_apply_within_months'
) }}
