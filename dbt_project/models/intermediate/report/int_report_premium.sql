{{ config(tags=['report']) }}
{% set measures = ['insured', 'pay_base', 'premium_due', 'premium_received', 'relief'] %}
-- The premium cut by unit and unit type. The year so far is the sum of its months' reports, made in report_figures.
with relief as (
    select
        {{ report_unit('p.region_code') }} as reporting_unit,
        p.unit_type,
        p.insured,
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

-- A unit's figure counts a person once in each region and unit type; the province's counts everybody once.
province as (
    select
        'province' as reporting_unit,
        'none' as dimension,
        '' as dimension_value,
        count(distinct case when employer_due + person_due > 0 then person_id end) as insured
    from {{ ref('int_premium_persons') }}
)

{{ report_rows('premium', 'sums', measures, without_year=measures) }}

union all

{{ report_rows('premium', 'province', ['insured'], without_year=['insured']) }}
