-- The certificate does not hold: at stake is the amount of its level, 0 for a level that is not covered or a certificate not found.
select
    'R10' as rule_id,
    'application' as subject_kind,
    f.application_no as subject_id,
    'certificate' as fact_key,
    f.region_code,
    f.level_amount as amount_at_stake,
    concat(
        '申领 ', f.application_no, '：证书', case when f.cert_no is null then '' else concat(' ', f.cert_no) end, ' 未通过核验（', coalesce(o.observed, '未查到'), '），按等级金额 ',
        {{ money_text('f.level_amount') }}, ' 元。'
    ) as evidence,
    concat(
        'Application ', f.application_no, ': certificate', case when f.cert_no is null then '' else concat(' ', f.cert_no) end, ' fails its check (',
        coalesce(o.observed, 'not found'), '); ', {{ money_text('f.level_amount') }}, ' yuan by its level.'
    ) as evidence_en
from {{ ref('int_skill_facts') }} as f
inner join {{ ref('skill_rule_outcomes') }} as o on f.period = o.period and f.application_no = o.application_no
where o.rule_id = 'skill.certificate' and o.outcome = 'fail'
