"""What every explanation is made of: two-language sections, rendered as text or JSON; reading the warehouse and the lake's lines."""

from __future__ import annotations

import copy
import datetime as dt
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from wengang.core.errors import UsageError
from wengang.core.periods import Period
from wengang.core.settings import Settings
from wengang.core.sql import quote
from wengang.core.text import width_of
from wengang.lake.deliveries import LakeState, read_lake


@dataclass(frozen=True)
class Words:
    """A text in Chinese and English."""

    zh: str
    en: str

    def text(self, language: str) -> str:
        """Return one of the two."""
        return self.zh if language == "zh" else self.en


Cell = Words | str | int | bool | Decimal | dt.date | None


@dataclass
class Section:
    """A titled table; without column names, a list of labels and values."""

    key: str
    title: Words
    rows: Sequence[Sequence[Cell]]
    columns: Sequence[Words] = ()
    notes: list[Words] = field(default_factory=list)


@dataclass
class Explanation:
    """One decision explained: `facts` for machines, `sections` for people."""

    kind: str
    subject: str
    period: str
    facts: dict[str, Any]
    sections: list[Section]

    def render(self, language: str = "zh") -> str:
        """Return the whole explanation as text in `zh` or `en`."""
        blocks = []
        for section in self.sections:
            lines = [f"■ {section.title.text(language)}"]
            lines += table_lines(section, language)
            lines += [f"  ※ {note.text(language)}" for note in section.notes]
            blocks.append("\n".join(lines))
        return "\n\n".join(blocks)

    def to_json(self) -> str:
        """Return the facts and the sections as JSON; money and rates as text, so that no digit is lost."""
        document = {
            "kind": self.kind,
            "subject": self.subject,
            "period": self.period,
            **self.facts,
            "sections": [
                {
                    "key": s.key,
                    "title": {"zh": s.title.zh, "en": s.title.en},
                    "columns": [{"zh": c.zh, "en": c.en} for c in s.columns],
                    "rows": [[plain(cell) for cell in row] for row in s.rows],
                    "notes": [{"zh": n.zh, "en": n.en} for n in s.notes],
                }
                for s in self.sections
            ],
        }
        return json.dumps(document, ensure_ascii=False, indent=2, default=plain)


def plain(value: Any) -> Any:
    """Turn a cell into what JSON holds."""
    if isinstance(value, Words):
        return {"zh": value.zh, "en": value.en}
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    return value


def shown(cell: Cell, language: str) -> str:
    """Turn a cell into what a person reads."""
    if cell is None:
        return "—"
    if isinstance(cell, Words):
        return cell.text(language)
    if isinstance(cell, bool):
        return ("是" if cell else "否") if language == "zh" else ("yes" if cell else "no")
    if isinstance(cell, Decimal):
        return f"{cell:,}"
    return str(cell)


def table_lines(section: Section, language: str) -> list[str]:
    """Lay a section out in columns."""
    rows = [[shown(cell, language) for cell in row] for row in section.rows]
    if section.columns:
        rows.insert(0, [c.text(language) for c in section.columns])
    if not rows:
        return ["  （无）" if language == "zh" else "  (none)"]
    widths = [
        max(width_of(row[i]) for row in rows if i < len(row)) for i in range(max(len(row) for row in rows))
    ]
    lines = []
    for row in rows:
        cells = [cell + " " * (widths[i] - width_of(cell)) for i, cell in enumerate(row)]
        lines.append(("  " + "  ".join(cells)).rstrip())
    return lines


def open_warehouse(settings: Settings) -> duckdb.DuckDBPyConnection:
    """Open the published warehouse for reading; raises UsageError where nothing has been published yet."""
    if not settings.warehouse_file.exists():
        raise UsageError("no_warehouse", place=str(settings.warehouse_file))
    return duckdb.connect(str(settings.warehouse_file), read_only=True)


def rows_of(con: duckdb.DuckDBPyConnection, sql: str, values: Sequence[Any] = ()) -> list[dict[str, Any]]:
    """Return a query's rows by column name."""
    result = con.execute(sql, list(values))
    names = [d[0] for d in result.description]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def check_period(con: duckdb.DuckDBPyConnection, period: Period) -> None:
    """Raise UsageError where the warehouse does not hold a period, naming those that it holds."""
    held = [Period.of(r["period"]) for r in rows_of(con, "select period from run.builds order by period")]
    if period not in held:
        spans = f"{held[0]}…{held[-1]}" if held else "—"
        raise UsageError("period_not_built", period=period, spans=spans)


class Lines:
    """The lake's rows as they were known at a period, with the file and line of each."""

    def __init__(self, settings: Settings, con: duckdb.DuckDBPyConnection, period: Period) -> None:
        self.lake_dir: Path = settings.lake_dir
        self.con = con
        self.state: LakeState = read_lake(settings).through(period)

    def through(self, period: Period) -> Lines:
        """Return the same as known at an earlier period."""
        earlier = copy.copy(self)
        earlier.state = self.state.through(period)
        return earlier

    def files(self, source: str, *, snapshot: bool = False) -> list[str]:
        """Return a source's lake files in force; of a snapshot only the newest period's (the register's state is kept by region)."""
        found = [d for d in self.state.current(source) if d.lake_file]
        if snapshot and found and source != "employers":
            newest = max(d.period for d in found)
            found = [d for d in found if d.period == newest]
        return [str(self.lake_dir / str(d.lake_file)) for d in found]

    def versions(self, source: str, *, key: Sequence[str] = (), snapshot: bool = False) -> str | None:
        """Return a query of a source's rows, every version, in which `is_newest` marks those that count; None where no file is in force.

        `key` names the columns that identify a row.
        """
        files = self.files(source, snapshot=snapshot)
        if not files:
            return None
        paths = ", ".join(map(quote, files))
        newest = "true"
        if key:
            valid = "" if snapshot else " and is_valid"
            newest = f"row_number() over (partition by {', '.join(key)} order by _period desc, _file desc, _seq desc) = 1{valid}"
        return f"select *, {newest} as is_newest from read_parquet([{paths}])"

    def rows(
        self,
        source: str,
        columns: Sequence[str],
        where: str,
        values: Sequence[Any],
        *,
        key: Sequence[str] = (),
        snapshot: bool = False,
    ) -> list[dict[str, Any]]:
        """Return the rows that a condition picks, every version, in order, with period, file and line; see `versions`."""
        versions = self.versions(source, key=key, snapshot=snapshot)
        if versions is None:
            return []
        return rows_of(
            self.con,
            f"select {', '.join(columns)}, strftime(_period, '%Y-%m') as period, _file as file, _line_no as line, is_newest "
            f"from ({versions}) where {where} order by {', '.join(columns)}, _period, _file, _seq",
            values,
        )


def line_section(
    key: str,
    title: Words,
    labels: Iterable[tuple[str, Words]],
    rows: Iterable[Mapping[str, Any]],
    in_words: Callable[[str, Cell], Cell],
) -> Section:
    """Lay source lines out: their columns, codes in words, then file, line and whether the version counts."""
    named = list(labels)
    columns = [w for _, w in named] + [
        Words("期间", "period"),
        Words("文件", "file"),
        Words("行", "line"),
        Words("有效版本", "counts"),
    ]
    return Section(
        key,
        title,
        [
            [
                *(in_words(n, row[n]) for n, _ in named),
                row["period"],
                row["file"],
                row["line"],
                row["is_newest"],
            ]
            for row in rows
        ],
        columns,
    )
