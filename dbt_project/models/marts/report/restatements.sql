{{ config(tags=['report']) }}
{% set keys = ['reporting_unit', 'section', 'measure', 'dimension', 'dimension_value', 'figure_column'] %}
-- What a closed month's report said and what it says now. Earlier revisions come from the journal. Where the month is being restated it
-- was built again as published (step 0), then with one change after another: a figure's causes are the steps at which it moved.
with last_step as (
    {{ last_restating_step() }}
),

figures as (
    {% for column in ['value', 'value_year_to_date', 'value_same_month_last_year'] -%}
    select
        p.step,
        p.reporting_unit,
        p.section,
        p.measure,
        p.dimension,
        p.dimension_value,
        '{{ column }}' as figure_column,
        p.{{ column }} as figure
    from {{ source('back', 'replayed_figures') }} as p

    union all

    select
        l.step,
        f.reporting_unit,
        f.section,
        f.measure,
        f.dimension,
        f.dimension_value,
        '{{ column }}' as figure_column,
        f.{{ column }} as figure
    from {{ ref('report_figures') }} as f
    inner join last_step as l on f.period = l.period
    {%- if not loop.last %}

    union all

    {% endif -%}
    {% endfor %}
),

{{ moved_steps('figures', keys, 'figure') }}

select
    r.period,
    r.revision,
    {%- for key in keys %}
    m.{{ key }},
    {%- endfor %}
    m.old_figure as old_value,
    m.new_figure as new_value,
    c.cause,
    r.reported_in
from moved as m
inner join causes as c on {{ same_keys('m', 'c', keys) }}
cross join {{ source('back', 'restating') }} as r

union all

select
    r.period,
    r.revision,
    r.reporting_unit,
    r.section,
    r.measure,
    r.dimension,
    r.dimension_value,
    r.figure_column,
    r.old_value,
    r.new_value,
    r.cause,
    r.reported_in
from {{ source('back', 'restatements') }} as r
inner join {{ source('run', 'context') }} as c on r.period = c.period
order by period, revision, section, measure, dimension, dimension_value, reporting_unit, figure_column
