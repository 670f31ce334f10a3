"""The statements of the recount: the sources each needs, and SQL giving section, measure, dimension, its value, figure.

`$period` is the month's first day, `$last` its last.
"""

from __future__ import annotations

from wengang.recount import programmes

# Where an employer's rows of the month are all valid and lie in one block, each has a key of its own and stands; of the others the last
# word on each key is sought.
PREMIUM = """
with rates as (
    select max(try_cast(value as decimal(18, 6))) filter (where parameter = 'premium_rate_reference')
        - max(try_cast(value as decimal(18, 6))) filter (where parameter = 'premium_rate_total') as cut
    from policy.parameters where $period between valid_from and valid_to
),
found as not materialized (
    select * from lake_contribution_rows where fee_month = $period
),
unclear as materialized (
    select employer_id from found group by employer_id
    having not (bool_and(coalesce(is_valid, true)) and count(_block) = count(*) and min(_block) = max(_block))
),
last_words as materialized (
    select f.* from found as f semi join unclear as u on f.employer_id = u.employer_id
    qualify row_number() over (
        partition by f.employer_id, f.person_id, f.pay_kind, f.voucher_no order by f._period desc, f._file desc, f._seq desc
    ) = 1
),
months as not materialized (
    select f.* from found as f anti join unclear as u on f.employer_id = u.employer_id where f.pay_kind in ('normal', 'deferred')
    union all
    select * from last_words where pay_kind in ('normal', 'deferred') and coalesce(is_valid, true)
),
sums as (
    select
        employer_id, sum(employer_due + person_due) as due, sum(pay_base) as base,
        sum(employer_paid + person_paid) filter (where received_on <= $last) as received
    from months group by employer_id
),
groups as (
    select e.region_code, coalesce(e.unit_type, 'unknown') as unit_type, sum(s.base) as base
    from sums as s left join lake_employers as e on s.employer_id = e.employer_id
    group by all
),
relief as (
    select sum(cast(floor(g.base * r.cut * 100 + 0.5) as decimal(38, 0))) / 100 as figure from groups as g cross join rates as r
)
select 'premium', 'premium_due', 'none', '', coalesce(sum(due), 0) from sums
union all
select 'premium', 'premium_received', 'none', '', coalesce(sum(received), 0) from sums
union all
select 'premium', 'pay_base', 'none', '', coalesce(sum(base), 0) from sums
union all
select 'premium', 'insured', 'none', '', count(distinct person_id) filter (where employer_due + person_due > 0) from months
union all
select 'premium', 'relief', 'none', '', coalesce(figure, 0) from relief
"""

BENEFITS = """
with lines as (
    select * from lake_benefit_payments
    where result = 'paid' and coalesce(is_valid, true) and paid_on between $period and $last
),
-- A line and the one that takes it back are no payments: of each amount of a month only the lines count that are more than their opposites.
numbered as (
    select *,
        row_number() over (partition by claim_no, person_id, benefit_kind, benefit_month, amount order by paid_on, payment_no) as place
    from lines
),
opposites as (
    select claim_no, person_id, benefit_kind, benefit_month, -amount as amount, count(*) as lines from lines
    where amount <> 0 group by claim_no, person_id, benefit_kind, benefit_month, amount
),
paid as (
    select n.* from numbered as n left join opposites as o
        on n.claim_no = o.claim_no and n.person_id = o.person_id and n.benefit_kind = o.benefit_kind
        and n.benefit_month = o.benefit_month and n.amount = o.amount
    where n.place > coalesce(o.lines, 0)
)
select 'benefits', 'persons', 'none', '', count(distinct person_id) from paid
union all
select 'benefits', 'months', 'none', '', count(*) from paid
union all
select 'benefits', 'amount', 'none', '', coalesce(sum(amount), 0) from paid
"""

PAID = """
with lines as (
    select p.*, case programme when 'refund' then 'refund' when 'skill_subsidy' then 'skill' when 'job_expansion' then 'expansion' end as section
    from lake_programme_payments as p
    where coalesce(is_valid, true) and paid_on between $period and $last
)
select s.section, r.measure, 'none', '',
    coalesce((select sum(l.amount) from lines as l where l.section = s.section and l.result = r.result), 0)
from (values ('refund'), ('skill'), ('expansion')) as s (section)
cross join (values ('paid_in_month', 'paid'), ('returned_in_month', 'returned')) as r (measure, result)
"""

APPLIED = """
select '{section}', 'applications', 'none', '', count(*)
from lake_{section}_applications where coalesce(is_valid, true) and applied_on between $period and $last
union all
select '{section}', 'persons', 'none', '', count(distinct person_id)
from lake_{section}_applications where coalesce(is_valid, true) and applied_on between $period and $last
"""
SKILL, EXPANSION = (APPLIED.format(section=section) for section in ("skill", "expansion"))

# What comes in and what goes out, by the ledger's items; the opening balance is neither.
KINDS = """
with kinds as (
    select unnest(['premium', 'fiscal_subsidy', 'interest', 'transfer_in', 'recovered', 'other_income']) as item, 1 as sign
    union all
    select unnest(['benefit', 'medical', 'funeral', 'training', 'price_subsidy', 'refund', 'skill_subsidy', 'pension', 'assistance',
        'job_expansion', 'expanded_use', 'other_benefit', 'transfer_out', 'other_expenditure']), -1
),
"""
# Given only where the year is whole: every account with a row in it has its opening and each month up to the period.
FUND = (
    KINDS
    + """
ledger as (
    select l.*, k.sign
    from lake_fund_ledger as l left join kinds as k on l.item = k.item
    where coalesce(l.is_valid, true) and l.month between date_trunc('year', $period) and $period
),
accounts as (
    select region_code, count(distinct month) as months, count(*) filter (where item = 'opening_balance') as openings
    from ledger group by region_code
),
whole as (
    select count(*) > 0 and min(months) = month($period) and min(openings) = 1 as is_whole from accounts
),
sums as (
    select
        sum(amount) filter (where item = 'opening_balance') as opening,
        sum(sign * amount) as flow,
        coalesce(sum(amount) filter (where sign = 1 and month = $period), 0) as income,
        coalesce(sum(amount) filter (where sign = -1 and month = $period), 0) as expenditure
    from ledger
)
select 'fund', r.measure, 'none', '',
    case r.measure when 'income' then s.income when 'expenditure' then s.expenditure else s.opening + s.flow end
from sums as s
inner join whole as w on w.is_whole
cross join (values ('income'), ('expenditure'), ('balance')) as r (measure)
"""
)

# The gate's figure: last year's end over last year's mean month; only where last year's ledger is whole
# and nothing of it was refused (those rows are taken as published).
RESERVE = (
    KINDS
    + """
formula as (
    select max(value) as value from policy.parameters where parameter = 'reserve_formula' and $period between valid_from and valid_to
),
ledger as (
    select l.*, k.sign
    from lake_fund_ledger as l left join kinds as k on l.item = k.item
    where coalesce(l.is_valid, true) and year(l.month) = year($period) - 1
),
accounts as (
    select region_code, count(distinct month) as months, count(*) filter (where item = 'opening_balance') as openings
    from ledger group by region_code
),
sums as (
    select
        sum(amount) filter (where item = 'opening_balance') + sum(sign * amount) as balance,
        sum(amount) filter (where sign = -1) as expenditure
    from ledger
)
select 'fund', r.measure, 'none', '',
    case r.measure
        when 'balance_previous_year' then cast(s.balance as decimal(28, 6))
        when 'expenditure_previous_year' then cast(s.expenditure as decimal(28, 6))
        -- Months to six places, half up: twice the quotient in whole fen, plus one, halved.
        else cast(sign(s.balance) * (
            (cast(abs(s.balance) * 100 as hugeint) * 24000000 + cast(s.expenditure * 100 as hugeint))
            // (2 * cast(s.expenditure * 100 as hugeint))
        ) as decimal(22, 0)) * 0.000001
    end
from sums as s
cross join (values ('balance_previous_year'), ('expenditure_previous_year'), ('reserve_months')) as r (measure)
where (select value from formula) = 'previous_year' and s.expenditure > 0
    and (select min(months) = 12 and min(openings) = 1 from accounts)
    and not exists (
        select 1 from marts.fund_gaps as g
        where g.period = $period and year(g.month_from) <= year($period) - 1 and year(g.month_to) >= year($period) - 1
    )
"""
)

ALL: tuple[tuple[tuple[str, ...], str], ...] = (
    (("contributions", "employers"), PREMIUM),
    (("benefit_payments",), BENEFITS),
    (("programme_payments",), PAID),
    (("skill_applications",), SKILL),
    (("expansion_applications",), EXPANSION),
    (("fund_ledger",), FUND),
    (("fund_ledger",), RESERVE),
    (("contributions",), programmes.REFUND),
    (("skill_applications",), programmes.SKILL),
    (("expansion_applications",), programmes.EXPANSION),
    ((), programmes.LEADS),
)
