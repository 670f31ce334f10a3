"""Comments of tables and columns in the warehouse file, from the descriptions of the dbt project, so that they are read where data are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wengang.core.sql import quote

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb


def write_comments(con: duckdb.DuckDBPyConnection, manifest: Any) -> int:
    """Write the description of every relation and column that the file holds; returns how many were written."""
    rows = con.execute(
        "select c.schema_name, c.table_name, list(c.column_name), bool_or(v.view_name is not null)"
        " from duckdb_columns() as c left join duckdb_views() as v"
        " on c.database_name = v.database_name and c.schema_name = v.schema_name and c.table_name = v.view_name"
        " where c.database_name = current_database() and not c.internal group by all"
    ).fetchall()
    held = {
        (schema, name): ("view" if is_view else "table", set(columns))
        for schema, name, columns, is_view in rows
    }
    statements: list[str] = []
    for schema, name, description, columns in descriptions(manifest):
        if (schema, name) not in held:
            continue
        kind, known = held[schema, name]
        if description:
            statements.append(f'comment on {kind} "{schema}"."{name}" is {quote(description)}')
        statements += [
            f'comment on column "{schema}"."{name}"."{column}" is {quote(text)}'
            for column, text in columns.items()
            if text and column in known
        ]
    con.execute("begin")
    for statement in statements:
        con.execute(statement)
    con.execute("commit")
    return len(statements)


def descriptions(manifest: Any) -> Iterator[tuple[str, str, str, dict[str, str]]]:
    """Yield schema, name, description and column descriptions of every model, seed and source."""
    nodes = [n for n in manifest.nodes.values() if n.resource_type in {"model", "seed"}]
    for node in [*nodes, *manifest.sources.values()]:
        columns = {name: " ".join(column.description.split()) for name, column in node.columns.items()}
        yield node.schema, node.name, " ".join(node.description.split()), columns
