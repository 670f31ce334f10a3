-- What each application rests on by itself, without the person's other applications.
with known as (
    select
        a.*,
        {{ person_no('a.person_id') }} as person_no,
        c.period,
        c.period_end,
        c.jurisdiction,
        {{ month_start('a.applied_on') }} as applied_month
    from {{ ref('stg_skill_applications') }} as a
    cross join {{ source('run', 'context') }} as c
    where a.applied_on <= c.period_end
),

-- The parameters differ by the day of application.
days as (
    select distinct applied_on from known
),

day_parameters as (
    select
        d.applied_on,
        {% for name, type in skill_parameters() -%}
        max(case when p.parameter = '{{ name }}' then {{ parameter_cast('p.value', type) }} end) as {{ name }},
        {% endfor -%}
        count(p.parameter) = {{ skill_parameters() | length }} as has_parameters
    from days as d
    left join {{ source('policy', 'parameters') }} as p
        on
            d.applied_on between p.valid_from and p.valid_to
            and p.parameter in ({% for name, _ in skill_parameters() %}'{{ name }}'{{ ', ' if not loop.last }}{% endfor %})
    group by d.applied_on
),

day_limits as (
    select
        d.applied_on,
        {{ parameter_cast('p.value', 'decimal') }} as reserve_months_min
    from days as d
    inner join {{ source('policy', 'parameters') }} as p
        on p.parameter = 'reserve_months_min' and d.applied_on between p.valid_from and p.valid_to
),

day_windows as (
    select
        d.applied_on,
        max(w.programme_year) as programme_year
    from days as d
    inner join {{ source('policy', 'programmes') }} as w
        on w.programme = 'skill_subsidy' and d.applied_on between w.window_from and w.window_to
    group by d.applied_on
),

applications as (
    select
        k.*,
        {% for name, _ in skill_parameters() -%}
        p.{{ name }},
        {% endfor -%}
        p.has_parameters,
        y.programme_year,
        w.window_from,
        w.window_to,
        w.document_id as programme_document_id,
        w.article as programme_article,
        -- The fund's reserve period is the programme year's, the limit that of the day of application.
        cast(g.reserve_balance as decimal(28, 2)) * cast(12 as decimal(2, 0)) >= l.reserve_months_min * {{ wide('g.reserve_expenditure') }} as gate_open,
        g.reserve_months,
        l.reserve_months_min,
        t.cert_no is not null as has_certificate,
        t.person_id as holder_id,
        t.occupation_code,
        t.occupation_name,
        cast(t.level as integer) as level,
        t.status as certificate_status,
        t.issued_on,
        t.issuer_region,
        case
            when p.skill_insured_measured_at = 'application' then k.applied_month
            else {{ month_start('t.issued_on') }}
        end as insured_up_to
    from known as k
    inner join day_parameters as p on k.applied_on = p.applied_on
    left join day_windows as y on k.applied_on = y.applied_on
    left join {{ source('policy', 'programmes') }} as w
        on w.programme = 'skill_subsidy' and y.programme_year = w.programme_year and k.applied_on between w.window_from and w.window_to
    left join {{ ref('int_fund_gate') }} as g on y.programme_year = g.programme_year
    left join day_limits as l on k.applied_on = l.applied_on
    left join {{ ref('stg_certificates') }} as t on k.cert_no = t.cert_no
),

-- A fee month counts once, whoever the employers.
fee_months as (
    {{ fee_months_of('applications') }}
),

insured as (
    select
        a.application_no,
        cast(count(*) as integer) as insured_months
    from applications as a
    inner join fee_months as m on a.person_no = m.person_no and a.insured_up_to >= m.fee_month
    where m.is_paid
    group by a.application_no
),

posts as (
    select
        a.application_no,
        max(case when {{ in_list('e.unit_type', 'a.skill_unit_types') }} then 1 else 0 end) = 1 as is_in_post,
        max(case when e.employer_id is not null then 1 else 0 end) = 1 as has_registered_employer
    from applications as a
    inner join {{ ref('int_person_months') }} as m
        on
            a.person_no = m.person_no
            and m.due > 0
            and m.fee_month between {{ add_months('a.applied_month', -1) }} and a.applied_month
    left join {{ ref('int_employers') }} as e on m.employer_id = e.employer_id
    group by a.application_no
),

drawing as (
    select distinct a.application_no
    from applications as a
    inner join {{ ref('stg_benefit_payments') }} as b
        on
            a.person_id = b.person_id
            and b.benefit_kind = 'benefit'
            and b.result = 'paid'
            and a.period_end >= b.paid_on
            and b.benefit_month between {{ add_months('a.applied_month', -1) }} and a.applied_month
),

trained as (
    select
        a.application_no,
        min(s.paid_on) as training_paid_on,
        max(s.paid_on) as newest_training_paid_on
    from applications as a
    inner join {{ ref('stg_training_subsidies') }} as s
        on
            a.person_id = s.person_id
            and a.occupation_code = s.occupation_code
            and a.level = cast(s.level as integer)
            and a.period_end >= s.paid_on
    group by a.application_no
),

deaths as (
    select
        person_id,
        min(event_date) as died_on
    from {{ ref('stg_cross_checks') }}
    where check_kind = 'death'
    group by person_id
),

objections as (
    select
        a.application_no,
        max(case when o.outcome = 'upheld' and o.resolved_on <= a.period_end then 1 else 0 end) = 1 as has_upheld_objection,
        max(case when o.outcome is not null and o.resolved_on <= a.period_end then 0 else 1 end) = 1 as has_open_objection
    from applications as a
    inner join {{ ref('stg_notice_objections') }} as o
        on
            o.programme = 'skill_subsidy'
            and a.application_no = o.subject_id
            and o.raised_on between a.applied_on and a.period_end
    group by a.application_no
),

reviews as (
    select
        r.subject_id as application_no,
        r.outcome,
        r.decided_on,
        row_number() over (partition by r.subject_id order by r.decided_on desc) as newest_first
    from {{ ref('stg_review_outcomes') }} as r
    cross join {{ source('run', 'context') }} as c
    where r.programme = 'skill_subsidy' and r.decided_on <= c.period_end
),

delivered as (
    select
        max(case when source = 'certificates' and is_delivered then 1 else 0 end) = 1 as are_certificates_delivered,
        max(case when source = 'training_subsidies' and is_delivered then 1 else 0 end) = 1 as are_training_subsidies_delivered,
        max(case when source = 'cross_checks' and is_delivered then 1 else 0 end) = 1 as are_cross_checks_delivered
    from {{ source('run', 'sources') }}
)

select
    a.period,
    a.application_no,
    a.person_id,
    a.cert_no,
    a.region_code,
    a.applied_on,
    a.account_name,
    a.account_no,
    a.jurisdiction,
    a.has_parameters,
    a.programme_year,
    a.window_from,
    a.window_to,
    a.programme_document_id,
    a.programme_article,
    a.gate_open,
    a.reserve_months,
    a.reserve_months_min,
    d.are_certificates_delivered,
    d.are_training_subsidies_delivered,
    d.are_cross_checks_delivered,
    a.has_certificate,
    a.holder_id,
    a.occupation_code,
    a.occupation_name,
    a.level,
    a.certificate_status,
    a.issued_on,
    a.issuer_region,
    a.skill_in_province_only,
    a.skill_insured_measured_at,
    a.skill_min_insured_months,
    a.skill_max_per_year,
    a.skill_review_over_per_year,
    {{ add_months('a.issued_on', 'a.skill_apply_within_months') }} as apply_by,
    cast(
        coalesce(case a.level when 5 then a.skill_amount_5 when 4 then a.skill_amount_4 when 3 then a.skill_amount_3 end, 0)
    as decimal(18, 2)) as level_amount,
    case when a.has_parameters then coalesce(i.insured_months, 0) else 0 end as insured_months,
    coalesce(o.is_in_post, false) as is_in_post,
    o.application_no is not null and not o.has_registered_employer as is_only_at_unregistered,
    w.application_no is not null as is_benefit_recipient,
    case
        when not a.has_parameters then 'none'
        when o.is_in_post then 'in_post'
        when w.application_no is not null then 'benefit_recipient'
        else 'none'
    end as status_basis,
    s.training_paid_on,
    s.newest_training_paid_on,
    x.died_on,
    coalesce(n.has_upheld_objection, false) as has_upheld_objection,
    coalesce(n.has_open_objection, false) as has_open_objection,
    v.outcome as review_outcome,
    v.decided_on as review_decided_on
from applications as a
cross join delivered as d
left join insured as i on a.application_no = i.application_no
left join posts as o on a.application_no = o.application_no
left join drawing as w on a.application_no = w.application_no
left join trained as s on a.application_no = s.application_no
left join deaths as x on a.person_id = x.person_id
left join objections as n on a.application_no = n.application_no
left join reviews as v on a.application_no = v.application_no and v.newest_first = 1
