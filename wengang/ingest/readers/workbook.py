"""Workbooks: the tables alone, out of sheets made for people."""

from __future__ import annotations

import datetime as dt
import gzip
import html
import io
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
from python_calamine import CalamineWorkbook, SheetTypeEnum

from wengang.contracts import Column, Contract, heading_key
from wengang.ingest.headings import by_heading, recognised
from wengang.ingest.readers.parquet import EXACT, date_text, number_text, raw_of, without_rounded
from wengang.ingest.readers.text import is_blank
from wengang.ingest.table import Chunk, RefusedError, Sheet, UnreadableError

HEADER_WITHIN = 50
TOTALS = ("合计", "总计", "小计")
TRAILERS = (
    "填报人",
    "填表人",
    "制表人",
    "审核人",
    "复核人",
    "经办人",
    "负责人",
    "单位负责人",
    "填报日期",
    "备注",
    "注:",
    "说明:",
)
CHUNK_ROWS = 1 << 16
_ERROR_CELL = re.compile(r'<(?:\w+:)?c\b([^>]*\bt="e"[^>]*)>(.*?)</(?:\w+:)?c>', re.DOTALL)


def read_workbook(path: Path, contract: Contract) -> list[Sheet]:
    """Read all tables of a workbook, in the order of the sheets; raises UnreadableError."""
    try:
        data = path.read_bytes()
        if path.name.lower().endswith(".gz"):
            data = gzip.decompress(data)
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        errors = _error_cells(data)
        grids = [
            (sheet.name, _grid(book.get_sheet_by_name(sheet.name), errors.get(sheet.name, {})))
            for sheet in book.sheets_metadata
            if sheet.typ == SheetTypeEnum.WorkSheet
        ]
    except (EOFError, OSError, zlib.error) as error:
        raise UnreadableError(
            "压缩文件损坏或不完整，解不开", "the gzip file is damaged or cut short"
        ) from error
    except Exception as error:  # calamine raises one class a format fault, and panics on others
        raise UnreadableError("不是工作簿，或已损坏", "this is no workbook, or it is damaged") from error
    sheets = []
    for name, grid in grids:
        if (found := _table(name, grid, contract)) is not None:
            sheets.append(found)
    if not sheets:
        needed = [c for c in contract.columns if c.required]
        raise RefusedError(
            "no_heading",
            f"没有一张工作表有“{contract.title_zh}”的表头；必需的列：{'、'.join(c.heading for c in needed)}",
            f"no sheet has the headings of {contract.source}; required are {', '.join(c.name for c in needed)}",
        )
    return sheets


def _error_cells(data: bytes) -> dict[str, dict[tuple[int, int], str]]:
    """Find by sheet the cells that show an error (#N/A, #DIV/0!): the reader gives them as empty, which they are not."""
    found: dict[str, dict[tuple[int, int], str]] = {}
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        sheets = [n for n in packed.namelist() if re.fullmatch(r"xl/worksheets/[^/]+\.xml", n)]
        faulty = {n: xml for n in sheets if b't="e"' in (xml := packed.read(n))}
        if not faulty:
            return found
        links = packed.read("xl/_rels/workbook.xml.rels").decode("utf-8", "replace")
        targets = {
            r["Id"]: "xl/" + r["Target"].removeprefix("/xl/") for r in _attributes(links, "Relationship")
        }
        for sheet in _attributes(packed.read("xl/workbook.xml").decode("utf-8", "replace"), "sheet"):
            path = next((targets.get(v) for k, v in sheet.items() if k.endswith(":id")), None)
            if path in faulty:
                text = faulty[path].decode("utf-8", "replace")
                found[sheet["name"]] = {
                    _place(place[1]): html.unescape(shown[1])
                    for cell in _ERROR_CELL.finditer(text)
                    if (place := re.search(r'\br="([A-Z]+[0-9]+)"', cell[1]))
                    and (shown := re.search(r"<(?:\w+:)?v>([^<]*)<", cell[2]))
                }
    return found


def _attributes(xml: str, tag: str) -> list[dict[str, str]]:
    """Give the attributes of every element of a name."""
    return [
        {k: html.unescape(v) for k, v in re.findall(r'([\w:]+)="([^"]*)"', element)}
        for element in re.findall(rf"<(?:\w+:)?{tag}\b([^>]*)>", xml)
    ]


def _place(reference: str) -> tuple[int, int]:
    """Give row and column, from 0 on, of a cell's reference such as B7."""
    letters = reference.rstrip("0123456789")
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(reference[len(letters) :]) - 1, column - 1


def _grid(sheet: Any, errors: Mapping[tuple[int, int], str]) -> list[list[Any]]:
    """Give the sheet's cells from its first row and column on, merged cells filled, errors as they are shown."""
    grid = [list(row) for row in sheet.to_python(skip_empty_area=False)]
    width = max(map(len, grid), default=0)
    for row in grid:
        row.extend([""] * (width - len(row)))
    for (row_index, column_index), shown in errors.items():
        if row_index < len(grid) and column_index < width and grid[row_index][column_index] in ("", None):
            grid[row_index][column_index] = shown
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        if top >= len(grid) or left >= width:
            continue
        kept = grid[top][left]
        for filled in grid[top : bottom + 1]:
            filled[left : right + 1] = [kept] * len(filled[left : right + 1])
    return grid


def _shown(cell: Any) -> str:
    return cell if isinstance(cell, str) else ("" if cell is None else str(cell))


def _table(name: str, grid: list[list[Any]], contract: Contract) -> Sheet | None:
    """Find the heading row of a sheet and the rows below it; None if the sheet holds no table."""
    best, at = 0, None
    for row in range(min(HEADER_WITHIN, len(grid))):
        score = recognised(contract, [_shown(c) for c in grid[row]])
        # The lower of two equal lines: a heading merged down is filled into both.
        if score > best or (score == best and score and at == row - 1):
            best, at = score, row
    if at is None or best < 2:
        return None
    headings = [_shown(c) for c in grid[at]]
    while headings and is_blank(headings[-1]):
        headings.pop()
    width = len(headings)
    known = by_heading(contract)
    columns = [known.get(heading_key(h)) for h in headings]
    rows, numbers = _rows(grid, at + 1, width)
    typed = [contract.column(c) if c else None for c in columns]
    return Sheet(name, headings, _chunks(rows, numbers, typed))


def _rows(grid: list[list[Any]], begin: int, width: int) -> tuple[list[list[Any]], list[int]]:
    rows, numbers = [], []
    for index in range(begin, len(grid)):
        row = grid[index]
        cells = [_shown(c) for c in row]
        first = next((c for c in cells if not is_blank(c)), None)
        if first is None:
            continue
        lead = unicodedata.normalize("NFKC", first).replace(" ", "").strip()
        if lead.startswith(TRAILERS):
            break
        if lead.startswith(TOTALS):
            continue
        rows.append(row[:width])
        numbers.append(index + 1)
    return rows, numbers


def _chunks(
    rows: list[list[Any]], numbers: list[int], columns: list[Column | None]
) -> Iterator[Callable[[], Chunk]]:
    for begin in range(0, len(rows), CHUNK_ROWS):
        yield partial(_chunk, rows[begin : begin + CHUNK_ROWS], numbers[begin : begin + CHUNK_ROWS], columns)


def _chunk(rows: list[list[Any]], numbers: list[int], columns: list[Column | None]) -> Chunk:
    across = list(zip(*rows, strict=True))
    cells = pa.table(
        {
            f"c{i}": pa.array([cell_text(v, columns[i]) for v in values], pa.string())
            for i, values in enumerate(across)
        }
    )
    rounded = {
        index: column
        for values, column in zip(across, columns, strict=True)
        if column is not None and column.type == "id"
        for index, value in enumerate(values)
        if isinstance(value, float) and abs(value) >= EXACT
    }
    return without_rounded(Chunk(cells, pa.array(numbers, pa.int64()), partial(raw_of, cells)), rounded)


def cell_text(value: Any, column: Column | None) -> str | None:
    """Bring a workbook's cell to the text that a cell of a text file would have."""
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (dt.date, dt.datetime)):
        return date_text(value, column.type if column else None)
    if isinstance(value, (int, float)):
        return number_text(float(value), column)
    return str(value)
