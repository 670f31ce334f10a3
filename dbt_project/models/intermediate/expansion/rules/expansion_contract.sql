-- 签订劳动合同 (人社部发〔2024〕44号)
{{ config(materialized='view') }}

{{ application_rule(
    'expansion.contract',
    ref('int_expansion_facts'),
    outcome="case when f.contract_signed then 'pass' else 'fail' end",
    observed="case when f.contract_signed then 'yes' else 'no' end"
) }}
