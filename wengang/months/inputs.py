"""What a month's figures are made of, as one digest: it tells a stale month from a fresh one."""

from __future__ import annotations

import hashlib
import json

from wengang.core.periods import Period
from wengang.lake.deliveries import LakeState
from wengang.policy import PolicySet


def inputs_digest(state: LakeState, policy: PolicySet, period: Period) -> str:
    """Digest of what a month's figures are made of: deliveries and parameters up to its end."""
    files = [f"{d.period} {d.source} {d.file_name} {d.sha256}" for d in state.through(period).current()]
    faults = [
        f"{p} {json.dumps(list(f), sort_keys=True, default=str)}"
        for p, f in sorted(state.through(period).manifest_faults.items())
    ]
    end = period.last_day
    stretches = [
        f"{s.parameter} {s.valid_from} {min(s.valid_to, end)} {s.value} {s.document_id} {s.article}"
        for s in policy.stretches()
        if s.valid_from <= end
    ]
    windows = [
        f"{w.programme} {w.programme_year} {w.window_from} {w.window_to}"
        for w in policy.programmes
        if w.window_from <= end
    ]
    text = "\n".join([*files, *faults, *sorted(stretches), *sorted(windows)])
    return hashlib.sha256(text.encode()).hexdigest()
