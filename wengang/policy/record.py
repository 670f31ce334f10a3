"""A set of parameters as plain values: the journal keeps the very rows that a published report rests on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from wengang.policy.resolve import PolicySet
from wengang.policy.rows import Document, ParameterRow, ProgrammeRow

DAYS = {"dated", "window_from", "window_to", "effective_from", "effective_to"}


def to_record(policy: PolicySet) -> dict[str, Any]:
    """Return the rows of a set as values that JSON holds."""
    parts = {
        "documents": policy.documents,
        "programmes": policy.programme_rows,
        "parameters": policy.parameter_rows,
    }
    return {
        name: [
            {k: v.isoformat() if isinstance(v, dt.date) else v for k, v in vars(row).items()} for row in rows
        ]
        for name, rows in parts.items()
    }


def of_record(record: Mapping[str, Any], jurisdiction: str) -> PolicySet:
    """Make the set again from its rows."""

    def rows(name: str) -> list[dict[str, Any]]:
        return [
            {k: dt.date.fromisoformat(v) if k in DAYS and v else v for k, v in row.items()}
            for row in record[name]
        ]

    return PolicySet(
        folder="",
        jurisdiction=jurisdiction,
        documents=tuple(Document(**r) for r in rows("documents")),
        programme_rows=tuple(ProgrammeRow(**r) for r in rows("programmes")),
        parameter_rows=tuple(ParameterRow(**r) for r in rows("parameters")),
    )
