"""Two sets of parameters side by side: which rows were added, taken out, or say something else."""

from __future__ import annotations

from dataclasses import dataclass

from wengang.policy.resolve import PolicySet
from wengang.policy.rows import OPEN_END, Document, ParameterRow, ProgrammeRow

Row = Document | ParameterRow | ProgrammeRow


@dataclass(frozen=True)
class Change:
    """One row of one file: its name in words, and the cells that differ (column: old, new); one side None: not there."""

    file: str
    name: str
    old: Row | None
    new: Row | None

    @property
    def cells(self) -> dict[str, tuple[str, str]]:
        """Cells that differ, where both sides have the row."""
        if self.old is None or self.new is None:
            return {}
        old, new = vars(self.old), vars(self.new)
        return {
            column: (shown(old[column]), shown(new[column]))
            for column in old
            if column != "line" and old[column] != new[column]
        }

    def text(self) -> str:
        """Return the change as one line, Chinese and English."""
        if self.old is None:
            return f"+ {self.file} {self.name}：新增 added {said(self.new)}"
        if self.new is None:
            return f"- {self.file} {self.name}：删去 taken out {said(self.old)}"
        cells = "；".join(
            f"{column} {old or '—'} → {new or '—'}" for column, (old, new) in self.cells.items()
        )
        return f"~ {self.file} {self.name}：改动 changed {cells}"


def shown(value: object) -> str:
    """Return a cell as text; an open end is empty."""
    return "" if value in (None, OPEN_END) else str(value)


def said(row: Row | None) -> str:
    """Return what a row says, in short."""
    if isinstance(row, ParameterRow):
        return f"{row.value}（{row.effective_from} 至 {shown(row.effective_to) or '—'}，{row.basis}，{row.document_id}）"
    if isinstance(row, ProgrammeRow):
        return f"{row.window_from} 至 {row.window_to}（{row.document_id}）"
    return f"{row.number} {row.title}" if row else ""


def keyed(policy: PolicySet) -> dict[tuple[str, str], Row]:
    """Return every row of a set by file and by what makes it one row."""
    found: dict[tuple[str, str], Row] = {}
    for document in policy.documents:
        found["documents.csv", document.document_id] = document
    for window in policy.programme_rows:
        name = f"{window.programme} {window.jurisdiction} {window.programme_year} {window.applies_to}".strip()
        found["programmes.csv", name] = window
    for row in policy.parameter_rows:
        name = f"{row.parameter} {row.jurisdiction} {row.applies_to} {row.effective_from}".replace("  ", " ")
        found["parameters.csv", name] = row
    return found


def differences(old: PolicySet, new: PolicySet) -> list[Change]:
    """Return the rows that differ between two sets, by file and name; the order and the lines of rows do not matter."""
    before, now = keyed(old), keyed(new)
    found = [
        Change(file, name, before.get((file, name)), now.get((file, name)))
        for file, name in sorted({*before, *now})
    ]
    return [change for change in found if change.old is None or change.new is None or change.cells]
