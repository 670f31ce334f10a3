-- 取得技能人员职业资格证书或职业技能等级证书，初级、中级、高级 (人社部发〔2024〕40号 三)
{{ config(materialized='view') }}

{{ skill_rule(
    'skill.certificate',
    ref('int_skill_facts'),
    outcome="case
        when not f.are_certificates_delivered then 'unknown'
        when f.certificate_status = 'valid' and f.holder_id = f.person_id and f.level in (3, 4, 5) then 'pass'
        else 'fail'
    end",
    observed="case
        when not f.has_certificate then 'none'
        when f.certificate_status <> 'valid' then concat('status ', f.certificate_status)
        when f.holder_id <> f.person_id then 'another person'
        else concat('level ', cast(f.level as string))
    end",
    limit_value="'valid, own, level 5;4;3'"
) }}
