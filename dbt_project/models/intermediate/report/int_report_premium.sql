{{ config(tags=['report']) }}
{% set measures = ['pay_base', 'premium_due', 'premium_received', 'relief'] %}
-- The premium cut by unit and unit type. The year so far is the sum of its months' reports, made in report_figures.
with relief as (
    select
        {{ report_unit('p.region_code') }} as reporting_unit,
        p.unit_type,
        p.pay_base,
        p.premium_due,
        p.premium_received,
        p.relief
    from {{ ref('premium_relief') }} as p
    inner join {{ source('run', 'context') }} as c on p.period = c.period
    left join {{ ref('regions') }} as r on p.region_code = r.region_code
),

sums as (
    select
        reporting_unit,
        {{ report_dimension(['unit_type']) }},
        {%- for name in measures %}
        sum({{ name }}) as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from relief
    {{ report_grouping(['unit_type']) }}
),

insured as (
    select
        {{ report_unit('e.region_code') }} as reporting_unit,
        coalesce(e.unit_type, 'unknown') as unit_type,
        p.person_no
    from {{ ref('int_premium_persons') }} as p
    cross join {{ source('run', 'context') }} as c
    left join {{ ref('int_employers') }} as e on p.employer_id = e.employer_id
    left join {{ ref('regions') }} as r on e.region_code = r.region_code
    where p.employer_due + p.person_due > 0
),

-- Whoever is insured at two employers counts once in each unit and unit type, and once in the province; the others need no comparing.
several as (
    select person_no
    from insured
    group by person_no
    having count(*) > 1
),

parts as (
    select
        i.reporting_unit,
        i.unit_type,
        s.person_no as shared_person_no,
        count(*) as persons
    from insured as i
    left join several as s on i.person_no = s.person_no
    group by i.reporting_unit, i.unit_type, s.person_no
),

persons as (
    select
        case when grouping(reporting_unit) = 1 then 'province' else reporting_unit end as reporting_unit,
        case when grouping(unit_type) = 1 then 'none' else 'unit_type' end as dimension,
        case when grouping(unit_type) = 1 then '' else unit_type end as dimension_value,
        coalesce(sum(case when shared_person_no is null then persons end), 0) + count(distinct shared_person_no) as insured
    from parts
    group by grouping sets ((reporting_unit, unit_type), (reporting_unit), (unit_type), ())
)

{{ report_rows('premium', 'sums', measures, without_year=measures) }}

union all

{{ report_rows('premium', 'persons', ['insured'], without_year=['insured']) }}
