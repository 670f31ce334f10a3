"""Packages on disk: a draft and its manifest, the revisions published, the pointer to the newest."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import Any

from wengang.core.digests import Digests, digest_of
from wengang.core.errors import IntegrityError, PublicationError
from wengang.core.journal import read_journal
from wengang.core.periods import Period, month_folders
from wengang.core.settings import Settings

MANIFEST = "manifest.json"
LATEST = "latest"
SIGNED_DRAFT = "signed-draft.json"  # the manifest that was signed, in the package made of it
MANIFEST_SIGNATURE = "manifest.sig"
PUBLICATIONS = "publications.jsonl"


def read_manifest(folder: Path) -> dict[str, Any]:
    """Read a package's manifest; raises PublicationError where there is none, or it cannot be read."""
    path = folder / MANIFEST
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as fault:
        raise PublicationError("no_package", place=str(path), period=folder.name) from fault
    return found


def check_package(folder: Path) -> dict[str, Any]:
    """Hold every file of a package against its manifest; returns the manifest. Raises PublicationError naming what differs."""
    manifest = read_manifest(folder)
    try:
        promised = {str(f["name"]): f["sha256"] for f in manifest["files"]}
    except (KeyError, TypeError) as fault:
        raise PublicationError("package_changed", place=str(folder), names=MANIFEST) from fault
    besides = {MANIFEST, MANIFEST_SIGNATURE} if SIGNED_DRAFT in promised else {MANIFEST}
    found = {
        path.relative_to(folder).as_posix(): path
        for path in folder.rglob("*")
        if path.is_file() and path.relative_to(folder).as_posix() not in besides
    }
    changed = sorted(set(promised) ^ set(found))
    changed += sorted(n for n in promised if n in found and digest_of(found[n]) != promised[n])
    if changed:
        names = ", ".join(changed[:5]) + (" …" if len(changed) > 5 else "")
        raise PublicationError("package_changed", place=str(folder), names=names)
    return manifest


def revisions(settings: Settings, period: Period) -> list[int]:
    """Return the numbers of the revisions on disk, rising."""
    folder = settings.published_dir / str(period)
    names = [p.name[1:] for p in folder.glob("r*") if p.is_dir()]
    return sorted(int(n) for n in names if n.isdigit())


def revision_dir(settings: Settings, period: Period, revision: int) -> Path:
    """Return the folder of a revision."""
    return settings.published_dir / str(period) / f"r{revision}"


def latest_revision(settings: Settings, period: Period) -> int | None:
    """Return the revision that `latest` points at; None: nothing is published."""
    try:
        target = (settings.published_dir / str(period) / LATEST).readlink()
    except OSError:
        return None
    return int(target.name.removeprefix("r"))


def published_periods(settings: Settings) -> list[Period]:
    """Return the months with a published revision, in order."""
    return [m for m in month_folders(settings.published_dir) if latest_revision(settings, m) is not None]


def newest_manifest(settings: Settings, period: Period) -> dict[str, Any] | None:
    """Read the manifest of the revision that `latest` points at; None: nothing is published."""
    revision = latest_revision(settings, period)
    return None if revision is None else read_manifest(revision_dir(settings, period, revision))


def seal(folder: Path) -> None:
    """Make a package read-only, each file and folder brought to disk; what was only its owner's stays so."""
    for path in [*sorted(folder.rglob("*"), reverse=True), folder]:
        descriptor = os.open(path, os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)
        path.chmod(stat.S_IMODE(path.stat().st_mode) & ~0o222)


def open_pages(folder: Path) -> None:
    """Let everybody read the pages of a package, and find them below `published/`, whatever the umask: a web server has another account."""
    site = folder / "site"
    for path in [
        folder.parent.parent,
        folder.parent,
        folder,
        *([site, *site.rglob("*")] if site.is_dir() else []),
    ]:
        path.chmod(0o755 if path.is_dir() else 0o644)


def unseal(folder: Path) -> None:
    """Return the owner back the right to write, so that what was left half made can be removed."""
    if folder.exists():
        for path in [folder, *folder.rglob("*")]:
            if path.is_dir():
                path.chmod(stat.S_IMODE(path.stat().st_mode) | 0o200)


def point_latest(settings: Settings, period: Period, revision: int) -> None:
    """Move the pointer to a revision: one rename."""
    folder = settings.published_dir / str(period)
    making = folder / ".latest.making"
    making.unlink(missing_ok=True)
    making.symlink_to(f"r{revision}")
    making.replace(folder / LATEST)
    descriptor = os.open(folder, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)


def checked_revision(settings: Settings, period: Period, revision: int | None = None) -> Path:
    """Return the folder of a published revision (the newest, where none is named), every file compared with what was published.

    Files that the file system says are unchanged since they were last read are not read again. Raises PublicationError where nothing is
    published, IntegrityError naming what is not as it was published.
    """
    number = revision or latest_revision(settings, period)
    if number is None:
        raise PublicationError(
            "not_published", place=str(settings.published_dir / str(period)), period=period
        )
    folder = revision_dir(settings, period, number)
    digests = Digests(settings.cache_dir)
    changed = altered_files(settings, period, number, digests)
    digests.keep()
    if changed:
        names = ", ".join(changed[:5]) + (" …" if len(changed) > 5 else "")
        raise IntegrityError("published_altered", place=str(folder), names=names)
    return folder


def altered_files(settings: Settings, period: Period, revision: int, digests: Digests) -> list[str]:
    """Return the names of files of a published revision that are missing, added or changed; the manifest too, by the journal."""
    folder = revision_dir(settings, period, revision)
    try:
        manifest = read_manifest(folder)
        promised = {str(f["name"]): f["sha256"] for f in manifest["files"]}
    except (PublicationError, KeyError, TypeError):
        return [MANIFEST]
    published = [
        r
        for r in read_journal(settings.journal_dir / PUBLICATIONS)
        if r["period"] == str(period) and r["revision"] == revision
    ]
    noted = published[-1] if published else {}
    changed = [] if digests.of(folder / MANIFEST) == noted.get("manifest_sha256") else [MANIFEST]
    signature = folder / MANIFEST_SIGNATURE
    if (digests.of(signature) if signature.is_file() else None) != noted.get("signature_sha256"):
        changed.append(MANIFEST_SIGNATURE)
    found = {
        path.relative_to(folder).as_posix(): path
        for path in folder.rglob("*")
        if path.is_symlink() or not path.is_dir()
    }
    found.pop(MANIFEST, None)
    found.pop(MANIFEST_SIGNATURE, None)
    changed += sorted(set(promised) ^ set(found))
    changed += sorted(
        n for n in promised if n in found and (found[n].is_symlink() or digests.of(found[n]) != promised[n])
    )
    return changed
