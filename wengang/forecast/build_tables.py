"""What the build takes back from Python: the projection of the fund and its back-test, as tables of the schema `back`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

import duckdb
import pyarrow as pa

from wengang.core.periods import Period
from wengang.forecast.calibration import INTERVAL_LEVEL
from wengang.forecast.gate import Gate, gates
from wengang.forecast.projection import (
    BASE,
    FORECAST_ITEMS,
    FundMonth,
    Known,
    Outlook,
    PathMonth,
    Stress,
    fen,
    outlook,
    paths,
    stresses,
)
from wengang.forecast.series import FULL_HISTORY, LEAST_HISTORY, NAIVE, NONE, YEAR, methods_for

PROJECTION_COLUMNS = (
    ("period", "date"), ("scenario", "varchar"), ("month", "date"),
    ("income", "decimal(18, 2)"), ("expenditure", "decimal(18, 2)"), ("balance", "decimal(18, 2)"),
    ("reserve_months", "decimal(18, 6)"), ("low", "decimal(18, 2)"), ("high", "decimal(18, 2)"),
    ("premium", "decimal(18, 2)"), ("other_income", "decimal(18, 2)"), ("living_benefits", "decimal(18, 2)"),
    ("refund", "decimal(18, 2)"), ("skill_subsidy", "decimal(18, 2)"), ("other_expenditure", "decimal(18, 2)"),
    ("skill_applications", "decimal(18, 2)"), ("job_expansion", "decimal(18, 2)"), ("expansion_applications", "decimal(18, 2)"),
    ("method", "varchar"),
)  # fmt: skip
BACKTEST_COLUMNS = (
    ("period", "date"), ("item", "varchar"), ("method", "varchar"), ("history_months", "integer"), ("origins", "integer"),
    ("points", "integer"), ("error", "decimal(18, 2)"), ("naive_error", "decimal(18, 2)"), ("cumulated_error", "decimal(18, 2)"),
    ("is_chosen", "boolean"), ("interval_level", "decimal(18, 6)"), ("interval_coverage", "decimal(18, 6)"),
    ("note_zh", "varchar"), ("note_en", "varchar"),
)  # fmt: skip
GATE_COLUMNS = (
    ("period", "date"), ("gate_date", "date"), ("reserve_months", "decimal(18, 6)"), ("low", "decimal(18, 6)"), ("high", "decimal(18, 6)"),
    ("probability_below_min", "decimal(18, 6)"), ("limit_months", "decimal(18, 6)"), ("opens_programme_year", "integer"),
)  # fmt: skip
NOTES = {
    "compared": (
        "各方法按历史滚动回测，选用累计误差最小者",
        "each method is back-tested at rolling origins; the one with the least cumulated error is chosen",
    ),
    "seasonal_naive": (
        f"历史不足{FULL_HISTORY}个月，按上年同月预测",
        f"less than {FULL_HISTORY} months of history: the same month of the last year is repeated",
    ),
    "last_year_mean": (
        f"历史不足{YEAR}个月，按已有月份的平均数预测",
        f"less than {YEAR} months of history: the mean of the months known",
    ),
    "none": (
        f"历史不足{LEAST_HISTORY}个月，不作预测",
        f"less than {LEAST_HISTORY} months of history: no projection is made",
    ),
}
TABLES = {
    "fund_projection": PROJECTION_COLUMNS,
    "fund_backtest": BACKTEST_COLUMNS,
    "fund_gate_forecast": GATE_COLUMNS,
}


def back_tables(con: duckdb.DuckDBPyConnection) -> None:
    """Make the empty tables that the build fills between its marts and its report models."""
    con.execute("create schema if not exists back")
    for name, columns in TABLES.items():
        con.execute(f"create or replace table back.{name} ({', '.join(f'{c} {t}' for c, t in columns)})")


def project(con: duckdb.DuckDBPyConnection, period: Period) -> None:
    """Project the fund as of a period into the tables of `back`, from the marts and parameters of that period."""
    back_tables(con)
    view = outlook(read_history(con, period), period)
    rows = paths(view, read_known(con, period), read_stresses(con, period))
    insert_rows(con, "fund_projection", PROJECTION_COLUMNS, [projection_row(period, row) for row in rows])
    insert_rows(con, "fund_backtest", BACKTEST_COLUMNS, backtest_rows(view))
    base = [r for r in rows if r.scenario == BASE]
    found = gates(view, base, read_limits(con, period))
    insert_rows(con, "fund_gate_forecast", GATE_COLUMNS, [gate_row(period, g) for g in found])


def parameter(con: duckdb.DuckDBPyConnection, name: str, day: dt.date) -> str | None:
    """Read a parameter of the province on a day; the newest before it where none is in force; None where it has no row."""
    if not has_table(con, "parameters", "policy"):
        return None
    rows = con.execute(
        "select value from policy.parameters where parameter = ? and valid_from <= ? order by valid_from desc limit 1",
        [name, day],
    ).fetchall()
    return str(rows[0][0]) if rows else None


def read_stresses(con: duckdb.DuckDBPyConnection, period: Period) -> tuple[Stress, ...]:
    """Read the scenarios from the parameters in force at the period's end."""

    def factors(name: str) -> list[Decimal]:
        return [Decimal(v) for v in (parameter(con, name, period.last_day) or "").split(";") if v]

    return stresses(factors("stress_claims"), factors("stress_premium"))


def read_limits(con: duckdb.DuckDBPyConnection, period: Period) -> dict[dt.date, Decimal]:
    """Read the least reserve period in force on the coming 31 Decembers, in months."""
    days = [dt.date(year, 12, 31) for year in (period.year, period.year + 1)]
    found = {day: parameter(con, "reserve_months_min", day) for day in days}
    return {day: Decimal(value) for day, value in found.items() if value is not None}


def read_caps(con: duckdb.DuckDBPyConnection, period: Period) -> dict[str, tuple[Decimal, Decimal]]:
    """Read by size class the refund ratio in force and the national cap on it; the ratio itself where there is no cap."""
    if not has_table(con, "rows", "policy"):
        return {}
    rows = con.execute(
        """
        select replace(parameter, 'refund_ratio_', ''),
            max_by(cast(value as decimal(9, 6)), (jurisdiction_rank, valid_from)),
            max(case when jurisdiction_rank = 1 and basis = 'cap' then cast(value as decimal(9, 6)) end)
        from policy.rows
        where parameter in ('refund_ratio_large', 'refund_ratio_sme') and conditions = 0 and jurisdiction_rank <= 2
            and $day between valid_from and valid_to
        group by parameter order by parameter
        """,
        {"day": period.last_day},
    ).fetchall()
    return {size: (ratio, cap if cap is not None else ratio) for size, ratio, cap in rows}


def insert_rows(
    con: duckdb.DuckDBPyConnection,
    table: str,
    columns: Sequence[tuple[str, str]],
    rows: Sequence[tuple[object, ...]],
) -> None:
    """Write rows in one statement, each value as text and cast by the table's own types."""
    if not rows:
        return
    texts = {
        name: pa.array([None if r[i] is None else str(r[i]) for r in rows], pa.string())
        for i, (name, _) in enumerate(columns)
    }
    # A connection of its own: the caller's may still hold a result that was not read to its end.
    with con.cursor() as own:
        own.register("incoming_rows", pa.table(texts))
        own.execute(f"insert into back.{table} select * from incoming_rows")
        own.unregister("incoming_rows")


def has_table(con: duckdb.DuckDBPyConnection, name: str, schema: str = "marts") -> bool:
    """Return whether the build file holds a table."""
    found = con.execute(
        "select 1 from information_schema.tables where table_schema = ? and table_name = ?", [schema, name]
    ).fetchall()
    return bool(found)


def read_history(con: duckdb.DuckDBPyConnection, period: Period) -> list[FundMonth]:
    """Read the province's months as known at the period."""
    if not has_table(con, "fund_months"):
        return []
    rows = con.execute(
        """
        select m.month, m.premium, m.income - m.premium, m.living_benefits, m.other_expenditure, m.refund, m.skill_subsidy, m.job_expansion, m.balance
        from marts.fund_months as m
        cross join run.context as c
        where m.period = ? and m.region_code = concat(substr(c.jurisdiction, 1, 2), '0000')
        order by m.month
        """,
        [period.first_day],
    ).fetchall()
    names = (
        "premium",
        "other_income",
        "living_benefits",
        "other_expenditure",
        "refund",
        "skill_subsidy",
        "job_expansion",
    )
    return [FundMonth(Period.of(r[0]), dict(zip(names, r[1:8], strict=True)), r[8]) for r in rows]


def read_known(con: duckdb.DuckDBPyConnection, period: Period) -> Known:
    """Read what is decided and unpaid (eligible or in review), and the mean of a month's new applications."""
    refund = at_caps = skill = monthly = expansion = expansion_monthly = Decimal(0)
    caps = read_caps(con, period)
    if has_table(con, "refund_decisions"):
        whens = " ".join(f"when '{size}' then {cap}" for size, (_, cap) in caps.items() if cap is not None)
        raised = f"round(contribution_base * case size_class {whens} end, 2)" if whens else "null"
        ((refund, at_caps),) = con.execute(
            f"""
            select
                coalesce(sum(greatest(refund_amount - net_paid_amount, 0)), 0),
                coalesce(sum(greatest(
                    greatest(coalesce(case when programme_year = $year then {raised} end, 0), refund_amount) - net_paid_amount, 0
                )), 0)
            from marts.refund_decisions where period = $period and decision in ('eligible', 'review')
            """,
            {"period": period.first_day, "year": period.year},
        ).fetchall()
    if has_table(con, "skill_decisions"):
        skill, monthly = read_applications(con, period, "skill_decisions")
    if has_table(con, "expansion_decisions"):
        expansion, expansion_monthly = read_applications(
            con, period, "expansion_decisions", "and funding_source = 'fund'"
        )
    ratio, cap = caps.get("sme", (Decimal(1), Decimal(1)))
    share = cap / ratio if ratio else Decimal(1)
    return Known(refund, at_caps, share, skill, monthly, expansion, expansion_monthly)


def read_applications(
    con: duckdb.DuckDBPyConnection, period: Period, table: str, condition: str = ""
) -> tuple[Decimal, Decimal]:
    """Read what a programme of applications still has to pay, and the mean amount of a month's new ones in the last year; yuan."""
    ((unpaid, applied, begun),) = con.execute(
        f"""
        select
            coalesce(sum(greatest(amount - net_paid_amount, 0)), 0), sum(amount) filter (where applied_on >= $first),
            min(applied_on) filter (where applied_on >= $first)
        from marts.{table} where period = $period and decision in ('eligible', 'review') {condition}
        """,
        {"period": period.first_day, "first": period.plus(1 - YEAR).first_day},
    ).fetchall()
    if begun is None:
        return unpaid, Decimal(0)
    months = (period.year - begun.year) * YEAR + period.month - begun.month + 1
    return unpaid, fen(applied / months)


def projection_row(period: Period, row: PathMonth) -> tuple[object, ...]:
    """Return a future month as a row of `back.fund_projection`."""
    return (
        period.first_day, row.scenario, row.month.first_day, row.income, row.expenditure, row.balance, row.reserve_months,
        row.low, row.high, row.items["premium"], row.items["other_income"], row.items["living_benefits"], row.items["refund"],
        row.items["skill_subsidy"], row.items["other_expenditure"], row.skill_applications, row.items["job_expansion"],
        row.expansion_applications, row.method,
    )  # fmt: skip


def gate_row(period: Period, gate: Gate) -> tuple[object, ...]:
    """Return a coming 31 December as a row of `back.fund_gate_forecast`, to six places."""
    figures = (gate.reserve_months, gate.low, gate.high, gate.probability_below_min)
    shown = [None if f is None else round(Decimal(repr(f)), 6) for f in figures]
    return (period.first_day, gate.gate_date, *shown, gate.limit_months, gate.opens_programme_year)


def backtest_rows(view: Outlook) -> list[tuple[object, ...]]:
    """Return the back-tests as rows, one an item and method; one row `all` that says so where no projection is made."""
    count = len(view.months)
    methods = methods_for(count)
    note = NOTES["compared" if len(methods) > 1 else methods[0]]
    if view.calibration is None:
        row = (view.period.first_day, "all", NONE, count, 0, 0, None, None, None, True, None, None)
        return [(*row, *note)]
    coverage = view.calibration.coverage
    rows: list[tuple[object, ...]] = []
    for item in sorted(FORECAST_ITEMS):
        tests = view.calibration.tests[item]
        naive = next((t.error for t in tests if t.method == NAIVE), None)
        rows += [
            (
                view.period.first_day, item, test.method, count, test.origins, test.points, money(test.error), money(naive),
                money(test.cumulated_error), test.is_chosen, Decimal(repr(INTERVAL_LEVEL)),
                None if coverage is None else round(Decimal(repr(coverage)), 6), *note,
            )
            for test in tests
        ]  # fmt: skip
    return rows


def money(value: float | None) -> Decimal | None:
    """Round to the fen; None stays None."""
    return None if value is None else fen(value)
