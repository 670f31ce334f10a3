-- 录用日在执行期限内; after the last window known a notice is awaited
{{ config(materialized='view') }}

{{ application_rule(
    'expansion.window',
    ref('int_expansion_facts'),
    outcome="case
        when f.has_window then 'pass'
        when f.is_awaiting_notice then 'unknown'
        else 'fail'
    end",
    observed="f.hired_on",
    limit_value="case when f.has_window then concat(cast(f.window_from as string), '..', cast(f.window_to as string)) end",
    parameter='expansion_window'
) }}
