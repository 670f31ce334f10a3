"""Rows of one delivered file into the lake: accepted rows typed, refused rows with every reason."""

from __future__ import annotations

import hashlib
import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from collections.abc import Mapping as Mapping_
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path
from threading import local
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from wengang.contracts import Column, Contract
from wengang.core.kill_points import kill_point
from wengang.core.periods import Period
from wengang.ingest import parse as cells
from wengang.ingest.headings import Mapping, match
from wengang.ingest.table import Chunk, Sheet
from wengang.ingest.told_apart import are_alone

ARROW_TYPES = {
    "varchar": pa.string(),
    "decimal(18,2)": pa.decimal128(18, 2),
    "decimal(18,6)": pa.decimal128(18, 6),
    "integer": pa.int32(),
    "date": pa.date32(),
    "boolean": pa.bool_(),
}
# Ids that many rows of a file share; a dictionary of all others would be as long as the file.
REPEATED_IDS = (
    "employer_id",
    "dispatch_employer_id",
    "last_employer_id",
    "voucher_no",
    "occupation_code",
    "batch_no",
)

REJECT_SCHEMA = pa.schema(
    [
        ("period", pa.date32()),
        ("source", pa.string()),
        ("file_name", pa.string()),
        ("sheet", pa.string()),
        ("line_no", pa.int64()),
        ("column_name", pa.string()),
        ("reason_code", pa.string()),
        ("reason_zh", pa.string()),
        ("reason_en", pa.string()),
        ("raw", pa.string()),
    ]
)


SAMPLE = 1024
_Reject = tuple[int, str | None, int, str | None, str, str, str, str]


@dataclass(frozen=True)
class Identity:
    """Which file this is."""

    period: Period
    source: str
    file_name: str
    delivery: str

    def block(self, number: int) -> int:
        """Give the id of one of the file's blocks, as different from those of all other files as their digests are."""
        name = f"{self.period}/{self.file_name}/{self.delivery}/{number}"
        return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest()) >> 1


@dataclass
class Loaded:
    """What became of a file's rows."""

    rows_read: int = 0
    rows_accepted: int = 0
    rows_rejected: int = 0
    extra_columns: list[str] = field(default_factory=list)
    warnings: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class _Part:
    """A chunk, done: `accepted` has `_seq` counted from the chunk's own beginning."""

    accepted: pa.Table
    rejects: list[_Reject]
    rejected: int
    length: int
    warned: int


def lake_schema(contract: Contract) -> pa.Schema:
    """Give the columns of a lake file of this source."""
    fields = [(c.name, ARROW_TYPES[c.sql_type]) for c in contract.read_columns]
    own = [
        ("_period", pa.date32()),
        ("_file", pa.string()),
        ("_delivery", pa.string()),
        ("_line_no", pa.int64()),
        ("_seq", pa.int64()),
    ]
    if contract.numbered:
        own.append(("_person_no", pa.int64()))
    if contract.told_apart_by:
        own.append(("_block", pa.int64()))
    return pa.schema(fields + own)


class Engine:
    """The threads that do the work of an intake, each with a DuckDB of its own; used as a context."""

    def __init__(self, threads: int, memory_limit: str) -> None:
        self.threads, self.memory_limit = threads, memory_limit
        self.pool = ThreadPoolExecutor(threads)
        self._own = local()
        self._connections: list[duckdb.DuckDBPyConnection] = []

    def __enter__(self) -> Engine:
        return self

    def __exit__(self, *_: object) -> None:
        self.pool.shutdown()
        for connection in self._connections:
            connection.close()

    @property
    def connection(self) -> duckdb.DuckDBPyConnection:
        """The DuckDB of the thread that asks."""
        if not hasattr(self._own, "connection"):
            # One thread each: the chunks run side by side, and no order is left to chance.
            config: dict[str, str | bool | int | float | list[str]] = {
                "threads": 1,
                "memory_limit": self.memory_limit,
                "preserve_insertion_order": True,
            }
            self._own.connection = duckdb.connect(config=config)
            self._connections.append(self._own.connection)
        return self._own.connection


class Loader:
    """Takes the sheets of one file through the contract, in parallel by chunk and written in order."""

    def __init__(self, contract: Contract, identity: Identity, engine: Engine) -> None:
        self.contract, self.identity, self.engine = contract, identity, engine

    def load(
        self, sheets: list[Sheet], lake_file: Path, rejects_file: Path, tell: Callable[[int], None]
    ) -> Loaded:
        """Write both files (the second only if there is a reject), telling the rows so far; raises RefusedError, UnreadableError."""
        loaded = Loaded()
        mappings = [match(self.contract, sheet.headings) for sheet in sheets]
        for mapping in mappings:
            loaded.extra_columns.extend(x for x in mapping.extra if x not in loaded.extra_columns)
        schema = lake_schema(self.contract)
        rejects: pq.ParquetWriter | None = None
        warned = 0
        try:
            with self._writer(lake_file, schema) as accepted:
                base = 0
                for number, part in enumerate(self._parts(sheets, mappings)):
                    kill_point("ingest.chunk")
                    if part.accepted.num_rows:
                        accepted.write_table(self._stamped(part.accepted, base, number, schema))
                    if part.rejects:
                        if rejects is None:
                            rejects = self._writer(rejects_file, REJECT_SCHEMA)
                        rejects.write_table(self._reject_table(part))
                    base += part.length
                    loaded.rows_accepted += part.accepted.num_rows
                    loaded.rows_rejected += part.rejected
                    warned += part.warned
                    tell(loaded.rows_accepted + loaded.rows_rejected)
        finally:
            if rejects is not None:
                rejects.close()
        loaded.rows_read = loaded.rows_accepted + loaded.rows_rejected
        if warned:
            loaded.warnings.append(
                {
                    "code": "uscc_check",
                    "rows": warned,
                    "message_zh": f"{warned} 行的统一社会信用代码校验位不符（GB 32100-2015），已收下",
                    "message_en": f"{warned} rows have a credit code with a wrong check digit; they were taken",
                }
            )
        return loaded

    def _writer(self, path: Path, schema: pa.Schema) -> pq.ParquetWriter:
        """Open a Parquet file, made for being read again every month: a fast codec, dictionaries wherever values repeat."""
        repeated = ["_period", "_file", "_delivery", "period", "source", "file_name", "sheet", "column_name"]
        repeated += ["reason_code", "reason_zh", "reason_en", "_block", *REPEATED_IDS]
        kinds = ("code", "flag", "month", "day", "money", "int")
        repeated += [c.name for c in self.contract.read_columns if c.type in kinds]
        rising = [n for n in ("_line_no", "_seq", "line_no") if n in schema.names]
        return pq.ParquetWriter(
            path,
            schema,
            compression="lz4",
            store_schema=False,
            store_decimal_as_integer=True,
            use_dictionary=[n for n in schema.names if n in repeated and n not in rising],
            column_encoding=dict.fromkeys(rising, "DELTA_BINARY_PACKED"),
        )

    def _parts(self, sheets: list[Sheet], mappings: list[Mapping]) -> Iterator[_Part]:
        """Do the chunks `threads` at a time and give them in order; never more than a few are held."""
        work = (
            (sheet.name, mapping, chunk)
            for sheet, mapping in zip(sheets, mappings, strict=True)
            for chunk in sheet.chunks
        )
        waiting: deque[Future[_Part]] = deque()
        try:
            for name, mapping, chunk in work:
                waiting.append(self.engine.pool.submit(self._part, name, mapping, chunk))
                if len(waiting) > self.engine.threads:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()
            wait(waiting)

    def _part(self, sheet: str | None, mapping: Mapping, make: Callable[[], Chunk]) -> _Part:
        chunk = make()
        rows = chunk.cells.num_rows
        columns = [c for c in self.contract.read_columns if c.name in mapping.positions]
        texts = {c.name: _whole(chunk.cells.column(mapping.positions[c.name])).fill_null("") for c in columns}
        values, bad = self._values(columns, texts, rows)
        if self.contract.rules and rows:
            bad = bad | self._violations(columns, values, rows)
        found: list[_Reject] = []
        blank = 0
        refused = np.flatnonzero(bad)
        if len(refused):
            blank = self._reasons(columns, texts, refused, chunk, sheet, found)
        index = np.flatnonzero(~bad) if len(refused) else None
        warned = 0
        out: dict[str, pa.Array] = {}
        for column in self.contract.read_columns:
            array = values.get(column.name)
            if array is None:
                array = self._absent(column, rows)
            out[column.name] = array if index is None else array.take(pa.array(index))
            if column.check_digit == "uscc" and column.name in texts:
                given = out[column.name].drop_null()
                warned += len(given) - int(np.count_nonzero(cells.has_uscc_check(given)))
        lines = chunk.line_no if index is None else chunk.line_no.take(pa.array(index))
        places = np.arange(1, rows + 1) if index is None else index + 1
        if chunk.bad:
            # Lines that are no rows stand between the rows: their places count in the order of the file.
            before = np.array([line.position for line in chunk.bad])
            places = places + np.searchsorted(before, places - 1, side="right")
            found.extend(
                (line.line_no, sheet, line.line_no, None, line.code, line.zh, line.en, line.raw)
                for line in chunk.bad
            )
        found.sort(key=lambda r: r[0])
        out["_line_no"], out["_seq"] = lines, pa.array(places, pa.int64())
        if self.contract.numbered:
            out["_person_no"] = cells.person_numbers(out[self.contract.numbered])
        if self.contract.told_apart_by:
            alone = are_alone([out[name] for name in self.contract.told_apart_by])
            out["_block"] = pa.array(np.zeros(len(alone), np.int64), mask=~alone)
        accepted = pa.table(out)
        return _Part(accepted, found, len(refused) - blank + len(chunk.bad), rows + len(chunk.bad), warned)

    def _absent(self, column: Column, rows: int) -> pa.Array:
        """Give a column that the file does not carry: null, or what an empty cell means."""
        if column.empty_means is None:
            return pa.nulls(rows, ARROW_TYPES[column.sql_type])
        sql = f"select cast({cells.value(column, cells.quoted(column.empty_means))} as {column.sql_type})"
        return pa.repeat(pa.scalar(self.engine.connection.execute(sql).fetchall()[0][0]), rows)

    def _values(
        self, columns: Sequence[Column], texts: Mapping_[str, pa.Array], rows: int
    ) -> tuple[dict[str, pa.Array], np.ndarray]:
        """Give the columns typed, and which rows a cell refuses.

        A column of few different texts is worked out on these alone, then spread over its rows.
        """
        values: dict[str, pa.Array] = {}
        bad = np.zeros(rows, dtype=bool)
        if not rows:
            return {c.name: pa.nulls(0, ARROW_TYPES[c.sql_type]) for c in columns}, bad
        groups: dict[bool, list[Column]] = {True: [], False: []}
        coded: dict[str, pa.DictionaryArray] = {}
        for column in columns:
            few = rows > SAMPLE and len(texts[column.name].slice(0, SAMPLE).unique()) <= SAMPLE // 4
            if few:
                coded[column.name] = texts[column.name].dictionary_encode()
            elif (plain := cells.plain_amounts(column, cells.clean(column, texts[column.name]))) is not None:
                values[column.name] = plain
                continue
            groups[few].append(column)
        for few, group in groups.items():
            if not group:
                continue
            given = {c.name: coded[c.name].dictionary if few else texts[c.name] for c in group}
            result = self._run(cells.verdict_sql(group, "given"), self._relation(group, given))
            for column in group:
                value, wrong = result[f"v_{column.name}"], result[f"b_{column.name}"]
                if few:
                    spread = coded[column.name].indices
                    size = len(given[column.name])
                    value = value.slice(0, size).take(spread)
                    wrong = wrong.slice(0, size)
                    if pc.any(wrong).as_py():
                        bad |= wrong.take(spread).to_numpy(zero_copy_only=False)
                elif pc.any(wrong).as_py():
                    bad |= wrong.to_numpy(zero_copy_only=False)
                values[column.name] = value
        return values, bad

    def _relation(self, columns: Sequence[Column], texts: Mapping_[str, pa.Array]) -> pa.Table:
        """Set cleaned texts and their check-digit verdicts side by side; shorter columns end in nulls."""
        height = max(len(texts[c.name]) for c in columns)
        found: dict[str, pa.Array] = {}
        for column in columns:
            cleaned = cells.clean(column, texts[column.name])
            found[f"x_{column.name}"] = _padded(cleaned, height)
            if column.check_digit:
                found[f"k_{column.name}"] = _padded(cells.CHECK_DIGITS[column.check_digit](cleaned), height)
        return pa.table(found)

    def _run(self, sql: str, given: pa.Table) -> dict[str, pa.Array]:
        con = self.engine.connection
        con.register("given", given)
        try:
            result = con.sql(sql).to_arrow_table()
        finally:
            con.unregister("given")
        return {name: _whole(result[name]) for name in result.column_names}

    def _violations(
        self, columns: Sequence[Column], values: Mapping_[str, pa.Array], rows: int
    ) -> np.ndarray:
        named = {n for rule in self.contract.rules for n in self.contract.rule_columns(rule)}
        given = {
            c.name: values[c.name] if c.name in values else self._absent(c, rows)
            for c in self.contract.read_columns
            if c.name in named
        }
        result = self._run(cells.rules_sql(self.contract, "given"), pa.table(given))
        return result["bad"].to_numpy(zero_copy_only=False)

    def _reasons(
        self,
        columns: Sequence[Column],
        texts: Mapping_[str, pa.Array],
        refused: np.ndarray,
        chunk: Chunk,
        sheet: str | None,
        found: list[_Reject],
    ) -> int:
        """Find every reason of every refused row; rows of nothing but blanks are no rows: their number is given back."""
        reasons = cells.checks(self.contract, [c.name for c in columns])
        rows = pa.array(refused)
        given = self._relation(columns, {n: t.take(rows) for n, t in texts.items()})
        given = given.append_column("row_index", pa.array(range(len(refused)), pa.int64()))
        con = self.engine.connection
        con.register("given", given)
        try:
            listed = con.execute(cells.reasons_sql(self.contract, columns, reasons, "given")).fetchall()
        finally:
            con.unregister("given")
        blank = 0
        for index, (numbers,) in zip(refused.tolist(), listed, strict=True):
            if all(not (column[index].as_py() or "").strip(cells.BLANKS) for column in chunk.cells.columns):
                blank += 1
                continue
            if not numbers:
                raise AssertionError("a row was refused without a reason")
            line = chunk.line_no[index].as_py()
            raw = chunk.raw(index)
            for number in numbers:
                check = reasons[number]
                found.append((line, sheet, line, check.column, check.code, check.zh, check.en, raw))
        return blank

    def _stamped(self, table: pa.Table, base: int, number: int, schema: pa.Schema) -> pa.Table:
        rows = table.num_rows
        stamps = {
            "_period": pa.repeat(pa.scalar(self.identity.period.first_day, pa.date32()), rows),
            "_file": pa.repeat(self.identity.file_name, rows),
            "_delivery": pa.repeat(self.identity.delivery, rows),
        }
        columns = []
        for f in schema:
            if f.name in stamps:
                columns.append(stamps[f.name])
            elif f.name == "_seq":
                columns.append(pc.add(table["_seq"], base))
            elif f.name == "_block":
                columns.append(pc.add(table["_block"], self.identity.block(number)))
            else:
                columns.append(table[f.name].cast(f.type))
        return pa.table(columns, schema=schema)

    def _reject_table(self, part: _Part) -> pa.Table:
        own = (self.identity.period.first_day, self.identity.source, self.identity.file_name)
        rows = [(*own, *reject[1:]) for reject in part.rejects]
        return pa.table(
            [pa.array(c, f.type) for c, f in zip(zip(*rows, strict=True), REJECT_SCHEMA, strict=True)],
            schema=REJECT_SCHEMA,
        )


def _whole(array: pa.ChunkedArray) -> pa.Array:
    """Give a column in one piece; an empty cell of a text column is an empty text."""
    whole = array.combine_chunks()
    if isinstance(whole, pa.ChunkedArray):
        whole = pa.concat_arrays(whole.chunks) if whole.num_chunks else pa.array([], whole.type)
    return whole


def _padded(array: pa.Array, height: int) -> pa.Array:
    """Lengthen a column with nulls."""
    return (
        array
        if len(array) == height
        else pa.concat_arrays([array, pa.nulls(height - len(array), array.type)])
    )


def finish(temporary: Path, final: Path) -> None:
    """Put a file that is whole in its place: on disk first, then one rename."""
    with temporary.open("rb") as handle:
        os.fsync(handle.fileno())
    temporary.replace(final)
    folder = os.open(final.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
