"""Which published months are closed, and which a restatement has opened again."""

from __future__ import annotations

from typing import Any

from wengang.core.journal import read_journal
from wengang.core.periods import Period
from wengang.core.settings import Settings
from wengang.months.published import latest_revision, published_periods

RESTATEMENTS = "restatements.jsonl"


def closed_months(settings: Settings) -> set[Period]:
    """Return the published months for which no restatement is open: a build leaves their rows alone."""
    return {m for m in published_periods(settings) if open_restatement(settings, m) is None}


def open_restatement(settings: Settings, period: Period) -> dict[str, Any] | None:
    """Return the record of the restatement under way for a month: opened, and its revision not yet published."""
    done = latest_revision(settings, period) or 0
    found = None
    for record in read_journal(settings.journal_dir / RESTATEMENTS):
        if record["period"] == str(period) and record["event"] == "opened" and record["revision"] > done:
            found = record
    return found
