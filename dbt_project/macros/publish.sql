{# A published table holds every period built so far; a build replaces its own period's rows and touches no other. #}
{% macro replace_period() -%}
    {%- if is_incremental() -%}
        {{ forget_period(this) }}
    {%- endif -%}
{%- endmacro %}
