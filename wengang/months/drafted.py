"""Which months have a draft, and whether it is still to be made of what the lake holds."""

from __future__ import annotations

from pathlib import Path

from wengang.core.periods import Period, month_folders
from wengang.core.settings import Settings
from wengang.lake.deliveries import LakeState
from wengang.months.published import MANIFEST, latest_revision, read_manifest


def draft_dir(settings: Settings, period: Period) -> Path:
    """Return the folder of a month's draft, whether or not there is one."""
    return settings.drafts_dir / str(period)


def drafted_months(settings: Settings) -> dict[Period, Path]:
    """Return the months that have a whole draft, with its folder, in order."""
    return {m: f for m, f in month_folders(settings.drafts_dir).items() if (f / MANIFEST).is_file()}


def is_open(settings: Settings, state: LakeState, month: Period) -> bool:
    """Return whether the month's draft is still to be made of what the lake holds.

    A published month is not: what arrives for it is a restatement, which needs a reason.
    """
    if latest_revision(settings, month) is not None:
        return False
    folder = drafted_months(settings).get(month)
    if folder is None:
        return True
    drafted = {d["sha256"] for d in read_manifest(folder).get("extracts", [])}
    return any(d.sha256 not in drafted for d in state.through(month).current())
