"""Who looked at whole citizen numbers: one line per access in `journal/access.jsonl`."""

from __future__ import annotations

import datetime as dt

from wengang.core.accounts import account_name
from wengang.core.identifiers import identifier_key, keyed_digest, masked_id
from wengang.core.journal import append_journal
from wengang.core.periods import Period
from wengang.core.settings import Settings

ACCESS = "access.jsonl"


def record_opened(settings: Settings, name: str, period: Period) -> None:
    """Append an access record before a restricted file is handed out: who, which file, when."""
    now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    record = {
        "at": now,
        "user": account_name(),
        "what": "restricted file",
        "subject": name,
        "period": str(period),
    }
    append_journal(settings.journal_dir / ACCESS, [record])


def record_access(settings: Settings, what: str, subject: str, person_id: str | None, period: Period) -> None:
    """Append an access record before anything is shown; the person stands in it masked, and by a digest under the key of the data directory."""
    digest = keyed_digest(identifier_key(settings), person_id or "")[:32]
    append_journal(
        settings.journal_dir / ACCESS,
        [
            {
                "at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
                "user": account_name(),
                "what": what,
                "subject": subject,
                "person": masked_id(person_id),
                "person_digest": digest,
                "period": str(period),
            }
        ],
    )
