"""Which drafts are to be signed: one request for each month and draft, and none for a draft that nobody may sign."""

from __future__ import annotations

from wengang.core.errors import ParameterError, PublicationError
from wengang.core.periods import Period
from wengang.core.settings import Settings
from wengang.months.drafted import draft_dir, drafted_months
from wengang.months.published import check_package
from wengang.months.signed import read_signatures, sign_state
from wengang.publication.sign import check_fresh, check_ready


def is_wanted(period: str, digest: str | None = None) -> bool:
    """Return whether a month's draft waits for a signature: whole, complete, valid, of today's deliveries, and not signed by all.

    `digest`: of the draft that is meant; another one that lies there now has a request of its own.
    """
    settings, month = Settings(), Period.parse(period)
    try:
        state = sign_state(settings, month)
        manifest = check_package(draft_dir(settings, month))
        check_ready(manifest, settings, month)
        check_fresh(settings, month, manifest)
    except (PublicationError, ParameterError):
        return False
    return bool(state.needed) and digest in {None, state.manifest_sha256}


def runs_to_start() -> list[dict[str, object]]:
    """Return the runs of the sign-off DAG that the drafts lying there ask for: the same draft, until it is sent back, never starts a second."""
    settings = Settings()
    runs: list[dict[str, object]] = []
    for month in drafted_months(settings):
        period = str(month)
        if not is_wanted(period):
            continue
        digest = sign_state(settings, month).manifest_sha256
        sent_back = sum(
            one.decision == "rejected" and one.manifest_sha256 == digest
            for one in read_signatures(settings, month)
        )
        runs.append(
            {
                "trigger_run_id": f"sign__{period}__{digest[:12]}__{sent_back}",
                "conf": {"period": period, "digest": digest},
            }
        )
    return runs
