"""Text split record by record: line breaks in cells, blank lines, lines too long or too short, bytes that are no text."""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING

import pyarrow as pa

from wengang.ingest.frame import begins_like, is_blank, is_row
from wengang.ingest.marks import marked
from wengang.ingest.readers.encoding import lenient
from wengang.ingest.table import BadLine, Chunk, surplus_line

if TYPE_CHECKING:
    from wengang.ingest.readers.text import Layout

LEAST_CELLS = 3  # a text of several lines may well hold a comma or two
_SENTINEL = "\x00end\x00"
_LONE_RETURN = re.compile(r"\r(?!\n)")
_NO_TEXT = re.compile("[\udc80-\udcff]")
csv.field_size_limit(sys.maxsize)


def lines_of(text: str) -> list[str]:
    """Cut at line feeds, keeping them; a lone carriage return inside a line is a blank."""
    if text.count("\r") != text.count("\r\n"):
        text = _LONE_RETURN.sub(" ", text)
    lines = text.split("\n")
    ended = [line + "\n" for line in lines[:-1]]
    return [*ended, lines[-1]] if lines[-1] else ended


def records(lines: list[str], delimiter: str, start: int = 0) -> Iterator[tuple[int, int, list[str] | None]]:
    """Yield (first line, line after the last, cells) of each record from a line on; cells None: its quote is never closed."""
    given = chain((_flat(lines[place]) for place in range(start, len(lines))), [_SENTINEL])
    reader = csv.reader(given, delimiter=delimiter, strict=False)
    begun = start
    for cells in reader:
        ended = start + reader.line_num
        if ended > len(lines):
            if cells != [_SENTINEL]:
                yield begun, len(lines), None
            return
        yield begun, ended, cells
        begun = ended


def _swallows(lines: list[str], cells: list[str], layout: Layout) -> bool:
    """Return whether a record of several lines holds rows of its own: a quotation mark was opened, and closed by that of another row.

    So it is where text follows the closing mark, where a cell holds a whole line of cells, or ends in the same column of a later line.
    """
    try:
        list(csv.reader(map(_flat, lines), delimiter=layout.delimiter, strict=True))
    except csv.Error:
        return True
    for place, cell in enumerate(cells):
        inner = [part.count(layout.delimiter) for part in cell.split("\n")[1:]]
        if inner and (max(inner) >= max(layout.width - 1, LEAST_CELLS) or inner[-1] == place >= LEAST_CELLS):
            return True
    return False


def _flat(line: str) -> str:
    return _LONE_RETURN.sub(" ", line) if "\r" in line else line


def open_record(data: bytes, encoding: str, delimiter: str) -> int | None:
    """Return the byte at which a record begins that the block does not end; None if the block ends with its record."""
    raw = data.splitlines(keepends=True) if b"\r" not in data else [x + b"\n" for x in data.split(b"\n")]
    for begun, _, cells in records(lines_of(lenient(data, encoding)), delimiter):
        if cells is None:
            return sum(map(len, raw[:begun]))
    return None


def split_exactly(lines: list[str], line: int, layout: Layout) -> Chunk:
    """Split lines into rows; `line` physical lines stand before them.

    Missing cells at a row's end are empty; cells beyond the headings are a fault unless they are blank.
    """
    columns: list[list[str]] = [[] for _ in range(layout.width)]
    numbers: list[int] = []
    raws: list[str] = []
    bad: list[BadLine] = []
    broken: set[int] = set()
    start = 0
    while start < len(lines):
        begun = ended = start
        cells: list[str] | None = None
        for first, stop, found in records(lines, layout.delimiter, start):
            begun, ended, cells = first, stop, found
            if cells is not None and ended > begun + 1 and _swallows(lines[begun:ended], cells, layout):
                cells = None
            if cells is None:
                break
            if all(map(is_blank, cells)):
                continue
            if _is_surplus(cells, layout):
                bad.append(
                    _wrong_width(len(numbers), line + begun + 1, len(cells), layout, lines[begun:ended])
                )
                continue
            for place, column in enumerate(columns):
                column.append(_cell(cells, place, layout, broken))
            numbers.append(line + begun + 1)
            raws.append(_legible("".join(lines[begun:ended]).rstrip("\r\n")))
        start = ended
        if cells is None:
            # A quote that is never closed: its line is refused, and the lines after it are read on their own.
            bad.append(
                BadLine(
                    len(numbers),
                    line + begun + 1,
                    "unclosed_quote",
                    "引号没有闭合",
                    "a quotation mark is never closed",
                    _legible(lines[begun].rstrip("\r\n")),
                )
            )
            start = begun + 1
    table = pa.table({f"c{i}": pa.array(column, pa.string()) for i, column in enumerate(columns)})
    return Chunk(table, pa.array(numbers, pa.int64()), raws.__getitem__, bad, frozenset(broken))


def _is_surplus(cells: list[str], layout: Layout) -> bool:
    """Return whether a record has filled cells beyond the headings, and is no total or signature below the table."""
    if all(map(is_blank, cells[layout.width :])):
        return False
    place = next(i for i, cell in enumerate(cells) if not is_blank(cell))
    return begins_like(cells[place]) is None or is_row(cells, place, layout.columns)


def _cell(cells: list[str], place: int, layout: Layout, broken: set[int]) -> str:
    cell = cells[place] if place < len(cells) else ""
    if _NO_TEXT.search(cell) or (layout.is_lossy and "\ufffd" in cell):
        broken.add(place)
        return marked("broken_text", _legible(cell))
    return cell


def _legible(text: str) -> str:
    return _NO_TEXT.sub("\ufffd", text)


def _wrong_width(position: int, line_no: int, found: int, layout: Layout, lines: list[str]) -> BadLine:
    return surplus_line(position, line_no, found, layout.width, _legible("".join(lines).rstrip("\r\n")))
