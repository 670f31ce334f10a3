"""The models of a month as they stand in the published warehouse, and over the lake as it was known then, without building anything."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from wengang.core.periods import Period
from wengang.core.settings import Settings
from wengang.lake.deliveries import read_lake
from wengang.warehouse.run_context import register_run

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb

# Compiled models name their relations with the database that they were built in.
DATABASE = "wengang"
PUBLISHED = "published"
# Schemas that are read from the published file as they are.
KEPT = ("marts", "policy", "reference")


@contextmanager
def open_month(settings: Settings, period: Period, model: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a database in memory in which a model can be queried as of a period.

    Published tables are read as they are; the model's other ancestors are computed from the lake's files known at the period. Facts that
    builds remember are those of the month built last.
    """
    import duckdb

    with duckdb.connect() as con:
        con.execute(
            f"attach '{settings.warehouse_file}' as {PUBLISHED} (read_only); attach ':memory:' as {DATABASE}; use {DATABASE}"
        )
        register_run(con, settings, period, read_lake(settings))
        for schema in KEPT:
            con.execute(f"create schema if not exists {schema}")
            for name in tables_of(con, schema):
                show_published(con, schema, name)
        con.execute("create schema if not exists staging; create schema if not exists intermediate")
        show_models(con, model)
        yield con


def tables_of(con: duckdb.DuckDBPyConnection, schema: str) -> list[str]:
    """Return the names of the published tables of a schema."""
    rows = con.execute(
        "select table_name from duckdb_tables() where database_name = ? and schema_name = ? order by table_name",
        [PUBLISHED, schema],
    ).fetchall()
    return [name for (name,) in rows]


def show_published(con: duckdb.DuckDBPyConnection, schema: str, name: str) -> None:
    """Show a published table under its own name."""
    con.execute(f"create or replace view {schema}.{name} as select * from {PUBLISHED}.{schema}.{name}")


def show_models(con: duckdb.DuckDBPyConnection, model: str) -> None:
    """Create a model and its ancestors, each after those that it reads.

    A model that a build keeps as a table is one here too: many models read it, and a view would be computed anew for each.
    """
    rows = con.execute(
        f"select model, schema_name, materialized, parents, sql from {PUBLISHED}.run.compiled_models"
    ).fetchall()
    models = {name: (schema, materialized, parents, sql) for name, schema, materialized, parents, sql in rows}
    done: set[str] = set()

    def show(name: str) -> None:
        if name in done:
            return
        done.add(name)
        schema, materialized, parents, sql = models[name]
        if schema in KEPT and materialized != "view":
            return
        if materialized == "incremental":
            show_published(con, schema, name)
            return
        for parent in parents:
            show(parent)
        kind = "table" if materialized == "table" else "view"
        con.execute(f"create or replace {kind} {schema}.{name} as {sql}")

    show(model)
