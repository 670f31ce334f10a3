"""What the build takes back from Python: the projection of the fund and its back-test, as tables of the schema `back`."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import duckdb
import pyarrow as pa

from wengang.core.periods import Period
from wengang.forecast.projection import (
    CAP_RATIOS,
    FundMonth,
    Known,
    PathMonth,
    back_tests,
    fen,
    outlook,
    paths,
    usable_history,
)
from wengang.forecast.series import FULL_HISTORY, INTERVAL_LEVEL, LEAST_HISTORY, YEAR, Backtest, method_for

PROJECTION_COLUMNS = (
    ("period", "date"), ("scenario", "varchar"), ("month", "date"),
    ("income", "decimal(18, 2)"), ("expenditure", "decimal(18, 2)"), ("balance", "decimal(18, 2)"),
    ("reserve_months", "decimal(18, 6)"), ("low", "decimal(18, 2)"), ("high", "decimal(18, 2)"),
    ("premium", "decimal(18, 2)"), ("other_income", "decimal(18, 2)"), ("living_benefits", "decimal(18, 2)"),
    ("refund", "decimal(18, 2)"), ("skill_subsidy", "decimal(18, 2)"), ("other_expenditure", "decimal(18, 2)"),
    ("skill_applications", "decimal(18, 2)"), ("method", "varchar"),
)  # fmt: skip
BACKTEST_COLUMNS = (
    ("period", "date"), ("item", "varchar"), ("method", "varchar"), ("history_months", "integer"), ("origins", "integer"),
    ("points", "integer"), ("error", "decimal(18, 2)"), ("naive_error", "decimal(18, 2)"),
    ("interval_level", "decimal(18, 6)"), ("interval_coverage", "decimal(18, 6)"), ("note_zh", "varchar"), ("note_en", "varchar"),
)  # fmt: skip
NOTES = {
    "theta": (
        "按月度历史用Theta法（去季节）预测",
        "forecast from the monthly history by the Theta method, cleared of seasons",
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


def back_tables(con: duckdb.DuckDBPyConnection) -> None:
    """Make the empty tables that the build fills between its marts and its report models."""
    con.execute("create schema if not exists back")
    for name, columns in (("fund_projection", PROJECTION_COLUMNS), ("fund_backtest", BACKTEST_COLUMNS)):
        con.execute(f"create or replace table back.{name} ({', '.join(f'{c} {t}' for c, t in columns)})")


def project(con: duckdb.DuckDBPyConnection, period: Period) -> None:
    """Project the fund as of a period into `back.fund_projection` and `back.fund_backtest`, from the marts of that period."""
    back_tables(con)
    history = usable_history(read_history(con, period))
    known = read_known(con, period)
    insert_rows(
        con,
        "fund_projection",
        PROJECTION_COLUMNS,
        [projection_row(period, row) for row in paths(outlook(history, period), known)],
    )
    insert_rows(con, "fund_backtest", BACKTEST_COLUMNS, backtest_rows(history, period))


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
    con.register("incoming_rows", pa.table(texts))
    con.execute(f"insert into back.{table} select * from incoming_rows")
    con.unregister("incoming_rows")


def has_table(con: duckdb.DuckDBPyConnection, name: str) -> bool:
    """Tell whether the marts hold a table."""
    found = con.execute(
        "select 1 from information_schema.tables where table_schema = 'marts' and table_name = ?", [name]
    ).fetchall()
    return bool(found)


def read_history(con: duckdb.DuckDBPyConnection, period: Period) -> list[FundMonth]:
    """Read the province's months as known at the period."""
    if not has_table(con, "fund_months"):
        return []
    rows = con.execute(
        """
        select m.month, m.premium, m.income - m.premium, m.living_benefits, m.other_expenditure, m.refund, m.skill_subsidy, m.balance
        from marts.fund_months as m
        cross join run.context as c
        where m.period = ? and m.region_code = concat(substr(c.jurisdiction, 1, 2), '0000')
        order by m.month
        """,
        [period.first_day],
    ).fetchall()
    names = ("premium", "other_income", "living_benefits", "other_expenditure", "refund", "skill_subsidy")
    return [FundMonth(Period.of(r[0]), dict(zip(names, r[1:7], strict=True)), r[7]) for r in rows]


def read_known(con: duckdb.DuckDBPyConnection, period: Period) -> Known:
    """Read what is decided and unpaid (eligible or in review), and the mean of a month's new applications."""
    refund = caps = skill = monthly = Decimal(0)
    if has_table(con, "refund_decisions"):
        ratios = " ".join(f"when '{size}' then {ratio}" for size, ratio in CAP_RATIOS.items())
        ((refund, caps),) = con.execute(
            f"""
            select
                coalesce(sum(greatest(refund_amount - paid_amount, 0)), 0),
                coalesce(sum(greatest(coalesce(
                    case when programme_year = $year then round(contribution_base * case size_class {ratios} end, 2) end, refund_amount
                ) - paid_amount, 0)), 0)
            from marts.refund_decisions where period = $period and decision in ('eligible', 'review')
            """,
            {"period": period.first_day, "year": period.year},
        ).fetchall()
    if has_table(con, "skill_decisions"):
        ((skill, applied, begun),) = con.execute(
            """
            select
                coalesce(sum(greatest(amount - paid_amount, 0)), 0), sum(amount) filter (where applied_on >= $first),
                min(applied_on) filter (where applied_on >= $first)
            from marts.skill_decisions where period = $period and decision in ('eligible', 'review')
            """,
            {"period": period.first_day, "first": period.plus(1 - YEAR).first_day},
        ).fetchall()
        if begun is not None:
            months = (period.year - begun.year) * YEAR + period.month - begun.month + 1
            monthly = fen(applied / months)
    return Known(refund, caps, skill, monthly)


def projection_row(period: Period, row: PathMonth) -> tuple[object, ...]:
    """Give a future month as a row of `back.fund_projection`."""
    return (
        period.first_day, row.scenario, row.month.first_day, row.income, row.expenditure, row.balance, row.reserve_months,
        row.low, row.high, row.items["premium"], row.items["other_income"], row.items["living_benefits"], row.items["refund"],
        row.items["skill_subsidy"], row.items["other_expenditure"], row.skill_applications, row.method,
    )  # fmt: skip


def backtest_rows(history: Sequence[FundMonth], period: Period) -> list[tuple[object, ...]]:
    """Give the back-test as rows, one an item; one row `all` that says so where no projection is made."""
    count = len(history)
    note = NOTES[method_for(count)]
    if method_for(count) == "none":
        return [(period.first_day, "all", "none", count, 0, 0, None, None, None, None, *note)]
    return [
        backtest_row(period, item, count, test, note) for item, test in sorted(back_tests(history).items())
    ]


def backtest_row(
    period: Period, item: str, count: int, test: Backtest, note: tuple[str, str]
) -> tuple[object, ...]:
    """Give one item's back-test as a row of `back.fund_backtest`; amounts in yuan."""

    def money(value: float | None) -> Decimal | None:
        return None if value is None else fen(value)

    coverage = None if test.coverage is None else round(Decimal(repr(test.coverage)), 6)
    return (
        period.first_day, item, test.method, count, test.origins, test.points, money(test.error), money(test.naive_error),
        Decimal(repr(INTERVAL_LEVEL)), coverage, *note,
    )  # fmt: skip
