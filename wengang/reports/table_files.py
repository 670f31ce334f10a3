"""The published tables of a month as Parquet: the rows of the period, in a fixed order, so that the same rows are the same bytes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb

from wengang.core.identifiers import has_number_sql
from wengang.core.periods import Period
from wengang.core.sql import quote

# These, and every table with a person's number, hold citizen numbers or raw lines: agencies join on them, so they are whole, and readable
# by their owner alone.
RESTRICTED = ("extract_rejects", "incidents", "restated_decisions", "risk_leads")
PERSON_COLUMN = "person_id"
# Keys and texts that come from outside: where one of them carries a citizen number, its table is closed like those above.
FROM_OUTSIDE = frozenset({
    "application_no", "case_no", "employer_id", "employer_name", "file_name", "message_en", "message_zh", "record_key", "subject_id", "text_en",
    "text_zh", "user_name", "user_uscc", "uscc",
})  # fmt: skip


def carries_numbers(
    con: duckdb.DuckDBPyConnection, table: str, columns: Sequence[str], period: Period
) -> bool:
    """Return whether a citizen number stands in a key or text of a month's rows that came from outside."""
    found = [has_number_sql(f'cast("{column}" as varchar)') for column in columns if column in FROM_OUTSIDE]
    if not found:
        return False
    query = f"select 1 from marts.{table} where period = ? and ({' or '.join(found)}) limit 1"
    return con.execute(query, [period.first_day]).fetchone() is not None


def export_tables(con: duckdb.DuckDBPyConnection, period: Period, folder: Path) -> list[str]:
    """Write `<folder>/<table>.parquet` for every table of the schema `marts`; returns the names.

    Rows are put in the order of all columns and written by one thread, which fixes the bytes at any setting of threads.
    """
    # Written plainly, a column in which the table has never held a null is marked as required in the file, so that the bytes would
    # hang on the other months in the warehouse. A case without else is null to the writer, whatever the table has held.
    folder.mkdir(parents=True, exist_ok=True)
    names = [
        name
        for (name,) in con.execute(
            "select table_name from information_schema.tables where table_schema = 'marts' order by table_name"
        ).fetchall()
    ]
    for stale in folder.glob("*.parquet"):
        if stale.stem not in names:
            stale.unlink()
    (threads,) = con.execute("select current_setting('threads')").fetchall()[0]
    con.execute("set threads to 1")
    for name in names:
        target = folder / f"{name}.parquet"
        held = [
            column
            for (column,) in con.execute(
                "select column_name from information_schema.columns where table_schema = 'marts' and table_name = ?"
                " order by ordinal_position",
                [name],
            ).fetchall()
        ]
        columns = ", ".join(f'case when period = $day then "{column}" end as "{column}"' for column in held)
        con.execute(
            f"copy (select {columns} from marts.{name} where period = $day order by all) to {quote(str(target))}"
            " (format parquet, compression zstd)",
            {"day": period.first_day},
        )
        is_restricted = (
            name in RESTRICTED or PERSON_COLUMN in held or carries_numbers(con, name, held, period)
        )
        target.chmod(0o600 if is_restricted else 0o644)
    con.execute(f"set threads to {threads}")
    return names
