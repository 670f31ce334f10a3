{{ config(tags=['report']) }}
{% set counts = ['files', 'rows_read', 'rows_accepted', 'rows_rejected'] %}
-- Data quality: figures of the province as a whole, so its own account carries them.
with received as (
    select
        reporting_unit,
        {{ report_dimension(['item']) }},
        {%- for name in counts %}
        sum(is_this_month * {{ name }}) as {{ name }},
        sum({{ name }}) as {{ name }}_year{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('int_report_files') }}
    {{ report_grouping(['item']) }}
),

checks as (
    select
        r.check_id,
        r.outcome,
        r.difference
    from {{ ref('reconciliations') }} as r
    inner join {{ source('run', 'context') }} as c on r.period = c.period
)

{{ report_rows('quality', 'received', counts) }}

{%- for outcome in ['match', 'within', 'mismatch', 'not_comparable'] %}

union all

select
    'own_account' as reporting_unit,
    'quality' as section,
    '{{ outcome }}' as measure,
    'none' as dimension,
    '' as dimension_value,
    cast(count(case when outcome = '{{ outcome }}' then 1 end) as decimal(18, 6)) as value,
    cast(null as decimal(18, 6)) as value_year_to_date
from checks
{%- endfor %}

union all

select
    'province' as reporting_unit,
    'quality' as section,
    'difference' as measure,
    'item' as dimension,
    check_id as dimension_value,
    cast(difference as decimal(18, 6)) as value,
    cast(null as decimal(18, 6)) as value_year_to_date
from checks

union all

-- Their size class cannot be known until the filings are put right.
select
    'own_account' as reporting_unit,
    'quality' as section,
    'parent_circles' as measure,
    'none' as dimension,
    '' as dimension_value,
    cast(count(distinct employer_id) as decimal(18, 6)) as value,
    cast(null as decimal(18, 6)) as value_year_to_date
from {{ ref('int_refund_facts') }}
where has_parent_circle

union all

-- Insured in the earliest month delivered and not counted by the agency: what the claim gives cannot be worked out, and no lead is raised.
select
    'own_account' as reporting_unit,
    'quality' as section,
    'months_unknown' as measure,
    'none' as dimension,
    '' as dimension_value,
    cast(count(case when recomputed_months is null then 1 end) as decimal(18, 6)) as value,
    cast(null as decimal(18, 6)) as value_year_to_date
from {{ ref('int_benefit_claims') }}
where unemployed_on <= {{ month_end('period') }}

union all

select
    'province' as reporting_unit,
    'quality' as section,
    'lists_missing' as measure,
    'item' as dimension,
    list_id as dimension_value,
    cast(count(*) as decimal(18, 6)) as value,
    cast(null as decimal(18, 6)) as value_year_to_date
from {{ ref('int_report_lists_missing') }}
group by list_id
