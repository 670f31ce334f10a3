"""Rows of one delivered file into the lake: accepted rows typed, refused rows with every reason."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from threading import local
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from wengang.contracts import Contract
from wengang.extracts import cells
from wengang.extracts.headings import Mapping, match
from wengang.extracts.model import Chunk, Sheet
from wengang.extracts.text import BLANKS
from wengang.faults import fault_point
from wengang.periods import Period

ARROW_TYPES = {
    "varchar": pa.string(),
    "decimal(18,2)": pa.decimal128(18, 2),
    "decimal(18,6)": pa.decimal128(18, 6),
    "integer": pa.int32(),
    "date": pa.date32(),
    "boolean": pa.bool_(),
}
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


@dataclass(frozen=True)
class Identity:
    """Which file this is."""

    period: Period
    source: str
    file_name: str
    delivery: str


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
    rejects: list[tuple[int, str | None, int, str | None, str, str, str, str]]
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
    return pa.schema(fields + own)


class Loader:
    """Takes the sheets of one file through the contract, in parallel by chunk and written in order."""

    def __init__(self, contract: Contract, identity: Identity, threads: int, memory_limit: str) -> None:
        self.contract, self.identity, self.threads = contract, identity, threads
        self.memory_limit = memory_limit
        self._own = local()
        self._connections: list[duckdb.DuckDBPyConnection] = []

    def load(self, sheets: list[Sheet], lake_file: Path, rejects_file: Path) -> Loaded:
        """Write both files (the second only if there is a reject); raises RefusedError, UnreadableError."""
        loaded = Loaded()
        mappings = [match(self.contract, sheet.headings) for sheet in sheets]
        for mapping in mappings:
            loaded.extra_columns.extend(x for x in mapping.extra if x not in loaded.extra_columns)
        schema = lake_schema(self.contract)
        rejects: pq.ParquetWriter | None = None
        warned = 0
        try:
            with pq.ParquetWriter(lake_file, schema, compression="zstd", store_schema=False) as accepted:
                base = 0
                for part in self._parts(sheets, mappings):
                    fault_point("ingest.chunk")
                    if part.accepted.num_rows:
                        accepted.write_table(self._stamped(part.accepted, base, schema))
                    if part.rejects:
                        if rejects is None:
                            rejects = pq.ParquetWriter(
                                rejects_file, REJECT_SCHEMA, compression="zstd", store_schema=False
                            )
                        rejects.write_table(self._reject_table(part))
                    base += part.length
                    loaded.rows_accepted += part.accepted.num_rows
                    loaded.rows_rejected += part.rejected
                    warned += part.warned
        finally:
            if rejects is not None:
                rejects.close()
            for connection in self._connections:
                connection.close()
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

    def _parts(self, sheets: list[Sheet], mappings: list[Mapping]) -> Iterator[_Part]:
        """Do the chunks `threads` at a time and give them in order; never more than a few are held."""
        work = (
            (sheet.name, mapping, chunk)
            for sheet, mapping in zip(sheets, mappings, strict=True)
            for chunk in sheet.chunks
        )
        waiting: deque[Future[_Part]] = deque()
        with ThreadPoolExecutor(self.threads) as pool:
            try:
                for name, mapping, chunk in work:
                    waiting.append(pool.submit(self._part, name, mapping, chunk))
                    if len(waiting) > self.threads:
                        yield waiting.popleft().result()
                while waiting:
                    yield waiting.popleft().result()
            finally:
                for future in waiting:
                    future.cancel()

    def _connection(self) -> duckdb.DuckDBPyConnection:
        if not hasattr(self._own, "connection"):
            self._own.connection = duckdb.connect(
                config={"threads": 1, "memory_limit": self.memory_limit, "preserve_insertion_order": True}
            )
            self._connections.append(self._own.connection)
        return self._own.connection

    def _part(self, sheet: str | None, mapping: Mapping, make: Callable[[], Chunk]) -> _Part:
        chunk = make()
        rows = chunk.cells.num_rows
        con = self._connection()
        source = chunk.cells.append_column("rowid_", pa.array(range(rows), pa.int64()))
        con.register("chunk", source)
        try:
            typed = cells.typed_sql(self.contract, mapping.positions, "chunk")
            reasons = cells.checks(self.contract, mapping.positions)
            bad = " or ".join(f"coalesce({c.condition}, false)" for c in reasons) or "false"
            names = ", ".join(c.name for c in self.contract.read_columns)
            warn = " + ".join(
                f"cast(v_{c.name} is not null and length(v_{c.name}) = 18 and not {cells.uscc_check(f'v_{c.name}')} as integer)"
                for c in self.contract.columns
                if c.check_digit == "uscc" and c.name in mapping.positions
            )
            result = con.execute(
                f"select {names}, row_index, {bad} as bad_, {warn or '0'} as warned_ from ({typed})"
            ).to_arrow_table()
            good = pc.invert(result["bad_"])
            found: list[tuple[int, str | None, int, str | None, str, str, str, str]] = []
            blank = 0
            if pc.any(result["bad_"]).as_py():
                blank = self._reasons(con, typed, reasons, chunk, sheet, found)
                kept = result.filter(good)
            else:
                kept = result
            lines = (
                chunk.line_no
                if kept.num_rows == rows
                else chunk.line_no.take(kept["row_index"].combine_chunks())
            )
            warned = pc.sum(kept["warned_"]).as_py() or 0
            out = kept.select([c.name for c in self.contract.read_columns])
            # Lines that are no rows stand between the rows: their places count in the order of the file.
            places = kept["row_index"].combine_chunks()
            if chunk.bad:
                shift = [0] * (rows + 1)
                for line in chunk.bad:
                    shift[line.position] += 1
                total, moved = 0, []
                for index in range(rows):
                    total += shift[index]
                    moved.append(total)
                places = pc.add(places, pa.array(moved, pa.int64()).take(places))
            out = out.append_column("_line_no", lines).append_column("_seq", pc.add(places, 1))
            for line in chunk.bad:
                found.append((line.line_no, sheet, line.line_no, None, line.code, line.zh, line.en, line.raw))
            found.sort(key=lambda r: r[0])
            rejected = rows - kept.num_rows - blank + len(chunk.bad)
            return _Part(out, found, rejected, rows + len(chunk.bad), int(warned))
        finally:
            con.unregister("chunk")

    def _reasons(
        self,
        con: duckdb.DuckDBPyConnection,
        typed: str,
        reasons: list[cells.Check],
        chunk: Chunk,
        sheet: str | None,
        found: list[tuple[int, str | None, int, str | None, str, str, str, str]],
    ) -> int:
        """Find every reason of every refused row; rows of nothing but blanks are no rows: their number is given back."""
        which = ", ".join(f"case when {c.condition} then {i} end" for i, c in enumerate(reasons))
        listed = con.execute(
            f"select row_index, which from (select row_index, list_filter([{which}], lambda x: x is not null) as which "
            f"from ({typed})) where len(which) > 0 order by row_index"
        ).fetchall()
        blank = 0
        for index, numbers in listed:
            if all(not (column[index].as_py() or "").strip(BLANKS) for column in chunk.cells.columns):
                blank += 1
                continue
            line = chunk.line_no[index].as_py()
            raw = chunk.raw(index)
            for number in numbers:
                check = reasons[number]
                found.append((line, sheet, line, check.column, check.code, check.zh, check.en, raw))
        return blank

    def _stamped(self, table: pa.Table, base: int, schema: pa.Schema) -> pa.Table:
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
