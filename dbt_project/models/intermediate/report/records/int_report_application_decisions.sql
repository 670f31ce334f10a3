{{ config(tags=['report']) }}
-- Applications of the programmes that have no section model of their own, with what each adds to the report's measures: applications by the
-- day they were made; what is paid, payable and recoverable as it stands, of all of them.
with origins as (
    {%- for programme in registered_programmes() if programme.source and not programme.own_report %}
    select
        '{{ programme.id }}' as programme,
        application_no,
        _period,
        _file,
        _line_no
    from {{ ref('stg_' ~ programme.source) }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select
    p.area as section,
    p.decisions as record,
    {{ report_unit('d.region_code') }} as reporting_unit,
    d.programme,
    d.subject_id as application_no,
    d.person_id,
    d.decision,
    case when d.applied_on >= c.period then 1 else 0 end as is_this_month,
    case when year(d.applied_on) = c.year then 1 else 0 end as is_this_year,
    case when d.decision = 'eligible' then 1 else 0 end as is_approved,
    case when d.decision = 'review' then 1 else 0 end as is_in_review,
    d.failed_rules,
    d.unknown_rules,
    d.amount,
    d.paid_amount,
    d.payable_amount,
    d.recoverable_amount,
    o._period,
    o._file,
    o._line_no
from {{ ref('int_programme_decisions') }} as d
inner join {{ ref('programmes') }} as p on d.programme = p.programme and p.has_general_report
inner join {{ source('run', 'context') }} as c on d.period = c.period
left join origins as o on d.programme = o.programme and d.subject_id = o.application_no
left join {{ ref('regions') }} as r on d.region_code = r.region_code
