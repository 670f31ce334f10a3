"""The recount of what the programmes decide: refunds, skill and job-expansion subsidies from premium rows, payments and certificates of the lake.

Counted again here: who was insured, contribution base, arrears, covered unit types, what the outcomes together lead to, ratio, amount,
payments, what is payable. Taken as the warehouse has them: the parameters resolved for each unit, the outcomes of the other rules, size classes,
and the decisions of a closed window, which were recounted in its last month and stand.
"""

from __future__ import annotations

OPEN_YEARS = """
select
    p.programme_year, make_date(p.programme_year - 1, 1, 1), make_date(p.programme_year - 1, 12, 1),
    case when c.is_by_receipt then $last else make_date(p.programme_year - 1, 12, 1) end
from (
    select programme_year, min(window_from) as window_from, max(window_to) as window_to
    from policy.windows where programme = 'refund' group by programme_year
) as p
cross join (
    select count(*) > 0 as is_by_receipt from policy.rows where parameter = 'contribution_basis' and value = 'receipt_date'
) as c
where p.window_from <= $last and date_trunc('month', p.window_to) >= $period and p.programme_year >= year($period) - 1
order by 1
"""

# Decisions of units whose window has passed, as its last month left them; the others are added year by year.
REFUNDS = """
create or replace temp table recounted_refunds as
select d.programme_year, d.employer_id, d.decision, d.average_insured, d.contribution_base, d.refund_amount
from intermediate.int_refund_decided as s
inner join marts.refund_decisions as d
    on s.programme_year = d.programme_year and s.employer_id = d.employer_id and s.decided_period = d.period
where s.period = $period and s.decided_period < $period
"""

# One open year. In nearly every month of an employer each person has one row, in force: such months are added up as they are; the others
# are looked at version by version. That a person stands once was proved on arrival, or is counted here.
REFUND_YEAR = """
insert into recounted_refunds
with choice as materialized (
    select
        u.employer_id, t.contribution_basis as basis, t.excluded_user_unit_types as excluded, t.refund_unit_types as covered,
        t.refund_arrears_rule as arrears_rule, t.dispatch_ratio_basis as ratio_basis, t.average_insured_basis as average_basis,
        t.refund_ratio_large as large, t.refund_ratio_sme as sme, t.refund_amount_min as least, t.refund_amount_max as most
    from intermediate.int_refund_profiles as u inner join intermediate.int_refund_settings as t on u.profile = t.profile
    where u.programme_year = $year
),
deferred as (
    select d.employer_id, d.from_month, d.to_month from lake_deferrals as d where coalesce(d.is_valid, true) and d.pay_by >= $last
),
found as not materialized (
    select
        r.employer_id, r.person_id, r.fee_month, r.pay_kind, r.voucher_no, r._period, r._file, r._seq, r._block,
        coalesce(r.is_valid, true) as is_valid,
        r.employer_due + r.person_due as due,
        r.pay_kind in ('normal', 'deferred', 'makeup') and r.employer_due + r.person_due > 0 as is_insured,
        case when r.received_on <= $last then r.employer_paid + r.person_paid else 0 end as received,
        case
            when r.received_on > $last or r.received_on is null then 0
            when c.basis = 'receipt_date' and year(r.received_on) <> year($base_to) then 0
            when c.basis <> 'receipt_date' and r.fee_month > $base_to then 0
            else r.employer_paid + r.person_paid
        end as counted
    from lake_contribution_rows as r inner join choice as c on r.employer_id = c.employer_id
    where r.fee_month between $base_from and $upto
),
together as materialized (
    select
        employer_id, fee_month, count(*) filter (where is_insured) as insured, sum(due) as due, sum(received) as received,
        sum(counted) as counted, bool_and(is_valid) as is_valid, count(_block) = count(*) and min(_block) = max(_block) as is_proved
    from found group by employer_id, fee_month
),
persons_twice as (
    select f.employer_id, f.fee_month
    from found as f semi join (from together where is_valid and not is_proved) as t on f.employer_id = t.employer_id and f.fee_month = t.fee_month
    group by f.employer_id, f.fee_month having count(*) > list_unique(list(hash(f.person_id)))
),
unclear as materialized (
    select employer_id, fee_month from together where not is_valid
    union all
    select employer_id, fee_month from persons_twice
),
several as materialized (
    select * from (
        select f.* from found as f semi join unclear as u on f.employer_id = u.employer_id and f.fee_month = u.fee_month
        qualify row_number() over (
            partition by f.employer_id, f.person_id, f.fee_month, f.pay_kind, f.voucher_no order by f._period desc, f._file desc, f._seq desc
        ) = 1
    ) where is_valid
),
person_months as (
    select
        employer_id, person_id, fee_month, bool_or(is_insured) as is_insured, sum(received) as received, sum(counted) as counted,
        coalesce(sum(due) filter (where pay_kind in ('normal', 'deferred')), sum(due) filter (where pay_kind = 'makeup'), 0)
            + coalesce(sum(due) filter (where pay_kind = 'refund'), 0) as due
    from several group by employer_id, person_id, fee_month
),
months as (
    select employer_id, fee_month, insured, due, received, counted
    from together as t anti join unclear as u on t.employer_id = u.employer_id and t.fee_month = u.fee_month
    union all
    select employer_id, fee_month, count(*) filter (where is_insured), sum(due), sum(received), sum(counted)
    from person_months group by employer_id, fee_month
),
-- The premium of those who were assigned elsewhere: each row in the assignment that covers its month and began last.
placed as (
    select
        r.employer_id, any_value(r.counted) as counted,
        max_by(a.user_unit_type, a.start_month) as user_unit_type,
        max_by(a.user_uscc, a.start_month) as user_uscc,
        max_by(a.cost_bearer, a.start_month) as cost_bearer
    from (
        select f.employer_id, f.person_id, f.fee_month, f.pay_kind, f.voucher_no, f.counted
        from found as f
        semi join lake_dispatch_assignments as a on f.employer_id = a.dispatch_employer_id and f.person_id = a.person_id
        anti join unclear as u on f.employer_id = u.employer_id and f.fee_month = u.fee_month
        union all
        select employer_id, person_id, fee_month, pay_kind, voucher_no, counted from several
    ) as r
    inner join lake_dispatch_assignments as a
        on r.employer_id = a.dispatch_employer_id and r.person_id = a.person_id
        and r.fee_month >= a.start_month and (a.end_month is null or r.fee_month <= a.end_month)
    group by r.employer_id, r.person_id, r.fee_month, r.pay_kind, r.voucher_no
),
parts as (
    select
        p.employer_id,
        case when list_contains(string_split(c.excluded, ';'), p.user_unit_type) then 'excluded' else 'user' end as part,
        p.user_uscc, sum(p.counted) as base
    from placed as p inner join choice as c on p.employer_id = c.employer_id
    where list_contains(string_split(c.excluded, ';'), p.user_unit_type) or p.cost_bearer = 'user'
    group by all
),
left_out as (select employer_id, sum(base) as base from parts where part = 'excluded' group by employer_id),
employers as (
    select
        m.employer_id,
        case when any_value(c.average_basis) = 'calendar_year' then 12
            else count(*) filter (where m.insured > 0 and m.fee_month <= $base_to) end as months,
        sum(m.insured) filter (where m.fee_month <= $base_to) as insured,
        sum(case
            when m.fee_month <= $base_to and m.due > m.received and not exists (
                select 1 from deferred as d where d.employer_id = m.employer_id and m.fee_month between d.from_month and d.to_month
            ) then m.due - m.received
            else 0
        end) as arrears,
        sum(m.counted) - coalesce(any_value(x.base), 0) as base
    from months as m inner join choice as c on m.employer_id = c.employer_id left join left_out as x on m.employer_id = x.employer_id
    group by m.employer_id
    having count(*) filter (where m.insured > 0 and m.fee_month <= $base_to) > 0
),
taken as (
    select
        employer_id,
        bool_or(outcome = 'fail') as fails,
        bool_or(outcome = 'unknown') as unknowns,
        bool_or(outcome = 'unknown' and rule_id in ('refund.size_known', 'refund.fund_reserve')) as stays_unknown,
        bool_or(outcome = 'pass' and rule_id = 'refund.review') as is_approved
    from marts.refund_rule_outcomes
    where period = $period and programme_year = $year and rule_id not in ('refund.unit_type', 'refund.no_arrears', 'refund.base')
    group by employer_id
),
decided as (
    select
        f.*, e.uscc, coalesce(e.is_dispatch, false) as is_dispatch,
        case s.size_class when 'large' then c.large when 'sme' then c.sme end as ratio,
        case
            when e.unit_type = 'other' then 'out_of_scope'
            when t.fails or f.base <= 0 then 'ineligible'
            when f.arrears > 0 and c.arrears_rule = 'no_arrears' then 'ineligible'
            when e.employer_id is null then 'review'
            when not coalesce(list_contains(string_split(c.covered, ';'), e.unit_type), false) then 'ineligible'
            when not t.unknowns or (t.is_approved and not t.stays_unknown) then 'eligible'
            else 'review'
        end as decision
    from employers as f
    inner join choice as c on f.employer_id = c.employer_id
    left join lake_employers as e on f.employer_id = e.employer_id
    left join taken as t on f.employer_id = t.employer_id
    left join marts.refund_decisions as s
        on f.employer_id = s.employer_id and s.period = $period and s.programme_year = $year
),
users as (select uscc, min_by(ratio, employer_id) as ratio from decided where decision = 'eligible' group by uscc),
by_user as (
    select p.employer_id, sum(p.base) as base, sum(p.base * coalesce(u.ratio, 0)) as quota
    from parts as p left join users as u on p.user_uscc = u.uscc
    where p.part = 'user' group by p.employer_id
),
unlimited as (
select
    d.employer_id, d.decision, d.insured, d.months, d.base, c.least, c.most,
    case when d.decision in ('eligible', 'review') and d.ratio is not null then cast(floor(
        case
            when d.is_dispatch and c.ratio_basis = 'user'
                then (d.base - coalesce(u.base, 0)) * d.ratio + coalesce(u.quota, 0)
            else d.base * d.ratio
        end * 100 + 0.5
    ) as decimal(22, 0)) * 0.01 else 0 end as amount
from decided as d inner join choice as c on d.employer_id = c.employer_id left join by_user as u on d.employer_id = u.employer_id
)
select
    $year, d.employer_id, d.decision,
    cast((2000000 * d.insured + d.months) // (2 * d.months) as decimal(22, 0)) * 0.000001,
    d.base,
    case when d.amount < d.least then 0 when d.amount > d.most then d.most else d.amount end
from unlimited as d
"""

REFUND = """
with sums as (
    select coalesce(on_behalf_of, payee_id) as employer_id, programme_year,
        sum(amount) filter (where result = 'paid') as paid, sum(amount) filter (where result = 'returned') as returned
    from lake_programme_payments
    where coalesce(is_valid, true) and programme = 'refund' and paid_on <= $last
    group by all
),
back as (
    select subject_id, programme_year, sum(amount) as repaid from lake_recoveries
    where coalesce(is_valid, true) and programme = 'refund' and kind = 'repaid' and on_date <= $last
    group by all
),
standing as (
    select r.*, coalesce(s.paid, 0) as paid, coalesce(s.returned, 0) as returned,
        greatest(coalesce(s.paid, 0) - coalesce(b.repaid, 0), 0) as kept
    from recounted_refunds as r
    left join sums as s on r.employer_id = s.employer_id and r.programme_year = s.programme_year
    left join back as b on r.employer_id = b.subject_id and r.programme_year = b.programme_year
),
figures as (
    select 'employers' as measure, '' as decision, cast(count(*) as decimal(28, 6)) as figure from standing
    union all select 'average_insured', '', cast(sum(average_insured) as decimal(28, 6)) from standing
    union all select 'contribution_base', '', cast(sum(contribution_base) as decimal(28, 6)) from standing
    union all select 'refund_amount', '', cast(sum(refund_amount) as decimal(28, 6)) from standing
    union all select 'paid_amount', '', cast(sum(paid) as decimal(28, 6)) from standing
    union all select 'returned_amount', '', cast(sum(returned) as decimal(28, 6)) from standing
    union all
    select 'payable_amount', '', cast(sum(greatest(refund_amount - kept, 0)) filter (where decision = 'eligible') as decimal(28, 6))
    from standing
    union all select 'recoverable_amount', '', cast(sum(greatest(kept - refund_amount, 0)) as decimal(28, 6)) from standing
    union all
    select 'employers', d.decision, cast(count(s.employer_id) as decimal(28, 6))
    from (values ('eligible'), ('review'), ('ineligible')) as d (decision) left join standing as s on d.decision = s.decision
    group by d.decision
    union all
    select 'refund_amount', d.decision, cast(sum(s.refund_amount) as decimal(28, 6))
    from (values ('eligible'), ('review')) as d (decision) left join standing as s on d.decision = s.decision
    group by d.decision
)
select 'refund', measure, case decision when '' then 'none' else 'decision' end, decision, coalesce(figure, 0)
from figures
"""

# What programmes that are applied for share. `stays`: rules whose unknown no person's answer settles; `values`: where the amounts are read
# from, one row per application; whether an application may be paid is taken from the outcomes.
APPLICATIONS = """
with taken as (
    select
        application_no,
        bool_or(outcome = 'fail') as fails,
        bool_or(outcome = 'unknown') as unknowns,
        bool_or(outcome = 'unknown' and rule_id in ({stays})) as stays_unknown,
        bool_or(outcome = 'unknown' and rule_id = '{section}.window') as is_awaited,
        bool_or(outcome = 'pass' and rule_id = '{section}.review') as is_approved
    from marts.{section}_rule_outcomes where period = $period group by application_no
),
values_of as ({values}),
paid as (
    select payee_id, sum(amount) filter (where result = 'paid') as paid
    from lake_programme_payments
    where coalesce(is_valid, true) and programme = '{programme}' and paid_on <= $last
    group by payee_id
),
back as (
    select subject_id, sum(amount) as repaid from lake_recoveries
    where coalesce(is_valid, true) and programme = '{programme}' and kind = 'repaid' and on_date <= $last
    group by subject_id
),
decided as (
    select
        a.application_no, a.person_id, a.applied_on, coalesce(b.paid, 0) as paid,
        greatest(coalesce(b.paid, 0) - coalesce(k.repaid, 0), 0) as kept,
        case when t.is_awaited then 0 else coalesce(v.amount, 0) end as entitled,
        case
            when t.fails then 'ineligible'
            when not t.unknowns or (t.is_approved and not t.stays_unknown) then 'eligible'
            else 'review'
        end as decision
    from lake_{section}_applications as a
    left join taken as t on a.application_no = t.application_no
    left join values_of as v on a.application_no = v.application_no
    left join paid as b on a.application_no = b.payee_id
    left join back as k on a.application_no = k.subject_id
    where coalesce(a.is_valid, true) and a.applied_on <= $last
),
amounts as (
    select *, case when decision in ('eligible', 'review') then entitled else 0 end as amount, applied_on >= $period as is_new from decided
),
figures as (
    select 'approved' as measure, count(*) filter (where is_new and decision = 'eligible') as figure from amounts
    union all select 'approved_persons', count(distinct person_id) filter (where is_new and decision = 'eligible') from amounts
    union all select 'in_review', count(*) filter (where is_new and decision = 'review') from amounts
    union all select 'amount', sum(amount) filter (where is_new) from amounts
    union all select 'paid_amount', sum(paid) from amounts
    union all select 'payable_amount', sum(greatest(amount - kept, 0)) filter (where decision = 'eligible') from amounts
    union all select 'recoverable_amount', sum(greatest(kept - amount, 0)) from amounts
)
select '{section}', measure, 'none', '', cast(coalesce(figure, 0) as decimal(18, 6)) from figures
"""
SKILL = APPLICATIONS.format(
    section="skill",
    programme="skill_subsidy",
    stays="'skill.status', 'skill.fund_reserve', 'skill.window'",
    values="""
    select a.application_no, case l.level when '5' then p.skill_amount_5 when '4' then p.skill_amount_4 when '3' then p.skill_amount_3 end as amount
    from lake_skill_applications as a
    inner join intermediate.int_skill_applications as p on a.application_no = p.application_no
    left join (select cert_no, any_value(cast(level as varchar)) as level from lake_certificates group by cert_no) as l on a.cert_no = l.cert_no
""",
)
EXPANSION = APPLICATIONS.format(
    section="expansion",
    programme="job_expansion",
    stays="'expansion.unit', 'expansion.paid_months', 'expansion.fund_reserve', 'expansion.window'",
    values="""
    select application_no, max(cast(value as decimal(18, 2))) as amount
    from intermediate.int_expansion_parameters where parameter = 'expansion_amount' group by application_no
""",
)

# What the rules raise is taken as it is; whether a person has answered a lead is read from the lake.
LEADS = """
with answers as (
    select upper(subject_id) as lead_id, max_by(outcome, decided_on) as outcome
    from lake_review_outcomes
    where coalesce(is_valid, true) and programme = 'risk' and decided_on <= $last
    group by all
)
select 'risk', 'still_open', 'none', '', count(*)
from marts.risk_leads as l left join answers as a on l.lead_id = a.lead_id
where l.period = $period and l.last_seen = $period and coalesce(a.outcome, 'open') not in ('confirmed', 'dismissed')
"""
