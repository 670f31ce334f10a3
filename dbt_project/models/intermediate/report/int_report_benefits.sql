{{ config(tags=['report']) }}
{% set measures = ['persons', 'new_persons', 'stopped_persons', 'months', 'amount'] %}
-- Living benefits by unit and kind, by the day of payment. A person counts once in each unit, and once in the province.
with sums as (
    select
        reporting_unit,
        dimension,
        dimension_value,
        sum(persons) as persons,
        sum(persons_year) as persons_year,
        sum(new_persons) as new_persons,
        sum(stopped_persons) as stopped_persons,
        sum(months) as months,
        sum(months_year) as months_year,
        sum(amount) as amount,
        sum(amount_year) as amount_year
    from {{ ref('int_report_benefit_persons') }}
    group by reporting_unit, dimension, dimension_value
)

{{ report_rows('benefits', 'sums', measures, without_year=['new_persons', 'stopped_persons']) }}
