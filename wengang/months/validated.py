"""How each month's validation last ended: kept in the journal, so that it stays with the month whatever is built later."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from wengang.core.journal import append_journal, read_journal
from wengang.core.periods import Period
from wengang.core.settings import Settings

VALIDATIONS = "validations.jsonl"


def critical_of(settings: Settings) -> dict[Period, tuple[str, ...]]:
    """Return for each month that was ever validated the critical expectations not met when it last was; none: it passed."""
    return {
        Period.parse(record["period"]): tuple(record["critical"])
        for record in read_journal(settings.journal_dir / VALIDATIONS)
    }


def not_passed(settings: Settings, before: Period | None = None) -> list[Period]:
    """Return the months, in order, whose last validation found something critical; only those before a month if one is named."""
    return sorted(m for m, found in critical_of(settings).items() if found and (before is None or m < before))


def note_outcome(settings: Settings, period: Period, critical: Sequence[str]) -> None:
    """Put on record how a month's validation ended, unless the last record says the same."""
    if critical_of(settings).get(period) == tuple(critical):
        return
    now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    append_journal(
        settings.journal_dir / VALIDATIONS,
        [{"period": str(period), "critical": list(critical), "at": now}],
    )
