"""Which months have been built: in the published warehouse, and in the file that is being built."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb

from wengang.core.errors import UsageError
from wengang.core.periods import Period
from wengang.core.settings import Settings

BUILD_NOTE = "build.json"


def built_months(database: Path) -> dict[Period, str]:
    """Return the months in a warehouse file with the digest of what they were built from; none if there is no file."""
    if not database.exists():
        return {}
    with duckdb.connect(str(database), read_only=True) as con:
        rows = con.execute("select period, inputs_digest from run.builds order by period").fetchall()
    return {Period.of(day): digest for day, digest in rows}


def built_for(settings: Settings) -> list[Period]:
    """Return the months that the build file was made for; none where there is no whole one."""
    note = settings.build_dir / BUILD_NOTE
    if not (settings.build_file.exists() and note.exists()):
        return []
    return [Period.parse(month) for month in json.loads(note.read_text(encoding="utf-8"))["for"]]


def require_build(settings: Settings, period: Period) -> Path:
    """Return the warehouse file that holds a month: the one being built, else the published one; raises UsageError where none does."""
    database = settings.build_file if settings.build_file.exists() else settings.warehouse_file
    if period not in built_months(database):
        raise UsageError("month_not_built", place=str(settings.home), period=period)
    return database
