"""What a person settles about a snapshot: that one which shrank is right, or that a region code is no more."""

from __future__ import annotations

import datetime as dt
from typing import Any

from wengang.contracts import load_contracts
from wengang.core.accounts import account_name
from wengang.core.errors import UsageError
from wengang.core.periods import Period
from wengang.core.progress import Progress
from wengang.core.settings import Settings
from wengang.ingest.holds import hold_what_shrinks
from wengang.ingest.records import Records
from wengang.lake.deliveries import CLOSED, CONFIRMED


def confirm_snapshot(
    settings: Settings, source: str, period: Period, reason: str, progress: Progress
) -> list[str]:
    """Take a held snapshot as it is, journalled with who and why; returns the files. Raises UsageError where none is held."""
    records = Records(settings, progress)
    held = [f for f in records.standing(str(period), source) if f["status"] == "held"]
    if not held:
        raise UsageError("no_held_snapshot", source=source, period=period)
    digests = sorted(f["sha256"] for f in records.standing(str(period), source))
    records.append(_record(CONFIRMED, source, period, reason) | {"digests": digests})
    hold_what_shrinks(records, load_contracts()[source])
    return [f["file_name"] for f in held]


def close_state(
    settings: Settings, source: str, period: Period, value: str, reason: str, progress: Progress
) -> None:
    """Close a value that a snapshot's state goes by (a region code that was replaced) from a period on. Raises UsageError."""
    contract = load_contracts().get(source)
    if contract is None or contract.state_by is None:
        raise UsageError("no_state_to_close", source=source)
    Records(settings, progress).append(_record(CLOSED, source, period, reason) | {"value": value})


def _record(event: str, source: str, period: Period, reason: str) -> dict[str, Any]:
    if not reason.strip():
        raise UsageError("reason_missing")
    at = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    return {
        "event": event,
        "source": source,
        "period": str(period),
        "reason": reason.strip(),
        "who": account_name(),
        "at": at,
    }
