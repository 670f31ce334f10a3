{{ config(tags=['report']) }}
{% set columns = {
    'refund': [
        'region_code', 'employer_name', 'size_class', 'average_insured', 'claimants', 'months_paid_in_full', 'arrears', 'contribution_base',
        'refund_ratio', 'refund_amount', 'decision', 'failed_rules', 'unknown_rules', 'paid_amount', 'returned_amount', 'payable_amount',
        'recoverable_amount', 'account_status', 'notice_status',
    ],
    'skill': [
        'region_code', 'applied_on', 'level', 'insured_months', 'amount', 'decision', 'failed_rules', 'unknown_rules', 'paid_amount',
        'payable_amount', 'recoverable_amount',
    ],
} %}
{% set keys = ['programme', 'year_key', 'subject_id', 'column_name'] %}
-- The decisions behind restated figures: each column of an employer's or an application's decision that is not what was published, with
-- the steps at which it moved. Only those that changed at all are laid out by column.
with last_step as (
    {{ last_restating_step() }}
),

refunds as (
    select
        step,
        programme_year as year_key,
        employer_id as subject_id,
        {{ columns['refund'] | join(',\n        ') }}
    from {{ source('back', 'replayed_refunds') }}

    union all

    select
        l.step,
        cast(d.programme_year as string) as year_key,
        d.employer_id as subject_id,
        {%- for name in columns['refund'] %}
        cast(d.{{ name }} as string) as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('refund_decisions') }} as d
    inner join last_step as l on d.period = l.period
),

skills as (
    select
        step,
        '' as year_key,
        application_no as subject_id,
        {{ columns['skill'] | join(',\n        ') }}
    from {{ source('back', 'replayed_skills') }}

    union all

    select
        l.step,
        '' as year_key,
        d.application_no as subject_id,
        {%- for name in columns['skill'] %}
        cast(d.{{ name }} as string) as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('skill_decisions') }} as d
    inner join last_step as l on d.period = l.period
),

{% for programme, relation in [('refund', 'refunds'), ('skill', 'skills')] -%}
changed_{{ relation }} as (
    select
        v.year_key,
        v.subject_id
    from {{ relation }} as v
    cross join last_step as l
    where v.step in (-1, l.step)
    group by v.year_key, v.subject_id
    having
        count(*) = 1
        {%- for name in columns[programme] %}
        or min(coalesce(v.{{ name }}, '')) <> max(coalesce(v.{{ name }}, ''))
        {%- endfor %}
),

{% endfor -%}
by_column as (
    {% for programme, relation in [('refund', 'refunds'), ('skill', 'skills')] -%}
    {% set is_last_programme = loop.last -%}
    {% for name in columns[programme] -%}
    select
        v.step,
        '{{ programme }}' as programme,
        v.year_key,
        v.subject_id,
        '{{ name }}' as column_name,
        v.{{ name }} as content
    from {{ relation }} as v
    inner join changed_{{ relation }} as c on v.year_key = c.year_key and v.subject_id = c.subject_id
    {%- if not (loop.last and is_last_programme) %}

    union all

    {% endif -%}
    {% endfor -%}
    {% endfor %}
),

{{ moved_steps('by_column', keys, 'content') }},

-- Where each stands, or stood where it is no more.
places as (
    select
        b.programme,
        b.year_key,
        b.subject_id,
        coalesce(max(case when b.step = l.step then b.content end), max(case when b.step = -1 then b.content end)) as region_code
    from by_column as b
    cross join last_step as l
    where b.column_name = 'region_code'
    group by b.programme, b.year_key, b.subject_id
)

select
    s.period,
    s.revision,
    m.programme,
    case when m.year_key <> '' then cast(m.year_key as integer) end as programme_year,
    m.subject_id,
    p.region_code,
    {{ report_unit('p.region_code') }} as reporting_unit,
    m.column_name,
    m.old_content as old_value,
    m.new_content as new_value,
    k.cause
from moved as m
inner join causes as k on {{ same_keys('m', 'k', keys) }}
inner join places as p on {{ same_keys('m', 'p', ['programme', 'year_key', 'subject_id']) }}
cross join {{ source('back', 'restating') }} as s
cross join {{ source('run', 'context') }} as c
left join {{ ref('regions') }} as r on p.region_code = r.region_code
order by s.period, m.programme, programme_year, m.subject_id, m.column_name
