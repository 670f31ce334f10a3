"""The statements of the recount: the sources each needs, and SQL giving section, measure, dimension, its value, figure.

`$period` is the month's first day, `$last` its last.
"""

from __future__ import annotations

PREMIUM = """
with rates as (
    select max(try_cast(value as decimal(18, 6))) filter (where parameter = 'premium_rate_reference')
        - max(try_cast(value as decimal(18, 6))) filter (where parameter = 'premium_rate_total') as cut
    from policy.parameters where $period between valid_from and valid_to
),
months as (
    select * from lake_contributions where fee_month = $period and pay_kind = 'normal' and coalesce(is_valid, true)
),
groups as (
    select e.region_code, coalesce(e.unit_type, 'unknown') as unit_type, sum(c.pay_base) as base
    from months as c left join lake_employers as e on c.employer_id = e.employer_id
    group by all
),
relief as (
    select sum(cast(floor(g.base * r.cut * 100 + 0.5) as decimal(38, 0))) / 100 as figure from groups as g cross join rates as r
)
select 'premium', 'premium_due', 'none', '', coalesce(sum(employer_due + person_due), 0) from months
union all
select 'premium', 'premium_received', 'none', '',
    coalesce(sum(employer_paid + person_paid) filter (where received_on <= $last), 0) from months
union all
select 'premium', 'pay_base', 'none', '', coalesce(sum(pay_base), 0) from months
union all
select 'premium', 'insured', 'none', '', count(distinct person_id) filter (where employer_due + person_due > 0) from months
union all
select 'premium', 'relief', 'none', '', coalesce(figure, 0) from relief
"""

BENEFITS = """
with paid as (
    select * from lake_benefit_payments
    where result = 'paid' and coalesce(is_valid, true) and paid_on between $period and $last
)
select 'benefits', 'persons', 'none', '', count(distinct person_id) from paid
union all
select 'benefits', 'months', 'none', '', count(*) from paid
union all
select 'benefits', 'amount', 'none', '', coalesce(sum(amount), 0) from paid
"""

PAID = """
with lines as (
    select p.*, case programme when 'refund' then 'refund' else 'skill' end as section
    from lake_programme_payments as p
    where coalesce(is_valid, true) and paid_on between $period and $last
)
select s.section, r.measure, 'none', '',
    coalesce((select sum(l.amount) from lines as l where l.section = s.section and l.result = r.result), 0)
from (values ('refund'), ('skill')) as s (section)
cross join (values ('paid_in_month', 'paid'), ('returned_in_month', 'returned')) as r (measure, result)
"""

SKILL = """
select 'skill', 'applications', 'none', '', count(*)
from lake_skill_applications where coalesce(is_valid, true) and applied_on between $period and $last
union all
select 'skill', 'persons', 'none', '', count(distinct person_id)
from lake_skill_applications where coalesce(is_valid, true) and applied_on between $period and $last
"""

ALL: tuple[tuple[tuple[str, ...], str], ...] = (
    (("contributions", "employers"), PREMIUM),
    (("benefit_payments",), BENEFITS),
    (("programme_payments",), PAID),
    (("skill_applications",), SKILL),
)
