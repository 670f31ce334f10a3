{{ config(tags=['report']) }}
-- Headline figures of the province twice: as the report has them, and as counted again from the lake on a path of its own.
select
    c.period,
    r.section,
    r.measure,
    r.dimension,
    r.dimension_value,
    concat_ws('.', r.section, r.measure, nullif(r.dimension_value, '')) as figure,
    f.value as reported,
    r.recounted,
    cast(f.value - r.recounted as decimal(18, 6)) as difference,
    case when f.value = r.recounted or (f.value is null and r.recounted is null) then 'agrees' else 'differs' end as outcome
from {{ source('back', 'recounts') }} as r
cross join {{ source('run', 'context') }} as c
left join
    {{ ref('report_figures') }} as f
    on
        c.period = f.period
        and f.reporting_unit = {{ province_code('c.jurisdiction') }}
        and r.section = f.section
        and r.measure = f.measure
        and r.dimension = f.dimension
        and r.dimension_value = f.dimension_value
where r.period = c.period
order by 2, 3, 4, 5
