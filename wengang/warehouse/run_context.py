"""What a build knows, written into the build file before any model runs: the period, the deliveries, the lake, the policy."""

from __future__ import annotations

import string
from collections.abc import Iterable, Sequence

import duckdb
import pyarrow as pa

from wengang.contracts import INVISIBLE, Contract, load_contracts
from wengang.core.identifiers import identifier_key
from wengang.core.periods import Period
from wengang.core.settings import Settings
from wengang.core.sql import quote
from wengang.lake.deliveries import LakeState, files_relation, state_relation
from wengang.policy import PolicySet
from wengang.warehouse.ledger_gaps import register_ledger_gaps
from wengang.warehouse.policy_tables import register

COUNTS = (
    "rows_read", "rows_accepted", "rows_rejected", "rows_superseded", "superseded_in_period", "rows_below", "sheets_passed",
    "cells_uncalculated",
)  # fmt: skip
FACTS_TABLE = "intermediate.int_employer_months"
PERSON_FACTS_TABLE = "intermediate.int_person_months"


def _table(
    con: duckdb.DuckDBPyConnection,
    name: str,
    columns: Sequence[tuple[str, str]],
    rows: Iterable[tuple[object, ...]],
) -> None:
    con.execute(f"create or replace table {name} ({', '.join(f'{c} {t}' for c, t in columns)})")
    rows = list(rows)
    if rows:
        arrays = {c: pa.array([r[i] for r in rows]) for i, (c, _) in enumerate(columns)}
        con.register("incoming_rows", pa.table(arrays))
        con.execute(f"insert into {name} by name select * from incoming_rows")
        con.unregister("incoming_rows")


def register_run(
    con: duckdb.DuckDBPyConnection, settings: Settings, period: Period, state: LakeState
) -> None:
    """Write the schemas `run` and `lake` for one period; `state` holds the whole journal."""
    known = state.through(period)
    contracts = load_contracts()
    con.execute(
        "create schema if not exists run; create schema if not exists lake; create schema if not exists intermediate;"
    )
    con.execute(
        "create schema if not exists back; create schema if not exists marts; create schema if not exists staging;"
    )
    _table(
        con,
        "run.context",
        [
            ("period", "date"),
            ("period_end", "date"),
            ("year", "integer"),
            ("jurisdiction", "varchar"),
            ("identifier_key", "varchar"),
        ],
        [(period.first_day, period.last_day, period.year, settings.jurisdiction, identifier_key(settings))],
    )
    register_deliveries(con, known)
    register_sources(con, known, contracts.values(), period)
    _table(
        con,
        "run.months_delivered",
        [("period", "date")],
        [(m.first_day,) for m in sorted({*known.months, period})],
    )
    for contract in contracts.values():
        relation = state_relation(settings, contract, known)
        con.execute(f"create or replace view lake.{contract.source} as {relation}")
    register_rejects(con, settings, period, known)
    register_ledger_gaps(con, settings, known)
    register_changes(con, settings, period, known, contracts["contributions"])


def register_deliveries(con: duckdb.DuckDBPyConnection, known: LakeState) -> None:
    """Write `run.deliveries`: one row per delivery known, with what became of it."""
    _table(
        con,
        "run.deliveries",
        [
            ("seq", "bigint"), ("period", "date"), ("source", "varchar"), ("file_name", "varchar"), ("sha256", "varchar"),
            ("received_at", "timestamp"), *((name, "bigint") for name in COUNTS),
            ("status", "varchar"), ("message_zh", "varchar"), ("message_en", "varchar"), ("extra_columns", "varchar"), ("is_current", "boolean"),
        ],
        [
            (d.seq, d.period.first_day, d.source, d.file_name, d.sha256, (d.received_at or "")[:19] or None,
             *(getattr(d, name) for name in COUNTS),
             d.status, d.message_zh, d.message_en, ";".join(d.extra_columns), d.is_current)
            for d in known.deliveries
        ],
    )  # fmt: skip


def register_sources(
    con: duckdb.DuckDBPyConnection, known: LakeState, contracts: Iterable[Contract], period: Period
) -> None:
    """Write `run.sources`: one row per source, with whether anything of it is in force and its newest period."""
    sources = []
    for contract in contracts:
        files = known.current(contract.source)
        sources.append(
            (
                contract.source,
                contract.kind,
                bool(files),
                max((d.period for d in files), default=period).first_day if files else None,
            )
        )
    _table(
        con,
        "run.sources",
        [("source", "varchar"), ("kind", "varchar"), ("is_delivered", "boolean"), ("newest_period", "date")],
        sources,
    )


def register_rejects(
    con: duckdb.DuckDBPyConnection, settings: Settings, period: Period, known: LakeState
) -> None:
    """Show the rejected rows of the period's files in force, and those of each source's newest period."""
    for name, files in rejects_files(period, known).items():
        rejects_view(con, settings, name, period, files)


def rejects_files(period: Period, known: LakeState) -> dict[str, list[str]]:
    """Return, by the view that shows them, the lake's files of rejected rows."""
    newest: dict[str, Period] = {}
    for delivery in known.current():
        if delivery.source:
            newest[delivery.source] = max(newest.get(delivery.source, delivery.period), delivery.period)
    with_rejects = [d for d in known.current() if d.rejects_file]
    return {
        "rejects": [d.rejects_file for d in with_rejects if d.rejects_file and d.period == period],
        "rejects_of_newest": [
            d.rejects_file
            for d in with_rejects
            if d.rejects_file and d.source and d.period == newest[d.source]
        ],
    }


def rejects_view(
    con: duckdb.DuckDBPyConnection, settings: Settings, name: str, period: Period, files: Sequence[str]
) -> None:
    """Show the rejected rows of some files of the lake under a name in schema `lake`."""
    columns = "period, source, file_name, sheet, line_no, column_name, reason_code, reason_zh, reason_en, raw"
    if files:
        paths = ", ".join(quote(str((settings.lake_dir / f).resolve())) for f in files)
        own = columns.replace("period", f"date '{period.first_day}' as period", 1)
        body = f"select {rejects_columns(name, own)} from read_parquet([{paths}])"
    else:
        kinds = [("period", "date"), ("line_no", "bigint")]
        body = "select " + ", ".join(
            f"cast(null as {dict(kinds).get(c, 'varchar')}) as {c}" for c in columns.split(", ")
        ) + " where false"  # fmt: skip
    con.execute(f"create or replace view lake.{name} as {body}")


def rejects_columns(name: str, columns: str) -> str:
    """Write the columns of a view of rejected rows; in the one that is searched for names the text is made comparable.

    Half-width, upper case, without blanks and unseen characters an identifier is found however it was written.
    """
    if name != "rejects_of_newest":
        return columns
    narrow = string.digits + string.ascii_letters
    wide = "".join(chr(ord(c) + 0xFEE0) for c in narrow)
    unseen = f" \u00a0\u3000{INVISIBLE}"  # beyond the length of `narrow`: these go
    *others, raw = columns.split(", ")
    if raw != "raw":
        raise AssertionError(f"the last column of rejects is {raw}, not raw: no name would be found")
    return ", ".join([*others, f"upper(translate(raw, '{wide}{unseen}', '{narrow}')) as raw"])


def register_changes(
    con: duckdb.DuckDBPyConnection, settings: Settings, period: Period, known: LakeState, contract: Contract
) -> None:
    """Show the contribution files that the facts in the build file have not seen, or must forget."""
    changed = changed_files(con, period, known)
    con.execute(
        f"create or replace view run.changed_contributions as {files_relation(settings, contract, changed)}"
    )


def changed_files(con: duckdb.DuckDBPyConnection, period: Period, known: LakeState) -> list[str]:
    """Return the contribution files that came or went since the facts in the build file were built.

    Facts built as of a later month cannot be wound back: they are dropped, and every file counts as new.
    """
    con.execute("create table if not exists run.facts_state (lake_file varchar, as_of date)")
    seen = {
        f
        for (f,) in con.execute(
            "select lake_file from run.facts_state where lake_file is not null"
        ).fetchall()
    }
    row = con.execute("select max(as_of) from run.facts_state").fetchone()
    as_of = row[0] if row else None
    facts = con.execute(
        "select count(*) from information_schema.tables where table_schema = 'intermediate' and table_name = 'int_employer_months'"
    ).fetchone()
    if as_of is None or as_of > period.first_day or not facts or not facts[0]:
        con.execute(
            f"drop table if exists {FACTS_TABLE}; drop table if exists {PERSON_FACTS_TABLE}; delete from run.facts_state;"
        )
        seen = set()
    now = {d.lake_file for d in known.current("contributions") if d.lake_file}
    return sorted(now ^ seen)


def remember_facts(con: duckdb.DuckDBPyConnection, period: Period, state: LakeState) -> None:
    """Note which contribution files the facts now hold, and as of which month."""
    con.execute("delete from run.facts_state")
    files = [d.lake_file for d in state.through(period).current("contributions")]
    rows = [(f, period.first_day) for f in files] or [(None, period.first_day)]
    con.executemany("insert into run.facts_state values (?, ?)", rows)


def register_policy(con: duckdb.DuckDBPyConnection, policy: PolicySet) -> None:
    """Write the schema `policy`."""
    con.execute("create schema if not exists policy")
    register(con, policy)
