-- Person-months of dispatch employers, and of others with dispatched persons, by whose they are.
with employers_of_interest as (
    select e.employer_id from {{ ref('int_employers') }} as e where e.is_dispatch
    union
    select a.dispatch_employer_id as employer_id from {{ ref('stg_dispatch_assignments') }} as a
),

-- Named by employer and month, so that only the files of these months are read. Months after the base year count where premium is counted by
-- the day it came in.
months_of_interest as (
    select distinct
        m.employer_id,
        m.fee_month
    from {{ ref('int_employer_months') }} as m
    inner join employers_of_interest as i on m.employer_id = i.employer_id
    inner join {{ ref('int_refund_programmes') }} as p on p.is_open and m.fee_month >= p.base_from
    where m.fee_month <= p.base_to or {{ is_ever('contribution_basis', 'receipt_date') }}
),

rows_found as (
    {{ contributions_found('months_of_interest', ['employer_id', 'fee_month']) }}
),

rows_of_interest as (
    {{ newest_of_found('rows_found') }}
),

person_months as (
    select
        p.programme_year,
        r.employer_id,
        m.profile,
        r._person_no as person_no,
        r.fee_month,
        max(case when r.fee_month <= p.base_to and {{ is_insured_row() }} then 1 else 0 end) as is_insured,
        sum(case
            when r.received_on > p.period_end or r.received_on is null then 0
            when b.contribution_basis = 'receipt_date' and year(r.received_on) = p.base_year then r.employer_paid + r.person_paid
            when b.contribution_basis = 'belonging_month' and r.fee_month <= p.base_to then r.employer_paid + r.person_paid
            else 0
        end) as premium
    from rows_of_interest as r
    inner join {{ ref('int_refund_programmes') }} as p on p.is_open and r.fee_month >= p.base_from
    inner join {{ ref('int_refund_profiles') }} as m on p.programme_year = m.programme_year and r.employer_id = m.employer_id
    inner join {{ ref('int_refund_settings') }} as b on m.profile = b.profile
    group by p.programme_year, r.employer_id, m.profile, r._person_no, r.fee_month
),

assignments as (
    select
        dispatch_employer_id,
        {{ person_no('person_id') }} as person_no,
        user_uscc,
        user_name,
        user_unit_type,
        cost_bearer,
        start_month,
        end_month
    from {{ ref('stg_dispatch_assignments') }}
),

-- The assignment that covers the month with the latest start; few overlap, and nothing need be put in order.
{%- set covers = 'm.employer_id = %(a)s.dispatch_employer_id and m.person_no = %(a)s.person_no and m.fee_month >= %(a)s.start_month'
    ~ ' and (%(a)s.end_month is null or m.fee_month <= %(a)s.end_month)' %}
placed as (
    select
        m.programme_year,
        m.employer_id,
        m.profile,
        m.person_no,
        m.is_insured,
        m.premium,
        a.user_uscc,
        a.user_name,
        a.user_unit_type,
        a.cost_bearer,
        a.start_month
    from person_months as m
    left join assignments as a on {{ covers % {'a': 'a'} }}
    where
        not exists (
            select 1 from assignments as later
            where later.start_month > a.start_month and {{ covers % {'a': 'later'} }}
        )
),

-- Months of neither an insured person of the base year nor money in the base say nothing of the user.
judged as (
    select
        p.programme_year,
        p.employer_id,
        p.person_no,
        p.is_insured,
        p.premium,
        p.user_name,
        p.start_month,
        coalesce({{ in_list('p.user_unit_type', 'x.excluded_user_unit_types') }}, false) as is_excluded,
        case
            when {{ in_list('p.user_unit_type', 'x.excluded_user_unit_types') }} then p.user_uscc
            when p.cost_bearer = 'user' then p.user_uscc
        end as user_uscc
    from placed as p
    inner join {{ ref('int_refund_settings') }} as x on p.profile = x.profile
    where p.is_insured = 1 or p.premium <> 0
)

select
    j.programme_year,
    j.employer_id,
    case when j.user_uscc is null then 'own_staff' else 'user' end as beneficiary_kind,
    j.user_uscc,
    max_by(j.user_name, concat(cast(j.start_month as string), j.user_name)) filter (where j.user_uscc is not null) as user_name,
    cast(count(distinct case when j.is_insured = 1 then j.person_no end) as integer) as persons,
    cast(sum(j.is_insured) as integer) as person_months,
    cast(sum(case when j.is_excluded then 0 else j.premium end) as decimal(18, 2)) as allocation_base,
    cast(count(distinct case when j.is_excluded and j.is_insured = 1 then j.person_no end) as integer) as excluded_persons,
    cast(sum(case when j.is_excluded then j.is_insured else 0 end) as integer) as excluded_person_months,
    cast(sum(case when j.is_excluded then j.premium else 0 end) as decimal(18, 2)) as excluded_premium,
    min(case when j.is_excluded then 1 else 0 end) = 1 as is_excluded
from judged as j
group by j.programme_year, j.employer_id, j.user_uscc
