"""Totals and signatures below a table of text, found over whole columns."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wengang.contracts import Column
from wengang.ingest.frame import TOTALS, TRAILERS, begins_like, is_row
from wengang.ingest.marks import shown
from wengang.ingest.table import BadLine, Chunk

_SPACE = r"[\s\x{a0}\x{3000}\x{feff}\x{200b}]*"
_WORDS = [w.replace(":", "[:：]") for w in (*TOTALS, *TRAILERS)]
_BEGINS = f"^{_SPACE}(?:" + "|".join(_SPACE.join(re.findall(r"\[.*?\]|.", w)) for w in _WORDS) + ")"
_FILLED = r"[^\s\x{a0}\x{3000}\x{feff}\x{200b}]"


def candidates(cells: pa.Table) -> list[tuple[int, int]]:
    """Return row and column of each first filled cell that begins like a total or a signature."""
    found: list[tuple[int, int]] = []
    rows: np.ndarray | None = None  # null: all
    for place, column in enumerate(cells.columns):
        texts = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
        if isinstance(texts, pa.ChunkedArray):
            texts = pa.concat_arrays(texts.chunks) if texts.num_chunks else pa.array([], pa.string())
        if rows is not None:
            texts = texts.take(pa.array(rows))
        texts = texts.fill_null("")
        lengths = pc.min_max(pc.binary_length(texts))
        buffer = texts.buffers()[2]
        data = b"" if buffer is None else bytes(memoryview(buffer))
        ascii_only = data.isascii()
        if not ascii_only:
            hits = np.flatnonzero(pc.match_substring_regex(texts, _BEGINS).to_numpy(zero_copy_only=False))
            found.extend((int(rows[h]) if rows is not None else int(h), place) for h in hits)
        if lengths["min"].as_py() and ascii_only and b" " not in data and b"\t" not in data:
            break
        empty = np.flatnonzero(~pc.match_substring_regex(texts, _FILLED).to_numpy(zero_copy_only=False))
        if not len(empty):
            break
        rows = rows[empty] if rows is not None else empty
    return sorted(found)


def without_footers(chunk: Chunk, columns: Sequence[Column | None]) -> Chunk:
    """Leave out totals; end the table at a signature and count what has content below it."""
    found = candidates(chunk.cells) if chunk.cells.num_rows else []
    out: set[int] = set()
    end: int | None = None
    for row, place in found:
        cells = [shown(c[row].as_py()) for c in chunk.cells.columns]
        if is_row(cells, place, columns):
            continue
        if begins_like(cells[place]) == "footer" and end is None:
            end = row
        out.add(row)
    if not out:
        return chunk
    if end is None:
        end = chunk.cells.num_rows
    else:
        chunk.is_ended = True
    below = [chunk.line_no[i].as_py() for i in range(end, chunk.cells.num_rows) if i not in out]
    late = [b for b in chunk.bad if b.position > end]
    chunk.below = sorted(below + [b.line_no for b in late]) if chunk.is_ended else []
    kept = np.array([i for i in range(end) if i not in out], dtype=np.int64)
    before = np.cumsum(np.isin(np.arange(chunk.cells.num_rows + 1), list(out)))
    bad = [b for b in chunk.bad if b not in late]
    bad = [BadLine(b.position - int(before[b.position - 1] if b.position else 0), *_rest(b)) for b in bad]
    raw = chunk.raw
    return Chunk(
        chunk.cells.take(pa.array(kept)),
        chunk.line_no.take(pa.array(kept)),
        lambda index: raw(int(kept[index])),
        bad,
        chunk.marked,
        chunk.is_ended,
        chunk.below,
    )


def _rest(line: BadLine) -> tuple[int, str, str, str, str]:
    return line.line_no, line.code, line.zh, line.en, line.raw
