"""Which months are stale: a delivery or a parameter that their figures rest on has changed since they were drafted or published."""

from __future__ import annotations

import hashlib
import json

from wengang.core.periods import Period
from wengang.core.settings import Settings
from wengang.lake.deliveries import LakeState, read_lake
from wengang.months.closed import closed_months
from wengang.months.drafted import drafted_months
from wengang.months.published import newest_manifest, published_periods, read_manifest
from wengang.months.published_tables import published_differences
from wengang.policy import PolicySet, load_policy


def inputs_digest(state: LakeState, policy: PolicySet, period: Period) -> str:
    """Return the digest of what a month's figures are made of: deliveries and parameters up to its end."""
    files = [f"{d.period} {d.source} {d.file_name} {d.sha256}" for d in state.through(period).current()]
    faults = [
        f"{p} {json.dumps(list(f), sort_keys=True, default=str)}"
        for p, f in sorted(state.through(period).manifest_faults.items())
    ]
    closed = [f"{c.source} {c.period} {c.value}" for c in state.through(period).closed]
    end = period.last_day
    # Stretches carry last values on; the rows beside them hold for cities and conditions, which stretches leave out.
    stretches = [
        f"{s.parameter} {s.valid_from} {min(s.valid_to, end)} {s.value} {s.document_id} {s.article} {s.carried}"
        for s in policy.stretches()
        if s.valid_from <= end
    ]
    rows = [
        f"{r.parameter} {r.jurisdiction} {r.applies_to} {r.effective_from} {min(r.effective_to, end)} {r.value} "
        f"{r.basis} {r.document_id} {r.article}"
        for _, r in policy.applying_rows
        if r.effective_from <= end
    ]
    windows = [
        f"{w.programme} {w.programme_year} {w.jurisdiction} {w.applies_to} {w.window_from} {w.window_to} {w.document_id} {w.article}"
        for w in policy.windows
        if w.window_from <= end
    ]
    text = "\n".join([*files, *faults, *closed, *sorted(stretches), *sorted(rows), *sorted(windows)])
    return hashlib.sha256(text.encode()).hexdigest()


def stale_published(settings: Settings) -> list[Period]:
    """Return the published months whose deliveries or parameters have changed since, in order."""
    months = published_periods(settings)
    if not months:
        return []
    state, policy = read_lake(settings), load_policy(settings.policy, settings.jurisdiction)
    return [
        m
        for m in months
        if (newest_manifest(settings, m) or {}).get("inputs_digest") != inputs_digest(state, policy, m)
    ]


def changed_since_published(settings: Settings) -> list[Period]:
    """Return the published months to restate, in order: their inputs have changed, or today's code makes other rows of the same inputs."""
    return sorted({*stale_published(settings), *published_differences(settings.warehouse_file)})


def stale_drafts(settings: Settings, through: Period | None = None) -> list[Period]:
    """Return the months up to `through` (None: all) whose draft rests on deliveries or parameters that have changed since, in order.

    Published months are left out: they are changed by a restatement only.
    """
    drafted = drafted_months(settings)
    closed = closed_months(settings)
    open_drafts = [
        (m, folder) for m, folder in drafted.items() if (through is None or m <= through) and m not in closed
    ]
    if not open_drafts:
        return []
    state, policy = read_lake(settings), load_policy(settings.policy, settings.jurisdiction)
    return [
        m
        for m, folder in open_drafts
        if read_manifest(folder).get("inputs_digest") != inputs_digest(state, policy, m)
    ]
