-- What the other sources say of each application: insured months, the post, benefits drawn, training subsidies, whether the occupation is scarce.
with fee_months as (
    {{ fee_months_of(ref('int_skill_applications')) }}
),

-- A fee month counts once, whoever the employers.
insured as (
    select
        a.application_no,
        cast(count(*) as integer) as insured_months
    from {{ ref('int_skill_applications') }} as a
    inner join fee_months as m on a.person_no = m.person_no and a.insured_up_to >= m.fee_month
    where m.is_paid
    group by a.application_no
),

posts as (
    select
        a.application_no,
        max(case when {{ in_list('e.unit_type', 'a.skill_unit_types') }} then 1 else 0 end) = 1 as is_in_post,
        max(case when e.employer_id is not null then 1 else 0 end) = 1 as has_registered_employer
    from {{ ref('int_skill_applications') }} as a
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
    from {{ ref('int_skill_applications') }} as a
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
    from {{ ref('int_skill_applications') }} as a
    inner join {{ ref('stg_training_subsidies') }} as s
        on
            a.person_id = s.person_id
            and a.occupation_code = s.occupation_code
            and a.level = cast(s.level as integer)
            and a.period_end >= s.paid_on
    group by a.application_no
),

scarce as (
    select distinct a.application_no
    from {{ ref('int_skill_applications') }} as a
    inner join {{ ref('stg_occupation_lists') }} as o
        on
            o.list_id = 'scarce_occupations'
            and a.occupation_code = o.occupation_code
            and (o.level is null or a.level = cast(o.level as integer))
            and a.applied_on >= o.valid_from
            and (a.applied_on <= o.valid_to or o.valid_to is null)
),

lists_delivered as (
    select count(*) > 0 as is_scarce_list_known from {{ ref('stg_occupation_lists') }} as o where o.list_id = 'scarce_occupations'
),

deaths as (
    select
        person_id,
        min(event_date) as died_on
    from {{ ref('stg_cross_checks') }}
    where check_kind = 'death'
    group by person_id
)

select
    a.application_no,
    coalesce(i.insured_months, 0) as insured_months,
    coalesce(o.is_in_post, false) as is_in_post,
    o.application_no is not null and not o.has_registered_employer as is_only_at_unregistered,
    w.application_no is not null as is_benefit_recipient,
    s.training_paid_on,
    s.newest_training_paid_on,
    x.died_on,
    r.application_no is not null as is_scarce,
    d.is_scarce_list_known
from {{ ref('int_skill_applications') }} as a
cross join lists_delivered as d
left join insured as i on a.application_no = i.application_no
left join posts as o on a.application_no = o.application_no
left join drawing as w on a.application_no = w.application_no
left join trained as s on a.application_no = s.application_no
left join scarce as r on a.application_no = r.application_no
left join deaths as x on a.person_id = x.person_id
