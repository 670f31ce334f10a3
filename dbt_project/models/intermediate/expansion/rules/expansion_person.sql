-- 毕业年度和离校两年内未就业高校毕业生、16至24岁登记失业青年 (人社部发〔2024〕44号)
{{ config(materialized='view') }}

{{ application_rule(
    'expansion.person',
    ref('int_expansion_facts'),
    outcome="case
        when not " ~ in_list('f.person_kind', 'p.value') ~ " then 'fail'
        when f.person_kind <> 'registered_youth' then 'pass'
        when f.age_when_hired between " ~ operation('youth_age_min') ~ " and " ~ operation('youth_age_max') ~ " then 'pass'
        else 'fail'
    end",
    observed="case
        when f.person_kind = 'registered_youth' then concat(f.person_kind, ', ', cast(f.age_when_hired as string))
        else f.person_kind
    end",
    parameters=ref('int_expansion_parameters'),
    limit_value="p.value",
    parameter='expansion_person_kinds'
) }}
