"""The delivery's own list of what it holds: `manifest.csv` with file, sha256, rows."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from wengang.contracts import heading_key
from wengang.ingest.readers.encoding import to_text
from wengang.ingest.table import UnreadableError

NAME = "manifest.csv"


@dataclass(frozen=True)
class Entry:
    """What the manifest says of one file."""

    file_name: str
    sha256: str
    rows: int


@dataclass
class Manifest:
    """A period's manifest: its entries by file name, and what is wrong with it."""

    entries: dict[str, Entry] = field(default_factory=dict)
    faults: list[dict[str, Any]] = field(default_factory=list)

    def fault(self, code: str, file_name: str | None, zh: str, en: str) -> None:
        """Note what is wrong."""
        self.faults.append({"code": code, "file_name": file_name, "message_zh": zh, "message_en": en})


def read_manifest(path: Path) -> Manifest:
    """Read a manifest in any encoding and with any delimiter; what is wrong with it is noted, never raised."""
    manifest = Manifest()
    try:
        text = to_text(path.read_bytes())
    except (UnreadableError, OSError):
        manifest.fault("manifest_unreadable", NAME, "清单读不出来", "the manifest cannot be read")
        return manifest
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    header = next((line for line in lines if line.strip()), "")
    delimiter = max(",\t|;", key=header.count)
    try:
        rows = list(csv.reader(lines, delimiter=delimiter))
    except csv.Error:
        manifest.fault("manifest_unreadable", NAME, "清单不是表格", "the manifest is no table")
        return manifest
    filled = [(number, row) for number, row in enumerate(rows, 1) if any(c.strip() for c in row)]
    names = [heading_key(c) for c in filled[0][1]] if filled else []
    if not {"file", "sha256", "rows"} <= set(names):
        manifest.fault(
            "manifest_headings",
            NAME,
            "清单的表头应为 file,sha256,rows",
            "the manifest's headings must be file,sha256,rows",
        )
        return manifest
    at = {n: names.index(n) for n in ("file", "sha256", "rows")}
    for number, row in filled[1:]:
        cells = {n: row[i].strip() if i < len(row) else "" for n, i in at.items()}
        name, digest, count = cells["file"], cells["sha256"].lower(), cells["rows"]
        if not name or not count.isascii() or not count.isdigit() or len(digest) != 64:
            manifest.fault(
                "manifest_row",
                name or None,
                f"清单第 {number} 行写法有误（文件名、64 位摘要、行数）",
                f"line {number} of the manifest is faulty (file, 64-digit digest, rows)",
            )
            continue
        entry = Entry(name, digest, int(count))
        if manifest.entries.setdefault(name, entry) != entry:
            manifest.fault(
                "manifest_twice",
                name,
                f"清单把 {name} 列了两次，内容不同",
                f"the manifest lists {name} twice, with other content",
            )
    return manifest
