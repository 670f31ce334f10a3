"""Text files: lines into cells, in chunks, each cell with the physical line that its row begins on.

A chunk whose lines are plain (as many rows as lines, every line as wide as the headings) is split by the Arrow reader
at full speed and its line numbers are counted. Any other chunk (quoted line breaks, blank lines, lines too long or too
short) is split record by record, so that every number is exact.
"""

from __future__ import annotations

import csv
import gzip
import re
import sys
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, cast

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv

from wengang.contracts import Contract
from wengang.ingest.headings import recognised
from wengang.ingest.parse import BLANKS
from wengang.ingest.readers.encoding import to_utf8
from wengang.ingest.table import BadLine, Chunk, Sheet, UnreadableError

CHUNK_BYTES = 8 << 20
OPEN_QUOTE_BYTES = 1 << 20  # a quoted cell longer than this was never closed
DELIMITERS = (",", "\t", "|", ";")
_SENTINEL = "\x00end\x00"
_LONE_RETURN = re.compile(r"\r(?!\n)")
csv.field_size_limit(sys.maxsize)


def open_bytes(path: Path) -> IO[bytes]:
    """Open a file for reading, unpacked if its name ends in .gz."""
    if path.name.lower().endswith(".gz"):
        return cast(IO[bytes], gzip.open(path, "rb"))
    return path.open("rb")


def blocks(path: Path, size: int = CHUNK_BYTES) -> Iterator[bytes]:
    """Give the file's bytes in blocks that end at a line break; raises UnreadableError for a damaged gzip."""
    try:
        with open_bytes(path) as stream:
            rest = b""
            old_breaks: bool | None = None
            while data := stream.read(size):
                if old_breaks is None:  # lines ended by a carriage return alone, as old systems write them
                    old_breaks = b"\n" not in data and b"\r" in data[:-1]
                if old_breaks:
                    data = data.replace(b"\r", b"\n")
                data = rest + data
                cut = data.rfind(b"\n") + 1
                if cut:
                    yield data[:cut]
                rest = data[cut:]
            if rest:
                yield rest
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise UnreadableError(
            "压缩文件损坏或不完整，解不开", "the gzip file is damaged or cut short"
        ) from error
    except OSError as error:
        raise UnreadableError(
            f"文件打不开：{error.strerror}", f"the file cannot be opened: {error.strerror}"
        ) from error


def is_blank(cell: str) -> bool:
    """Tell whether a cell holds nothing but blanks."""
    return not cell.strip(BLANKS)


def _lines(text: str) -> list[str]:
    """Cut at line feeds, keeping them; a lone carriage return inside a line is a blank."""
    if text.count("\r") != text.count("\r\n"):
        text = _LONE_RETURN.sub(" ", text)
    lines = text.split("\n")
    ended = [line + "\n" for line in lines[:-1]]
    return [*ended, lines[-1]] if lines[-1] else ended


def _count_lines(data: bytes) -> int:
    return data.count(b"\n") + (0 if not data or data.endswith(b"\n") else 1)


def _records(lines: list[str], delimiter: str) -> Iterator[tuple[int, int, list[str] | None]]:
    """Give (first line, line after the last, cells) of each record; cells None: its quote is never closed."""
    reader = csv.reader([*lines, _SENTINEL], delimiter=delimiter, strict=False)
    begun = 0
    for cells in reader:
        ended = reader.line_num
        if ended > len(lines):
            if cells != [_SENTINEL]:
                yield begun, len(lines), None
            return
        yield begun, ended, cells
        begun = ended


def _open_record(data: bytes, encoding: str, delimiter: str) -> int | None:
    """Give the byte at which a record begins that the block does not end; None if the block ends with its record."""
    raw = data.splitlines(keepends=True) if b"\r" not in data else [x + b"\n" for x in data.split(b"\n")]
    lines = _lines(to_utf8(data, encoding).decode("utf-8"))
    for begun, _, cells in _records(lines, delimiter):
        if cells is None:
            return sum(map(len, raw[:begun]))
    return None


@dataclass(frozen=True)
class Layout:
    """How a text file is written."""

    encoding: str
    delimiter: str
    width: int


def read_text(path: Path, contract: Contract, encoding: str, size: int = CHUNK_BYTES) -> Sheet:
    """Read a text file's headings and make its rows ready; raises UnicodeDecodeError, UnreadableError."""
    stream = blocks(path, size)
    first = next(stream, b"")
    if first.startswith(b"\xef\xbb\xbf"):
        first = first[3:]
    raw = [line + b"\n" for line in first.split(b"\n", 200)]
    texts = [to_utf8(line, encoding).decode("utf-8") for line in raw[:200]]
    skip = next((i for i, text in enumerate(texts) if not is_blank(text)), None)
    if skip is None:
        raise UnreadableError("文件没有内容，连表头也没有", "the file is empty: there is not even a heading")
    delimiter, headings, ended = ",", [""], 1
    best = (-1, -1)
    for candidate in DELIMITERS:
        _, stop, cells = next(_records(texts[skip:], candidate))
        score = (recognised(contract, cells or []), len(cells or []))
        if cells is not None and score > best:
            best, delimiter, headings, ended = score, candidate, cells, stop
    while headings and is_blank(headings[-1]):
        headings.pop()
    body = first[sum(map(len, raw[: skip + ended])) :]
    layout = Layout(encoding, delimiter, len(headings))
    return Sheet(None, headings, _chunks(body, stream, skip + ended, layout))


def _chunks(body: bytes, stream: Iterator[bytes], line: int, layout: Layout) -> Iterator[Callable[[], Chunk]]:
    """Give the chunks as work to be done, each a whole number of records; `line` lines stand before them."""
    pending: bytes | None = body
    while pending is not None:
        following = next(stream, None)
        # An odd number of quotes: the last record may go on in the next block.
        if following is not None and b'"' in pending and pending.count(b'"') % 2:
            begun = _open_record(pending, layout.encoding, layout.delimiter)
            if begun is not None and len(pending) - begun <= OPEN_QUOTE_BYTES:
                following = pending[begun:] + following
                pending = pending[:begun]
        if pending:
            yield partial(split, pending, line, layout)
        line += _count_lines(pending)
        pending = following


def split(data: bytes, line: int, layout: Layout) -> Chunk:
    """Split whole records into cells; `line` physical lines stand before them. Raises UnicodeDecodeError."""
    if layout.encoding != "utf-8":
        data = to_utf8(data, layout.encoding)
    return _split_plain(data, line, layout) or _split_exactly(data, line, layout)


def _split_plain(data: bytes, line: int, layout: Layout) -> Chunk | None:
    """Split a chunk in which every line is a row of the right width; None for any other."""
    lines = _count_lines(data)
    if b"\r" in data and data.count(b"\r") != data.count(b"\r\n"):
        return None
    names = [f"c{i}" for i in range(layout.width)]
    try:
        cells = pacsv.read_csv(
            pa.py_buffer(data),
            read_options=pacsv.ReadOptions(column_names=names, use_threads=False, block_size=len(data) + 16),
            parse_options=pacsv.ParseOptions(delimiter=layout.delimiter),
            convert_options=pacsv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid:
        return None
    if cells.num_rows != lines:
        return None
    line_no = pa.array(np.arange(line + 1, line + lines + 1, dtype=np.int64))
    text: list[bytes] = []

    def raw(index: int) -> str:
        if not text:
            text.extend(data.split(b"\n"))
        return text[index].rstrip(b"\r").decode("utf-8")

    return Chunk(cells, line_no, raw)


def _split_exactly(data: bytes, line: int, layout: Layout) -> Chunk:
    """Split record by record: line breaks in cells, blank lines, lines of the wrong width."""
    lines = _lines(data.decode("utf-8"))
    columns: list[list[str]] = [[] for _ in range(layout.width)]
    numbers: list[int] = []
    raws: list[str] = []
    bad: list[BadLine] = []
    start = 0
    while start < len(lines):
        begun = ended = start
        cells: list[str] | None = None
        for first, stop, cells in _records(lines[start:], layout.delimiter):
            begun, ended = start + first, start + stop
            if cells is None:
                break
            if all(map(is_blank, cells)):
                continue
            surplus = cells[layout.width :]
            if len(cells) < layout.width or not all(map(is_blank, surplus)):
                bad.append(
                    _wrong_width(len(numbers), line + begun + 1, len(cells), layout.width, lines[begun:ended])
                )
                continue
            for column, cell in zip(columns, cells, strict=False):
                column.append(cell)
            numbers.append(line + begun + 1)
            raws.append("".join(lines[begun:ended]).rstrip("\r\n"))
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
                    lines[begun].rstrip("\r\n"),
                )
            )
            start = begun + 1
    table = pa.table({f"c{i}": pa.array(column, pa.string()) for i, column in enumerate(columns)})
    return Chunk(table, pa.array(numbers, pa.int64()), raws.__getitem__, bad)


def _wrong_width(position: int, line_no: int, found: int, width: int, lines: list[str]) -> BadLine:
    return BadLine(
        position,
        line_no,
        "field_count",
        f"该行有 {found} 个单元格，表头有 {width} 个",
        f"the row has {found} cells, the heading has {width}",
        "".join(lines).rstrip("\r\n"),
    )
