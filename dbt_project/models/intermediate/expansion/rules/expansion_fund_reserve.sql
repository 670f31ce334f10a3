-- 备付期限不足一年的，由就业补助资金列支 (国家 2025)
{{ config(materialized='view') }}

{{ application_rule(
    'expansion.fund_reserve',
    ref('int_expansion_facts'),
    outcome="case
        when f.gate_open is null then 'unknown'
        when f.gate_open or f.funding_when_closed is not null then 'pass'
        else 'fail'
    end",
    observed="f.reserve_months",
    parameters=ref('int_expansion_parameters'),
    limit_value="f.reserve_months_min",
    parameter='expansion_funding_when_closed'
) }}
