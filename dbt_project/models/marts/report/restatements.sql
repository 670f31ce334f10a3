{{ config(tags=['report']) }}
-- What a closed month's report said and what it says now. Earlier revisions come from the journal; where the month is being restated,
-- the published figures stand beside those just built.
with columns_of_figures as (
    {% for column in ['value', 'value_year_to_date', 'value_same_month_last_year'] -%}
    select
        coalesce(p.reporting_unit, f.reporting_unit) as reporting_unit,
        coalesce(p.section, f.section) as section,
        coalesce(p.measure, f.measure) as measure,
        coalesce(p.dimension, f.dimension) as dimension,
        coalesce(p.dimension_value, f.dimension_value) as dimension_value,
        '{{ column }}' as figure_column,
        p.{{ column }} as old_value,
        f.{{ column }} as new_value
    from (
        select g.*
        from {{ ref('report_figures') }} as g
        inner join {{ source('run', 'context') }} as c on g.period = c.period
    ) as f
    full join
        {{ source('back', 'published_figures') }} as p
        on
            f.reporting_unit = p.reporting_unit
            and f.section = p.section
            and f.measure = p.measure
            and f.dimension = p.dimension
            and f.dimension_value = p.dimension_value
    {%- if not loop.last %}

    union all

    {% endif -%}
    {% endfor %}
)

select
    r.period,
    r.revision,
    f.reporting_unit,
    f.section,
    f.measure,
    f.dimension,
    f.dimension_value,
    f.figure_column,
    f.old_value,
    f.new_value,
    r.cause,
    r.reported_in
from columns_of_figures as f
cross join {{ source('back', 'restating') }} as r
where f.old_value is distinct from f.new_value

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
order by 1, 2, 4, 5, 6, 7, 3, 8
