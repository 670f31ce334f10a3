"""Everything that is kept, compared with what was written: journals, lake, warehouse, drafts, published packages and their signatures."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from wengang.core.data_directory import MARKER, TEXT
from wengang.core.digests import Digests
from wengang.core.errors import IntegrityError, WengangError
from wengang.core.journal import adopt_journal, read_journal
from wengang.core.messages import sentences
from wengang.core.periods import Period, month_folders
from wengang.core.settings import Settings
from wengang.lake.deliveries import read_lake
from wengang.lake.integrity import altered_lake_files
from wengang.months.closed import open_restatement
from wengang.months.kept_files import (
    IDENTIFIER_KEY,
    KEY_REGISTER,
    WAREHOUSE,
    draft_name,
    kept_digests,
    return_name,
)
from wengang.months.key_register import read_register, register_file, register_of
from wengang.months.published import (
    MANIFEST,
    PUBLICATIONS,
    altered_files,
    check_package,
    latest_revision,
    read_manifest,
    revision_dir,
    revisions,
)
from wengang.months.published_tables import differing_tables
from wengang.months.signed import SIGNATURES, signatures_on_record
from wengang.publication.network_return import CONTENTS
from wengang.publication.proof import unproven

JOURNALS = "*.jsonl"


@dataclass(frozen=True)
class Finding:
    """One thing that is not as it was written: where, and what, in Chinese and English."""

    place: str
    zh: str
    en: str


def verify(settings: Settings, periods: Sequence[Period] | None = None) -> list[Finding]:
    """Read everything kept and return what is not as it was written; none: all is.

    `periods` limits drafts and published months; journals, lake and warehouse are always read whole. Nothing is changed.
    """
    digests = Digests(settings.cache_dir)
    digests.known = {}  # read every file, whatever was remembered of it
    found = list(journals(settings))
    if found:
        return found  # what the journals say of the rest cannot be relied on
    for check in (marker, lake, warehouse, identifiers, register_of_keys):
        found += check(settings, digests)
    for period in months(settings, periods):
        found += draft(settings, period, digests)
        found += published(settings, period, digests)
        found += returned(settings, period, digests)
    return found


def adopt(settings: Settings) -> list[str]:
    """Number and chain the journals of an earlier version; return the names of those changed."""
    return [path.name for path in sorted(settings.journal_dir.glob(JOURNALS)) if adopt_journal(path)]


def months(settings: Settings, periods: Sequence[Period] | None) -> list[Period]:
    """Return the months to look at: those asked for, else all that have or had a draft or a published report."""
    if periods is not None:
        return sorted(periods)
    noted = {Period.parse(r["period"]) for r in read_journal(settings.journal_dir / PUBLICATIONS)}
    drafted = {Period.parse(n.split()[1]) for n in kept_digests(settings) if n.startswith("draft ")}
    return sorted(
        noted | drafted | set(month_folders(settings.published_dir)) | set(month_folders(settings.drafts_dir))
    )


def finding(code: str, place: Path | str, **values: object) -> Finding:
    """Return a finding in the words of the catalogue."""
    zh, en = sentences(code, **values)
    return Finding(str(place), zh, en)


def journals(settings: Settings) -> Iterator[Finding]:
    """Yield what is wrong in the journals: a line changed, moved, added or cut off, a journal that is gone."""
    files = set(settings.journal_dir.glob(JOURNALS))
    for head in settings.journal_dir.glob("*.head"):
        files.add(head.with_suffix(".jsonl"))
    for path in sorted(files):
        try:
            read_journal(path)
        except IntegrityError as fault:
            yield finding(fault.code, fault.place, **fault.values)


def marker(settings: Settings, digests: Digests) -> Iterator[Finding]:
    """Yield where the file that marks the data directory is gone or holds something else."""
    path = settings.home / MARKER
    if not path.is_file() or path.read_bytes() != TEXT.encode():
        yield finding("marker_altered", path)


def lake(settings: Settings, digests: Digests) -> Iterator[Finding]:
    """Yield the lake's files that are missing or changed, of every delivery ever loaded."""
    loaded = [d for d in read_lake(settings).deliveries if d.lake_file]
    for name in altered_lake_files(settings, loaded, digests):
        yield finding("lake_altered", settings.lake_dir / name, names=name)


def warehouse(settings: Settings, digests: Digests) -> Iterator[Finding]:
    """Yield where the published warehouse is another file than was put in place."""
    noted = kept_digests(settings).get(WAREHOUSE)
    if noted is None:
        return
    if not settings.warehouse_file.exists() or digests.of(settings.warehouse_file) != noted:
        yield finding("warehouse_altered", settings.warehouse_file)


def identifiers(settings: Settings, digests: Digests) -> Iterator[Finding]:
    """Yield where the secret that ids of leads are made with is another than the published warehouse was built with."""
    noted = kept_digests(settings).get(IDENTIFIER_KEY)
    if noted is not None and (not settings.key_path.is_file() or digests.of(settings.key_path) != noted):
        yield finding("identifier_key_altered", settings.key_path)


def register_of_keys(settings: Settings, digests: Digests) -> Iterator[Finding]:
    """Yield where the register of public keys is not as it was last put in place, or not signed by its administrator."""
    path, noted = register_file(settings), kept_digests(settings).get(KEY_REGISTER)
    if noted is not None and (not path.is_file() or digests.of(path) != noted):
        yield finding("register_altered", path)
        return
    try:
        read_register(settings)
    except IntegrityError:
        yield finding("register_altered", path)


def draft(settings: Settings, period: Period, digests: Digests) -> Iterator[Finding]:
    """Yield where a month's draft is not the package that was written."""
    folder = settings.drafts_dir / str(period)
    noted = kept_digests(settings).get(draft_name(period))
    if noted is None:
        return
    if not (folder / MANIFEST).is_file():
        yield finding("draft_altered", folder, names=MANIFEST)
        return
    if digests.of(folder / MANIFEST) != noted:
        yield finding("draft_altered", folder, names=MANIFEST)
    try:
        check_package(folder)
    except WengangError as fault:
        yield finding("draft_altered", folder, names=fault.values.get("names", MANIFEST))


def published(settings: Settings, period: Period, digests: Digests) -> Iterator[Finding]:
    """Yield where a month's published revisions are not as they were published, or the warehouse holds other rows of it."""
    noted = {
        r["revision"] for r in read_journal(settings.journal_dir / PUBLICATIONS) if r["period"] == str(period)
    }
    for number in sorted(noted | set(revisions(settings, period))):
        folder = revision_dir(settings, period, number)
        changed = altered_files(settings, period, number, digests) if folder.is_dir() else [folder.name]
        if changed:
            yield finding("published_altered", folder, names=", ".join(changed[:5]))
        else:
            yield from proofs(settings, period, folder)
    yield from words(settings, period)
    newest = max(noted, default=None)
    if latest_revision(settings, period) != newest:
        yield finding("latest_altered", settings.published_dir / str(period), revision=newest)
    elif newest is not None and open_restatement(settings, period) is None:
        yield from rows_of_warehouse(settings, period)


def returned(settings: Settings, period: Period, digests: Digests) -> Iterator[Finding]:
    """Yield where a month's networked return is not the folder that was written."""
    noted = kept_digests(settings).get(return_name(period))
    if noted is None:
        return
    folder = settings.home / "return" / str(period)
    found = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    if CONTENTS not in found or digests.of(folder / CONTENTS) != noted:
        yield finding("return_altered", folder, names=CONTENTS)
        return
    tables = json.loads((folder / CONTENTS).read_text(encoding="utf-8"))["tables"]
    promised = {t["file"]: t["sha256"] for t in tables}
    changed = sorted(set(promised) ^ (found - {CONTENTS}))
    changed += sorted(n for n in promised if n in found and digests.of(folder / n) != promised[n])
    if changed:
        yield finding("return_altered", folder, names=", ".join(changed[:5]))


def proofs(settings: Settings, period: Period, folder: Path) -> Iterator[Finding]:
    """Yield what of a published revision is not proved by the register of keys; nothing of those signed before there was one."""
    try:
        register = read_register(settings)
    except IntegrityError:
        return  # said of the register itself
    if register is None or all(not s.get("key_id") for s in read_manifest(folder).get("signatures", [])):
        return
    for code, values in unproven(folder, register):
        yield finding(code, folder, **values)


def words(settings: Settings, period: Period) -> Iterator[Finding]:
    """Yield the signatures in the journal that no registered key proves."""
    try:
        on_record = signatures_on_record(settings, period)
    except IntegrityError:
        return
    for one, counts in on_record:
        if not counts:
            place = settings.journal_dir / SIGNATURES
            yield finding("signature_unproven", place, who=one.who, role=one.role)


def verify_package(folder: Path, register: Path, administrator: str | None = None) -> list[Finding]:
    """Check a published package with public keys alone; return what is not proved. Raises IntegrityError for a faulty register."""
    known = register_of(register, administrator)
    return [finding(code, folder, **values) for code, values in unproven(folder, known)]


def rows_of_warehouse(settings: Settings, period: Period) -> Iterator[Finding]:
    """Yield the tables of the warehouse that hold other rows of a published month than its package."""
    if not settings.warehouse_file.exists():
        return
    try:
        with duckdb.connect(str(settings.warehouse_file), read_only=True) as con:
            for table in differing_tables(con, settings, period):
                yield finding("rows_altered", settings.warehouse_file, table=table, period=period)
    except (duckdb.Error, IntegrityError):
        return  # the file itself was found altered above


def render(findings: Sequence[Finding], language: str) -> str:
    """Return what was found, one line each; or that all is as it was written."""
    if not findings:
        return sentences("all_as_written")[0 if language == "zh" else 1]
    texts: Callable[[Finding], str] = (lambda f: f.zh) if language == "zh" else (lambda f: f.en)
    return "\n".join(f"✗ {f.place}\n    {texts(f)}" for f in findings)
