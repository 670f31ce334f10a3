{{ config(tags=['report']) }}
{% set columns = [
    'employers', 'average_insured', 'contribution_base', 'refund_amount', 'paid_employers', 'paid_amount', 'returned_employers',
    'returned_amount', 'payable_amount', 'recoverable_amount',
] %}
{% set notices = [
    'on_notice', 'on_notice_insured', 'on_notice_amount', 'cleared', 'cleared_insured', 'cleared_amount', 'objection_open',
    'objection_upheld', 'account_missing', 'verdicts_differ', 'newly_eligible', 'newly_eligible_amount',
] %}
{% set dimensions = ['decision', 'size_class', 'unit_type'] %}
-- The refund by unit. Decisions are states at the period's end, over all programme years shown; of these, those of the period's own year.
with sums as (
    select
        reporting_unit,
        {{ report_dimension(dimensions) }},
        {%- for name in columns %}
        sum({{ name }}) as {{ name }},
        sum(is_own_year * {{ name }}) as {{ name }}_year{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('int_report_refund_decisions') }}
    {{ report_grouping(dimensions) }}
),

stood as (
    select
        reporting_unit,
        'none' as dimension,
        '' as dimension_value,
        {%- for name in notices if not name.startswith('newly') %}
        sum({{ name }}) as {{ name }},
        sum({{ name }} * is_own_year) as {{ name }}_year,
        {%- endfor %}
        {%- for name in ['newly_eligible', 'newly_eligible_amount'] %}
        sum({{ name }}) as {{ name }},
        sum({{ name }}_year) as {{ name }}_year{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('int_report_refund_decisions') }}
    group by reporting_unit
),

rules as (
    select
        reporting_unit,
        is_own_year,
        'failed_rules' as measure,
        {{ unnest_list('failed_rules') }} as rule_id
    from {{ ref('int_report_refund_decisions') }}

    union all

    select
        reporting_unit,
        is_own_year,
        'unknown_rules' as measure,
        {{ unnest_list('unknown_rules') }} as rule_id
    from {{ ref('int_report_refund_decisions') }}
),

payments as (
    select
        reporting_unit,
        'none' as dimension,
        '' as dimension_value,
        sum(is_this_month * paid) as paid_in_month,
        sum(paid) as paid_in_month_year,
        sum(is_this_month * returned) as returned_in_month,
        sum(returned) as returned_in_month_year
    from {{ ref('int_report_bank_lines') }}
    where programme = 'refund'
    group by reporting_unit
)

{{ report_rows('refund', 'sums', columns) }}

union all

{{ report_rows('refund', 'stood', notices) }}

union all

{{ report_rows('refund', 'payments', ['paid_in_month', 'returned_in_month']) }}

union all

select
    reporting_unit,
    'refund' as section,
    measure,
    'rule_id' as dimension,
    rule_id as dimension_value,
    cast(count(*) as decimal(18, 6)) as value,
    cast(sum(is_own_year) as decimal(18, 6)) as value_year_to_date
from rules
group by reporting_unit, measure, rule_id
