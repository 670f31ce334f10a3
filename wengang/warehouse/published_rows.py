"""The rows of a published month are those that were published, whatever the models make of the month today."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from wengang.core.periods import Period
from wengang.core.settings import Settings
from wengang.core.sql import quote
from wengang.months.published import DIFFERENCES, checked_revision


def restore_published(con: duckdb.DuckDBPyConnection, settings: Settings, period: Period) -> list[str]:
    """Put the published rows of a month in the place of those just built; return the names of the tables that were not the same.

    Columns that the published tables did not have yet are null. Raises IntegrityError where the package is not as it was published.
    """
    folder = checked_revision(settings, period) / "tables"
    differing = []
    for (table,) in con.execute(
        "select table_name from information_schema.tables where table_schema = 'marts' order by table_name"
    ).fetchall():
        file = folder / f"{table}.parquet"
        if not file.is_file():
            continue  # a table that the published report did not have
        published = f"read_parquet({quote(str(file))})"
        shared = shared_columns(con, table, published)
        if are_different(con, table, published, shared, period):
            differing.append(table)
            con.execute(f"delete from marts.{table} where period = ?", [period.first_day])
            con.execute(f"insert into marts.{table} by name select {shared} from {published}")
    return differing


def shared_columns(con: duckdb.DuckDBPyConnection, table: str, published: str) -> str:
    """Return the columns that a table has now and in the package, in the order of today's, as a select list."""
    before = {row[0] for row in con.execute(f"describe select * from {published}").fetchall()}
    now = [row[0] for row in con.execute(f"describe marts.{table}").fetchall()]
    return ", ".join(f'"{column}"' for column in now if column in before)


def are_different(
    con: duckdb.DuckDBPyConnection, table: str, published: str, columns: str, period: Period
) -> bool:
    """Tell whether the rows of a month in a table and in its published file differ in the columns that both have."""
    built = f"select {columns} from marts.{table} where period = $day"
    row = con.execute(
        f"with built as ({built}), published as (select {columns} from {published})"
        " select (select count(*) from (from built except all from published)) + (select count(*) from (from published except all from built))",
        {"day": period.first_day},
    ).fetchone()
    return bool(row and row[0])


def note_differences(con: duckdb.DuckDBPyConnection, period: Period, tables: Sequence[str]) -> None:
    """Keep in the file which tables of a published month today's code would make otherwise; none: the month is as published."""
    con.execute(f"create table if not exists {DIFFERENCES} (period date, table_name varchar)")
    con.execute(f"delete from {DIFFERENCES} where period = ?", [period.first_day])
    for table in tables:
        con.execute(f"insert into {DIFFERENCES} values (?, ?)", [period.first_day, table])
