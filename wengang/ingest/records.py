"""The journal of deliveries while an intake writes it: the newest record of each file, and what is in force."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wengang.core.journal import append_journal, read_journal
from wengang.core.periods import Period
from wengang.core.progress import Progress
from wengang.core.settings import Settings
from wengang.ingest.results import FileOutcome
from wengang.lake.deliveries import CONFIRMED, DELIVERIES, TAKEN

EMPTY: Mapping[str, Any] = {
    "rows_read": 0,
    "rows_accepted": 0,
    "rows_rejected": 0,
    "rows_superseded": 0,
    "superseded_in_period": 0,
    "rows_below": 0,
    "sheets_passed": 0,
    "cells_uncalculated": 0,
    "rows_by_state": {},
    "message_zh": "",
    "message_en": "",
    "extra_columns": [],
    "warnings": [],
    "lake_file": None,
    "rejects_file": None,
}


@dataclass
class Found:
    """A file in the landing folder; `fault` says in Chinese and English why it cannot even be opened."""

    path: Path
    name: str
    sha256: str
    size: int
    received_at: str
    fault: tuple[str, str] | None = None


class Records:
    """The journal: what it holds, and what is appended."""

    def __init__(self, settings: Settings, progress: Progress) -> None:
        self.progress = progress
        self.journal = settings.journal_dir / DELIVERIES
        self.newest: dict[tuple[str, str, str], dict[str, Any]] = {}
        self.manifest_faults: dict[str, list[Any]] = {}
        self.confirmed: dict[tuple[str, str], set[str]] = {}
        self.seq = 0
        for record in read_journal(self.journal):
            self._remember(record)

    def _remember(self, record: dict[str, Any]) -> None:
        self.seq = max(self.seq, int(record.get("seq", 0)))
        event = record.get("event")
        if event == "manifest":
            self.manifest_faults[record["period"]] = record["faults"]
        elif event == CONFIRMED:
            self.confirmed[record["source"], record["period"]] = set(record["digests"])
        elif event is None:
            self.newest[record["period"], record["file_name"], record["sha256"]] = record

    def append(self, record: dict[str, Any]) -> None:
        """Write a record with the next number."""
        record = {**record, "seq": self.seq + 1}
        append_journal(self.journal, [record])
        self._remember(record)

    def settle(self, period: Period, source: str | None, file: Found, **more: Any) -> FileOutcome:
        """Write a file's outcome to the journal, unless its last line says the same."""
        record: dict[str, Any] = {
            "period": str(period),
            "source": source,
            "file_name": file.name,
            "sha256": file.sha256,
            "bytes": file.size,
            "received_at": file.received_at,
            **EMPTY,
            **more,
        }
        known = self.newest.get((str(period), file.name, file.sha256))
        told = known is not None and all(
            known.get(k, EMPTY.get(k)) == v for k, v in record.items() if k not in ("bytes", "received_at")
        )
        if not told or (record["status"] == "loaded" and not self.is_in_force(record)):
            self.append(record)
        return self.outcome(record, is_new=not told)

    def outcome(self, record: Mapping[str, Any], is_new: bool) -> FileOutcome:
        """Return a record as an outcome; one that is new and not simply loaded is reported."""
        found = FileOutcome(
            **{k: record[k] for k in FileOutcome.__dataclass_fields__ if k not in ("period", "is_new")},
            period=Period.parse(record["period"]),
            is_new=is_new,
        )
        if is_new and (found.status != "loaded" or record["warnings"]):
            self.progress.say(
                f"! {found.period} {found.file_name} [{found.status}] {found.message_zh} · {found.message_en}"
            )
        return found

    def taken(self, period: str, statuses: tuple[str, ...] = TAKEN) -> list[dict[str, Any]]:
        """Return the period's records of those statuses."""
        return [r for (p, _, _), r in self.newest.items() if p == period and r["status"] in statuses]

    def is_in_force(self, record: Mapping[str, Any]) -> bool:
        """Return whether a loaded file is the newest of its name."""
        of_name = [r for r in self.taken(record["period"]) if r["file_name"] == record["file_name"]]
        return bool(of_name) and max(of_name, key=lambda r: r["seq"])["sha256"] == record["sha256"]

    def standing(self, period: str, source: str) -> list[dict[str, Any]]:
        """Return the loaded and held files of a period and source, the newest of each name, in the order of names."""
        newest: dict[str, dict[str, Any]] = {}
        for record in sorted(self.taken(period, (*TAKEN, "held")), key=lambda r: r["seq"]):
            newest[record["file_name"]] = record
        found = [r for r in newest.values() if r["source"] == source and r["status"] in ("loaded", "held")]
        return sorted(found, key=lambda r: r["file_name"])

    @property
    def periods(self) -> list[str]:
        """Periods with any record, in order."""
        return sorted({p for p, _, _ in self.newest})
