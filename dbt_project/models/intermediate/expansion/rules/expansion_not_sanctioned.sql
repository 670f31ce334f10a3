-- 未被列入严重违法失信名单
{{ config(materialized='view') }}

{{ application_rule(
    'expansion.not_sanctioned',
    ref('int_expansion_facts'),
    outcome="case
        when p.value = 'no' then 'not_applicable'
        when not f.is_registered or not f.are_sanctions_delivered or f.is_in_rejected_sanction and not f.is_sanctioned then 'unknown'
        when f.is_sanctioned then 'fail'
        else 'pass'
    end",
    observed="case when f.is_registered and f.are_sanctions_delivered then case when f.is_sanctioned then 'listed' else 'not_listed' end end",
    parameters=ref('int_expansion_parameters'),
    limit_value="'not_listed'",
    parameter='refund_exclude_sanctioned'
) }}
