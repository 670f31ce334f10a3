"""The draft package of a month: written beside, then put in place whole."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb

from wengang.faults import fault_point
from wengang.periods import Period
from wengang.reports.tables import export_tables
from wengang.settings import Settings


def draft(settings: Settings, period: Period) -> Path:
    """Write `drafts/<period>/` from the file being built, or from the published warehouse where nothing is; returns the folder.

    Why a month is incomplete stands in the file's table `run.incomplete`, and is carried on the draft.
    """
    database = settings.build_file if settings.build_file.exists() else settings.warehouse_file
    final = settings.drafts_dir / str(period)
    making = settings.drafts_dir / f".{period}.making"
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir(parents=True)
    if (final / "validation").exists():
        shutil.copytree(final / "validation", making / "validation")
    if (final / "restricted").exists():
        shutil.copytree(final / "restricted", making / "restricted")
    with duckdb.connect(str(database), read_only=True) as con:
        export_tables(con, period, making / "tables")
    fault_point("draft-written")
    retired = settings.drafts_dir / f".{period}.retired"
    shutil.rmtree(retired, ignore_errors=True)
    if final.exists():
        final.rename(retired)
    making.rename(final)
    shutil.rmtree(retired, ignore_errors=True)
    return final
