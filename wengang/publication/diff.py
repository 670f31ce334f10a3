"""Two revisions of a month side by side: every figure that is not the same."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import duckdb

from wengang.core.errors import PublicationError
from wengang.core.periods import Period
from wengang.core.settings import Settings
from wengang.core.sql import quote
from wengang.months.published import checked_revision, revisions

NOW = "now"


@dataclass(frozen=True)
class Change:
    """One figure of one column of the report, in both revisions; None: not known, or no such row."""

    section: str
    measure: str
    dimension: str
    dimension_value: str
    reporting_unit: str
    column: str
    old: Decimal | None
    new: Decimal | None


def diff(settings: Settings, period: Period, old: str, new: str) -> list[Change]:
    """Return the figures that differ between two revisions, `r1` and so on, or `now`: the warehouse as it stands.

    Raises PublicationError for a revision that there is none of.
    """
    with duckdb.connect() as con:
        if settings.warehouse_file.exists():
            con.execute(f"attach {quote(str(settings.warehouse_file))} as w (read_only)")
        sides = [relation(settings, period, name) for name in (old, new)]
        keys = ("section", "measure", "dimension", "dimension_value", "reporting_unit")
        on = " and ".join(f"o.{k} = n.{k}" for k in keys)
        names = ", ".join(f"coalesce(o.{k}, n.{k}) as {k}" for k in keys)
        parts = [
            f"select {names}, '{c}' as figure_column, o.{c}, n.{c} from {sides[0]} as o full join {sides[1]} as n on {on}"
            f" where o.{c} is distinct from n.{c}"
            for c in ("value", "value_year_to_date", "value_same_month_last_year")
        ]
        rows = con.execute(
            f"select * from ({' union all '.join(parts)}) order by 1, 2, 3, 4, 5, 6 desc"
        ).fetchall()
    return [Change(*row) for row in rows]


def relation(settings: Settings, period: Period, name: str) -> str:
    """Return the SQL of one side's figures."""
    if name == NOW and settings.warehouse_file.exists():
        return f"(select * from w.marts.report_figures where period = date '{period.first_day}')"
    table = named_revision(settings, period, name) / "tables" / "report_figures.parquet"
    return f"read_parquet({quote(str(table))})"


def named_revision(settings: Settings, period: Period, name: str) -> Path:
    """Find a revision by its name; raises PublicationError where there is none."""
    known = revisions(settings, period)
    if name.removeprefix("r").isdigit() and int(name.removeprefix("r")) in known:
        return checked_revision(settings, period, int(name.removeprefix("r")))
    there = ", ".join(f"r{n}" for n in known) or "无 none"
    raise PublicationError(
        "no_revision", place=str(settings.published_dir / str(period)), period=period, name=name, there=there
    )


def render_changes(changes: list[Change]) -> str:
    """Lay changes out for a terminal, one a line."""
    if not changes:
        return "没有变化的数字 · no figure differs"

    def text(value: Decimal | None) -> str:
        return "未知 not known" if value is None else f"{value:,f}".rstrip("0").rstrip(".")

    lines = [
        f"{c.section}.{c.measure} {c.dimension_value or '-'} {c.reporting_unit} {c.column}: {text(c.old)} → {text(c.new)}"
        for c in changes
    ]
    return "\n".join([*lines, f"共 {len(changes)} 个数字 figures"])
