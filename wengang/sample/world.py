"""The made-up world in DuckDB tables: employers, spells of insurance, and every source's rows with the month they are known.

Months are numbered through (`year * 12 + month - 1`). Whatever looks random is a hash of the seed, a salt and the
numbers of the thing, so that neither threads nor order can change it. Event tables `src_<source>` carry, beside the
columns of the contract, `known` (the month in which the row is first told) and `until` (the month in which a newer
version of it is delivered; null: never).
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from wengang.sample.places import NO_STANDARD, OPEN_END, counties, standards

# Unit types with the share of employers that they make up.
_UNIT_TYPES = (
    ("enterprise", 0.775),
    ("individual_business", 0.06),
    ("social_service", 0.04),
    ("social_organisation", 0.02),
    ("foundation", 0.005),
    ("law_firm", 0.01),
    ("accounting_firm", 0.005),
    ("public_institution", 0.045),
    ("government", 0.03),
    ("other", 0.01),
)
# Industry codes (letter, division, group or class, as offices write them), their share and the word in the name.
_INDUSTRIES = (
    ("A0111", 0.03, "农业"),
    ("B0610", 0.02, "矿业"),
    ("C1310", 0.05, "食品"),
    ("C26", 0.05, "化工"),
    ("3516", 0.06, "机械"),
    ("D4411", 0.03, "电力"),
    ("E4710", 0.10, "建筑"),
    ("E", 0.03, "装饰"),
    ("F5191", 0.09, "商贸"),
    ("52", 0.11, "百货"),
    ("G5431", 0.05, "运输"),
    ("59", 0.01, "仓储"),
    ("6010", 0.01, "邮递"),
    ("H6110", 0.04, "宾馆"),
    ("6210", 0.05, "餐饮"),
    ("I6513", 0.05, "软件"),
    ("6319", 0.01, "通信"),
    ("7010", 0.02, "置业"),
    ("7020", 0.04, "物业"),
    ("L7291", 0.06, "商务"),
    ("M", 0.03, "检测"),
    ("P8321", 0.03, "教育"),
    ("Q8415", 0.03, "医药"),
)
# Reasons of leaving with their share of all leavers.
_LEAVING = (
    ("resignation", 0.47),
    ("contract_expiry", 0.15),
    ("employer_termination", 0.05),
    ("economic_layoff", 0.02),
    ("retirement", 0.12),
    ("death", 0.007),
    ("transfer_out", 0.06),
    ("schooling", 0.02),
    ("enlistment", 0.01),
    ("related_company", 0.03),
    ("dismissal_for_cause", 0.02),
    ("other", 0.043),
)
_OCCUPATIONS = (
    ("6-31-01-03", "电工"),
    ("6-18-02-04", "焊工"),
    ("4-10-01-06", "保育师"),
    ("4-03-02-01", "中式烹调师"),
    ("6-18-01-01", "车工"),
    ("4-14-01-02", "健康管理师"),
    ("6-29-01-01", "砌筑工"),
    ("4-02-02-01", "道路客运汽车驾驶员"),
)


@dataclass(frozen=True)
class Span:
    """The months of a world: first month of history, months delivered (in order), all numbered through."""

    history: int
    delivered: tuple[int, ...]

    @property
    def first(self) -> int:
        """First month delivered."""
        return self.delivered[0]

    @property
    def last(self) -> int:
        """Last month delivered."""
        return self.delivered[-1]


def _pick(value: str, options: tuple[tuple[str, float], ...]) -> str:
    """Return SQL that turns a number in [0, 1) into one of the options by their shares."""
    total, parts = 0.0, []
    for name, share in options[:-1]:
        total += share
        parts.append(f"when {value} < {total:.6f} then '{name}'")
    return f"case {' '.join(parts)} else '{options[-1][0]}' end"


def _label(value: str, options: tuple[tuple[str, str], ...]) -> str:
    branches = " ".join(f"when '{a}' then '{b}'" for a, b in options)
    return f"case {value} {branches} end"


def _check(text: str, weights: tuple[int, ...], alphabet: str) -> str:
    """Return SQL for the weighted sum of a code's characters, each valued by its place in the alphabet."""
    terms = (
        f"(strpos('{alphabet}', substr({text}, {i}, 1)) - 1) * {w}" for i, w in enumerate(weights, start=1)
    )
    return " + ".join(terms)


def macros(con: duckdb.DuckDBPyConnection, seed: int) -> None:
    """Define the functions that the world is made with."""
    digits = "0123456789"
    letters = digits + "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    credit = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    person = _check("s", (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2), digits)
    organisation = _check("s", (3, 7, 9, 10, 5, 8, 4, 2), letters)
    uscc = _check("s", (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28), credit)
    con.execute(f"""
        create or replace macro u(salt, a, b) as
            cast(hash({seed}::bigint, salt::bigint, a::bigint, b::bigint) >> 12 as double) / 4503599627370496.0;
        create or replace macro upto(salt, a, b, n) as cast(floor(u(salt, a, b) * n) as integer);
        create or replace macro on_day(m, d) as
            make_date(cast(m // 12 as integer), cast(m % 12 + 1 as integer), cast(d as integer));
        create or replace macro month_no(d) as year(d) * 12 + month(d) - 1;
        create or replace macro yuan(fen) as cast(fen as decimal(16, 0)) * cast(0.01 as decimal(3, 2));
        create or replace macro person_number(s) as
            s || substr('10X98765432', 1 + cast(({person}) % 11 as integer), 1);
        create or replace macro organisation_code(s) as
            s || substr('0123456789X0', 1 + cast(11 - ({organisation}) % 11 as integer), 1);
        create or replace macro credit_code(s) as
            s || substr('{credit}0', 1 + cast(31 - ({uscc}) % 31 as integer), 1);
        create or replace macro account(prefix, n) as prefix || lpad(cast(n as varchar), 13, '0');
    """)


def make_employers(con: duckdb.DuckDBPyConnection, employers: int, planted: int, span: Span) -> None:
    """Make table `emp`: one row per employer; those after `employers` are empty units for planted cases.

    `heads` is the number of posts, `leaving` the monthly chance that a post is left, `pay_mode` how the unit pays
    (regular, late: a month later, never, makeup: settled two months later). Planted units lie where a benefit has a standard to be above.
    """
    con.execute("create or replace table county (pos int, code varchar, unit varchar, cls int, w double)")
    con.executemany("insert into county values (?, ?, ?, ?, ?)", counties())
    con.execute("create or replace table standard (cls int, m1 int, m2 int, yuan int)")
    con.executemany("insert into standard values (?, ?, ?, ?)", standards())
    prefix = _label(
        "unit_type",
        (
            ("enterprise", "91"),
            ("accounting_firm", "91"),
            ("individual_business", "92"),
            ("social_organisation", "51"),
            ("social_service", "52"),
            ("foundation", "53"),
            ("law_firm", "31"),
            ("government", "11"),
            ("public_institution", "12"),
            ("other", "59"),
        ),
    )
    suffix = _label(
        "unit_type",
        (
            ("enterprise", "有限公司"),
            ("accounting_firm", "会计师事务所"),
            ("individual_business", "经营部"),
            ("social_organisation", "协会"),
            ("social_service", "服务中心"),
            ("foundation", "基金会"),
            ("law_firm", "律师事务所"),
            ("government", "局"),
            ("public_institution", "中心"),
            ("other", "联合体"),
        ),
    )
    industry = _pick("u(5, e, 0)", tuple((c, s) for c, s, _ in _INDUSTRIES))
    words = _label("industry_code", tuple((c, w) for c, _, w in _INDUSTRIES))
    modes = _pick("u(9, e, 0)", (("late", 0.03), ("never", 0.01), ("makeup", 0.02), ("regular", 0.94)))
    kinds = _pick("u(2, e, 0)", _UNIT_TYPES)
    named = _label("unit", tuple(_unit_names()))
    fixed_industry = "case unit_type when 'government' then 'S9221' when 'public_institution' then 'P83' end"
    cap = min(3000, 40 + employers)
    months = span.last - span.history + 1
    con.execute(f"""
        create or replace table emp as
        with placed as (
            select code, unit, cls, pos, w, sum(w) over (order by pos) as upper_w, sum(w) over () as total,
                sum(case when code <> '{NO_STANDARD}' then w end) over () as total_with_standard
            from county
        ),
        numbered as (
            select e, e > {employers} as planted, u(1, e, 0) as place,
                case when e > {employers} then 'enterprise' else {kinds} end as unit_type
            from range(1, {employers + planted + 1}) as t (e)
        ),
        sited as (
            select numbered.*, code as region, unit, cls
            from numbered
            inner join placed
                on case
                    when planted then code <> '{NO_STANDARD}'
                        and place * total_with_standard < upper_w and place * total_with_standard >= upper_w - w
                    when e <= (select count(*) from county) then pos = e
                    else place * total < upper_w and place * total >= upper_w - w
                end
        ),
        kinds as (
            select *, coalesce(not planted and unit_type = 'enterprise'
                    and (e % 60 = 7 or u(3, e, 0) < 0.004), false) as is_dispatch
            from sited
        ),
        sorted as (
            select *,
                case
                    when is_dispatch then 'L7264'
                    when unit_type in ('government', 'public_institution') then {fixed_industry}
                    when planted then 'I6513'
                    else {industry}
                end as industry_code,
                sqrt(-2 * ln(u(6, e, 0) + 1e-12)) * cos(2 * pi() * u(7, e, 0)) as z
            from kinds
        ),
        coded as (
            select *,
                credit_code({
        prefix
    } || region || organisation_code('MA' || lpad(cast(e as varchar), 6, '0'))) as uscc
            from sorted
        )
        select
            e, region, unit, cls, unit_type, is_dispatch, industry_code, planted, uscc,
            region || lpad(cast(e as varchar), 8, '0') as employer_id,
            '测试' || {named}
                || case when is_dispatch then '劳务派遣' else coalesce({words}, '') end
                || lpad(cast(e as varchar), 6, '0') || '号' || {suffix} as employer_name,
            case
                when planted then 0
                when is_dispatch then cast(least({cap}, 40 + 40 * abs(z)) as integer)
                else cast(greatest(1, least({cap}, round(exp(
                    case when unit_type = 'individual_business' then 1.2
                        when unit_type in ('government', 'public_institution') then 2.6
                        else 2.42 end + 1.3 * z)))) as integer)
            end as heads,
            case when is_dispatch then 0.02 else 0.004 + 0.012 * u(8, e, 0) end as leaving,
            case when planted then 'regular' else {modes} end as pay_mode,
            case when not planted and u(10, e, 0) < 0.02
                then {span.history} + upto(11, e, 0, {months}) end as layoff_month,
            case when not planted and not is_dispatch and u(12, e, 0) < 0.015
                then {span.history} + upto(13, e, 0, {months}) end as close_month,
            on_day({span.history} - 6 - upto(14, e, 0, 120), 1 + upto(15, e, 0, 28)) as insured_from,
            case
                when planted or u(16, e, 0) < 0.93 then 'normal' when u(16, e, 0) < 0.97 then null
                when u(16, e, 0) < 0.99 then 'abnormal' when u(16, e, 0) < 0.995 then 'revoked' else 'deregistered'
            end as registry_status,
            case
                when planted or u(17, e, 0) < 0.90 then 'corporate' when u(17, e, 0) < 0.96 then 'tax_payment'
            end as account_kind,
            '测试银行第' || (1 + upto(18, e, 0, 9)) || '支行' as bank_name,
            account('990001', e) as account_no,
            '0931-' || lpad(cast(e as varchar), 7, '0') as contact_phone,
            cast(null as date) as listed_on, cast(null as date) as removed_on,
            exp(8.45 + 0.25 * (z * 0.2 + sqrt(-2 * ln(u(20, e, 0) + 1e-12)) * cos(2 * pi() * u(21, e, 0)))
                - 0.05 * cls) as pay_level
        from coded
        order by e
    """)
    con.execute(f"""
        update emp set
            listed_on = on_day({span.history} + upto(23, e, 0, {months}), 1 + upto(24, e, 0, 28)),
            removed_on = case when u(25, e, 0) < 0.4 then
                on_day({span.history} + upto(23, e, 0, {months}) + 3, 1 + upto(26, e, 0, 28)) end
        where not planted and u(22, e, 0) < 0.006
    """)


def _unit_names() -> list[tuple[str, str]]:
    from wengang.sample.places import UNITS

    return list(UNITS.items())


def make_spells(con: duckdb.DuckDBPyConnection, span: Span) -> None:
    """Make table `spell`: who held post `k` of employer `e` as its `j`-th holder, from month `s` through month `t`.

    A spell begun before the history has `s` one month before it; an open one ends in `OPEN_END`.
    """
    first, last = span.history, span.last
    end = f"""
        case
            when close_month is not null and least(natural_end, coalesce(laid, {OPEN_END})) >= close_month
                then close_month
            when laid is not null and natural_end >= laid then laid
            when natural_end > {last} then {OPEN_END}
            else natural_end
        end"""
    leaving = _pick("u(37, e * 4096 + k, j)", _LEAVING)
    shape = f"""
        select e, k, j, s,
            case when ended > {last} then {OPEN_END} else ended end as t,
            case
                when ended > {last} then null
                when ended = close_month then 'contract_expiry'
                when ended = laid then case when u(36, e, 0) < 0.5 then 'employer_termination' else 'economic_layoff' end
                else {leaving}
            end as reason,
            pay_base0
        from (
            select *, {end} as ended
            from (
                select *,
                    case when layoff_month >= greatest(s, {first}) and u(34, e * 4096 + k, j) < 0.3
                        then layoff_month end as laid,
                    greatest(s, {first})
                        + cast(floor(ln(1 - u(33, e * 4096 + k, j)) / ln(1 - leaving)) as integer) as natural_end,
                    cast(least(24000, greatest(3200, round(pay_level * exp(0.35 * (u(38, e * 4096 + k, j)
                        + u(39, e * 4096 + k, j) + u(40, e * 4096 + k, j) - 1.5))))) as integer) as pay_base0
                from begun
            )
        )"""
    con.execute(f"""
        create or replace table spell as
        with begun as (
            select e, k, 1 as j, layoff_month, close_month, leaving, pay_level,
                case when u(31, e * 4096 + k, 1) < 0.9 then {first - 1}
                    else {first} + upto(32, e * 4096 + k, 1, {last - first + 1}) end as s
            from (select *, unnest(range(1, heads + 1)) as k from emp)
            where heads > 0
        )
        {shape}
        """)
    con.execute(
        "delete from spell using emp where emp.e = spell.e and close_month is not null and s > close_month"
    )
    con.execute("update spell set t = s where t < s and s >= ?", [first])
    for j in range(2, 2 + (last - first) // 3 + 1):
        before = con.execute("select count(*) from spell").fetchone()[0]  # type: ignore[index]
        con.execute(f"""
            insert into spell
            with begun as (
                select e, k, {j} as j, layoff_month, close_month, leaving, pay_level,
                    t + 1 + upto(30, e * 4096 + k, {j}, 3) as s
                from spell
                inner join emp using (e)
                where j = {j - 1} and t < {last} and u(29, e * 4096 + k, {j}) < 0.88
                    and (layoff_month is null or t <> layoff_month)
            )
            {shape}
            where s <= {last} and (close_month is null or s <= close_month)
        """)
        if con.execute("select count(*) from spell").fetchone()[0] == before:  # type: ignore[index]
            break


def make_persons(con: duckdb.DuckDBPyConnection, span: Span) -> None:
    """Assign every spell its person (`person_id`); some who left found work again in the same city (`moved_to`).

    Makes `holder`: the spells with the person, the month of the next job (`next_job`) and whether the person came
    from another job in the data (`moved_in`).
    """
    movable = "'resignation', 'contract_expiry', 'employer_termination', 'economic_layoff', 'other', 'related_company'"
    con.execute(f"""
        create or replace table moved as
        with leavers as (
            select unit, e, k, j, t + 2 + upto(50, e * 4096 + k, j, 4) as m
            from spell
            inner join emp using (e)
            where j = 1 and not planted and t < {span.last} and reason in ({movable}) and u(51, e * 4096 + k, j) < 0.35
        ),
        joiners as (
            select unit, e, k, j, s as m
            from spell
            inner join emp using (e)
            where j > 1 and not planted
        ),
        l as (select *, row_number() over (partition by unit, m order by e, k, j) as n from leavers),
        h as (select *, row_number() over (partition by unit, m order by e, k, j) as n from joiners)
        select l.e as e1, l.k as k1, l.j as j1, h.e as e2, h.k as k2, h.j as j2, h.m
        from l
        inner join h using (unit, m, n)
        where l.e <> h.e
    """)
    con.execute("""
        create or replace table person as
        select e, k, j,
            person_number(
                region
                || strftime(make_date(1964, 1, 1) + cast((n * 7919) % 14610 as integer), '%Y%m%d')
                || lpad(cast(1 + n // 14610 as varchar), 3, '0')
            ) as person_id
        from (
            select e, k, j, region, row_number() over (partition by region order by e, k, j) - 1 as n
            from spell
            inner join emp using (e)
            anti join moved on moved.e2 = spell.e and moved.k2 = spell.k and moved.j2 = spell.j
        )
    """)
    con.execute("""
        create or replace table holder as
        select spell.*, coalesce(came.person_id, own.person_id) as person_id,
            came.person_id is not null as moved_in, next.m as next_job, unit_of.pays, unit_of.home
        from spell
        inner join (
            select e, cast(region as integer) as home,
                case pay_mode when 'late' then 1 when 'never' then 2 when 'makeup' then 3 else 0 end as pays
            from emp
        ) as unit_of using (e)
        left join person as own using (e, k, j)
        left join moved as back on back.e2 = spell.e and back.k2 = spell.k and back.j2 = spell.j
        left join person as came on came.e = back.e1 and came.k = back.k1 and came.j = back.j1
        left join moved as next on next.e1 = spell.e and next.k1 = spell.k and next.j1 = spell.j
        order by spell.e, spell.k, spell.j
    """)
