{{ config(tags=['report']) }}
-- What a closed month's report said and what it says now. Earlier revisions come from the journal; where the month is being restated,
-- the published figures stand beside those just built. A figure's cause is what reaches its section through the models, and, where rows
-- count in the unit of their own region, its unit; where nothing known does, all that has changed since.
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
),

causes as (
    select
        x.position,
        x.cause,
        x.section,
        case when x.region_code is not null then {{ report_unit('x.region_code') }} end as reporting_unit
    from {{ source('back', 'restating_causes') }} as x
    cross join {{ source('run', 'context') }} as c
    left join {{ ref('regions') }} as r on x.region_code = r.region_code
),

caused as (
    select distinct
        f.reporting_unit,
        f.section,
        f.measure,
        f.dimension,
        f.dimension_value,
        f.figure_column,
        x.position,
        x.cause
    from columns_of_figures as f
    cross join {{ source('run', 'context') }} as c
    inner join
        causes as x
        on
            case when f.section = 'fund' and f.measure in ('required', 'covered', 'shortfall') then 'fund_plan' else f.section end = x.section
            and (x.reporting_unit is null or f.reporting_unit in (x.reporting_unit, {{ province_code('c.jurisdiction') }}))
    where f.old_value is distinct from f.new_value
),

known_causes as (
    select
        reporting_unit,
        section,
        measure,
        dimension,
        dimension_value,
        figure_column,
        {{ join_texts(ordered_list('cause', 'position', 'cause is not null'), ';') }} as cause
    from caused
    group by reporting_unit, section, measure, dimension, dimension_value, figure_column
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
    coalesce(k.cause, r.cause) as cause,
    r.reported_in
from columns_of_figures as f
cross join {{ source('back', 'restating') }} as r
left join
    known_causes as k
    on
        f.reporting_unit = k.reporting_unit
        and f.section = k.section
        and f.measure = k.measure
        and f.dimension = k.dimension
        and f.dimension_value = k.dimension_value
        and f.figure_column = k.figure_column
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
order by period, revision, section, measure, dimension, dimension_value, reporting_unit, figure_column
