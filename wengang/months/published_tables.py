"""The tables of published months beside those of a warehouse file: which differ, and which today's code would make otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb

from wengang.core.periods import Period
from wengang.core.settings import Settings
from wengang.core.sql import quote
from wengang.months.published import checked_revision

DIFFERENCES = "run.published_differences"


def published_differences(database: Path) -> dict[Period, list[str]]:
    """Return the published months that the code of a warehouse file makes otherwise, each with the tables that differ."""
    if not database.exists():
        return {}
    found: dict[Period, list[str]] = {}
    with duckdb.connect(str(database), read_only=True) as con:
        there = con.execute(
            "select 1 from duckdb_tables() where schema_name || '.' || table_name = ?", [DIFFERENCES]
        ).fetchone()
        rows = (
            con.execute(f"select period, table_name from {DIFFERENCES} order by all").fetchall()
            if there
            else []
        )
    for day, table in rows:
        found.setdefault(Period.of(day), []).append(table)
    return found


def published_tables(
    con: duckdb.DuckDBPyConnection, settings: Settings, period: Period
) -> Iterator[tuple[str, str, str]]:
    """Yield each table of `marts` that the newest published revision of a month has: its name, its published rows as SQL, shared columns.

    Raises IntegrityError where the package is not as it was published.
    """
    folder = checked_revision(settings, period) / "tables"
    for (table,) in con.execute(
        "select table_name from information_schema.tables where table_schema = 'marts' order by table_name"
    ).fetchall():
        file = folder / f"{table}.parquet"
        if file.is_file():
            published = f"read_parquet({quote(str(file))})"
            yield table, published, shared_columns(con, table, published)


def differing_tables(con: duckdb.DuckDBPyConnection, settings: Settings, period: Period) -> list[str]:
    """Return the tables of which a warehouse file holds other rows of a month than were published."""
    return [
        table
        for table, published, columns in published_tables(con, settings, period)
        if are_different(con, table, published, columns, period)
    ]


def shared_columns(con: duckdb.DuckDBPyConnection, table: str, published: str) -> str:
    """Return the columns that a table has now and in the package, in the order of today's, as a select list."""
    before = {row[0] for row in con.execute(f"describe select * from {published}").fetchall()}
    now = [row[0] for row in con.execute(f"describe marts.{table}").fetchall()]
    return ", ".join(f'"{column}"' for column in now if column in before)


def are_different(
    con: duckdb.DuckDBPyConnection, table: str, published: str, columns: str, period: Period
) -> bool:
    """Return whether the rows of a month in a table and in its published file differ in the columns that both have."""
    built = f"select {columns} from marts.{table} where period = $day"
    row = con.execute(
        f"with built as ({built}), published as (select {columns} from {published})"
        " select (select count(*) from (from built except all from published)) + (select count(*) from (from published except all from built))",
        {"day": period.first_day},
    ).fetchone()
    return bool(row and row[0])
