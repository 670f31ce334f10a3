"""Writing a set of parameters into the build file, where models read it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from wengang.policy.conditions import Condition
from wengang.policy.resolve import PolicySet, rank
from wengang.policy.rows import OPEN_END

if TYPE_CHECKING:
    import duckdb

CONDITION_COLUMNS = (
    "cond_list varchar, cond_unit_type varchar, cond_size_class varchar, cond_industry varchar, "
    "cond_is_dispatch boolean, conditions integer"
)
COLUMNS = {
    "parameters": (
        "parameter varchar, valid_from date, valid_to date, value varchar, basis varchar, jurisdiction varchar, "
        "document_id varchar, article varchar, confidence varchar, reason varchar, carried_forward boolean"
    ),
    "rows": (
        "row_id integer, parameter varchar, jurisdiction varchar, jurisdiction_rank integer, applies_to varchar, "
        f"{CONDITION_COLUMNS}, layer integer, valid_from date, valid_to date, value varchar, basis varchar, "
        "document_id varchar, article varchar, confidence varchar, reason varchar"
    ),
    "windows": (
        "row_id integer, programme varchar, programme_year integer, jurisdiction varchar, jurisdiction_rank integer, "
        f"applies_to varchar, {CONDITION_COLUMNS}, window_from date, window_to date, document_id varchar, "
        "article varchar, basis varchar, reason varchar"
    ),
    "programmes": (
        "programme varchar, programme_year integer, window_from date, window_to date, document_id varchar, "
        "article varchar, basis varchar, reason varchar, jurisdiction varchar"
    ),
    "documents": (
        "document_id varchar, issuer varchar, number varchar, dated date, title varchar, url_or_file varchar"
    ),
    "all_parameters": (
        "parameter varchar, jurisdiction varchar, effective_from date, effective_to date, value varchar, "
        "basis varchar, document_id varchar, article varchar, confidence varchar, reason varchar, line_no integer, "
        "applies_to varchar"
    ),
}


def relations(policy: PolicySet) -> dict[str, list[tuple[Any, ...]]]:
    """Return the rows of each relation of schema `policy`, sorted; empty text is None."""

    def day(value: dt.date) -> dt.date | None:
        return None if value == OPEN_END else value

    return {
        "parameters": [
            (
                stretch.row.parameter,
                stretch.valid_from,
                stretch.valid_to,
                stretch.row.value,
                stretch.row.basis,
                stretch.row.jurisdiction,
                stretch.row.document_id,
                stretch.row.article or None,
                stretch.row.confidence,
                stretch.row.reason or None,
                stretch.carried,
            )
            for stretch in policy.stretches()
        ],
        "rows": parameter_rows(policy),
        "windows": window_rows(policy),
        "programmes": [
            (
                row.programme,
                row.programme_year,
                row.window_from,
                row.window_to,
                row.document_id,
                row.article or None,
                row.basis,
                row.reason or None,
                row.jurisdiction,
            )
            for row in policy.programmes
        ],
        "documents": [
            (row.document_id, row.issuer, row.number or None, row.dated, row.title, row.url_or_file or None)
            for row in sorted(policy.documents, key=lambda row: row.document_id)
        ],
        "all_parameters": [
            (
                row.parameter,
                row.jurisdiction,
                row.effective_from,
                day(row.effective_to),
                row.value,
                row.basis,
                row.document_id,
                row.article or None,
                row.confidence,
                row.reason or None,
                row.line,
                row.applies_to or None,
            )
            for row in sorted(
                policy.parameter_rows,
                key=lambda row: (row.parameter, row.jurisdiction, row.effective_from, row.layer, row.line),
            )
        ],
    }


def condition_cells(condition: Condition) -> tuple[Any, ...]:
    """Return the cells of a condition: what is asked of list, unit type, size, industry and dispatch, and how much."""
    return (*vars(condition).values(), condition.count)


def parameter_rows(policy: PolicySet) -> list[tuple[Any, ...]]:
    """Return every row that can hold for a subject of the jurisdiction, by its number in the set."""
    return [
        (
            number,
            row.parameter,
            row.jurisdiction,
            rank(row.jurisdiction),
            row.applies_to or None,
            *condition_cells(row.condition),
            row.layer,
            row.effective_from,
            row.effective_to,
            row.value,
            row.basis,
            row.document_id,
            row.article or None,
            row.confidence,
            row.reason or None,
        )
        for number, row in policy.applying_rows
    ]


def window_rows(policy: PolicySet) -> list[tuple[Any, ...]]:
    """Return every window that can hold for a subject of the jurisdiction, by its number in the set."""
    return [
        (
            number,
            row.programme,
            row.programme_year,
            row.jurisdiction,
            rank(row.jurisdiction),
            row.applies_to or None,
            *condition_cells(row.condition),
            row.window_from,
            row.window_to,
            row.document_id,
            row.article or None,
            row.basis,
            row.reason or None,
        )
        for number, row in policy.applying_windows
    ]


def register(connection: duckdb.DuckDBPyConnection, policy: PolicySet) -> None:
    """Write schema `policy` (the relations of COLUMNS), replacing what is there."""
    connection.execute("create schema if not exists policy")
    for name, rows in relations(policy).items():
        connection.execute(f"create or replace table policy.{name} ({COLUMNS[name]})")
        insert(connection, name, rows)


def insert(connection: duckdb.DuckDBPyConnection, name: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows in their order by one statement (a list per column)."""
    if not rows:
        return
    types = [column.split()[1] for column in COLUMNS[name].split(", ")]
    lists = [list(column) for column in zip(*rows, strict=True)]
    cells = ", ".join(f"unnest(cast(? as {kind}[]))" for kind in types)
    connection.execute(f"insert into policy.{name} select {cells}", lists)
