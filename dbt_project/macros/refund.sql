{# What a decision consists of: these columns stand after the window has closed. #}
{% macro refund_decided_columns() -%}
    {{ return([
        'programme_year',
        'employer_id',
        'uscc',
        'employer_name',
        'region_code',
        'unit_type',
        'is_dispatch',
        'size_class',
        'size_source',
        'average_insured',
        'opening_insured',
        'closing_insured',
        'claimants',
        'natural_attrition',
        'claims_layoff_rate',
        'net_reduction_layoff_rate',
        'layoff_rate',
        'layoff_rate_limit',
        'verdicts_differ',
        'months_paid_in_full',
        'arrears',
        'contribution_base',
        'refund_ratio',
        'refund_amount',
        'decision',
        'failed_rules',
        'unknown_rules',
        'first_decided_period',
        'noticed_before',
        'decided_period',
        'profile',
        'is_registered',
        'window_from',
        'window_to',
        'refund_payment_until',
    ]) }}
{%- endmacro %}

{# The class of covered units that are no enterprises: one class for all, or `type:class` pairs; a type that no pair names is sme. #}
{% macro by_reference_class(unit_type, value) -%}
    case
        when {{ value }} is null or {{ value }} = 'none' then cast(null as string)
        when {{ in_list("concat(" ~ unit_type ~ ", ':large')", value) }} then 'large'
        when {{ in_list("concat(" ~ unit_type ~ ", ':sme')", value) }} then 'sme'
        when {{ in_list("'large'", value) }} then 'large'
        else 'sme'
    end
{%- endmacro %}

{# The key under which an industry code (GB/T 4754-2017) stands in the seed industry_classes. #}
{% macro industry_key(code) -%}
    {%- set digits -%}
        case when substr({{ code }}, 1, 1) between 'A' and 'Z' then substr({{ code }}, 2) else {{ code }} end
    {%- endset -%}
    case
        when length({{ digits }}) = 0 then {{ code }}
        when length({{ digits }}) = 4 and {{ digits }} in ('7010', '7020') then {{ digits }}
        when length({{ digits }}) = 4 and substr({{ digits }}, 1, 2) = '70' then '70xx'
        else substr({{ digits }}, 1, 2)
    end
{%- endmacro %}

{# The refund is not above the largest amount, and nothing below the smallest. #}
{% macro within_amount_limits(amount, limits) -%}
    cast(case
        when {{ amount }} < {{ limits }}.refund_amount_min then 0
        when {{ amount }} > {{ limits }}.refund_amount_max then {{ limits }}.refund_amount_max
        else {{ amount }}
    end as decimal(18, 2))
{%- endmacro %}
