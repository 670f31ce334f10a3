"""Parquet deliveries: typed or text columns, brought to the text that a cell of a text file would have."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from wengang.contracts import Column, Contract, heading_key
from wengang.ingest.headings import by_heading
from wengang.ingest.marks import MARK, marked, shown
from wengang.ingest.readers.cells import date_text, float_text, is_identifier, number_text
from wengang.ingest.table import Chunk, Sheet, UnreadableError

BATCH_ROWS = 1 << 16
EXACT_FLOAT32 = float(1 << 24)  # from here on a float of 32 bits does not hold every whole number
MOST_ROWS = 1 << 28


def read_parquet(path: Path, contract: Contract) -> Sheet:
    """Read a Parquet file's headings and make its rows ready; raises UnreadableError."""
    file = _open(path)
    headings = file.schema_arrow.names
    known = by_heading(contract)
    columns = [known.get(heading_key(h)) for h in headings]
    return Sheet(None, headings, _chunks(file, [contract.column(c) if c else None for c in columns]))


def try_whole(path: Path, contract: Contract) -> None:
    """Read a file to its end and keep nothing: what kills or floods this process must not do so to the intake. Raises UnreadableError."""
    for chunk in read_parquet(path, contract).chunks:
        chunk()


def _open(path: Path) -> pq.ParquetFile:
    try:
        file = pq.ParquetFile(path)
        _ = file.schema_arrow.names
    except UnicodeDecodeError as error:
        raise UnreadableError("表头不是 UTF-8 编码", "the headings are not UTF-8") from error
    except (pa.ArrowException, EOFError, OSError, ValueError) as error:
        raise UnreadableError(
            "不是 Parquet 文件，或已损坏", "this is no Parquet file, or it is damaged"
        ) from error
    if file.metadata.num_rows > MOST_ROWS:
        raise UnreadableError(
            "Parquet 文件的行数超过上限", "the Parquet file has more rows than can be taken"
        )
    return file


def _chunks(file: pq.ParquetFile, columns: list[Column | None]) -> Iterator[Callable[[], Chunk]]:
    line = 0
    try:
        for batch in file.iter_batches(BATCH_ROWS):
            yield partial(_chunk, batch, columns, line)
            line += batch.num_rows
    except (pa.ArrowException, OSError) as error:
        raise UnreadableError("Parquet 文件已损坏", "the Parquet file is damaged") from error


def _chunk(batch: pa.RecordBatch, columns: list[Column | None], line: int) -> Chunk:
    try:
        texts = [as_text(array, column) for array, column in zip(batch.columns, columns, strict=True)]
    except pa.ArrowException as error:
        raise UnreadableError("Parquet 文件已损坏", "the Parquet file is damaged") from error
    cells = pa.table(
        {f"c{i}": text for i, text in enumerate(texts)} or {"c0": pa.nulls(batch.num_rows, pa.string())}
    )
    numbers = pa.array(np.arange(line + 1, line + batch.num_rows + 1, dtype=np.int64))
    found = frozenset(
        i
        for i, text in enumerate(texts)
        if columns[i] is not None and pc.any(pc.starts_with(text, MARK)).as_py()
    )
    return Chunk(cells, numbers, partial(raw_of, cells), marked=found)


def raw_of(cells: pa.Table, index: int) -> str:
    """Write a row's cells as one line, separated by tabs."""
    return "\t".join(shown(column[index].as_py()) for column in cells.columns)


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
    if pa.types.is_float32(kind) and is_identifier(column):
        wide = array.cast(pa.float64())
        return pa.array([_short_float(v, column) for v in wide.to_pylist()], pa.string())
    # The rest is brought over value by value of those that differ: dates, decimals and floats repeat.
    coded = pc.dictionary_encode(array)
    texts = pa.array([_cell_text(v, column) for v in _values(coded.dictionary)], pa.string())
    return pc.take(texts, coded.indices)


def _sound(array: pa.Array, column: Column | None) -> pa.Array:
    """Return a text column whose bytes are UTF-8; Parquet says that they are, and some writers put GBK there."""
    try:
        array.validate(full=True)
    except pa.ArrowInvalid:
        return pa.array(
            [_cell_text(v, column) for v in array.cast(pa.large_binary()).to_pylist()], pa.string()
        )
    return array


def _values(array: pa.Array) -> list[Any]:
    """Return the values of a column; a day beyond the calendar (year 10000) as Arrow writes it."""
    try:
        return array.to_pylist()
    except (OverflowError, ValueError):
        return [_value(v) for v in array]


def _value(scalar: pa.Scalar) -> Any:
    try:
        return scalar.as_py()
    except (OverflowError, ValueError):
        return str(scalar.type if pa.types.is_nested(scalar.type) else scalar.cast(pa.string()).as_py())


def _cell_text(  # noqa: PLR0911 (one return a type)
    value: Any, column: Column | None
) -> str | None:
    if value is None:
        return None
    if isinstance(value, (dt.date, dt.datetime)):
        if isinstance(value, dt.datetime):
            value = value.replace(tzinfo=None)
        return date_text(value, column)
    if isinstance(value, float):
        return float_text(value, column)
    if isinstance(value, Decimal):
        return number_text(value)
    if isinstance(value, bytes):
        return _decoded(value)
    if isinstance(value, Mapping):
        return str(dict(value))
    return str(value)


def _short_float(value: float | None, column: Column | None) -> str | None:
    """Write an identifier that was kept as a float of 32 bits: seven digits of it are sure."""
    if value is None:
        return None
    return (
        float_text(value, column)
        if abs(value) < EXACT_FLOAT32
        else marked("rounded_number", number_text(value))
    )


def _decoded(data: bytes) -> str:
    """Read bytes as UTF-8; a cell whose bytes are no text is marked."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return marked("broken_text", data.decode("utf-8", "replace"))
