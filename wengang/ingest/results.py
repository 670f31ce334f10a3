"""What an intake reports of its files."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from wengang.core.periods import Period
from wengang.months.complete import Reason


@dataclass(frozen=True)
class FileOutcome:
    """What became of one file, as its line in the journal tells it."""

    period: Period
    source: str | None
    file_name: str
    sha256: str
    status: str
    rows_read: int = 0
    rows_accepted: int = 0
    rows_rejected: int = 0
    message_zh: str = ""
    message_en: str = ""
    is_new: bool = True


@dataclass
class IngestResult:
    """What the intake did: every file for periods up to the one asked for, and the periods that are incomplete.

    `files` with `is_new` false were settled by an earlier run. A period in `incomplete` is to be reported with exit
    code 3; files that merely could not be loaded are in `problems` and stop nothing.
    """

    files: list[FileOutcome] = field(default_factory=list)
    incomplete: dict[Period, list[Reason]] = field(default_factory=dict)
    stray: list[str] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        """Files by status, those of this run only."""
        return dict(Counter(f.status for f in self.files if f.is_new))

    @property
    def rows_accepted(self) -> int:
        """Return rows taken in this run."""
        return sum(f.rows_accepted for f in self.files if f.is_new)

    @property
    def rows_rejected(self) -> int:
        """Return rows refused in this run."""
        return sum(f.rows_rejected for f in self.files if f.is_new)

    @property
    def problems(self) -> list[FileOutcome]:
        """Files that are not in the lake though someone meant them to be."""
        return [f for f in self.files if f.status not in ("loaded", "duplicate")]
