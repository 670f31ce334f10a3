{# The band of an age in days; what has no age yet stands in the youngest. #}
{% macro recovery_age_band(days) -%}
    case
        when {{ days }} > 365 then 'over_365'
        when {{ days }} > 90 then '91-365'
        when {{ days }} > 30 then '31-90'
        else '0-30'
    end
{%- endmacro %}
