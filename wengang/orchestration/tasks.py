"""What the tasks of the DAGs do: plain functions, testable without Airflow. Settings come from the environment (`WENGANG_…`)."""

from __future__ import annotations

import datetime as dt
import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from wengang import pipeline
from wengang.core.errors import DeliveryError, IntegrityError, PublicationError, UsageError
from wengang.core.lock import home_lock
from wengang.core.periods import Period, month_folders
from wengang.core.progress import Progress
from wengang.core.settings import Settings
from wengang.lake.deliveries import read_lake
from wengang.months import delivered
from wengang.months.closed import closed_months
from wengang.months.drafted import is_open
from wengang.months.published import latest_revision
from wengang.months.published_tables import published_differences
from wengang.months.signed import sign_state

if TYPE_CHECKING:
    from wengang.warehouse.dbt_runner import Watch

Texts = list[tuple[str, str]]
ZONE = ZoneInfo("Asia/Shanghai")


def choose_period(given: str | None, moment: dt.datetime) -> str:
    """Choose the month of a run: the one asked for, else the month before the run's moment, by the calendar of its office."""
    return str(Period.parse(given) if given else Period.of(moment.astimezone(ZONE).date()).plus(-1))


@contextmanager
def held(*, may_begin: bool = False) -> Iterator[tuple[Settings, Progress]]:
    """Hold the environment's home, and note in it how far the work is. `may_begin`: the first run makes it a data directory."""
    settings, progress = Settings(), Progress()
    with home_lock(settings, may_begin=may_begin):
        progress.keep_in(settings)
        yield settings, progress


def intake(period: str) -> dict[str, int]:
    """Take deliveries up to the period into the lake; returns rows accepted and rejected."""
    with held(may_begin=True) as (settings, progress):
        taken = pipeline.intake(settings, Period.parse(period), progress)
    return {"rows_accepted": taken.rows_accepted, "rows_rejected": taken.rows_rejected}


def take_arrived(period: str | None) -> dict[str, int]:
    """Take deliveries up to a period (none given: the newest month that has a landing folder); returns rows accepted and rejected."""
    settings = Settings()
    months = [str(month) for month in month_folders(settings.landing_dir)]
    if period is None and not months:
        return {"rows_accepted": 0, "rows_rejected": 0}
    return intake(period or months[-1])


def catch_up(period: str) -> list[str]:
    """Run again the earlier months whose draft has become stale, as the command line does; returns them."""
    with held() as (settings, progress):
        return [str(month) for month in pipeline.catch_up(settings, Period.parse(period), progress)]


def build(period: str, watch: Watch | None = None) -> Texts:
    """Build the warehouse aside; returns why the period is incomplete. `watch` is called with how each model ends."""
    with held() as (settings, progress):
        return pipeline.build(settings, Period.parse(period), progress, watch=watch)


def validate(period: str) -> Texts:
    """Evaluate the expectations; returns what critical ones found. A published month's rows are those that were validated."""
    month = Period.parse(period)
    with held() as (settings, progress):
        if month in closed_months(settings):
            return []
        pipeline.hold(settings, month, progress)
        return pipeline.validate(settings, month, progress)


def draft(period: str) -> str | None:
    """Write the draft package; returns its folder, None for a published month: its next draft is that of a restatement."""
    month = Period.parse(period)
    with held() as (settings, progress):
        if month in closed_months(settings):
            return None
        if pipeline.hold(settings, month, progress):
            pipeline.validate(settings, month, progress)
        return str(pipeline.draft(settings, month, progress))


def publish_warehouse(period: str, critical: Texts) -> None:
    """Publish the warehouse; raises ExpectationError where a critical expectation failed, and, after publishing, PublicationError for a
    published month of which today's code makes other rows.
    """
    month = Period.parse(period)
    with held() as (settings, progress):
        is_closed = month in closed_months(settings)
        if pipeline.hold(settings, month, progress) and not is_closed:
            critical = pipeline.validate(settings, month, progress)
        pipeline.publish_warehouse(settings, month, [] if is_closed else [(zh, en) for zh, en in critical])
    for published, tables in published_differences(settings.warehouse_file).items():
        raise PublicationError("made_otherwise", period=published, tables=", ".join(tables))


def require_complete(period: str, reasons: Texts) -> None:
    """Raise DeliveryError (exit 3) with why a month is incomplete: its draft is built, and cannot be signed."""
    if reasons:
        texts = ("；".join(zh for zh, _ in reasons), "; ".join(en for _, en in reasons))
        raise DeliveryError("month_incomplete", place=period, period=period, reasons=texts)


def check_kept() -> None:
    """Compare everything kept with what was written; raises IntegrityError (exit 8) naming the first things that differ."""
    from wengang.publication.verify import verify

    with held() as (settings, _):
        found = verify(settings)
    if found:
        words = tuple("; ".join(f"{f.place}: {getattr(f, lang)}" for f in found[:5]) for lang in ("zh", "en"))
        raise IntegrityError("kept_altered", place=str(settings.home), count=len(found), findings=words)


def arrivals(period: str) -> dict[str, bool]:
    """Return, for each source that a month needs, whether its files lie in the landing folder or in the lake already."""
    settings = Settings()
    return delivered.arrivals(settings, read_lake(settings), Period.parse(period))


def required_sources() -> list[str]:
    """Return the sources that every month needs: each is an asset of its own."""
    from wengang.months import complete

    return complete.required_sources()


def has_arrived(period: str) -> bool:
    """Return whether everything that the month needs has arrived and the month has not been drafted from it yet."""
    from wengang.core.digests import Digests

    settings = Settings()
    if not all(arrivals(period).values()):
        return False
    state = read_lake(settings)
    if is_open(settings, state, Period.parse(period)):
        return True
    known, digests = {d.sha256 for d in state.deliveries}, Digests(settings.cache_dir)
    return latest_revision(settings, Period.parse(period)) is None and any(
        digests.of(file) not in known for file in delivered.landed(settings, Period.parse(period))
    )


def months_taken(source: str, now: float, quiet_minutes: int = 10) -> list[str]:
    """Return the months whose files of a source the lake holds and whose draft is still to be made of them.

    `now`: seconds since the epoch; a month waits while anything in its landing folder is younger than `quiet_minutes`.
    """
    settings = Settings()
    state = read_lake(settings)
    months = sorted({d.period for d in state.current(source)})
    return [
        str(month)
        for month in months
        if is_open(settings, state, month)
        and all(f.stat().st_mtime <= now - quiet_minutes * 60 for f in delivered.landed(settings, month))
    ]


def arrived_runs(period: str) -> list[dict[str, object]]:
    """Return the run of the monthly DAG that what has arrived for a month asks for, named by the files: one state, one run."""
    if not has_arrived(period):
        return []
    files = sorted(d.sha256 for d in read_lake(Settings()).through(Period.parse(period)).current())
    digest = hashlib.sha256(" ".join(files).encode()).hexdigest()[:12]
    return [
        {
            "trigger_run_id": f"arrived__{period}__{digest}",
            "conf": {"period": period, "only_if_arrived": True},
        }
    ]


def scenario(period: str, name: str, parameters: str, shocks: str) -> str:
    """Run a what-if given as lines `name = value` (parameters, and factors on the fund's items); returns what to tell a person.

    Raises UsageError for a line without a value or a scenario that is none, ParameterError where its rows are faulty.
    """
    import yaml

    from wengang.whatif import simulate

    content = {
        "name": name,
        "parameters": [{"parameter": key, "value": value} for key, value in pairs(parameters)],
        "shocks": dict(pairs(shocks)),
    }
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "scenario.yml"
        file.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
        return simulate(Settings(), file, Period.parse(period), Progress())


def pairs(lines: str) -> list[tuple[str, str]]:
    """Read lines `name = value`; empty ones are left out."""
    found = []
    for number, line in enumerate(lines.splitlines(), start=1):
        key, mark, value = (part.strip() for part in line.partition("="))
        if not (key or mark):
            continue
        if not (key and mark and value):
            raise UsageError("scenario_line", place=line.strip(), number=number)
        found.append((key, value))
    return found


def outcome(folder: str) -> str:
    """Return the first lines a person wants of a draft: where it lies and what it says."""
    summary = Path(folder) / "summary.txt"
    return summary.read_text(encoding="utf-8") if summary.exists() else folder


# What every signer may write: field, title, and when it is wanted.
TO_WRITE = (
    ("number", "发文字号", "编号如 42，末次签字前填写"),
    ("issuer", "签发人", "末次签字前填写"),
    ("reason", "退回理由", "退回时必填"),
)


def what_to_sign(period: str) -> str:
    """Return what a signer must see: the figures that matter, the warnings, and the digest that the signature is bound to."""
    settings = Settings()
    month = Period.parse(period)
    state = sign_state(settings, month)
    text = outcome(str(settings.drafts_dir / period))
    return f"```\n{text}\n```\n\n{settings.drafts_dir / period}\n\nsha256 {state.manifest_sha256}"


def check_shown(period: str, shown: str) -> None:
    """Refuse an answer about a draft that has been replaced since it was shown."""
    settings = Settings()
    if sign_state(settings, Period.parse(period)).manifest_sha256 not in shown:
        raise PublicationError("draft_replaced", place=str(settings.drafts_dir / period), period=period)


def record_signature(period: str, role: str, shown: str, answer: dict[str, str]) -> bool:
    """Record a signature; the last one publishes. Returns whether another is still needed."""
    check_shown(period, shown)
    settings = Settings()
    pipeline.sign_draft(
        settings, Period.parse(period), pipeline.role_of(role), Progress(), who=account_of(answer),
        problems_text=answer.get("problems", "") if role == "preparer" else "",
        number=answer.get("number", ""), issuer=answer.get("issuer", ""),
    )  # fmt: skip
    return bool(sign_state(settings, Period.parse(period)).needed)


def record_return(period: str, role: str, shown: str, answer: dict[str, str]) -> str:
    """Record that a draft was sent back, with its reason; nothing is published."""
    check_shown(period, shown)
    reason = answer.get("reason", "").strip()
    if not reason:
        raise UsageError("no_reason")
    month = Period.parse(period)
    return pipeline.sign_draft(
        Settings(),
        month,
        pipeline.role_of(role),
        Progress(),
        reject=True,
        reason=reason,
        who=account_of(answer),
    )


def account_of(answer: dict[str, str]) -> str:
    """Return the account that answered; an answer that nobody gave signs nothing."""
    if not answer.get("who"):
        raise PublicationError("nobody_signed")
    return answer["who"]
