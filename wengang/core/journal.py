"""Journals: append-only files of JSON lines under `HOME/journal`."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any


def append_journal(path: Path, records: Iterable[Mapping[str, Any]]) -> None:
    """Append records to a journal, whole lines, on disk before returning.

    A last line that a crash cut short is ended first, so that it can never swallow the next record.
    """
    lines = [json.dumps(dict(r), ensure_ascii=False, sort_keys=True) for r in records]
    if not lines:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    text = "\n".join(lines) + "\n"
    if path.exists() and path.stat().st_size:
        with path.open("rb") as existing:
            existing.seek(-1, os.SEEK_END)
            if existing.read(1) != b"\n":
                text = "\n" + text
    with path.open("a", encoding="utf-8") as journal:
        journal.write(text)
        journal.flush()
        os.fsync(journal.fileno())


def read_journal(path: Path) -> list[dict[str, Any]]:
    """Read a journal's records in order; a line cut short by a crash was never finished and is passed over."""
    records: list[dict[str, Any]] = []
    if not path.exists():
        return records
    # Not splitlines(): a file's name may hold a separator (U+2028, U+0085) that JSON leaves as it is.
    for line in path.read_text(encoding="utf-8").split("\n"):
        if line.strip():
            try:
                records.append(json.loads(line))
            except json.JSONDecodeError:
                continue
    return records
