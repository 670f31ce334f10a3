"""A landing folder, a home, and short ways to fill the one and look into the other."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from wengang.contracts import load_contracts
from wengang.core.periods import Period
from wengang.core.progress import Progress
from wengang.core.settings import Settings
from wengang.ingest import IngestResult, ingest

# The example numbers of GB 11643 and other published vectors; nobody's.
PERSONS = ["11010519491231002X", "440524188001010014", "34052419800101001X", "370101190102039973"]
PREMIUM = {
    "employer_id": "620104000001",
    "person_id": PERSONS[0],
    "fee_month": "202406",
    "pay_kind": "normal",
    "voucher_no": "V1",
    "pay_base": "4000.00",
    "employer_due": "28.00",
    "person_due": "12.00",
    "employer_paid": "28.00",
    "person_paid": "12.00",
    "late_fee": "",
    "received_on": "20240615",
}


@dataclass
class World:
    """One landing folder and one home."""

    root: Path

    @property
    def settings(self) -> Settings:
        return Settings(home=self.root / "home", landing=self.root / "landing", threads=2)

    def put(self, name: str, content: bytes | str, period: str = "2024-06") -> Path:
        path = self.root / "landing" / period / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def ingest(self, through: str = "2024-06") -> IngestResult:
        return ingest(self.settings, Period.parse(through), Progress(quiet=True))

    def journal(self) -> list[dict[str, Any]]:
        path = self.root / "home" / "journal" / "deliveries.jsonl"
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]

    def last(self, name: str) -> dict[str, Any]:
        return [r for r in self.journal() if r.get("file_name") == name][-1]

    def rows(self, name: str) -> list[dict[str, Any]]:
        file = self.root / "home" / "lake" / self.last(name)["lake_file"]
        return pq.read_table(file, partitioning=None).to_pylist()

    def rejects(self, name: str) -> list[dict[str, Any]]:
        file = self.last(name)["rejects_file"]
        if file is None:
            return []
        return pq.read_table(self.root / "home" / "lake" / file, partitioning=None).to_pylist()

    def reasons(self, name: str) -> list[tuple[int, str | None, str]]:
        return [(r["line_no"], r["column_name"], r["reason_code"]) for r in self.rejects(name)]

    def files(self) -> dict[str, bytes]:
        """Everything under the home by path; of the journal without times and what follows from them; without what only saves reading."""
        found = {}
        home = self.root / "home"
        for path in sorted(
            p for p in home.rglob("*") if p.is_file() and p.parent.name != "cache" and p.suffix != ".head"
        ):
            data = path.read_bytes()
            if path.suffix == ".jsonl":
                kept = [json.loads(line) for line in data.decode().splitlines()]
                timed = {"received_at", "_chain"}
                data = json.dumps([{k: v for k, v in r.items() if k not in timed} for r in kept]).encode()
            found[str(path.relative_to(home))] = data
        return found


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def table(
    rows: list[dict[str, str]], delimiter: str = ",", quoting: int = csv.QUOTE_MINIMAL, end: str = "\n"
) -> str:
    """Write rows under English headings."""
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), delimiter=delimiter, quoting=quoting, lineterminator=end)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def premium(**changes: str) -> dict[str, str]:
    """One premium row, with some cells changed."""
    return PREMIUM | changes


def required(source: str) -> list[str]:
    """Headings of the columns that a source must have."""
    return [c.heading for c in load_contracts()[source].columns if c.required]
