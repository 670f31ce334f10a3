"""Deliveries as systems and people really write them: each folder beside this file is one, with what must come of it."""

from __future__ import annotations

import datetime as dt
import json
import re
import shutil
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from wengang.core.periods import Period
from wengang.core.progress import Progress
from wengang.core.settings import Settings
from wengang.ingest import ingest
from wengang.ingest.intake_report import write_intake_report

HERE = Path(__file__).parent
COUNTS = {
    "read": "rows_read",
    "accepted": "rows_accepted",
    "rejected": "rows_rejected",
    "superseded": "rows_superseded",
    "below": "rows_below",
    "passed": "sheets_passed",
    "uncalculated": "cells_uncalculated",
}


def expectation(case: Path) -> dict[str, Any]:
    return json.loads((case / "expect.json").read_text(encoding="utf-8"))


CASES = [
    pytest.param(
        f.parent, id=f.parent.name, marks=[pytest.mark.slow] if expectation(f.parent).get("slow") else []
    )
    for f in sorted(HERE.glob("*/expect.json"))
]


def written(value: Any) -> str | None:
    """Return a value as the expectation writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dt.date):
        return value.isoformat()
    return None if value is None else str(value)


class Outcome:
    """What the intake made of a landing folder."""

    def __init__(self, home: Path, printed: str) -> None:
        self.printed = printed
        self.lake_dir = home / "lake"
        journal = (home / "journal" / "deliveries.jsonl").read_text(encoding="utf-8")
        records = [r for line in journal.splitlines() if (r := json.loads(line)).get("file_name")]
        self.files = {f"{r['period']}/{r['file_name']}": r for r in records}

    def rows(self, source: str) -> list[dict[str, Any]]:
        found = [
            row
            for record in self.files.values()
            if record["source"] == source and record["status"] == "loaded" and record["lake_file"]
            for row in pq.ParquetFile(self.lake_dir / record["lake_file"]).read().to_pylist()
        ]
        return sorted(found, key=lambda r: (r["_period"], r["_file"], r["_seq"]))

    def rejects(self, record: dict[str, Any]) -> dict[int, set[str | None]]:
        found: dict[int, set[str | None]] = {}
        if record["rejects_file"]:
            for row in pq.ParquetFile(self.lake_dir / record["rejects_file"]).read().to_pylist():
                found.setdefault(row["line_no"], set()).add(row["column_name"])
        return found


@pytest.mark.parametrize("case", CASES)
def test_case(case: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    expect = expectation(case)
    shutil.copytree(case / "landing", tmp_path / "landing")
    settings = Settings(home=tmp_path / "home", landing=tmp_path / "landing", threads=1)
    for folder in sorted((tmp_path / "landing").iterdir()):
        ingest(settings, Period.parse(folder.name), Progress())
    out = capsys.readouterr()
    outcome = Outcome(tmp_path / "home", out.out + out.err)
    for name, want in expect["files"].items():
        look_at_file(outcome, name, want)
    for source, want in expect.get("lake", {}).items():
        rows = outcome.rows(source)
        assert len(rows) == want["rows"], source
        for column, total in want.get("sum", {}).items():
            assert sum(r[column] for r in rows) == Decimal(total), (source, column)
    for cell in expect.get("cells", []):
        rows = [
            r for r in outcome.rows(cell["table"]) if all(written(r[k]) == v for k, v in cell["key"].items())
        ]
        assert rows, cell
        assert written(rows[-1][cell["column"]]) == cell["value"], cell
    told = outcome.printed + json.dumps(list(outcome.files.values()), ensure_ascii=False)
    assert not [t for t in expect.get("never_printed", []) if t in told]


def look_at_file(outcome: Outcome, name: str, want: dict[str, Any]) -> None:
    record = outcome.files[name]
    assert record["status"] in want["status"], record["message_en"]
    assert {k: record[COUNTS[k]] for k in want if k in COUNTS} == {k: want[k] for k in want if k in COUNTS}
    if "rejects" in want:
        rejects = outcome.rejects(record)
        assert sorted(rejects) == [r["line"] for r in want["rejects"]]
        for r in want["rejects"]:
            assert r["column"] in rejects[r["line"]]
    said = outcome.printed + json.dumps(record, ensure_ascii=False)
    for words in want.get("told", []):
        assert any(w in said for w in words), (words, said)
    if want.get("warned"):
        assert record["message_zh"]


def test_what_goes_back_to_the_agencies_quotes_nobody(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Deliver the text files of all cases at once: neither messages nor the pages sent back hold a long number that is no credit code's line."""
    landing = tmp_path / "landing" / "2024-06"
    landing.mkdir(parents=True)
    for number, case in enumerate(sorted(HERE.glob("*/landing/2024-06/*.[ct][sx][vt]"))):
        if case.name != "manifest.csv":
            shutil.copy(case, landing / f"{case.name.split('.')[0].split('__')[0]}__p{number}{case.suffix}")
    settings = Settings(home=tmp_path / "home", landing=tmp_path / "landing", threads=1)
    ingest(settings, Period(2024, 6), Progress())
    pages = write_intake_report(settings, Period(2024, 6), tmp_path / "pages")
    out = capsys.readouterr()
    journal = (tmp_path / "home" / "journal" / "deliveries.jsonl").read_text(encoding="utf-8")
    messages = [
        r[k] for r in map(json.loads, journal.splitlines()) for k in ("message_zh", "message_en") if k in r
    ]
    reasons = [
        row[k]
        for f in (tmp_path / "home" / "lake" / "_rejects").rglob("*.parquet")
        for row in pq.ParquetFile(f).read(["reason_zh", "reason_en"]).to_pylist()
        for k in ("reason_zh", "reason_en")
    ]
    told = "\n".join([out.out, out.err, *messages, *reasons, *(p.read_text(encoding="utf-8") for p in pages)])
    assert pages
    assert not re.findall(
        r"(?<![0-9A-Za-z])[0-9][0-9 -]{8,}[0-9Xx]", re.sub(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", "", told)
    )
