{{ config(tags=['report']) }}
{% set counts = ['files', 'rows_read', 'rows_accepted', 'rows_rejected'] %}
-- Data quality and parameters: figures of the province as a whole, so its own account carries them. Files are all that arrived; rows are
-- those of the files in force, so that a redelivery does not count what it replaced.
with deliveries as (
    select
        'own_account' as reporting_unit,
        coalesce(d.source, 'unknown') as item,
        case when d.period = c.period then 1 else 0 end as is_this_month,
        1 as files,
        case when d.is_current then coalesce(d.rows_read, 0) else 0 end as rows_read,
        case when d.is_current then coalesce(d.rows_accepted, 0) else 0 end as rows_accepted,
        case when d.is_current then coalesce(d.rows_rejected, 0) else 0 end as rows_rejected
    from {{ source('run', 'deliveries') }} as d
    inner join {{ source('run', 'context') }} as c on year(d.period) = c.year and d.period <= c.period
),

received as (
    select
        reporting_unit,
        {{ report_dimension(['item']) }},
        {%- for name in counts %}
        sum(is_this_month * {{ name }}) as {{ name }},
        sum({{ name }}) as {{ name }}_year{{ ',' if not loop.last }}
        {%- endfor %}
    from deliveries
    {{ report_grouping(['item']) }}
),

checks as (
    select
        r.check_id,
        r.outcome,
        r.difference
    from {{ ref('reconciliations') }} as r
    inner join {{ source('run', 'context') }} as c on r.period = c.period
),

in_force as (
    select
        p.parameter,
        p.value,
        p.basis,
        p.valid_to,
        p.carried_forward,
        {{ days_between('c.period_end', 'p.valid_to') }} as days_left
    from {{ source('policy', 'parameters') }} as p
    inner join {{ source('run', 'context') }} as c on c.period_end between p.valid_from and p.valid_to
),

lapsing as (
    select
        parameter as item,
        days_left
    from in_force
    -- What is carried on has lapsed already, and is told apart.
    where days_left <= 60 and not carried_forward

    union all

    select
        concat(w.programme, '_window') as item,
        {{ days_between('c.period_end', 'w.window_to') }} as days_left
    from {{ source('policy', 'programmes') }} as w
    inner join {{ source('run', 'context') }} as c on c.period_end between w.window_from and w.window_to
    where {{ days_between('c.period_end', 'w.window_to') }} <= 60
)

{{ report_rows('quality', 'received', counts) }}

{%- for outcome in ['match', 'mismatch', 'not_comparable'] %}

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

{%- for measure, dimension, item, figure, relation in [
    ('assumptions', 'none', "''", 'count(*)', "in_force where basis = 'assumption'"),
    ('assumptions', 'item', 'parameter', '1', "in_force where basis = 'assumption'"),
    ('carried_forward', 'none', "''", 'count(*)', 'in_force where carried_forward'),
    ('carried_forward', 'item', 'parameter', '1', 'in_force where carried_forward'),
    ('lapsing', 'none', "''", 'count(*)', 'lapsing'),
    ('days_left', 'item', 'item', 'days_left', 'lapsing'),
    ('parameter_value', 'item', 'parameter', 'try_cast(value as decimal(18, 6))', 'in_force where try_cast(value as decimal(18, 6)) is not null'),
] %}

union all

select
    'province' as reporting_unit,
    'parameters' as section,
    '{{ measure }}' as measure,
    '{{ dimension }}' as dimension,
    {{ item }} as dimension_value,
    cast({{ figure }} as decimal(18, 6)) as value,
    cast(null as decimal(18, 6)) as value_year_to_date
from {{ relation }}
{%- endfor %}
