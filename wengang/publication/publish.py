"""Publication: the signed draft becomes a final, read-only revision; the pointer to it moves last.

A crash at any point leaves either no new revision or a whole one; publishing again finishes what is left, with the same bytes.
"""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from wengang.core.errors import EXIT_VALIDATION, PublicationError
from wengang.core.journal import append_journal, read_journal
from wengang.core.keys import SigningKey
from wengang.core.kill_points import kill_point
from wengang.core.periods import Period
from wengang.core.settings import Settings
from wengang.lake.deliveries import DELIVERIES
from wengang.months.key_register import read_register, register_file
from wengang.months.published import (
    MANIFEST,
    MANIFEST_SIGNATURE,
    PUBLICATIONS,
    SIGNED_DRAFT,
    check_package,
    checked_revision,
    digest_of,
    latest_revision,
    open_pages,
    point_latest,
    read_manifest,
    revision_dir,
    revisions,
    seal,
    unseal,
)
from wengang.months.signed import SignState
from wengang.policy import load_policy, to_record
from wengang.publication.months_page import write_months
from wengang.publication.proof import proof_of, sealed_content
from wengang.publication.restate import note_restated
from wengang.publication.sign import check_fresh, check_ready, require_signed

Render = Callable[[Path, Period, Path, Path, SignState, int], None]


def publish(settings: Settings, period: Period, render: Render, key: SigningKey | None = None) -> Path:
    """Render the signed draft of a month into `published/<period>/r<n>/`; returns the folder.

    `render(warehouse, period, draft, target, state, revision)` writes the final package from the same tables. `key` signs the final
    manifest; a home with a register of keys needs one where the revision is not in place yet. Raises PublicationError unless the draft
    is whole, complete, valid, recounted, signed, and the warehouse still holds exactly what was signed.
    """
    draft = settings.drafts_dir / str(period)
    manifest = check_package(draft)
    check_ready(manifest, settings, period)
    state = require_signed(settings, period)
    check_recount(draft)
    done = revision_of(settings, period, state)
    if done is None:
        check_fresh(settings, period, manifest)
        done = (revisions(settings, period) or [0])[-1] + 1
        check_sealing_key(settings, key)
        make_revision(settings, period, draft, manifest, state, done, render, key)
    kill_point("revision-in-place")
    if (latest_revision(settings, period) or 0) < done:
        note_restated(settings, period, done)
        note_publication(settings, period, done, state)
        point_latest(settings, period, done)
    write_months(settings)
    kill_point("published")
    return checked_revision(settings, period, done)


def revision_of(settings: Settings, period: Period, state: SignState) -> int | None:
    """Return the revision that was made of this very draft, if there is one."""
    for number in revisions(settings, period):
        if read_manifest(revision_dir(settings, period, number)).get("draft_sha256") == state.manifest_sha256:
            return number
    return None


def check_recount(draft: Path) -> None:
    """Refuse a draft whose headline figures were not recounted, or whose recount does not agree."""
    import duckdb

    table = draft / "tables" / "recounts.parquet"
    rows = []
    if table.exists():
        with duckdb.connect() as connection:
            rows = connection.execute(
                "select figure, outcome from read_parquet(?) order by figure", [str(table)]
            ).fetchall()
    wrong = [figure for figure, outcome in rows if outcome == "differs"]
    if wrong or not rows:
        if not rows:
            raise PublicationError("recount_missing", place=str(table))
        raise PublicationError("recount", place=str(table), figures=("、".join(wrong), ", ".join(wrong)))


def make_revision(
    settings: Settings,
    period: Period,
    draft: Path,
    manifest: dict[str, Any],
    state: SignState,
    revision: int,
    render: Render,
    key: SigningKey | None = None,
) -> None:
    """Render beside, compare the tables with those signed, seal, and rename into place."""
    target = revision_dir(settings, period, revision)
    making = target.with_name(f".{target.name}.making")
    unseal(making)
    shutil.rmtree(making, ignore_errors=True)
    making.parent.mkdir(parents=True, exist_ok=True)
    render(settings.warehouse_file, period, draft, making, state, revision)
    final = read_manifest(making)
    check_warehouse(settings, period)
    check_ready(final, settings, period)
    changed = sorted(set(tables_in(manifest)) ^ set(tables_in(final)))
    if changed:
        shutil.rmtree(making)
        names = ", ".join(sorted({name for name, _ in changed}))
        raise PublicationError(
            "warehouse_moved", place=str(settings.warehouse_file), names=names, period=period
        )
    final["draft_sha256"] = state.manifest_sha256
    final["document"] = {
        "number": state.document_number,
        "issuer": state.issuer,
        "signed_on": state.signed_on,
    }
    final["signatures"] = [proof_of(s) for s in state.signatures]
    shutil.copyfile(draft / MANIFEST, making / SIGNED_DRAFT)
    signed = making / SIGNED_DRAFT
    line = {"name": SIGNED_DRAFT, "bytes": signed.stat().st_size, "sha256": digest_of(signed)}
    final["files"] = sorted([*final["files"], line], key=lambda f: f["name"])
    (making / MANIFEST).write_text(json.dumps(final, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    if key is not None:
        content = sealed_content(period, revision, digest_of(making / MANIFEST))
        seal_of = {"key_id": key.key_id, "signature": key.sign(content)}
        (making / MANIFEST_SIGNATURE).write_text(json.dumps(seal_of, indent=1) + "\n", encoding="utf-8")
    open_pages(making)
    seal(making)
    kill_point("revision-written")
    making.chmod(0o755)
    making.rename(target)
    target.chmod(0o555)


def check_sealing_key(settings: Settings, key: SigningKey | None) -> None:
    """Refuse to make a revision without a registered key where there is a register of keys."""
    register = read_register(settings)
    officer = register.officer(key.key_id) if register and key else None
    if register is not None and (officer is None or officer.is_withdrawn):
        raise PublicationError("key_needed", place=str(register_file(settings)), role="reviewer")


def check_warehouse(settings: Settings, period: Period) -> None:
    """Ask the published warehouse itself whether a critical expectation failed for the month: files can be edited."""
    import duckdb

    with duckdb.connect(str(settings.warehouse_file), read_only=True) as con:
        row = con.execute(
            "select count(*), count(*) filter (where severity = 'critical' and outcome <> 'met')"
            " from quality.validation_results where period = ?",
            [period.first_day],
        ).fetchone()
    if not row or not row[0] or row[1]:
        fault = PublicationError("validation_in_warehouse", place=str(settings.warehouse_file), period=period)  # fmt: skip
        fault.exit_code = EXIT_VALIDATION
        raise fault


def tables_in(manifest: dict[str, Any]) -> list[tuple[str, str]]:
    """Return names and digests of a package's published tables."""
    return [(f["name"], f["sha256"]) for f in manifest["files"] if f["name"].startswith("tables/")]


def note_publication(settings: Settings, period: Period, revision: int, state: SignState) -> None:
    """Write into the journal, once, what was published, by whom, and what it rests on: records of deliveries known, parameter rows."""
    path = settings.journal_dir / PUBLICATIONS
    if any(r["period"] == str(period) and r["revision"] == revision for r in read_journal(path)):
        return
    folder = revision_dir(settings, period, revision)
    append_journal(
        path,
        [
            {
                "period": str(period),
                "revision": revision,
                "draft_sha256": state.manifest_sha256,
                "manifest_sha256": digest_of(folder / MANIFEST),
                "signature_sha256": digest_of(folder / MANIFEST_SIGNATURE)
                if (folder / MANIFEST_SIGNATURE).is_file()
                else None,
                "signed": [proof_of(s) for s in state.signatures],
                "deliveries": len(read_journal(settings.journal_dir / DELIVERIES)),
                "policy": to_record(load_policy(settings.policy, settings.jurisdiction)),
                "at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
            }
        ],
    )
