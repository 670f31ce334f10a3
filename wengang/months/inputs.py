"""What a month's figures are made of, as one digest: it tells a stale month from a fresh one."""

from __future__ import annotations

import hashlib
import json

from wengang.core.periods import Period
from wengang.lake.deliveries import LakeState
from wengang.policy import PolicySet


def inputs_digest(state: LakeState, policy: PolicySet, period: Period) -> str:
    """Return the digest of what a month's figures are made of: deliveries and parameters up to its end."""
    files = [f"{d.period} {d.source} {d.file_name} {d.sha256}" for d in state.through(period).current()]
    faults = [
        f"{p} {json.dumps(list(f), sort_keys=True, default=str)}"
        for p, f in sorted(state.through(period).manifest_faults.items())
    ]
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
    text = "\n".join([*files, *faults, *sorted(stretches), *sorted(rows), *sorted(windows)])
    return hashlib.sha256(text.encode()).hexdigest()
