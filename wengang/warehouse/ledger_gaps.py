"""What the fund's ledger brought and was not taken, written into the build file: rejected rows, and files refused, unreadable or missing."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from typing import Any

import duckdb
import pyarrow as pa

from wengang.core.settings import Settings
from wengang.core.sql import quote
from wengang.lake.deliveries import Delivery, LakeState

LEDGER = "fund_ledger"
NOT_TAKEN = ("refused", "unreadable", "missing")
REJECTS = pa.schema(
    [
        ("period", pa.date32()),
        ("file_name", pa.string()),
        ("line_no", pa.int64()),
        ("region_code", pa.string()),
        ("month", pa.date32()),
        ("item", pa.string()),
        ("reason_zh", pa.string()),
        ("reason_en", pa.string()),
    ]
)
FILES = pa.schema(
    [
        ("period", pa.date32()),
        ("file_name", pa.string()),
        ("kind", pa.string()),
        ("rows", pa.int64()),
        ("message_zh", pa.string()),
        ("message_en", pa.string()),
    ]
)


def register_ledger_gaps(con: duckdb.DuckDBPyConnection, settings: Settings, known: LakeState) -> None:
    """Write `run.ledger_rejects` and `run.ledger_files_not_taken` of all periods known, and the first period with a ledger file.

    A rejected row has the region, month and item that could be read, null where not. A file counts until it is delivered again.
    """
    deliveries = [d for d in known.deliveries if d.source == LEDGER and d.status != "duplicate"]
    write(con, "run.ledger_rejects", REJECTS, list(rejected_rows(con, settings, known.current(LEDGER))))
    write(con, "run.ledger_files_not_taken", FILES, list(files_not_taken(deliveries)))
    first = min((d.period.first_day for d in deliveries), default=None)
    write(con, "run.ledger_first_delivery", pa.schema([("period", pa.date32())]), [(first,)] if first else [])


def write(con: duckdb.DuckDBPyConnection, name: str, schema: pa.Schema, rows: list[tuple[Any, ...]]) -> None:
    """Write rows as a table, which is there also without rows."""
    columns = list(zip(*rows, strict=True)) or [()] * len(schema)
    con.register(
        "incoming_rows",
        pa.table([pa.array(c, f.type) for c, f in zip(columns, schema, strict=True)], schema=schema),
    )
    con.execute(f"create or replace table {name} as select * from incoming_rows")
    con.unregister("incoming_rows")


def rejected_rows(
    con: duckdb.DuckDBPyConnection, settings: Settings, files: list[Delivery]
) -> Iterator[tuple[Any, ...]]:
    """Read the rejected rows of the ledger files in force, one a row of a file with all its reasons."""
    for delivery in files:
        if not delivery.rejects_file:
            continue
        path = quote(str((settings.lake_dir / delivery.rejects_file).resolve()))
        names = [r[0] for r in con.execute(f"describe select * from read_parquet({path})").fetchall()]
        keys = "max(keys)" if "keys" in names else "null"
        rows = con.execute(
            f"""
            select line_no, {keys}, string_agg(distinct reason_zh, '；' order by reason_zh),
                string_agg(distinct reason_en, '; ' order by reason_en)
            from read_parquet({path}) group by sheet, line_no order by sheet, line_no
            """
        ).fetchall()
        for line_no, text, zh, en in rows:
            found = json.loads(text) if text else {}
            month = found.get("month")
            yield (
                delivery.period.first_day, delivery.file_name, line_no, found.get("region_code"),
                dt.date.fromisoformat(str(month)[:10]) if month else None, found.get("item"), zh, en,
            )  # fmt: skip


def files_not_taken(deliveries: list[Delivery]) -> Iterator[tuple[Any, ...]]:
    """Name the ledger files that brought nothing, or not all that they hold, and were not delivered again since."""
    for d in deliveries:
        is_redelivered = any(
            o.is_current and o.period == d.period and o.file_name == d.file_name and o.seq > d.seq
            for o in deliveries
        )
        if d.status in NOT_TAKEN and not is_redelivered:
            yield d.period.first_day, d.file_name, d.status, 0, d.message_zh, d.message_en
        for kind in ("rows_below", "sheets_passed"):
            count = getattr(d, kind, 0)
            if d.is_current and count:
                yield d.period.first_day, d.file_name, kind, count, d.message_zh, d.message_en
