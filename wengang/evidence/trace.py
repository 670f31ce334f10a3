"""From a figure of the report to the records behind it: employers, applications, payments, ledger lines, with period, file and line."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import duckdb

from wengang.core.errors import UsageError
from wengang.core.number_patterns import masked_numbers
from wengang.core.periods import Period
from wengang.core.settings import Settings
from wengang.warehouse.month_view import open_month

COLUMNS = ("record", "record_key", "amount", "period", "file", "line")
# How to go on from a kind of record.
FURTHER = {
    "refund_decisions": "wengang explain refund 单位编号 --period 期间 --lines",
    "skill_decisions": "wengang explain skill 申领编号 --period 期间 --lines",
    "expansion_decisions": "wengang explain expansion 申领编号 --period 期间 --lines",
    "premium_relief": "wengang trace premium pay_base 报送单位 --period 期间",
    "fund_priority_plan": "wengang trace refund payable_amount 620000 --period 期间",
    "extract_files": "tables/extract_rejects.parquet",
    "parameters": "parameters.csv",
}


@dataclass(frozen=True)
class Trace:
    """The figure, and the records that it is made of; persons are masked. `step` says how to go further down."""

    figure: Decimal | None
    columns: list[str]
    rows: list[tuple[object, ...]]
    step: str
    total: Decimal | None = None
    is_sum: bool = False

    def render(self) -> str:
        """Lay it out as lines of tab-separated text."""
        head = "未知 not known" if self.figure is None else plain(self.figure)
        lines = [f"数字 figure: {head}", "\t".join(self.columns)]
        lines += ["\t".join(cell(value) for value in row) for row in self.rows]
        return "\n".join(
            [*lines, f"共 {len(self.rows)} 条记录 records", self.verdict(), f"再往下 further: {self.step}"]
        )

    @property
    def agrees(self) -> bool | None:
        """Return whether the records amount to the figure; None: it is no sum of records, or not known."""
        if not self.is_sum or self.total is None or self.figure is None:
            return None
        return self.total == self.figure

    def verdict(self) -> str:
        """Return whether the records amount to the figure."""
        if self.agrees is None or self.total is None:
            return "该数字不是记录之和 the figure is no sum of records"
        return f"记录合计 records amount to: {plain(self.total)} " + (
            "相符 agrees" if self.agrees else "不符 differs"
        )


def plain(number: Decimal) -> str:
    """Write a number with thousands apart and without idle decimals."""
    text = f"{number:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def cell(value: object) -> str:
    """Write one value of a record; nothing for null."""
    if value is None:
        return ""
    return plain(value) if isinstance(value, Decimal) else str(value)


def trace(
    settings: Settings,
    section: str,
    measure: str,
    unit: str,
    period: Period,
    *,
    dimension: str = "none",
    dimension_value: str = "",
) -> Trace:
    """Return the records behind a cell of a month's report, from the model `report_records` over the published tables and the lake.

    Raises UsageError where there is no warehouse, or no such figure in the report.
    """
    if not settings.warehouse_file.exists():
        raise UsageError("no_warehouse", place=str(settings.warehouse_file))
    cell_of = [section, measure, dimension, dimension_value, unit]
    figure, is_rate = find_figure(settings, period, cell_of)
    with open_month(settings, period, "report_records") as con:
        rows = con.execute(
            f"select {', '.join(COLUMNS)} from intermediate.report_records where section = ? and measure = ? and dimension = ?"
            " and dimension_value = ? and reporting_unit = ? and (amount is null or amount <> 0) order by all",
            [section, measure.removesuffix("_bridge"), *cell_of[2:]],
        ).fetchall()
    rows = [tuple(masked_numbers(v) if isinstance(v, str) else v for v in row) for row in rows]
    amounts = [row[COLUMNS.index("amount")] for row in rows]
    is_sum = not is_rate and not measure.endswith("_bridge") and None not in amounts
    # Nothing adds up to nothing; what is not known stays so.
    total = sum(amounts, Decimal(0)) if is_sum and (rows or figure is not None) else None
    return Trace(figure, list(COLUMNS), rows, further(rows), total, is_sum)


def find_figure(settings: Settings, period: Period, cell_of: list[str]) -> tuple[Decimal | None, bool]:
    """Return a published figure, and whether it is a rate, which no records add up to; raises UsageError where there is none."""
    section, measure, _, value, unit = cell_of
    with duckdb.connect(str(settings.warehouse_file), read_only=True) as con:
        found = con.execute(
            "select f.value, m.kind = 'rate' from marts.report_figures as f"
            " left join reference.report_measures as m on f.section = m.section and f.measure = m.measure"
            " where f.period = ? and f.section = ? and f.measure = ? and f.dimension = ? and f.dimension_value = ? and f.reporting_unit = ?",
            [period.first_day, *cell_of],
        ).fetchone()
    if found is None:
        raise UsageError(
            "no_figure", period=period, section=section, measure=measure, value=value or "-", unit=unit
        )
    return found[0], bool(found[1])


def further(rows: list[tuple[Any, ...]]) -> str:
    """Return a sentence on what to look at next from the first record."""
    kind = str(rows[0][0]) if rows else ""
    return FURTHER.get(kind, "file, line")
