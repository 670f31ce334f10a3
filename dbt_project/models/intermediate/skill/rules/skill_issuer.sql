-- 证书由省内评价机构颁发 (only where the province asks for it)
{{ config(materialized='view') }}

{{ skill_rule(
    'skill.issuer',
    ref('int_skill_facts'),
    outcome="case
        when not f.skill_in_province_only then 'not_applicable'
        when f.issuer_region is null then 'unknown'
        when substring(f.issuer_region, 1, 2) = substring(f.jurisdiction, 1, 2) then 'pass'
        else 'fail'
    end",
    observed='f.issuer_region',
    limit_value='p.value',
    parameter='skill_in_province_only'
) }}
