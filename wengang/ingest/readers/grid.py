"""Sheets of cells, as workbooks and pages have them, into tables of text: the heading found, merges filled, totals and signatures left out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from wengang.contracts import Column, Contract, heading_key
from wengang.ingest.frame import HEADER_WITHIN, begins_like, find_frame, is_blank, is_row, multiplied, powers
from wengang.ingest.headings import by_heading, shown_heading
from wengang.ingest.marks import MARK, marked, shown
from wengang.ingest.readers.cells import cell_text
from wengang.ingest.table import RefusedError, Told

CHUNK_ROWS = 1 << 16
LEAST_HEADINGS = 2
SAMPLES = ("填报示例", "示例", "样表", "说明")
Place = tuple[int, int]
Area = tuple[Place, Place]


@dataclass
class Grid:
    """One sheet: its filled rows by number (from 0), what is merged, and the cells that hold no value (`marks`, as marked texts)."""

    name: str | None
    rows: dict[int, list[Any]]
    merged: list[Area] = field(default_factory=list)
    marks: Mapping[Place, str] = field(default_factory=dict)
    is_hidden: bool = False
    is_1904: bool = False


@dataclass
class Table:
    """One table: headings, columns of text, the sheet's row of each row, and its amounts as the sheet shows them."""

    name: str | None
    headings: list[str]
    lines: list[int]
    columns: list[list[str | None]]
    originals: dict[int, list[str | None]]
    # Rows with content beyond the headings: the rows before, the sheet's row, the number of cells, what stands there.
    surplus: list[tuple[int, int, int, str]] = field(default_factory=list)

    @property
    def marked(self) -> list[int]:
        """Return columns in which a cell is marked."""
        return [i for i, c in enumerate(self.columns) if any(x is not None and x.startswith(MARK) for x in c)]

    def batches(self) -> Iterable[pa.Table]:
        """Yield the rows as tables of text: `c0`, …, `line_no`, and `o<i>` for amounts that were multiplied."""
        for begin in range(0, len(self.lines), CHUNK_ROWS):
            part = slice(begin, begin + CHUNK_ROWS)
            found = {f"c{i}": pa.array(c[part], pa.string()) for i, c in enumerate(self.columns)}
            found |= {f"o{i}": pa.array(c[part], pa.string()) for i, c in self.originals.items()}
            yield pa.table({**found, "line_no": pa.array(self.lines[part], pa.int64())})


def read_tables(grids: Iterable[Grid], contract: Contract, told: Told) -> list[Table]:
    """Return the tables of all sheets that are to be read, in order; raises RefusedError where there is none."""
    tables = []
    passed = []
    for grid in grids:
        named = find_frame(_top(grid), contract, merged_down=True)
        if named is None or named.recognised < LEAST_HEADINGS:
            continue
        if grid.is_hidden:
            passed.append((named.at + 1, grid.name, "隐藏", "hidden"))
        elif (grid.name or "").strip() in SAMPLES:
            passed.append((named.at + 1, grid.name, "示例或说明", "an example or an explanation"))
        else:
            tables.append(_table(grid, contract, told))
    zh = "、".join(f"{shown_heading(n or '')}（{why}）" for _, n, why, _ in passed)
    en = ", ".join(f"{shown_heading(n or '')} ({why})" for _, n, _, why in passed)
    if passed:
        told.sheets_passed += len(passed)
        told.warn(
            "sheets_passed",
            f"有表头而未读的工作表 {len(passed)} 张：{zh}",
            f"{len(passed)} sheets with a heading were not read: {en}",
            line_no=passed[0][0],
        )
    if not tables:
        needed = [c for c in contract.columns if c.required]
        raise RefusedError(
            "no_heading",
            f"没有一张{'可读的' if passed else ''}工作表有“{contract.title_zh}”的表头；必需的列：{'、'.join(c.heading for c in needed)}"
            + (f"；有表头而不读的工作表：{zh}" if passed else ""),
            f"no sheet{' that is read' if passed else ''} has the headings of {contract.source};"
            f" required are {', '.join(c.name for c in needed)}" + (f"; not read: {en}" if passed else ""),
        )
    return tables


def _plain(cell: Any) -> str:
    return cell if isinstance(cell, str) else ("" if cell is None else str(cell))


def _top(grid: Grid) -> list[list[str]]:
    """Return the first rows as text, merges filled, each at its own place."""
    width = max((len(r) for r in grid.rows.values()), default=0)
    top = [
        [_plain(c) for c in grid.rows.get(i, [])]
        for i in range(min(HEADER_WITHIN, max(grid.rows, default=-1) + 1))
    ]
    top = [row + [""] * (width - len(row)) for row in top]
    for (first, left), (last, right) in grid.merged:
        if first < len(top) and left < width:
            for row in top[first : last + 1]:
                row[left : right + 1] = [top[first][left]] * len(row[left : right + 1])
    return top


def _table(grid: Grid, contract: Contract, told: Told) -> Table:
    frame = find_frame(_top(grid), contract, merged_down=True)
    assert frame is not None
    headings = list(frame.headings)
    known = by_heading(contract)
    names = [known.get(heading_key(h)) for h in headings]
    columns = [contract.column(n) if n else None for n in names]
    spread, several = _fill(grid, frame.at, columns)
    width = len(headings)
    lines: list[int] = []
    texts: list[list[str | None]] = [[] for _ in headings]
    below: list[int] = []
    surplus: list[tuple[int, int, int, str]] = []
    ended = False
    for index in sorted(grid.rows):
        if index <= frame.at:
            continue
        row = _texts(grid, index, columns, several)
        filled = next((i for i, c in enumerate(row) if c is not None and not is_blank(shown(c))), None)
        if filled is None:
            continue
        kind = begins_like(shown(row[filled]))
        if ended:
            if kind is None:
                below.append(index + 1)
            continue
        if kind and not is_row([shown(c) for c in row], filled, columns, spread.get(index, ())):
            ended = kind == "footer"
            continue
        if any(c is not None and not is_blank(shown(c)) for c in row[width:]):
            surplus.append((len(lines), index + 1, len(row), "\t".join(map(shown, row))))
            continue
        lines.append(index + 1)
        for place in range(width):
            texts[place].append(row[place] if place < len(row) else None)
    _tell_uncalculated(lines, texts, told)
    if below:
        told.rows_below += len(below)
        where = f"（工作表“{shown_heading(grid.name)}”）" if grid.name else ""
        told.warn(
            "rows_below",
            f"表尾以下还有 {len(below)} 行有内容，未读，自第 {below[0]} 行起{where}",
            f"{len(below)} rows below the end of the table were not read, from line {below[0]} on",
            len(below),
            below[0],
        )
    originals = {}
    for place, power in powers(frame, columns).items():
        originals[place] = texts[place]
        texts[place] = [None if c is None else multiplied(c, power) for c in texts[place]]
    if originals:
        told.warn(
            "unit_above",
            f"表头上方写明单位：{frame.unit}，金额已乘以 {10**frame.power:,}",
            f"the unit above the heading is {frame.unit}: amounts were multiplied by {10**frame.power:,}",
        )
    return Table(grid.name, headings, lines, texts, originals, surplus)


def _tell_uncalculated(lines: list[int], texts: list[list[str | None]], told: Told) -> None:
    """Count the cells whose formula was never calculated, and tell of them."""
    found = [
        line
        for column in texts
        for line, c in zip(lines, column, strict=True)
        if c is not None and c.startswith(f"{MARK}uncalculated")
    ]
    if found:
        told.cells_uncalculated += len(found)
        told.warn(
            "cells_uncalculated",
            f"{len(found)} 个单元格是没有计算结果的公式，自第 {min(found)} 行起；请在表格软件中重新计算并保存",
            f"{len(found)} cells hold a formula without a calculated value, from line {min(found)} on; recalculate and save the workbook",
            len(set(found)),
            min(found),
        )


def _texts(grid: Grid, index: int, columns: list[Column | None], several: set[Place]) -> list[str | None]:
    """Return a row's cells as text; what cannot be read is marked. Cells beyond the headings only matter for being there."""
    found: list[str | None] = []
    row = grid.rows[index]
    for place, value in enumerate(row):
        column = columns[place] if place < len(columns) else None
        mark = grid.marks.get((index, place))
        text = mark if mark is not None and value in ("", None) else cell_text(value, column, grid.is_1904)
        if text is not None and column is not None and (index, place) in several:
            text = marked("merged_money", shown(text))
        found.append(text)
    for place in range(len(row), len(columns)):
        found.append(grid.marks.get((index, place)))
    return found


def _fill(grid: Grid, heading: int, columns: list[Column | None]) -> tuple[dict[int, set[int]], set[Place]]:
    """Fill merged cells below the heading; return what merges over columns fill, by row, and the amounts merged over several cells."""
    spread: dict[int, set[int]] = {}
    several: set[Place] = set()
    last_row = max(grid.rows, default=-1)
    for (top, left), (bottom, right) in grid.merged:
        if top <= heading or top > last_row or left >= len(columns):
            continue
        kept = grid.rows.get(top, [])
        value = kept[left] if left < len(kept) else ""
        mark = grid.marks.get((top, left)) if value in ("", None) else None
        places = range(left, min(right, len(columns) - 1) + 1)
        amounts = [p for p in places if (c := columns[p]) is not None and c.type == "money"]
        for index in range(top, min(bottom, last_row) + 1):
            row = grid.rows.setdefault(index, [])
            row.extend([""] * (places[-1] + 1 - len(row)))
            for place in places:
                row[place] = value if mark is None else mark
            if right > left:
                spread.setdefault(index, set()).update(places[1:])
            if bottom > top or len(amounts) > 1:
                several.update((index, place) for place in amounts)
    return spread, several
