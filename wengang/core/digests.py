"""Digests of delivered files, remembered for as long as the file system says that a file is the same.

Every run looks at every file ever delivered; a province's years are tens of gigabytes. What is kept here saves reading only: without the file,
or where it is damaged, everything is read again.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from pathlib import Path

CACHE = "digests.json"
# A file written within the clock's grain after it was read would look unchanged: what is this young is read again next time.
YOUNG_NS = 2_000_000_000


class Digests:
    """SHA-256 by file; `keep` writes what was learnt into the folder."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / CACHE
        self.known: dict[str, list[str]] = {}
        self.is_changed = False
        try:
            known = json.loads(self.file.read_text(encoding="utf-8"))
            self.known = {k: v for k, v in known.items() if len(v) == 2 and len(v[1]) == 64}
        except (OSError, ValueError, AttributeError, TypeError):
            self.known = {}  # read anew

    def of(self, path: Path) -> str:
        """Return the hexadecimal digest; raises OSError where the file cannot be read."""
        now, place, before = time.time_ns(), str(path.resolve()), identity(path.stat())
        known = self.known.get(place)
        if known is not None and known[0] == before and os.access(path, os.R_OK):
            return known[1]
        digest = digest_of(path)
        after = path.stat()
        if identity(after) == before and max(after.st_ctime_ns, after.st_mtime_ns) < now - YOUNG_NS:
            self.known[place] = [before, digest]
            self.is_changed = True
        elif self.known.pop(place, None) is not None:
            self.is_changed = True
        return digest

    def keep(self) -> None:
        """Write what was learnt, whole or not at all."""
        if not self.is_changed:
            return
        self.file.parent.mkdir(parents=True, exist_ok=True)
        aside = self.file.with_suffix(".new")
        # Plain ASCII: a folder's or file's name need not be UTF-8.
        aside.write_text(json.dumps(self.known, indent=0, sort_keys=True), encoding="ascii")
        aside.replace(self.file)
        self.is_changed = False


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hex, without holding it in memory."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def identity(stat: os.stat_result) -> str:
    """Return which file this is, and of when. A writer can set back the time of the content, not that of the status."""
    return f"{stat.st_dev} {stat.st_ino} {stat.st_size} {stat.st_mtime_ns} {stat.st_ctime_ns}"
