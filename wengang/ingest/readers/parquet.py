"""Parquet deliveries: typed or text columns, brought to the text that a cell of a text file would have."""

from __future__ import annotations

import datetime as dt
import gzip
import math
import shutil
import zlib
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from wengang.contracts import Column, Contract
from wengang.ingest.headings import by_heading, heading_key
from wengang.ingest.table import BadLine, Chunk, Sheet, UnreadableError

BATCH_ROWS = 1 << 16
EXACT = float(1 << 53)  # from here on a number cell does not hold every whole number


def number_text(number: float | Decimal, column: Column | None = None) -> str:
    """Write a number cell as a workbook shows it: 15 significant digits, no exponent, no needless zeros; an identifier with all it holds."""
    if isinstance(number, float):
        if not math.isfinite(number):
            return str(number)
        if column is not None and column.type == "id" and number.is_integer():
            return str(int(number))
        number = Decimal(f"{number:.15g}")
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def date_text(day: dt.date | dt.datetime, column_type: str | None) -> str:
    """Write a date cell: a month for a month column if it is a first day; with its time if it is not midnight."""
    if isinstance(day, dt.datetime):
        if day.time() != dt.time():
            return day.isoformat(sep=" ")
        day = day.date()
    return f"{day:%Y-%m}" if column_type == "month" and day.day == 1 else day.isoformat()


def read_parquet(path: Path, contract: Contract, scratch: Path) -> Sheet:
    """Read a Parquet file's headings and make its rows ready; raises UnreadableError."""
    try:
        if path.name.lower().endswith(".gz"):
            plain = scratch / "unpacked.parquet"
            with gzip.open(path, "rb") as packed, plain.open("wb") as unpacked:
                shutil.copyfileobj(packed, unpacked)
            path = plain
        file = pq.ParquetFile(path)
        headings = file.schema_arrow.names
    except UnicodeDecodeError as error:
        raise UnreadableError("表头不是 UTF-8 编码", "the headings are not UTF-8") from error
    except (pa.ArrowException, EOFError, OSError, zlib.error) as error:
        raise UnreadableError(
            "不是 Parquet 文件，或已损坏", "this is no Parquet file, or it is damaged"
        ) from error
    known = by_heading(contract)
    columns = [known.get(heading_key(h)) for h in headings]
    return Sheet(None, headings, _chunks(file, [contract.column(c) if c else None for c in columns]))


def _chunks(file: pq.ParquetFile, columns: list[Column | None]) -> Iterator[Callable[[], Chunk]]:
    line = 0
    try:
        for batch in file.iter_batches(BATCH_ROWS):
            yield partial(_chunk, batch, columns, line)
            line += batch.num_rows
    except (pa.ArrowException, OSError) as error:
        raise UnreadableError("Parquet 文件已损坏", "the Parquet file is damaged") from error


def _chunk(batch: pa.RecordBatch, columns: list[Column | None], line: int) -> Chunk:
    cells = pa.table(
        {f"c{i}": as_text(batch.column(i), columns[i]) for i in range(batch.num_columns)}
        or {"c0": pa.nulls(batch.num_rows, pa.string())}
    )
    numbers = pa.array(np.arange(line + 1, line + batch.num_rows + 1, dtype=np.int64))
    rounded: dict[int, Column] = {}
    for array, column in zip(batch.columns, columns, strict=True):
        if column is not None and column.type == "id" and pa.types.is_floating(array.type):
            given = array.cast(pa.float64()).fill_null(0).to_numpy(zero_copy_only=False)
            beyond = ~(np.abs(given) < EXACT)  # what is no number at all, too
            rounded |= dict.fromkeys(np.flatnonzero(beyond).tolist(), column)
    return without_rounded(Chunk(cells, numbers, partial(raw_of, cells)), rounded)


def without_rounded(chunk: Chunk, rounded: Mapping[int, Column]) -> Chunk:
    """Set those rows aside, by their index, whose identifier is a number of so many digits that its last ones are lost."""
    if not rounded:
        return chunk
    bad = [
        BadLine(
            position=index - done,
            line_no=chunk.line_no[index].as_py(),
            code="rounded_number",
            zh=f"“{column.heading}”是数字单元格，位数过多，末几位已丢失；请按文本填写",
            en=f"{column.name} is a number cell of more digits than it can hold: the last are lost; write it as text",
            raw=chunk.raw(index),
        )
        for done, (index, column) in enumerate(sorted(rounded.items()))
    ]
    kept = pa.array(np.delete(np.arange(len(chunk.line_no)), sorted(rounded)))
    cells = chunk.cells.take(kept)
    return Chunk(cells, chunk.line_no.take(kept), partial(raw_of, cells), bad)


def raw_of(cells: pa.Table, index: int) -> str:
    """Write a row's cells as one line, separated by tabs."""
    return "\t".join((column[index].as_py() or "") for column in cells.columns)


def as_text(array: pa.Array, column: Column | None) -> pa.Array:
    """Bring a Parquet column to text."""
    kind = array.type
    if pa.types.is_dictionary(kind):
        return as_text(array.dictionary_decode(), column)
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return _sound(array, column).cast(pa.string())
    if pa.types.is_boolean(kind) or pa.types.is_integer(kind) or pa.types.is_null(kind):
        return pc.cast(array, pa.string())
    if pa.types.is_nested(kind):
        return pa.array([_cell_text(v, column) for v in _values(array)], pa.string())
    # The rest is brought over value by value of those that differ: dates, decimals and floats repeat.
    coded = pc.dictionary_encode(array)
    texts = pa.array([_cell_text(v, column) for v in _values(coded.dictionary)], pa.string())
    return pc.take(texts, coded.indices)


def _sound(array: pa.Array, column: Column | None) -> pa.Array:
    """Give a text column whose bytes are UTF-8; Parquet says that they are, and some writers put GBK there."""
    try:
        array.validate(full=True)
    except pa.ArrowInvalid:
        return pa.array(
            [_cell_text(v, column) for v in array.cast(pa.large_binary()).to_pylist()], pa.string()
        )
    return array


def _values(array: pa.Array) -> list[Any]:
    """Give the values of a column; a day beyond the calendar (year 10000) as Arrow writes it."""
    try:
        return array.to_pylist()
    except (OverflowError, ValueError):
        return [_value(v) for v in array]


def _value(scalar: pa.Scalar) -> Any:
    try:
        return scalar.as_py()
    except (OverflowError, ValueError):
        return str(scalar.type if pa.types.is_nested(scalar.type) else scalar.cast(pa.string()).as_py())


def _cell_text(value: Any, column: Column | None) -> str | None:
    if value is None:
        return None
    if isinstance(value, (dt.date, dt.datetime)):
        if isinstance(value, dt.datetime):
            value = value.replace(tzinfo=None)
        return date_text(value, column.type if column else None)
    if isinstance(value, (float, Decimal)):
        return number_text(value, column)
    if isinstance(value, bytes):
        return _decoded(value, column)
    if isinstance(value, Mapping):
        return str(dict(value))
    return str(value)


def _decoded(data: bytes, column: Column | None) -> str:
    """Read bytes as UTF-8; in a column that is kept out it does not matter what they are."""
    try:
        return data.decode("utf-8", "strict" if column else "replace")
    except UnicodeDecodeError as error:
        name = column.name if column else ""
        raise UnreadableError(
            f"列 {name} 的文字不是 UTF-8 编码", f"the text of column {name} is not UTF-8"
        ) from error
