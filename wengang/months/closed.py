"""Which months are published and closed, which of them rest on inputs that have changed since, and which a restatement opens."""

from __future__ import annotations

import re
from typing import Any

from wengang.core.journal import read_journal
from wengang.core.periods import Period
from wengang.core.settings import Settings
from wengang.lake.deliveries import read_lake
from wengang.months.inputs import inputs_digest
from wengang.months.published import latest_revision, newest_manifest, published_periods, read_manifest
from wengang.policy import load_policy

RESTATEMENTS = "restatements.jsonl"


def stale_published(settings: Settings) -> list[Period]:
    """Give the published months whose deliveries or parameters have changed since, in order."""
    months = published_periods(settings)
    if not months:
        return []
    state, policy = read_lake(settings), load_policy(settings.policy, settings.jurisdiction)
    return [
        m
        for m in months
        if (newest_manifest(settings, m) or {}).get("inputs_digest") != inputs_digest(state, policy, m)
    ]


def stale_drafts(settings: Settings, through: Period) -> list[Period]:
    """Give the months up to `through` whose draft rests on deliveries or parameters that have changed since, in order.

    Published months are left out: they are changed by a restatement only.
    """
    drafted = [
        (Period.parse(folder.name), folder)
        for folder in (sorted(settings.drafts_dir.iterdir()) if settings.drafts_dir.is_dir() else [])
        if re.fullmatch(r"\d{4}-\d{2}", folder.name) and (folder / "manifest.json").is_file()
    ]
    closed = closed_months(settings)
    drafted = [(m, folder) for m, folder in drafted if m <= through and m not in closed]
    if not drafted:
        return []
    state, policy = read_lake(settings), load_policy(settings.policy, settings.jurisdiction)
    return [
        m
        for m, folder in drafted
        if read_manifest(folder).get("inputs_digest") != inputs_digest(state, policy, m)
    ]


def closed_months(settings: Settings) -> set[Period]:
    """Give the published months for which no restatement is open: a build leaves their rows alone."""
    return {m for m in published_periods(settings) if open_restatement(settings, m) is None}


def open_restatement(settings: Settings, period: Period) -> dict[str, Any] | None:
    """Give the record of the restatement under way for a month: opened, and its revision not yet published."""
    done = latest_revision(settings, period) or 0
    found = None
    for record in read_journal(settings.journal_dir / RESTATEMENTS):
        if record["period"] == str(period) and record["event"] == "opened" and record["revision"] > done:
            found = record
    return found
