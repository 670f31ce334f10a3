{{ config(tags=['report']) }}
{% set flows = ['demanded', 'repaid', 'waived'] %}
{% set stocks = ['open_cases', 'outstanding', 'overdue', 'not_yet_demanded'] %}
-- Recovery by unit: what was demanded, repaid and waived this month and this year, and what stands at the month's end.
with sums as (
    select
        p.reporting_unit,
        'none' as dimension,
        '' as dimension_value,
        {%- for name in flows %}
        coalesce(sum(p.{{ name }}), 0) as {{ name }},
        coalesce(sum(p.{{ name }}_year), 0) as {{ name }}_year,
        {%- endfor %}
        {%- for name in stocks %}
        coalesce(sum(p.{{ name }}), 0) as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('int_report_recovery_lines') }} as p
    group by p.reporting_unit
)

{{ report_rows('recovery', 'sums', flows + stocks, stocks) }}
