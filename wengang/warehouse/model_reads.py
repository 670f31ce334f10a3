"""What the SQL of a compiled model reads, taken from DuckDB's own parse of it: relations and the texts it compares with."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True)
class Reads:
    """The relations that a statement reads, as `schema.name`, and every text constant in it."""

    relations: frozenset[str]
    texts: frozenset[str]


def reads_of_statement(con: duckdb.DuckDBPyConnection, sql: str) -> Reads:
    """Return what a select statement reads.

    Raises ValueError with the database's words where the statement cannot be parsed.
    """
    row = con.execute("select json_serialize_sql(?)", [sql]).fetchone()
    tree = json.loads(row[0]) if row else {}
    if tree.get("error"):
        raise ValueError(tree.get("error_message", "no statement"))
    relations, texts = set(), set()
    for node in nodes_of(tree):
        if node.get("type") == "BASE_TABLE":
            relations.add(f"{node['schema_name']}.{node['table_name']}")
        elif node.get("type") == "VALUE_CONSTANT":
            texts |= text_of(node)
    return Reads(frozenset(relations), frozenset(texts))


def text_of(constant: dict[str, Any]) -> set[str]:
    """Return the text of a constant; nothing where it is a number, a day or null."""
    literal = constant.get("literal") or {}
    value = (
        literal.get("text") if literal.get("kind") == "STRING" else (constant.get("value") or {}).get("value")
    )
    return {value} if isinstance(value, str) else set()


def nodes_of(tree: Any) -> Iterator[dict[str, Any]]:
    """Yield every object of a parse tree."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            yield node
            waiting.extend(node.values())
        elif isinstance(node, list):
            waiting.extend(node)


def write_compiled_models(
    con: duckdb.DuckDBPyConnection, results: Iterable[Any], names: Sequence[str]
) -> None:
    """Write the models as dbt has compiled them into `run.compiled_models`, and the parameters that each names into `run.model_parameters`.

    `results` are those of a dbt run; a model that the run did not compile keeps its rows. `names`: all parameters.
    """
    con.execute(
        "create table if not exists run.compiled_models "
        "(model varchar, schema_name varchar, materialized varchar, parents varchar[], sql varchar);"
        "create table if not exists run.model_parameters (model varchar, parameter varchar)"
    )
    wanted = frozenset(names)
    models = [r.node for r in results if r.node.resource_type == "model" and r.node.compiled_code]
    for node in models:
        parents = [p.rsplit(".", 1)[-1] for p in node.depends_on.nodes if p.startswith("model.")]
        row = (node.name, node.schema, node.config.materialized, parents, node.compiled_code)
        con.execute("delete from run.compiled_models where model = ?", [node.name])
        con.execute("insert into run.compiled_models values (?, ?, ?, ?, ?)", row)
        con.execute("delete from run.model_parameters where model = ?", [node.name])
        for parameter in sorted(reads_of_statement(con, node.compiled_code).texts & wanted):
            con.execute("insert into run.model_parameters values (?, ?)", [node.name, parameter])
