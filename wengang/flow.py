"""What the tasks of the DAGs do: plain functions, testable without Airflow. Settings come from the environment (`WENGANG_…`)."""

from __future__ import annotations

import datetime as dt
import json
import os
from pathlib import Path

from wengang import run
from wengang.errors import PublicationError
from wengang.lake import read_lake
from wengang.lock import home_lock
from wengang.periods import Period
from wengang.progress import Progress
from wengang.settings import Settings

Texts = list[tuple[str, str]]


def choose_period(given: str | None, key: str | None, day: dt.date) -> str:
    """Choose the month of a run: the one asked for, else the run's partition, else the month before `day`."""
    asked = given or key
    return str(Period.parse(asked) if asked else Period.of(day).plus(-1))


def intake(period: str) -> dict[str, int]:
    """Take deliveries up to the period into the lake; returns rows accepted and rejected."""
    settings = Settings()
    with home_lock(settings):
        return run.intake(settings, Period.parse(period), Progress())


def build(period: str) -> Texts:
    """Build the warehouse aside; returns why the period is incomplete."""
    settings = Settings()
    with home_lock(settings):
        return run.build(settings, Period.parse(period), Progress())


def validate(period: str) -> Texts:
    """Evaluate the expectations; returns what critical ones found."""
    settings = Settings()
    with home_lock(settings):
        return run.validate(settings, Period.parse(period), Progress())


def draft(period: str) -> str:
    """Write the draft package; returns its folder."""
    settings = Settings()
    with home_lock(settings):
        return str(run.draft(settings, Period.parse(period), Progress()))


def publish_warehouse(period: str, critical: Texts) -> None:
    """Publish the warehouse, or raise ExpectationError where a critical expectation stands against it."""
    settings = Settings()
    with home_lock(settings):
        run.publish_warehouse(settings, Period.parse(period), [(zh, en) for zh, en in critical])


def arrivals(period: str) -> dict[str, bool]:
    """Say of each source that a month needs whether its files lie in the landing folder or in the lake already."""
    from wengang.contracts import load_contracts

    settings = Settings()
    month = Period.parse(period)
    folder = settings.landing_dir / period
    names = [f.name.split(".")[0].split("__")[0].lower() for f in folder.iterdir()] if folder.is_dir() else []
    state = read_lake(settings)
    return {
        source: source in names or any(d.period == month for d in state.current(source))
        for source, contract in sorted(load_contracts().items())
        if contract.required == "every_period"
    }


def has_arrived(period: str) -> bool:
    """Tell whether everything that the month needs has arrived and the month has not been drafted from it yet."""
    settings = Settings()
    month = Period.parse(period)
    if not all(arrivals(period).values()):
        return False
    manifest = settings.drafts_dir / period / "manifest.json"
    if not manifest.exists():
        return True
    drafted = {d["sha256"] for d in json.loads(manifest.read_text(encoding="utf-8")).get("deliveries", [])}
    return any(d.sha256 not in drafted for d in read_lake(settings).through(month).current())


def outcome(folder: str) -> str:
    """Give the first lines a person wants of a draft: where it lies and what it says."""
    summary = Path(folder) / "summary.txt"
    return summary.read_text(encoding="utf-8") if summary.exists() else folder


def signers(role: str) -> list[dict[str, str]] | None:
    """Give the accounts that may sign in a role, from `WENGANG_PREPARERS` or `WENGANG_REVIEWERS` (`id:name;id:name`); none set: anyone."""
    given = os.environ.get({"preparer": "WENGANG_PREPARERS"}.get(role, "WENGANG_REVIEWERS"), "")
    pairs = [part.strip().partition(":") for part in given.split(";") if part.strip()]
    return [{"id": account, "name": name or account} for account, _, name in pairs] or None


def what_to_sign(period: str) -> str:
    """Give what a signer must see: the figures that matter, the warnings, and the digest that the signature is bound to."""
    from wengang.publication.sign import sign_state

    settings = Settings()
    month = Period.parse(period)
    state = sign_state(settings, month)
    text = outcome(str(settings.drafts_dir / period))
    return f"```\n{text}\n```\n\n{settings.drafts_dir / period}\n\nsha256 {state.manifest_sha256}"


def check_shown(period: str, shown: str) -> None:
    """Refuse an answer about a draft that has been replaced since it was shown."""
    from wengang.publication.sign import sign_state

    settings = Settings()
    if sign_state(settings, Period.parse(period)).manifest_sha256 not in shown:
        raise PublicationError(
            "draft_replaced", f"{period} 的草稿在签字前已被替换", f"the draft of {period} was replaced before it was signed",
            place=str(settings.drafts_dir / period), next_zh="在新草稿的签发任务上签字", next_en="sign the run of the new draft",
        )  # fmt: skip


def record_signature(period: str, role: str, shown: str, answer: dict[str, str]) -> bool:
    """Record a signature; the last one publishes. Returns whether another is still needed."""
    from wengang.publication.sign import sign_state

    check_shown(period, shown)
    settings = Settings()
    run.sign_draft(
        settings, Period.parse(period), run.role_of(role), Progress(), who=account_of(answer),
        problems_text=answer.get("problems", "") if role == "preparer" else "",
    )  # fmt: skip
    return bool(sign_state(settings, Period.parse(period)).needed)


def record_return(period: str, role: str, shown: str, answer: dict[str, str]) -> str:
    """Record that a draft was sent back, with its reason; nothing is published."""
    check_shown(period, shown)
    reason = answer.get("reason", "").strip() or "（未写明 · none given）"
    month = Period.parse(period)
    return run.sign_draft(
        Settings(), month, run.role_of(role), Progress(), reject=True, reason=reason, who=account_of(answer)
    )


def account_of(answer: dict[str, str]) -> str:
    """Give the account that answered; an answer that nobody gave signs nothing."""
    if not answer.get("who"):
        raise PublicationError(
            "nobody_signed", "没有人作答", "nobody answered", next_zh="由指定的人在任务上作答", next_en="the person named answers the task",
        )  # fmt: skip
    return answer["who"]
