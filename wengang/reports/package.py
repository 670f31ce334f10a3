"""The draft package of a month: written beside, then put in place whole. The signed package is rendered by the same function."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Literal

import duckdb

from wengang.core.journal import read_journal
from wengang.core.kill_points import kill_point
from wengang.core.periods import Period
from wengang.core.progress import Progress
from wengang.core.restricted_files import encrypt_restricted, restricted_key
from wengang.core.settings import Settings
from wengang.months.closed import RESTATEMENTS
from wengang.months.published import latest_revision, read_manifest, revision_dir
from wengang.reports.by_unit import write_units
from wengang.reports.document import document_data, stamp, write_document
from wengang.reports.figures import Report, Revision, Signing, read_report
from wengang.reports.incident import write_incident
from wengang.reports.lists import write_lists
from wengang.reports.package_manifest import write_manifest
from wengang.reports.site import write_site
from wengang.reports.summary import write_summary
from wengang.reports.table_files import export_tables
from wengang.reports.word import write_word
from wengang.reports.workbook import Shape, write_workbook

Extra = Callable[[duckdb.DuckDBPyConnection, Path], None]


def draft(
    settings: Settings,
    period: Period,
    extra: Extra | None = None,
    progress: Progress | None = None,
    validated: Callable[[], object] | None = None,
) -> Path:
    """Write `drafts/<period>/` from the file being built, or from the published warehouse where nothing is; returns the folder.

    Why a month is incomplete stands in the file's table `run.incomplete`, and is carried on the draft. `extra` writes what the
    steps before add to the package (what a restatement changed). `validated` is waited for before what people read is written: tables
    and lists do not hang on it.
    """
    database = settings.build_file if settings.build_file.exists() else settings.warehouse_file
    final = settings.drafts_dir / str(period)
    making = settings.drafts_dir / f".{period}.making"
    render(settings, database, period, final, making, extra=extra, progress=progress, validated=validated)
    kill_point("draft-written")
    retired = settings.drafts_dir / f".{period}.retired"
    shutil.rmtree(retired, ignore_errors=True)
    if final.exists():
        final.rename(retired)
    making.rename(final)
    shutil.rmtree(retired, ignore_errors=True)
    return final


def render(
    settings: Settings,
    database: Path,
    period: Period,
    checked: Path,
    target: Path,
    *,
    signing: Signing | None = None,
    revision: int | None = None,
    extra: Extra | None = None,
    progress: Progress | None = None,
    validated: Callable[[], object] | None = None,
) -> None:
    """Write a whole package into the new folder `target`; the month's validation is taken over from the package `checked`.

    Without `signing` every page and sheet says that it is a draft; with it the package is final, of the given revision.
    """
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    with duckdb.connect(str(database), read_only=True) as con, ThreadPoolExecutor(max_workers=1) as beside:
        listing = beside.submit(write_lists, con.cursor(), period, checked, target)
        export_tables(con, period, target / "tables")
        listing.result()
    if validated is not None:
        validated()
    for part in ("validation", "restricted/validation"):
        if (checked / part).exists():
            shutil.copytree(checked / part, target / part)
    if (target / "restricted").exists():
        (target / "restricted").chmod(0o700)
    with duckdb.connect(str(database), read_only=True) as con:
        if extra is not None:
            extra(con, target)
        report = read_report(con, period, signing)
        report.revision = revision_of(settings, period, revision)
        write_products(report, target, settings.workbook_language)
        if settings.by_unit:
            write_units(con, report, target)
        with (progress or Progress(quiet=True)).step(f"网页 {period}", f"pages {period}"):
            write_site(con, settings, period, target / "site", report=report, own_revision=revision)
        state = "draft" if signing is None else "published"
        close_restricted(target)
        key = restricted_key(settings)
        if key is not None:
            encrypt_restricted(target, key, signed=None if signing is None else checked)
        write_manifest(con, period, target, state=state, revision=revision)


def close_restricted(package: Path) -> None:
    """Leave what is restricted to its owner, each file and folder, whatever the umask was."""
    folder = package / "restricted"
    for path in [folder, *folder.rglob("*")] if folder.is_dir() else []:
        path.chmod(0o700 if path.is_dir() else 0o600)


def revision_of(settings: Settings, period: Period, revision: int | None) -> Revision | None:
    """Return what a package takes the place of; None where nothing was published before it. `revision` None: a draft."""
    number = revision or (latest_revision(settings, period) or 0) + 1
    if number == 1:
        return None
    before = read_manifest(revision_dir(settings, period, number - 1)).get("document", {})
    reason = next(
        (
            r["reason"]
            for r in read_journal(settings.journal_dir / RESTATEMENTS)
            if r["event"] == "opened" and r["period"] == str(period) and r["revision"] == number
        ),
        "",
    )
    return Revision(number, before.get("number", ""), before.get("signed_on", ""), reason)


def write_products(report: Report, folder: Path, language: Literal["zh", "both"] = "zh") -> None:
    """Write everything that people read into a package: workbook, document, incident report (restricted), summary."""
    write_workbook(report, folder / f"workbook-{report.period}.xlsx", Shape(language))
    write_workbook(report, folder / f"workbook-{report.period}-yuan.xlsx", Shape(language, "yuan"))
    write_document(report, folder / f"document-{report.period}.pdf")
    write_word(document_data(report), folder / f"document-{report.period}.docx", stamp(report))
    if report.incidents or report.followed:
        restricted = folder / "restricted"
        restricted.mkdir(mode=0o700, exist_ok=True)
        write_incident(report, restricted / f"incident-{report.period}.pdf")
    write_summary(report, folder)
