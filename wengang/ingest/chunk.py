"""One chunk of a delivered file through its contract: texts into values, refused rows with every reason."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from collections.abc import Mapping as Mapping_
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import local

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wengang.contracts import Column, Contract
from wengang.ingest import parse as cells
from wengang.ingest.headings import Mapping
from wengang.ingest.marks import MARK, reason
from wengang.ingest.table import Chunk
from wengang.ingest.told_apart import are_alone

ARROW_TYPES = {
    "varchar": pa.string(),
    "decimal(18,2)": pa.decimal128(18, 2),
    "decimal(18,6)": pa.decimal128(18, 6),
    "integer": pa.int32(),
    "date": pa.date32(),
    "boolean": pa.bool_(),
}
SAMPLE = 1024


@dataclass(frozen=True)
class Reject:
    """One reason for which one row is refused; `keys` are the row's key values that could be read, as JSON."""

    line_no: int
    sheet: str | None
    column: str | None
    code: str
    zh: str
    en: str
    raw: str
    keys: str | None = None


@dataclass
class Part:
    """A chunk, done: `accepted` has `_seq` counted from the chunk's own beginning."""

    accepted: pa.Table
    rejects: list[Reject]
    rejected: int
    length: int
    wrong_uscc: int = 0
    persons_as_uscc: list[int] = field(default_factory=list)
    is_ended: bool = False
    below: list[int] = field(default_factory=list)


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
        """Return the DuckDB of the thread that asks."""
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


class ChunkReader:
    """Takes chunks of one source through its contract; one object serves all threads."""

    def __init__(self, contract: Contract, engine: Engine) -> None:
        self.contract, self.engine = contract, engine

    def part(self, sheet: str | None, mapping: Mapping, make: Callable[[], Chunk]) -> Part:
        """Return a chunk's accepted rows and rejects."""
        chunk = make()
        rows = chunk.cells.num_rows
        columns = [c for c in self.contract.read_columns if c.name in mapping.positions]
        texts = {c.name: _whole(chunk.cells.column(mapping.positions[c.name])).fill_null("") for c in columns}
        marked = self._take_marks(columns, texts, mapping, chunk)
        values, bad = self._values(columns, texts, rows)
        for array in marked.values():
            bad = bad | pc.starts_with(array, MARK).to_numpy(zero_copy_only=False)
        if self.contract.rules and rows:
            bad = bad | self._violations(columns, values, rows)
        found: list[Reject] = []
        blank = 0
        refused = np.flatnonzero(bad)
        if len(refused):
            blank = self._reasons(columns, texts, marked, refused, chunk, sheet, found)
        index = np.flatnonzero(~bad) if len(refused) else None
        part = Part(pa.table({}), found, len(refused) - blank + len(chunk.bad), rows + len(chunk.bad))
        part.is_ended, part.below = chunk.is_ended, chunk.below
        part.accepted = self._accepted(values, index, chunk, part, texts)
        found.extend(
            Reject(line.line_no, sheet, None, line.code, line.zh, line.en, line.raw) for line in chunk.bad
        )
        found.sort(key=lambda r: r.line_no)
        return part

    @staticmethod
    def _take_marks(
        columns: Sequence[Column], texts: dict[str, pa.Array], mapping: Mapping, chunk: Chunk
    ) -> dict[str, pa.Array]:
        """Return the columns with marked cells as they are, and empty these cells in `texts`."""
        marked = {c.name: texts[c.name] for c in columns if mapping.positions[c.name] in chunk.marked}
        for name, array in marked.items():
            texts[name] = pc.if_else(pc.starts_with(array, MARK), "", array)
        return marked

    def _accepted(
        self,
        values: Mapping_[str, pa.Array],
        index: np.ndarray | None,
        chunk: Chunk,
        part: Part,
        texts: Mapping_[str, pa.Array],
    ) -> pa.Table:
        """Return the accepted rows with their lines and places; `index` are their rows, None for all."""
        rows = chunk.cells.num_rows
        out: dict[str, pa.Array] = {}
        lines = chunk.line_no if index is None else chunk.line_no.take(pa.array(index))
        for column in self.contract.read_columns:
            array = values.get(column.name)
            if array is None:
                array = self._absent(column, rows)
            out[column.name] = array if index is None else array.take(pa.array(index))
            if column.check_digit == "uscc" and column.name in texts:
                self._look_at_uscc(out[column.name], lines, part)
        places = np.arange(1, rows + 1) if index is None else index + 1
        if chunk.bad:
            # Lines that are no rows stand between the rows: their places count in the order of the file.
            before = np.array([line.position for line in chunk.bad])
            places = places + np.searchsorted(before, places - 1, side="right")
        out["_line_no"], out["_seq"] = lines, pa.array(places, pa.int64())
        if self.contract.numbered:
            out["_person_no"] = cells.person_numbers(out[self.contract.numbered])
        if self.contract.told_apart_by:
            alone = are_alone([out[name] for name in self.contract.told_apart_by])
            out["_block"] = pa.array(np.zeros(len(alone), np.int64), mask=~alone)
        return pa.table(out)

    @staticmethod
    def _look_at_uscc(codes: pa.Array, lines: pa.Array, part: Part) -> None:
        """Count credit codes with a wrong check digit, and note the lines of those that are a person's number."""
        given = codes.fill_null("")
        wrong = ~cells.has_uscc_check(given).to_numpy(zero_copy_only=False)
        wrong &= codes.is_valid().to_numpy(zero_copy_only=False)
        if wrong.any():
            persons = wrong & cells.has_person_check(given).to_numpy(zero_copy_only=False)
            part.persons_as_uscc.extend(lines.take(pa.array(np.flatnonzero(persons))).to_pylist())
            part.wrong_uscc += int(np.count_nonzero(wrong & ~persons))

    def _absent(self, column: Column, rows: int) -> pa.Array:
        """Return a column that the file does not carry: null, or what an empty cell means."""
        if column.empty_means is None:
            return pa.nulls(rows, ARROW_TYPES[column.sql_type])
        sql = f"select cast({cells.value(column, cells.quote(column.empty_means))} as {column.sql_type})"
        return pa.repeat(pa.scalar(self.engine.connection.execute(sql).fetchall()[0][0]), rows)

    def _values(
        self, columns: Sequence[Column], texts: Mapping_[str, pa.Array], rows: int
    ) -> tuple[dict[str, pa.Array], np.ndarray]:
        """Return the columns typed, and which rows a cell refuses.

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
            shapely: set[str] = set()
            relation = self._relation(group, given, shapely)
            result = self._run(cells.verdict_sql(group, "given", shapely), relation)
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

    def _relation(
        self, columns: Sequence[Column], texts: Mapping_[str, pa.Array], plain: set[str] | None = None
    ) -> pa.Table:
        """Set cleaned texts and their check-digit verdicts side by side; shorter columns end in nulls.

        The names of columns of plain identifiers are added to `plain`.
        """
        height = max(len(texts[c.name]) for c in columns)
        found: dict[str, pa.Array] = {}
        for column in columns:
            cleaned = cells.clean(column, texts[column.name])
            if plain is not None and cells.is_plain_identifier(column, cleaned):
                plain.add(column.name)
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
        marked: Mapping_[str, pa.Array],
        refused: np.ndarray,
        chunk: Chunk,
        sheet: str | None,
        found: list[Reject],
    ) -> int:
        """Find every reason of every refused row; rows of nothing but blanks are no rows: their number is returned."""
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
        for index, (numbers, *keys) in zip(refused.tolist(), listed, strict=True):
            if all(not (column[index].as_py() or "").strip(cells.BLANKS) for column in chunk.cells.columns):
                blank += 1
                continue
            whys = [
                (c, *reason(text, self.contract.column(c)))
                for c, array in marked.items()
                if (text := array[index].as_py()).startswith(MARK)
            ]
            taken = {c for c, *_ in whys}
            whys += [
                (r.column, r.code, r.zh, r.en)
                for r in map(reasons.__getitem__, numbers)
                if r.column not in taken
            ]
            if not whys:
                raise AssertionError("a row was refused without a reason")
            named = {k: v for k, v in zip(self.contract.key, keys, strict=True) if v is not None}
            more = (chunk.raw(index), json.dumps(named, ensure_ascii=False))
            line = chunk.line_no[index].as_py()
            found.extend(Reject(line, sheet, *why, *more) for why in whys)
        return blank


def _whole(array: pa.ChunkedArray) -> pa.Array:
    """Return a column in one piece; an empty cell of a text column is an empty text."""
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
