"""Which bytes the warehouse and the drafts had when they were put in place: noted in the journal, so that later changes are seen."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from wengang.core.digests import Digests
from wengang.core.errors import IntegrityError
from wengang.core.journal import append_journal, read_journal
from wengang.core.periods import Period
from wengang.core.settings import Settings

KEPT_FILES = "kept_files.jsonl"
WAREHOUSE = "warehouse"
IDENTIFIER_KEY = "identifier key"
KEY_REGISTER = "key register"


def note_kept(settings: Settings, name: str, path: Path) -> None:
    """Note the digest of a file that was just put in place, unless the last note of that name says the same."""
    digests = Digests(settings.cache_dir)
    digest = digests.of(path)
    digests.keep()
    if kept_digests(settings).get(name) != digest:
        now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        append_journal(settings.journal_dir / KEPT_FILES, [{"name": name, "sha256": digest, "at": now}])


def draft_name(period: Period) -> str:
    """Return the name under which the manifest of a month's draft is noted."""
    return f"draft {period}"


def return_name(period: Period) -> str:
    """Return the name under which the contents of a month's networked return are noted."""
    return f"return {period}"


def kept_digests(settings: Settings) -> dict[str, str]:
    """Return the digest last noted of each name."""
    return {r["name"]: r["sha256"] for r in read_journal(settings.journal_dir / KEPT_FILES)}


def check_warehouse_file(settings: Settings) -> None:
    """Raise IntegrityError where the published warehouse is not the file that was put in place."""
    noted = kept_digests(settings).get(WAREHOUSE)
    if noted is None or not settings.warehouse_file.exists():
        return
    digests = Digests(settings.cache_dir)
    found = digests.of(settings.warehouse_file)
    digests.keep()
    if found != noted:
        raise IntegrityError("warehouse_altered", place=str(settings.warehouse_file))
