"""Text files: the heading found, lines into cells, in chunks, each cell with the physical line that its row begins on.

A chunk whose lines are plain (as many rows as lines, every line as wide as the headings) is split by the Arrow reader
at full speed and its line numbers are counted. Any other chunk is split record by record (`readers.records`), so that every number is exact.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv

from wengang.contracts import Column, Contract, heading_key
from wengang.ingest.frame import HEADER_WITHIN, find_frame, is_blank, multiplied, powers, squeezed
from wengang.ingest.headings import by_heading
from wengang.ingest.marks import shown
from wengang.ingest.readers.encoding import encoding_of, lenient, to_utf8
from wengang.ingest.readers.footers import without_footers
from wengang.ingest.readers.kinds import pieces
from wengang.ingest.readers.records import lines_of, open_record, records, split_exactly
from wengang.ingest.table import Chunk, Sheet, Told, UnreadableError

CHUNK_BYTES = 8 << 20
OPEN_QUOTE_BYTES = 1 << 20  # a quoted cell longer than this was never closed
LONGEST_LINE = 64 << 20
DELIMITERS = (",", "\t", "|", ";")
HEADING_LINES = 200
_SEPARATOR = re.compile(r"sep=(.)", re.IGNORECASE)
_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def blocks(path: Path, size: int = CHUNK_BYTES) -> Iterator[bytes]:
    """Yield the file's bytes in blocks that end at a line break; raises UnreadableError for a damaged gzip."""
    rest = b""
    old_breaks: bool | None = None
    for piece in pieces(path, size):
        if old_breaks is None:  # lines ended by a carriage return alone, as old systems write them
            old_breaks = b"\n" not in piece and b"\r" in piece[:-1]
        data = rest + (piece.replace(b"\r", b"\n") if old_breaks else piece)
        cut = data.rfind(b"\n") + 1
        if cut:
            yield data[:cut]
        rest = data[cut:]
        if len(rest) > LONGEST_LINE:
            raise UnreadableError("有一行长得不像表格", "a line is far too long for a table")
    if rest:
        yield rest


def _count_lines(data: bytes) -> int:
    return data.count(b"\n") + (0 if not data or data.endswith(b"\n") else 1)


@dataclass(frozen=True)
class Layout:
    """How a text file is written; `powers` of ten by which the amounts of a column are multiplied."""

    encoding: str
    delimiter: str
    columns: tuple[Column | None, ...]
    powers: tuple[tuple[int, int], ...] = ()
    is_lossy: bool = False

    @property
    def width(self) -> int:
        """Number of headings."""
        return len(self.columns)


def read_text(path: Path, contract: Contract, told: Told, scratch: Path, size: int = CHUNK_BYTES) -> Sheet:
    """Read a text file's heading and make its rows ready; raises UnreadableError."""
    path, is_lossy = _narrow(path, scratch)
    stream = blocks(path, size)
    first = next(stream, b"").removeprefix(codecs.BOM_UTF8)
    if first.count(b"\x00") > len(first) // 10:
        raise UnreadableError("既不是 UTF-8，也不是 GB18030 文本", "the text is neither UTF-8 nor GB18030")
    encoding = _encoding(path, first, size)
    raw = [line + b"\n" for line in first.split(b"\n", HEADING_LINES)][:HEADING_LINES]
    texts = [_shown(line, encoding) for line in raw]
    skip = next((i for i, text in enumerate(texts) if not is_blank(text)), None)
    if skip is None:
        raise UnreadableError("文件没有内容，连表头也没有", "the file is empty: there is not even a heading")
    candidates: tuple[str, ...] = DELIMITERS
    separator = _SEPARATOR.fullmatch(squeezed(texts[skip]).strip('"')) or _SEPARATOR.match(
        texts[skip].strip('" \r\n')
    )
    if separator or squeezed(texts[skip]).lower() == "sep=":
        candidates = (separator[1],) if separator and separator[1] in DELIMITERS else DELIMITERS
        skip += 1
    delimiter, frame, ended = _frame(texts[skip:], candidates, contract)
    headings = [h.replace("\ufffd", "?") for h in frame[0]]
    known = by_heading(contract)
    names = [known.get(heading_key(h)) for h in headings]
    columns = tuple(contract.column(n) if n else None for n in names)
    times = frame[1](columns, told)
    body = first[sum(map(len, raw[: skip + ended])) :]
    layout = Layout(encoding, delimiter, columns, tuple(times.items()), is_lossy)
    return Sheet(None, headings, _chunks(body, stream, skip + ended, layout))


def _narrow(path: Path, scratch: Path) -> tuple[Path, bool]:
    """Bring UTF-16 with its mark ("Unicode 文本") to UTF-8 beside; tell whether some of it was no text."""
    stream = pieces(path, CHUNK_BYTES)
    first = next(stream, b"")
    if not first.startswith(_WIDE):
        return path, False
    decoder = codecs.getincrementaldecoder("utf-16")("replace")
    narrow = scratch / "narrow.txt"
    is_lossy = False
    with narrow.open("wb") as out:
        data: bytes | None = first
        while data is not None:
            following = next(stream, None)
            text = decoder.decode(data, final=following is None)
            is_lossy = is_lossy or "\ufffd" in text
            out.write(text.encode("utf-8", "replace"))
            data = following
    return narrow, is_lossy


def _encoding(path: Path, first: bytes, size: int) -> str:
    """Return the encoding that the first lines beyond ASCII are in."""
    found = encoding_of(first)
    if found is None:
        found = next((e for block in blocks(path, size) if (e := encoding_of(block))), "utf-8")
    return found


def _shown(line: bytes, encoding: str) -> str:
    try:
        return to_utf8(line, encoding).decode("utf-8")
    except UnicodeDecodeError:
        return line.decode(encoding, "replace")


def _frame(
    texts: list[str], candidates: tuple[str, ...], contract: Contract
) -> tuple[str, tuple[list[str], Callable[[tuple[Column | None, ...], Told], dict[int, int]]], int]:
    """Return the delimiter, the headings with what finds their units, and the number of lines up to the table's first row."""
    best = (-1, -1)
    delimiter, headings, ended, found = candidates[0], [""], 1, None
    for candidate in candidates:
        rows: list[list[str]] = []
        ends: list[int] = []
        for _, stop, cells in records(texts, candidate):
            if cells is None or len(rows) >= HEADER_WITHIN:
                break
            rows.append(cells)
            ends.append(stop)
        first = next((i for i, row in enumerate(rows) if not all(map(is_blank, row))), None)
        if first is None:
            continue
        frame = find_frame(rows, contract)
        at = frame.at if frame is not None else first
        shown_headings = list(frame.headings) if frame is not None else rows[first]
        score = (frame.recognised if frame is not None else 0, len(shown_headings))
        if score > best:
            best, delimiter, headings, ended, found = score, candidate, shown_headings, ends[at], frame
    while len(headings) > 1 and is_blank(headings[-1]):
        headings.pop()

    def units(columns: tuple[Column | None, ...], told: Told) -> dict[int, int]:
        times = powers(found, columns) if found is not None else {}
        if times and found is not None:
            told.warn(
                "unit_above",
                f"表头上方写明单位：{found.unit}，金额已乘以 {10**found.power:,}",
                f"the unit above the heading is {found.unit}: amounts were multiplied by {10**found.power:,}",
            )
        return times

    return delimiter, (headings, units), ended


def _chunks(body: bytes, stream: Iterator[bytes], line: int, layout: Layout) -> Iterator[Callable[[], Chunk]]:
    """Yield the chunks as work to be done, each a whole number of records; `line` lines stand before them."""
    pending: bytes | None = body
    while pending is not None:
        following = next(stream, None)
        # An odd number of quotes: the last record may go on in the next block.
        if following is not None and b'"' in pending and pending.count(b'"') % 2:
            begun = open_record(pending, layout.encoding, layout.delimiter)
            if begun is not None and len(pending) - begun <= OPEN_QUOTE_BYTES:
                following = pending[begun:] + following
                pending = pending[:begun]
        if pending:
            yield partial(split, pending, line, layout)
        line += _count_lines(pending)
        pending = following


def split(data: bytes, line: int, layout: Layout) -> Chunk:
    """Split whole records into cells, footers left out; `line` physical lines stand before them."""
    try:
        plain = to_utf8(data, layout.encoding) if layout.encoding != "utf-8" else data
        chunk = None
        if not (layout.is_lossy and b"\xef\xbf\xbd" in plain):
            chunk = _split_plain(plain, line, layout)
        chunk = chunk or split_exactly(lines_of(plain.decode("utf-8")), line, layout)
    except UnicodeDecodeError:
        chunk = split_exactly(lines_of(lenient(data, layout.encoding)), line, layout)
    chunk = without_footers(chunk, layout.columns)
    return _times(chunk, layout.powers) if layout.powers else chunk


def _times(chunk: Chunk, times: tuple[tuple[int, int], ...]) -> Chunk:
    """Multiply the amounts of columns whose unit stands above the heading."""
    for place, power in times:
        values = chunk.cells.column(place).to_pylist()
        texts = [v if v is None or shown(v) != v else multiplied(v, power) for v in values]
        chunk.cells = chunk.cells.set_column(place, f"c{place}", pa.array(texts, pa.string()))
    return chunk


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
