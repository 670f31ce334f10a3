{# Figures of the period being built that are not the sum of their records. What is worked out, and is no sum, is left out: rates, the change
   of the opening balance, and the differences between the province and its units. #}
{% test report_records_add_up(model) %}
with records as (
    select
        section,
        measure,
        dimension,
        dimension_value,
        reporting_unit,
        sum(amount) as amount
    from {{ ref('report_records') }}
    group by section, measure, dimension, dimension_value, reporting_unit
)

select
    f.section,
    f.measure,
    f.dimension,
    f.dimension_value,
    f.reporting_unit,
    f.value,
    r.amount
from {{ model }} as f
inner join {{ source('run', 'context') }} as c on f.period = c.period
inner join {{ ref('report_measures') }} as m on f.section = m.section and f.measure = m.measure
left join
    records as r
    on
        f.section = r.section
        and f.measure = r.measure
        and f.dimension = r.dimension
        and f.dimension_value = r.dimension_value
        and f.reporting_unit = r.reporting_unit
where
    m.kind <> 'rate'
    and f.measure <> 'opening_change'
    and f.value is not null
    and f.value <> coalesce(r.amount, 0)
{% endtest %}
