"""The rows of a published month are those that were published, whatever the models make of the month today."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from wengang.core.periods import Period
from wengang.core.settings import Settings
from wengang.months.published_tables import DIFFERENCES, are_different, published_tables


def restore_published(con: duckdb.DuckDBPyConnection, settings: Settings, period: Period) -> list[str]:
    """Put the published rows of a month in the place of those just built; return the names of the tables that were not the same.

    Columns that the published tables did not have yet are null. Raises IntegrityError where the package is not as it was published.
    """
    differing = []
    for table, published, columns in published_tables(con, settings, period):
        if are_different(con, table, published, columns, period):
            differing.append(table)
            con.execute(f"delete from marts.{table} where period = ?", [period.first_day])
            con.execute(f"insert into marts.{table} by name select {columns} from {published}")
    return differing


def note_differences(con: duckdb.DuckDBPyConnection, period: Period, tables: Sequence[str]) -> None:
    """Keep in the file which tables of a published month today's code would make otherwise; none: the month is as published."""
    con.execute(f"create table if not exists {DIFFERENCES} (period date, table_name varchar)")
    con.execute(f"delete from {DIFFERENCES} where period = ?", [period.first_day])
    for table in tables:
        con.execute(f"insert into {DIFFERENCES} values (?, ?)", [period.first_day, table])
