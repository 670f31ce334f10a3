"""What happens in the world: premiums, changes, claims, payments, certificates, programmes; one table per source."""

from __future__ import annotations

import duckdb

from wengang.contracts import load_contracts
from wengang.sample.places import OPEN_END, month_index
from wengang.sample.world import _OCCUPATIONS, Span, _label, _pick

PRICE_SUBSIDY_MONTHS = (month_index(2022, 9), month_index(2023, 3))
CLAIM_REASONS = "'contract_expiry', 'employer_termination', 'economic_layoff', 'dismissal_for_cause', 'other'"


def make_tables(con: duckdb.DuckDBPyConnection) -> None:
    """Create the empty table `src_<source>` of every event source but the ledger's and the bulk of contributions."""
    for source, contract in load_contracts().items():
        if contract.kind == "event":
            columns = ", ".join(f"{c.name} {c.sql_type}" for c in contract.read_columns)
            con.execute(f"create or replace table src_{source} ({columns}, known integer, until integer)")


def base_sql(month: str) -> str:
    """Return SQL for the pay base (whole yuan) in a month: it rises every January."""
    return f"greatest(3000, cast(round(pay_base0 * (1 + 0.04 * ({month} // 12 - 2022))) as integer))"


def received_sql(month: str) -> str:
    """Return SQL for the month in which an employer's premium of a month is received; null: never by its normal rows."""
    return f"""
        case
            when pays = 1 and u(60, e, {month}) < 0.3 then {month} + 1
            when pays = 2 and u(60, e, {month}) < 0.1 then null
            when pays = 3 and u(60, e, {month}) < 0.06 then null
            else {month}
        end"""


def premium_rows(month: int, known: int) -> str:
    """Return SQL for the normal rows of one fee month as they stand at the end of month `known`, in order."""
    compact, first_day = _compact(month), _date(month)
    base, received = base_sql(str(month)), received_sql(str(month))
    return f"""
        select
            cast(home as varchar) || lpad(cast(e as varchar), 8, '0') as employer_id, person_id, {first_day} as fee_month, 'normal' as pay_kind,
            'JF{compact}' || lpad(cast(e as varchar), 8, '0') as voucher_no,
            cast(base as decimal(18, 2)) as pay_base,
            yuan((base * 7 + 5) // 10) as employer_due,
            yuan((base * 3 + 5) // 10) as person_due,
            case when paid_in <= {known} then yuan((base * 7 + 5) // 10) else yuan(0) end as employer_paid,
            case when paid_in <= {known} then yuan((base * 3 + 5) // 10) else yuan(0) end as person_paid,
            yuan(0) as late_fee,
            case when paid_in <= {known} then on_day(paid_in, 5 + upto(61, e, {month}, 20)) end as received_on,
            cast(null as boolean) as is_valid
        from (
            select home, person_id, e, k, j, {base} as base,
                {received} as paid_in
            from holder
            where s <= {month} and t >= {month}
        )
        order by e, k, j"""


def _date(month: int) -> str:
    return f"date '{month // 12}-{month % 12 + 1:02d}-01'"


def _compact(month: int) -> str:
    return f"{month // 12}{month % 12 + 1:02d}"


def make_premiums(con: duckdb.DuckDBPyConnection, span: Span) -> None:
    """Make the rare contribution rows (late, makeup, refund) and `employer_month`, what each unit owed and paid.

    `src_contributions` has the newer state of late rows (known a month after), makeup rows and refund rows.
    """
    con.execute(
        "create or replace table employer_month (e bigint, f int, n bigint, due_fen hugeint, paid_in int)"
    )
    for month in range(span.history, span.last + 1):
        base, received = base_sql(str(month)), received_sql(str(month))
        con.execute(f"""
            insert into employer_month
            select e, {month}, count(*), sum((base * 7 + 5) // 10 + (base * 3 + 5) // 10),
                any_value({received})
            from (
                select e, pays, {base} as base
                from holder
                where s <= {month} and t >= {month}
            )
            group by e
            order by e
        """)
    base, received = base_sql("f"), received_sql("f")
    con.execute(f"""
        insert into src_contributions
        with due as (
            select home, person_id, e, k, j, f, pays, {base} as base, {received} as paid_in
            from (
                select *, unnest(range(greatest(s, {span.history}), least(t, {span.last}) + 1)) as f
                from holder
                where pays in (1, 3)
            )
        ),
        refundable as (
            select home, person_id, e, k, j, {base} as base, f
            from (
                select *, greatest(s, {span.history}) + upto(63, e * 4096 + k, j,
                        least(t, {span.last}) - greatest(s, {span.history}) + 1) as f
                from holder
                where pays = 0 and u(62, e * 4096 + k, j) < 0.004
            )
        ),
        told as (
            select *, 'normal' as pay_kind, 'JF' as mark, paid_in as known, 1 as sign, 0 as late_fee
            from due
            where paid_in > f
            union all by name
            select *, 'makeup' as pay_kind, 'BJ' as mark, f + 2 as known, 1 as sign, (base * 3) // 100 as late_fee
            from due
            where paid_in is null and pays = 3
            union all by name
            select *, 'refund' as pay_kind, 'TF' as mark, f + 2 as known, -1 as sign, 0 as late_fee
            from refundable
        )
        select cast(home as varchar) || lpad(cast(e as varchar), 8, '0') as employer_id, person_id, on_day(f, 1), pay_kind,
            mark || strftime(on_day(f, 1), '%Y%m') || lpad(cast(e as varchar), 8, '0'),
            cast(base as decimal(18, 2)),
            yuan(sign * ((base * 7 + 5) // 10)), yuan(sign * ((base * 3 + 5) // 10)),
            yuan(sign * ((base * 7 + 5) // 10)), yuan(sign * ((base * 3 + 5) // 10)), yuan(late_fee),
            on_day(known, 5 + upto(61, e, case when pay_kind = 'normal' then f else known end, 20)),
            null, known, null
        from told
        where known <= {span.last}
        order by e, k, j, f, pay_kind
    """)


def make_changes(con: duckdb.DuckDBPyConnection, span: Span) -> None:
    """Fill `src_headcount_changes`: a row for every beginning and end of a spell inside the history."""
    con.execute(f"""
        insert into src_headcount_changes
        select employer_id, person_id, change_kind, change_date, reason, null, month_no(change_date), null
        from (
            select employer_id, person_id, 'increase' as change_kind, on_day(s, 1 + upto(65, e * 4096 + k, j, 10))
                    as change_date,
                case when moved_in then 'transfer_in' when u(66, e * 4096 + k, j) < 0.6 then 'new' else 'rehire' end
                    as reason, e, k, j
            from holder
            inner join emp using (e)
            where s >= {span.history}
            union all by name
            select employer_id, person_id, 'decrease' as change_kind, on_day(t, 15 + upto(67, e * 4096 + k, j, 13))
                    as change_date,
                reason, e, k, j
            from holder
            inner join emp using (e)
            where t <= {span.last}
        )
        order by e, k, j, change_kind desc
    """)


def make_claims(con: duckdb.DuckDBPyConnection, span: Span) -> None:
    """Make `claim` and fill the sources of claims, benefit payments and cross-checks.

    A claim follows twelve months paid inside the history; its months follow the years paid (4, and 2 for each more).
    """
    stopping = _pick(
        "u(73, e * 4096 + k, j)",
        (("refused_job", 0.4), ("pension", 0.3), ("death", 0.1), ("abroad", 0.05), ("other", 0.15)),
    )
    con.execute(f"""
        create or replace table claim as
        with left_posts as (
            select employer_id, person_id, region, cls, e, k, j, t, reason, next_job, moved_in,
                t - greatest(s, {span.history}) + 1 as paid_months
            from holder
            inner join emp using (e)
            where t < {span.last} and reason in ({CLAIM_REASONS}) and pay_mode = 'regular' and not planted
                and not is_dispatch and not moved_in and u(70, e * 4096 + k, j) < 0.5
        ),
        granted as (
            select *, t + 1 as start,
                least(4 + 2 * (paid_months // 12 - 1),
                    case when paid_months >= 120 then 24 when paid_months >= 60 then 18 else 12 end) as entitled
            from left_posts
            where paid_months >= 12
        ),
        stopped as (
            select *,
                case
                    when next_job is not null and next_job < start + entitled then next_job
                    when u(71, e * 4096 + k, j) < 0.12 then start + 1 + upto(72, e * 4096 + k, j, entitled - 1)
                    else start + entitled
                end as stop
            from granted
            where next_job is null or next_job > start
        )
        select *,
            case
                when next_job = stop then 'reemployed'
                when stop = start + entitled then 'exhausted'
                else {stopping}
            end as stop_reason,
            row_number() over (order by start, e, k, j) as n,
            'HD' || strftime(on_day(start, 1), '%Y')
                || lpad(cast(row_number() over (order by start, e, k, j) as varchar), 8, '0') as claim_no,
            cast(yuan as decimal(18, 2)) as monthly
        from stopped
        inner join standard using (cls)
        where m1 <= start and start < m2
        order by start, e, k, j
    """)
    con.execute(f"""
        insert into src_benefit_claims
        select claim_no, person_id, employer_id, on_day(t, 15 + upto(67, e * 4096 + k, j, 13)), reason, region,
            on_day(start, 1), entitled, null, monthly,
            case when version = 2 then on_day(stop, 1) end, case when version = 2 then stop_reason end, null,
            case when version = 2 then stop else start end, case when version = 1 then stop end
        from claim
        cross join range(1, 3) as v (version)
        where version = 1 or stop <= {span.last}
        order by claim_no, version
    """)
    con.execute(f"""
        create or replace table paid_month as
        select claim_no, person_id, region, cls, n, start, stop, m, stop_reason, m1, m2, cast(yuan as decimal(18, 2)) as standard
        from (select * exclude (yuan, m1, m2), unnest(range(start, least(stop, {span.last + 1}))) as m from claim)
        inner join standard using (cls)
        where m1 <= m and m < m2
    """)
    con.execute(f"""
        insert into src_benefit_payments
        with one as (
            select *, 'benefit' as kind, standard as amount, 'A' as mark from paid_month
            union all by name
            select *, 'medical' as kind,
                case when m // 12 <= 2022 then 372.40 when m // 12 = 2023 then 386.40 else 403.20 end as amount,
                'B' as mark
            from paid_month
            union all by name
            select *, 'price_subsidy' as kind, 30.00 as amount, 'C' as mark
            from paid_month
            where m between {PRICE_SUBSIDY_MONTHS[0]} and {PRICE_SUBSIDY_MONTHS[1]}
            union all by name
            select *, 'one_off' as kind, 1200.00 as amount, 'D' as mark
            from paid_month
            where m = start and u(76, n, 0) < 0.03
            union all by name
            select *, 'allowance' as kind, round(standard * 0.8, 2) as amount, 'E' as mark
            from paid_month
            where m = start and u(77, n, 0) < 0.02
            union all by name
            select *, 'funeral' as kind, 4000.00 as amount, 'F' as mark
            from paid_month
            where m = stop - 1 and stop_reason = 'death'
        ),
        tried as (
            select *, u(78, n * 64 + ascii(mark) - 64, m) < 0.01 as fails from one
        ),
        sent as (
            select *, 1 as attempt, m as sent_in, case when fails then 'returned' else 'paid' end as result from tried
            union all by name
            select *, 2 as attempt, m + 1 as sent_in, 'paid' as result from tried where fails
        )
        select 'ZF' || strftime(on_day(m, 1), '%Y%m') || mark || attempt || lpad(cast(n as varchar), 8, '0'),
            claim_no, person_id, on_day(m, 1), kind, cast(amount as decimal(18, 2)),
            on_day(sent_in, 8 + upto(79, n, m, 18)), region, account('990002', n), result, null, sent_in, null
        from sent
        where sent_in <= {span.last}
        order by m, mark, n, attempt
    """)
    con.execute(f"""
        insert into src_cross_checks
        select person_id, kind, event_date, null, detail, null, month_no(event_date), null
        from (
            select person_id, stop_reason as kind, on_day(stop - 1, 26) as event_date, '测试比对' as detail
            from claim
            where stop_reason in ('death', 'pension') and stop <= {span.last}
            union all
            select person_id, case reason when 'death' then 'death' else 'pension' end,
                on_day(t, 28), '测试比对'
            from holder
            where reason in ('death', 'retirement') and t <= {span.last} and u(80, e * 4096 + k, j) < 0.5
            union all
            select person_id, 'business_owner', on_day({span.history} + upto(82, e * 4096 + k, j,
                {span.last - span.history + 1}), 9), '测试比对'
            from holder
            where t = {OPEN_END} and u(81, e * 4096 + k, j) < 0.0008
        )
        order by event_date, person_id, kind
    """)


def make_skills(con: duckdb.DuckDBPyConnection, span: Span) -> None:
    """Make `certificate` and fill the sources of applications and training subsidies."""
    names = _label("occupation_code", _OCCUPATIONS)
    codes = _pick("u(91, e * 4096 + k, j)", tuple((c, 1 / len(_OCCUPATIONS)) for c, _ in _OCCUPATIONS))
    levels = _pick("u(92, e * 4096 + k, j)", (("5", 0.2), ("4", 0.36), ("3", 0.36), ("2", 0.05), ("1", 0.03)))
    con.execute(f"""
        create or replace table certificate as
        with skilled as (
            select *, greatest(s, {span.history}) + 12 as from_m, least(t, {span.last}) as to_m
            from holder
            inner join emp using (e)
            where least(t, {span.last}) - greatest(s, {span.history}) >= 13 and not planted
                and u(90, e * 4096 + k, j) < 0.03
        ),
        coded as (
            select *, {codes} as occupation_code, {levels} as level,
                on_day(from_m + upto(93, e * 4096 + k, j, to_m - from_m + 1), 1 + upto(94, e * 4096 + k, j, 28))
                    as issued_on
            from skilled
        )
        select person_id, e, k, j, region, unit_type, pay_mode, t, occupation_code, {names} as occupation_name, level,
            case when u(95, e * 4096 + k, j) < 0.7 then 'skill_level' else 'qualification' end as cert_kind,
            issued_on,
            case when u(96, e * 4096 + k, j) < 0.02 then null when u(96, e * 4096 + k, j) < 0.07 then '610100'
                else region end as issuer_region,
            case when u(97, e * 4096 + k, j) < 0.01 then 'void' else 'valid' end as status,
            'S' || lpad(cast(row_number() over (order by issued_on, e, k, j) as varchar), 15, '0') as cert_no
        from coded
        order by issued_on, e, k, j
    """)
    con.execute(f"""
        create or replace table application as
        select *,
            'JN' || strftime(applied_on, '%Y')
                || lpad(cast(row_number() over (order by applied_on, cert_no) as varchar), 7, '0') as application_no,
            row_number() over (order by applied_on, cert_no) as n
        from (
            select *, issued_on + cast(3 + upto(98, e * 4096 + k, j, 80) as integer) as applied_on
            from certificate
            where u(99, e * 4096 + k, j) < 0.65
        )
        where applied_on < on_day({span.last + 1}, 1)
            and not (applied_on >= date '2024-01-01' and applied_on < date '2024-04-28')
            and applied_on >= date '2022-06-04'
    """)
    con.execute("""
        insert into src_skill_applications
        select application_no, person_id, cert_no, applied_on, region, '测试人员' || lpad(cast(n as varchar), 7, '0'),
            account('990003', n), null, month_no(applied_on), null
        from application
        order by application_no
    """)
    con.execute(f"""
        insert into src_training_subsidies
        select person_id, case when u(101, e * 4096 + k, j) < 0.05 then occupation_code else '4-07-05-01' end, level,
            issued_on + 5, cast(600 + 100 * upto(102, e * 4096 + k, j, 9) as decimal(18, 2)), null,
            month_no(issued_on + 5), null
        from certificate
        where level in ('5', '4', '3') and u(100, e * 4096 + k, j) < 0.08 and month_no(issued_on + 5) <= {span.last}
        order by issued_on, person_id
    """)


def make_programmes(con: duckdb.DuckDBPyConnection, span: Span) -> None:
    """Fill the sources of payments, agreements, objections and reviews, and make `size`: what units reported.

    A unit is paid its refund exactly when everything about it is plain: an enterprise, no dispatch, twelve months
    paid in time, nobody claimed, a filed size. So the payments meet the decisions without computing these again.
    """
    con.execute(f"""
        create or replace table size as
        with years as (
            select y from range({span.history // 12 - 1}, {span.last // 12 + 1}) as t (y)
        ),
        counted as (
            select *, greatest(1, cast(round(heads * (0.95 + 0.2 * u(111, e, y))) as integer)) as staff
            from emp
            cross join years
            where unit_type = 'enterprise' and (planted or u(110, e, 0) < 0.9)
        )
        select e, uscc, y as data_year, staff,
            cast(round(staff * (20 + 60 * u(112, e, 0)), 2) as decimal(18, 2)) as revenue_10k,
            cast(round(staff * (15 + 80 * u(113, e, 0)), 2) as decimal(18, 2)) as assets_10k,
            case
                when not planted and u(114, e, 0) < 0.15 then null
                when staff >= 300 then 'large' when staff >= 100 then 'medium' when staff >= 10 then 'small'
                else 'micro'
            end as filed_size,
            case when not planted and u(115, e, 0) < 0.015
                then first_value(uscc) over (partition by unit, y order by heads desc, e) end as parent_uscc
        from counted
    """)
    con.execute(f"""
        insert into src_dispatch_agreements
        select employer_id, y, on_day(y * 12 + 4 + upto(116, e, y, 2), 5 + upto(117, e, y, 22)), true, null,
            y * 12 + 4 + upto(116, e, y, 2), null
        from emp
        cross join range({span.history // 12}, {span.last // 12 + 1}) as t (y)
        where is_dispatch and u(118, e, y) < 0.8
            and y * 12 + 4 + upto(116, e, y, 2) between {span.history} and {span.last}
        order by y, employer_id
    """)
    con.execute("""
        create or replace table plain_refund as
        with claimed as (
            select distinct e, cast(start // 12 as integer) as b from claim
        ),
        odd as (
            select distinct employer_id from src_contributions
        )
        select e, employer_id, employer_name, account_no, filed_size, b + 1 as y, fen
        from (
            select e, cast(f // 12 as integer) as b, count(*) as months, sum(due_fen) as fen
            from employer_month
            group by e, f // 12
        )
        inner join emp using (e)
        inner join size using (e, uscc)
        where months = 12 and pay_mode = 'regular' and unit_type = 'enterprise' and not is_dispatch and not planted
            and registry_status = 'normal' and account_kind = 'corporate' and listed_on is null
            and close_month is null and layoff_month is null
            and data_year = b and filed_size is not null and parent_uscc is null
            and employer_id not in (select employer_id from odd)
            and not exists (from claimed where claimed.e = emp.e and claimed.b = b)
    """)
    con.execute(f"""
        insert into src_programme_payments
        with due as (
            select employer_id as payee, employer_name as name, account_no, 'refund' as programme, y, e as n,
                y * 12 + 5 + upto(120, e, y, 7) as m,
                (fen * case filed_size when 'large' then 30 else 60 end + 50) // 100 as fen
            from plain_refund
            where u(121, e, y) < 0.7
            union all
            select application_no, '测试人员' || lpad(cast(n as varchar), 7, '0'), account('990003', n),
                'skill_subsidy', year(applied_on), n, month_no(applied_on) + 2,
                case level when '5' then 100000 when '4' then 150000 else 200000 end
            from application
            where level in ('5', '4', '3') and status = 'valid' and unit_type = 'enterprise' and pay_mode = 'regular'
                and person_id not in (select person_id from src_training_subsidies)
                and t >= month_no(applied_on)
        ),
        tried as (
            select *, u(122, n, m + case programme when 'refund' then 0 else 1 end) < 0.02 as fails
            from due
            where programme = 'skill_subsidy' or m >= {span.first}
        ),
        sent as (
            select *, m as sent_in, case when fails then 'returned' else 'paid' end as result,
                case when fails then '账号户名不符' end as return_reason from tried
            union all by name
            select *, m + 1 as sent_in, 'paid' as result, null as return_reason from tried where fails
        )
        select case programme when 'refund' then 'FH' else 'JN' end || strftime(on_day(sent_in, 1), '%Y%m'),
            row_number() over (partition by programme, sent_in order by payee), programme, y, payee, null, name,
            account_no, yuan(fen), result, return_reason, on_day(sent_in, 20 + upto(123, sent_in, 0, 6)), null,
            sent_in, null
        from sent
        where sent_in <= {span.last}
        order by programme, sent_in, payee
    """)
    con.execute(f"""
        insert into src_notice_objections
        with raised as (
            select 'refund' as programme, employer_id as subject, on_day(m, 3 + upto(131, e, y, 10)) as raised_on, m
            from (select *, y * 12 + 5 + upto(130, e, y, 7) as m from plain_refund)
            where u(132, e, y) < 0.02 and m between {span.first} and {span.last}
            union all
            select 'skill_subsidy', application_no, applied_on + 9, month_no(applied_on + 9)
            from application
            where u(133, n, 0) < 0.01 and month_no(applied_on + 9) <= {span.last}
        )
        select programme, subject, raised_on, '测试异议内容',
            case when version = 2 then raised_on + 12 end, case when version = 2 then 'dismissed' end, null,
            case when version = 2 then month_no(raised_on + 12) else m end,
            case when version = 1 then month_no(raised_on + 12) end
        from raised
        cross join range(1, 3) as v (version)
        where version = 1 or month_no(raised_on + 12) <= {span.last}
        order by programme, subject, raised_on, version
    """)
    con.execute(f"""
        insert into src_review_outcomes
        select 'refund', employer_id, y, on_day(m, 18), 'approved', '测试审核员', '材料齐全', null, m, null
        from (select *, y * 12 + 5 + upto(135, e, y, 7) as m from plain_refund)
        where u(136, e, y) < 0.03 and m between {span.first} and {span.last}
        union all
        select 'skill_subsidy', application_no, null, applied_on + 6, 'approved', '测试审核员', '证书核验一致', null,
            month_no(applied_on + 6), null
        from application
        where u(137, n, 0) < 0.05 and month_no(applied_on + 6) <= {span.last}
        order by all
    """)


def make_assignments(con: duckdb.DuckDBPyConnection, span: Span) -> None:
    """Make `assignment`: whom the dispatch firms sent where, and for how long."""
    con.execute("""
        create or replace table dispatch_user as
        with firms as (
            select e as firm, unit as home, unnest(range(0, 5)) as slot from emp where is_dispatch
        ),
        others as (
            select *, row_number() over (order by e) - 1 as pos, count(*) over () as total
            from emp
            where not is_dispatch and not planted
        ),
        public as (
            select *, row_number() over (order by e) - 1 as pos, count(*) over () as total
            from emp
            where unit_type in ('government', 'public_institution') and not planted
        )
        select firm, slot, uscc, employer_name, unit_type,
            case when u(141, firm, slot) < 0.7 then 'user' else 'dispatcher' end as cost_bearer
        from firms
        inner join others on others.pos = upto(140, firm, slot, others.total)
        where slot > 0
        union all
        select firm, slot, uscc, employer_name, unit_type, 'user'
        from firms
        inner join public on public.pos = upto(140, firm, slot, public.total)
        where slot = 0
    """)
    con.execute(f"""
        create or replace table assignment as
        select employer_id, person_id, greatest(s, {span.history - 1}) as start_m, t as end_m, uscc, employer_name,
            unit_type, cost_bearer
        from (
            select employer_id, person_id, s, t, e,
                coalesce(floor(u(143, e * 4096 + k, j) * 5), 0) as slot
            from holder
            inner join emp using (e)
            where is_dispatch and u(142, e * 4096 + k, j) < 0.8
        ) as sent
        inner join dispatch_user on dispatch_user.firm = sent.e and dispatch_user.slot = sent.slot
        order by employer_id, person_id, start_m
    """)
