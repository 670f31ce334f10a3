"""What a scenario changes: employers and applications who gain and lose, amounts by group, the fund's path, the gate."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from wengang.core.identifiers import masked_sql
from wengang.core.periods import Period
from wengang.forecast.build_tables import read_known
from wengang.forecast.projection import BASE, YEAR, Outlook, PathMonth, Stress, path, reserve_months
from wengang.policy import PolicySet

if TYPE_CHECKING:
    import duckdb

    from wengang.whatif.scenario import Scenario


@dataclass(frozen=True)
class Table:
    """A result as rows: columns by name with their Chinese headings."""

    name: str
    title: str
    columns: tuple[tuple[str, str], ...]
    rows: tuple[tuple[Any, ...], ...] = field(default=())

    @property
    def records(self) -> list[dict[str, Any]]:
        """Return rows by column name."""
        names = [c for c, _ in self.columns]
        return [dict(zip(names, row, strict=True)) for row in self.rows]


EMPLOYER_COLUMNS = (
    ("programme_year", "年度"), ("employer_id", "单位编号"), ("uscc", "统一社会信用代码"), ("employer_name", "单位名称"),
    ("reporting_unit", "报送单位"), ("region_code", "行政区划代码"), ("unit_type", "单位类型"), ("size_class", "企业规模"),
    ("decision_now", "现行决定"), ("decision_then", "方案决定"), ("refund_now", "现行返还金额"), ("refund_then", "方案返还金额"),
    ("difference", "差额"), ("payable_now", "现行待拨"), ("payable_then", "方案待拨"), ("effect", "影响"), ("failed_rules_then", "方案未通过规则"),
)  # fmt: skip
APPLICATION_COLUMNS = (
    ("programme", "项目"), ("application_no", "申领编号"), ("person", "证件号码(遮盖)"), ("region_code", "申领地"), ("level", "等级"),
    ("applied_on", "申领日期"), ("decision_now", "现行决定"), ("decision_then", "方案决定"), ("amount_now", "现行金额"),
    ("amount_then", "方案金额"), ("difference", "差额"), ("effect", "影响"), ("failed_rules_then", "方案未通过规则"),
)  # fmt: skip
GROUP_COLUMNS = (
    ("programme", "项目"), ("dimension", "分组"), ("dimension_value", "组别"), ("subjects_now", "现行享受数"), ("subjects_then", "方案享受数"),
    ("amount_now", "现行金额"), ("amount_then", "方案金额"), ("difference", "差额"), ("gaining", "增加数"), ("losing", "减少数"),
)  # fmt: skip
SUMMARY_COLUMNS = (
    ("programme", "项目"), ("measure", "指标"), ("now", "现行"), ("then", "方案"), ("difference", "差额"),
)  # fmt: skip
PATH_COLUMNS = (
    ("month", "月份"), ("income_now", "现行收入"), ("income_then", "方案收入"), ("expenditure_now", "现行支出"), ("expenditure_then", "方案支出"),
    ("balance_now", "现行结余"), ("balance_then", "方案结余"), ("low_then", "方案结余下限"), ("high_then", "方案结余上限"),
    ("reserve_months_now", "现行备付月数"), ("reserve_months_then", "方案备付月数"), ("reserve_months_min_now", "现行下限"),
    ("reserve_months_min_then", "方案下限"),
)  # fmt: skip
GATE_COLUMNS = (
    ("programme_year", "返还年度"), ("basis", "依据"), ("reserve_months_now", "现行备付月数"), ("gate_now", "现行是否开放"),
    ("reserve_months_then", "方案备付月数"), ("gate_then", "方案是否开放"), ("flips", "是否翻转"),
)  # fmt: skip
BREACH_COLUMNS = (
    ("parameter", "参数"), ("value", "方案值"), ("bound", "国家上限或下限"), ("bound_value", "限值"), ("document_id", "文件"), ("article", "条"),
    ("first_day", "自"), ("last_day", "至"),
)  # fmt: skip

PAIRED = """
create or replace temp table paired as
select
    'refund' as programme,
    coalesce(n.programme_year, t.programme_year) as programme_year,
    coalesce(n.employer_id, t.employer_id) as subject_id,
    coalesce(t.uscc, n.uscc) as uscc,
    coalesce(t.employer_name, n.employer_name) as subject_name,
    coalesce(t.region_code, n.region_code) as region_code,
    coalesce(t.unit_type, n.unit_type, 'unknown') as unit_type,
    coalesce(t.size_class, n.size_class, 'unknown') as size_class,
    cast(null as integer) as level,
    cast(null as date) as applied_on,
    n.decision as decision_now,
    t.decision as decision_then,
    coalesce(n.refund_amount, 0) as amount_now,
    coalesce(t.refund_amount, 0) as amount_then,
    coalesce(n.payable_amount, 0) as payable_now,
    coalesce(t.payable_amount, 0) as payable_then,
    t.failed_rules as failed_then
from before_refund as n
full join (
    select d.* from marts.refund_decisions as d cross join run.context as c where d.period = c.period
) as t on n.programme_year = t.programme_year and n.employer_id = t.employer_id
"""
# Of programmes that are applied for; `level`: the certificate's, where the programme knows one.
PAIRED_APPLICATIONS = """
insert into paired by name
select
    '{programme}' as programme,
    coalesce(n.application_no, t.application_no) as subject_id,
    {masked} as subject_name,
    coalesce(t.region_code, n.region_code) as region_code,
    {level} as level,
    coalesce(t.applied_on, n.applied_on) as applied_on,
    n.decision as decision_now,
    t.decision as decision_then,
    coalesce(n.amount, 0) as amount_now,
    coalesce(t.amount, 0) as amount_then,
    coalesce(n.payable_amount, 0) as payable_now,
    coalesce(t.payable_amount, 0) as payable_then,
    t.failed_rules as failed_then
from before_{section} as n
full join (
    select d.* from marts.{section}_decisions as d cross join run.context as c where d.period = c.period
) as t on n.application_no = t.application_no
"""
APPLIED_FOR = (
    ("skill_subsidy", "skill", "coalesce(t.level, n.level)"),
    ("job_expansion", "expansion", "cast(null as integer)"),
)
EFFECT = """case
    when amount_then > amount_now then 'gains'
    when amount_then < amount_now then 'loses'
    else 'decision_only'
end"""
IS_CHANGED = "(amount_now <> amount_then or decision_now is distinct from decision_then)"
BY_REGION = ("region", "coalesce(r.reporting_unit, 'unknown')")
DIMENSIONS = {
    "refund": (("none", "'all'"), ("size_class", "p.size_class"), ("unit_type", "p.unit_type"), BY_REGION),
    "skill_subsidy": (
        ("none", "'all'"),
        ("level", "coalesce(cast(p.level as varchar), 'unknown')"),
        BY_REGION,
    ),
    "job_expansion": (("none", "'all'"), BY_REGION),
}


def remember_now(con: duckdb.DuckDBPyConnection, period: Period) -> None:
    """Keep the published decisions of the period beside the tables that scenarios will overwrite."""
    for name, mart in (
        ("refund", "refund_decisions"),
        ("skill", "skill_decisions"),
        ("expansion", "expansion_decisions"),
        ("reserve", "fund_reserve"),
    ):
        con.execute(
            f"create or replace temp table before_{name} as select * from marts.{mart} where period = ?",
            [period.first_day],
        )


def decision_tables(con: duckdb.DuckDBPyConnection) -> list[Table]:
    """Compare the decisions in the open transaction with the published ones: who is touched, by group, in sum."""
    con.execute(PAIRED)
    masked = masked_sql("coalesce(t.person_id, n.person_id)")
    for programme, section, level in APPLIED_FOR:
        con.execute(
            PAIRED_APPLICATIONS.format(programme=programme, section=section, level=level, masked=masked)
        )

    def rows(sql: str) -> tuple[tuple[Any, ...], ...]:
        return tuple(con.execute(sql).fetchall())

    employers = rows(f"""
        select p.programme_year, p.subject_id, p.uscc, p.subject_name, coalesce(r.reporting_unit, 'unknown'), p.region_code,
            p.unit_type, p.size_class, p.decision_now, p.decision_then, p.amount_now, p.amount_then,
            p.amount_then - p.amount_now, p.payable_now, p.payable_then, {EFFECT}, array_to_string(p.failed_then, ';')
        from paired as p left join reference.regions as r on p.region_code = r.region_code
        where p.programme = 'refund' and {IS_CHANGED}
        order by p.programme_year, p.subject_id
    """)
    applications = rows(f"""
        select p.programme, p.subject_id, p.subject_name, p.region_code, p.level, p.applied_on, p.decision_now, p.decision_then,
            p.amount_now, p.amount_then, p.amount_then - p.amount_now, {EFFECT}, array_to_string(p.failed_then, ';')
        from paired as p where p.programme <> 'refund' and {IS_CHANGED}
        order by p.programme desc, p.subject_id
    """)
    groups = rows(
        " union all ".join(
            f"""
            select '{programme}' as programme, '{name}' as dimension, {value} as dimension_value,
                count(case when p.decision_now in ('eligible', 'review') then 1 end) as subjects_now,
                count(case when p.decision_then in ('eligible', 'review') then 1 end) as subjects_then,
                sum(p.amount_now) as amount_now, sum(p.amount_then) as amount_then, sum(p.amount_then - p.amount_now) as difference,
                count(case when p.amount_then > p.amount_now then 1 end) as gaining,
                count(case when p.amount_then < p.amount_now then 1 end) as losing
            from paired as p left join reference.regions as r on p.region_code = r.region_code
            where p.programme = '{programme}' group by {value}
            """
            for programme, dimensions in DIMENSIONS.items()
            for name, value in dimensions
        )
        + " order by 1, 2, 3"
    )
    sums = rows("""
        with measures as (
            select programme, 'amount' as measure, 1 as place, sum(amount_now) as now, sum(amount_then) as then_ from paired group by programme
            union all
            select programme, 'payable', 2, sum(payable_now), sum(payable_then) from paired group by programme
            union all
            select programme, d.decision, 3 + d.place, count(case when decision_now = d.decision then 1 end),
                count(case when decision_then = d.decision then 1 end)
            from paired
            cross join (values ('eligible', 0), ('review', 1), ('ineligible', 2), ('out_of_scope', 3)) as d(decision, place)
            group by programme, d.decision, d.place
        )
        select programme, measure, cast(now as decimal(18, 2)), cast(then_ as decimal(18, 2)), cast(then_ - now as decimal(18, 2))
        from measures order by programme, place
    """)
    return [
        Table("summary", "汇总", SUMMARY_COLUMNS, sums),
        Table("groups", "分组", GROUP_COLUMNS, groups),
        Table("employers", "单位", EMPLOYER_COLUMNS, employers),
        Table("applications", "个人申领", APPLICATION_COLUMNS, applications),
    ]


def stress_of(scenario: Scenario, view: Outlook, now: PolicySet, then: PolicySet) -> Stress:
    """Make the fund side of a scenario: its shocks, and another premium rate from the months it holds in."""
    rates: dict[Period, Decimal] = {}
    for month in view.ahead:
        pair = [value_on(p, "premium_rate_total", month.first_day) for p in (now, then)]
        if pair[0] and pair[1] and pair[0] != pair[1]:
            rates[month] = pair[1] / pair[0]
    return Stress(
        scenario.name,
        {s.item: s.factor for s in scenario.shocks},
        spans={s.item: (s.first, s.last) for s in scenario.shocks},
        premium_rates=rates,
    )


def value_on(policy: PolicySet, parameter: str, day: dt.date) -> Decimal | None:
    """Return a number in force on a day ahead; where nothing is laid down for it yet, the newest value is taken to go on."""
    row = policy.on(parameter, day)
    if row is None:
        earlier = [s.row for s in policy.by_parameter.get(parameter, []) if s.valid_to < day]
        row = earlier[-1] if earlier else None
    return Decimal(row.value) if row else None


def fund_tables(
    con: duckdb.DuckDBPyConnection,
    scenario: Scenario,
    view: Outlook,
    paths_now: Sequence[PathMonth],
    now: PolicySet,
    then: PolicySet,
) -> list[Table]:
    """Compare the fund's path and its gate, from the decisions in the open transaction."""
    paths_then = (
        path(view, read_known(con, view.period), stress_of(scenario, view, now, then)) if view.ahead else []
    )
    rows = [
        (
            a.month.first_day, a.income, b.income, a.expenditure, b.expenditure, a.balance, b.balance, b.low, b.high, a.reserve_months,
            b.reserve_months, limit(now, a.month), limit(then, a.month),
        )
        for a, b in zip(paths_now, paths_then, strict=True)
    ]  # fmt: skip
    return [
        Table("fund_path", "基金走势", PATH_COLUMNS, tuple(rows)),
        Table(
            "gate", "备付闸门", GATE_COLUMNS, tuple(gate_rows(con, view, paths_now, paths_then, now, then))
        ),
    ]


def limit(policy: PolicySet, month: Period) -> Decimal | None:
    """Return the least reserve period of a month."""
    return value_on(policy, "reserve_months_min", month.first_day)


def gate_rows(
    con: duckdb.DuckDBPyConnection,
    view: Outlook,
    paths_now: Sequence[PathMonth],
    paths_then: Sequence[PathMonth],
    now: PolicySet,
    then: PolicySet,
) -> list[tuple[Any, ...]]:
    """Return the gate of every programme year: as known, then as projected at the Decembers ahead."""
    known = con.execute("""
        select n.programme_year, n.reserve_months, n.gate_open, t.reserve_months, t.gate_open
        from before_reserve as n
        inner join marts.fund_reserve as t on n.period = t.period and n.programme_year = t.programme_year
        order by n.programme_year
    """).fetchall()
    rows = [(year, "known", a, is_a, b, is_b, is_a is not is_b) for year, a, is_a, b, is_b in known]
    for a, b in zip(paths_now, paths_then, strict=True):
        year = a.month.year + 1
        if a.month.month == YEAR and year not in {r[0] for r in rows}:
            is_a, is_b = (
                is_open(p.reserve_months, limit(s, p.month.plus(1))) for p, s in ((a, now), (b, then))
            )
            rows.append((year, "projected", a.reserve_months, is_a, b.reserve_months, is_b, is_a is not is_b))
    return rows


def is_open(months: Decimal | None, least: Decimal | None) -> bool | None:
    """Return whether the gate is open; None: unknown."""
    return None if months is None or least is None else months >= least


def first_month_below(rows: Sequence[Mapping[str, Any]], side: str) -> dt.date | None:
    """Return the first month ahead in which the reserve period is below the limit, on the `now` or `then` side."""
    for row in rows:
        if is_open(row[f"reserve_months_{side}"], row[f"reserve_months_min_{side}"]) is False:
            month: dt.date = row["month"]
            return month
    return None


__all__ = [
    "BASE",
    "Table",
    "decision_tables",
    "first_month_below",
    "fund_tables",
    "remember_now",
    "reserve_months",
]
