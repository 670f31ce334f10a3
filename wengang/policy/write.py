"""Rows of a set of parameters back into the files that they are read from."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from wengang.policy.rows import OPEN_END, ParameterRow, ProgrammeRow

PROGRAMME_COLUMNS = (
    "programme", "jurisdiction", "applies_to", "programme_year", "window_from", "window_to", "document_id", "article", "basis", "reason",
)  # fmt: skip
PARAMETER_COLUMNS = (
    "parameter", "jurisdiction", "applies_to", "effective_from", "effective_to", "value", "basis", "document_id", "article", "confidence",
    "reason",
)  # fmt: skip


def cells_of(row: ParameterRow | ProgrammeRow) -> dict[str, str]:
    """Return a row's cells by heading; an open end is empty."""
    names = PROGRAMME_COLUMNS if isinstance(row, ProgrammeRow) else PARAMETER_COLUMNS
    return {name: "" if (value := getattr(row, name)) == OPEN_END else str(value) for name in names}


def append_rows(
    path: Path, target: Path, rows: Iterable[ParameterRow | ProgrammeRow], columns: Sequence[str]
) -> None:
    """Write a file of a set to another place with rows added below; the rows there stay as they are, by heading."""
    with path.open(encoding="utf-8-sig", newline="") as handle:
        given = list(csv.DictReader(handle))
        head = list(given[0]) if given else list(columns)
    head = [*head, *(column for column in columns if column not in head)]
    if "applies_to" not in (given[0] if given else columns):
        head.remove("applies_to")
        head.insert(2, "applies_to")
    out = io.StringIO()
    writer = csv.DictWriter(out, head, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(given)
    writer.writerows(cells_of(row) for row in rows)
    target.write_text(out.getvalue(), encoding="utf-8")
