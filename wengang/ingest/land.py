"""Rows of one delivered file into the lake: accepted rows typed, refused rows with every reason."""

from __future__ import annotations

import hashlib
import os
from collections import Counter, deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from wengang.contracts import Contract
from wengang.core.kill_points import kill_point
from wengang.core.periods import Period
from wengang.ingest.chunk import ARROW_TYPES, ChunkReader, Engine, Part
from wengang.ingest.headings import Mapping, match
from wengang.ingest.table import Sheet, Told

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
        ("keys", pa.string()),
    ]
)


@dataclass(frozen=True)
class Identity:
    """Which file this is."""

    period: Period
    source: str
    file_name: str
    delivery: str

    def block(self, number: int) -> int:
        """Return the id of one of the file's blocks, as different from those of all other files as their digests are."""
        name = f"{self.period}/{self.file_name}/{self.delivery}/{number}"
        return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest()) >> 1


@dataclass
class Loaded:
    """What became of a file's rows; `rows_by_state` counts accepted rows by the column that a snapshot's state goes by."""

    told: Told
    rows_read: int = 0
    rows_accepted: int = 0
    rows_rejected: int = 0
    extra_columns: list[str] = field(default_factory=list)
    rows_by_state: Counter[str] = field(default_factory=Counter)
    wrong_uscc: int = 0
    persons_as_uscc: list[int] = field(default_factory=list)

    @property
    def warnings(self) -> list[dict[str, Any]]:
        """Return the warnings of the file."""
        return self.told.warnings

    def add(self, part: Part) -> None:
        """Count a chunk."""
        self.rows_accepted += part.accepted.num_rows
        self.rows_rejected += part.rejected
        self.rows_read = self.rows_accepted + self.rows_rejected
        self.wrong_uscc += part.wrong_uscc
        self.persons_as_uscc += part.persons_as_uscc

    def tell_codes(self) -> None:
        """Warn of credit codes with a wrong check digit, and of those that are a person's number."""
        if self.wrong_uscc:
            self.told.warn(
                "uscc_check",
                f"{self.wrong_uscc} 行的统一社会信用代码校验位不符（GB 32100-2015），已收下",
                f"{self.wrong_uscc} rows have a credit code with a wrong check digit; they were taken",
                self.wrong_uscc,
            )
        if self.persons_as_uscc:
            count, first = len(self.persons_as_uscc), min(self.persons_as_uscc)
            self.told.warn(
                "person_as_uscc",
                f"{count} 行的统一社会信用代码是公民身份号码，已收下，展示时遮盖；自第 {first} 行起",
                f"{count} rows have a citizen number for a credit code; they were taken, and are masked where shown; first in line {first}",
                count,
                first,
            )


def lake_schema(contract: Contract) -> pa.Schema:
    """Return the columns of a lake file of this source."""
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


class Loader:
    """Takes the sheets of one file through the contract, in parallel by chunk and written in order."""

    def __init__(self, contract: Contract, identity: Identity, engine: Engine) -> None:
        self.contract, self.identity, self.engine = contract, identity, engine
        self.reader = ChunkReader(contract.for_period(identity.period.last_day), engine)

    def load(
        self,
        sheets: list[Sheet],
        told: Told,
        lake_file: Path,
        rejects_file: Path,
        tell: Callable[[int], None],
    ) -> Loaded:
        """Write both files (the second only if there is a reject), telling the rows so far; raises RefusedError, UnreadableError."""
        loaded = Loaded(told)
        mappings = [match(self.contract, sheet.headings, told) for sheet in sheets]
        for mapping in mappings:
            loaded.extra_columns.extend(x for x in mapping.extra if x not in loaded.extra_columns)
        schema = lake_schema(self.contract)
        rejects: pq.ParquetWriter | None = None
        try:
            with self._writer(lake_file, schema) as accepted:
                base = 0
                for number, part in enumerate(self._within(self._parts(sheets, mappings), told)):
                    kill_point("ingest.chunk")
                    if part.accepted.num_rows:
                        accepted.write_table(self._stamped(part.accepted, base, number, schema))
                    if part.rejects:
                        if rejects is None:
                            rejects = self._writer(rejects_file, REJECT_SCHEMA)
                        rejects.write_table(self._reject_table(part))
                    base += part.length
                    loaded.add(part)
                    if self.contract.state_by and self.contract.shrink_max is not None:
                        loaded.rows_by_state.update(part.accepted[self.contract.state_by].to_pylist())
                    tell(loaded.rows_read)
        finally:
            if rejects is not None:
                rejects.close()
        loaded.tell_codes()
        return loaded

    @staticmethod
    def _within(parts: Iterator[tuple[int, Part]], told: Told) -> Iterator[Part]:
        """Yield the parts up to the end of each sheet's table; what lies below is counted and told once."""
        ended: set[int] = set()
        below: list[int] = []
        for sheet, part in parts:
            if sheet in ended:
                below += part.accepted["_line_no"].to_pylist()
                below += sorted({r.line_no for r in part.rejects})
                below += part.below
                continue
            below += part.below
            if part.is_ended:
                ended.add(sheet)
            yield part
        if below:
            told.rows_below += len(below)
            told.warn(
                "rows_below",
                f"表尾以下还有 {len(below)} 行有内容，未读，自第 {min(below)} 行起",
                f"{len(below)} rows below the end of the table were not read, from line {min(below)} on",
                len(below),
                min(below),
            )

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

    def _parts(self, sheets: list[Sheet], mappings: list[Mapping]) -> Iterator[tuple[int, Part]]:
        """Do the chunks `threads` at a time and yield them in order with their sheet's number; never more than a few are held."""
        work = (
            (number, sheet.name, mapping, chunk)
            for number, (sheet, mapping) in enumerate(zip(sheets, mappings, strict=True))
            for chunk in sheet.chunks
        )
        waiting: deque[tuple[int, Future[Part]]] = deque()
        try:
            for number, name, mapping, chunk in work:
                waiting.append((number, self.engine.pool.submit(self.reader.part, name, mapping, chunk)))
                if len(waiting) > self.engine.threads:
                    first, future = waiting.popleft()
                    yield first, future.result()
            while waiting:
                first, future = waiting.popleft()
                yield first, future.result()
        finally:
            for _, future in waiting:
                future.cancel()
            wait([future for _, future in waiting])

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

    def _reject_table(self, part: Part) -> pa.Table:
        own = (self.identity.period.first_day, self.identity.source, self.identity.file_name)
        rows = [(*own, r.sheet, r.line_no, r.column, r.code, r.zh, r.en, r.raw, r.keys) for r in part.rejects]
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
