-- Each application with its certificate, its window and its own parameters: those of the day of application, amounts and insured months of the
-- day of issue where the province goes by that and that day has them.
with known as (
    select
        a.*,
        {{ person_no('a.person_id') }} as person_no,
        c.period,
        c.period_end,
        c.jurisdiction,
        {{ subject_region('a.region_code', 'c.jurisdiction') }} as parameter_region,
        {{ month_start('a.applied_on') }} as applied_month
    from {{ ref('stg_skill_applications') }} as a
    cross join {{ source('run', 'context') }} as c
    where a.applied_on <= c.period_end
)

select
    k.period,
    k.period_end,
    k.jurisdiction,
    k.application_no,
    k.person_id,
    k.person_no,
    k.cert_no,
    k.region_code,
    k.applied_on,
    k.applied_month,
    k.account_name,
    k.account_no,
    p.profile,
    coalesce(s.has_parameters, false) and w.programme_year is not null as has_parameters,
    {% for name, _ in skill_parameters() if name not in skill_names_by_issue() -%}
    s.{{ name }},
    {% endfor -%}
    {% for name in skill_names_by_issue() -%}
    case when s.skill_parameters_by = 'issued_on' then coalesce(i.{{ name }}, s.{{ name }}) else s.{{ name }} end as {{ name }},
    {% endfor -%}
    w.programme_year,
    w.window_from,
    w.window_to,
    w.last_window_to,
    w.is_awaiting_notice,
    w.document_id as programme_document_id,
    w.article as programme_article,
    -- The fund's reserve period is the programme year's, the limit that of the day of application.
    cast(g.reserve_balance as decimal(28, 2)) * cast(12 as decimal(2, 0)) >= {{ parameter_cast('l.value', 'decimal') }} * {{ wide('g.reserve_expenditure') }}
        as gate_open,
    g.reserve_months,
    {{ parameter_cast('l.value', 'decimal') }} as reserve_months_min,
    t.cert_no is not null as has_certificate,
    t.person_id as holder_id,
    t.occupation_code,
    t.occupation_name,
    cast(t.level as integer) as level,
    t.status as certificate_status,
    t.issued_on,
    t.issuer_region,
    case when s.skill_insured_measured_at = 'application' then k.applied_month else {{ month_start('t.issued_on') }} end as insured_up_to
from known as k
inner join {{ ref('int_skill_profiles') }} as p on k.parameter_region = p.region_code and k.applied_on = p.day
inner join {{ ref('int_skill_windows') }} as w on k.parameter_region = w.region_code and k.applied_on = w.day
left join {{ ref('int_skill_settings') }} as s on p.profile = s.profile
left join {{ ref('stg_certificates') }} as t on k.cert_no = t.cert_no
left join {{ ref('int_skill_profiles') }} as q on k.parameter_region = q.region_code and t.issued_on = q.day
left join {{ ref('int_skill_settings') }} as i on q.profile = i.profile
left join {{ ref('int_fund_gate') }} as g on w.programme_year = g.programme_year
left join {{ source('policy', 'parameters') }} as l
    on l.parameter = 'reserve_months_min' and k.applied_on between l.valid_from and l.valid_to
