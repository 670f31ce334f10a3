"""The month from end to end, in steps. The command line and the DAGs call these; each reads what the one before it finished, and can
be run again at any time with the same result.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from wengang.core.callers_files import read_callers_file
from wengang.core.errors import (
    EXIT_DONE,
    EXIT_INCOMPLETE,
    EXIT_NOT_SIGNED,
    EXIT_VALIDATION,
    ExpectationError,
    ModelError,
    ParameterError,
    PublicationError,
    UsageError,
)
from wengang.core.keys import SigningKey, unlocked_key
from wengang.core.lock import home_lock
from wengang.core.messages import sentences
from wengang.core.periods import Period
from wengang.core.progress import Progress
from wengang.core.settings import Settings
from wengang.months.closed import closed_months
from wengang.months.kept_files import IDENTIFIER_KEY, WAREHOUSE, draft_name, note_kept
from wengang.months.published import MANIFEST
from wengang.months.published_tables import published_differences

if TYPE_CHECKING:
    from wengang.ingest import IngestResult
    from wengang.months.signed import Role
    from wengang.quality import Validator
    from wengang.warehouse.dbt_runner import Watch


@dataclass
class RunResult:
    """How a run ended: an exit code per period, the highest wins; and what a person should know (Chinese, English)."""

    codes: dict[Period, int] = field(default_factory=dict)
    notes: list[tuple[str, str]] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        """Highest code of the range."""
        return max(self.codes.values(), default=EXIT_DONE)


def intake(settings: Settings, through: Period, progress: Progress) -> IngestResult:
    """Take every new file of the periods up to `through` into the lake."""
    from wengang import ingest

    with progress.step("接收交付", "intake", size=ingest.waiting_bytes(settings, through)) as step:
        taken = ingest.ingest(settings, through, progress)
        step.rows = taken.rows_accepted
        step.note = f"{taken.rows_rejected} rejected" if taken.rows_rejected else ""
    return taken


def build(
    settings: Settings, period: Period, progress: Progress, *, only: bool = False, watch: Watch | None = None
) -> list[tuple[str, str]]:
    """Build the warehouse aside; returns why the period is incomplete (none: it is complete). `watch` is called with how each model ends."""
    from wengang import warehouse

    return warehouse.build(settings, [period], progress, only=only, watch=watch).incomplete.get(period, [])


def hold(settings: Settings, period: Period, progress: Progress) -> bool:
    """Make sure that the build file is the month's: another run may have replaced or published it since. True: it was built again."""
    from wengang import warehouse

    if warehouse.built_for(settings) == [period]:
        return False
    build(settings, period, progress)
    return True


def validate(settings: Settings, period: Period, progress: Progress) -> list[tuple[str, str]]:
    """Evaluate the expectations; returns what critical ones found (none: the month may be published)."""
    from wengang import quality

    with progress.step(f"校验 {period}", f"validate {period}") as step:
        verdict = quality.validate(settings, period)
        step.note = verdict.summary
    return verdict.notes if verdict.is_critical else []


def draft(
    settings: Settings, period: Period, progress: Progress, validated: Callable[[], object] | None = None
) -> Path:
    """Write the month's draft package; returns its folder."""
    from wengang import reports
    from wengang.publication.restate import restatement_extra

    with progress.step(f"报告 {period}", f"report {period}"):
        folder = reports.draft(
            settings, period, restatement_extra(settings, period), progress, validated=validated
        )
        note_kept(settings, draft_name(period), folder / MANIFEST)
        return folder


def validate_and_draft(
    settings: Settings, period: Period, progress: Progress, beside: Validator
) -> list[tuple[str, str]]:
    """Do both, the expectations in the process `beside` while tables and lists are written here; returns what critical ones found."""
    critical: list[tuple[str, str]] = []
    verdict_of = beside.begin(settings, period)

    def validated() -> None:
        with progress.step(f"校验 {period}", f"validate {period}") as step:
            verdict = verdict_of()
            step.note = verdict.summary
        critical.extend(verdict.notes if verdict.is_critical else [])

    draft(settings, period, progress, validated)
    return critical


def publish_warehouse(settings: Settings, period: Period, critical: Sequence[tuple[str, str]]) -> None:
    """Make what was built the published warehouse; raises ExpectationError where a critical expectation failed."""
    from wengang import warehouse

    if critical:
        raise ExpectationError(
            "critical",
            place=str(settings.drafts_dir / str(period) / "validation"),
            expectations=("；".join((zh for zh, _ in critical)), "; ".join((en for _, en in critical))),
        )
    warehouse.publish(settings)
    note_kept(settings, WAREHOUSE, settings.warehouse_file)
    if settings.key_path.is_file():
        note_kept(settings, IDENTIFIER_KEY, settings.key_path)


def months_to_run(settings: Settings, periods: Sequence[Period], *, only: bool) -> list[Period]:
    """Return the months asked for and, before and between them, those whose draft has become stale: they are rebuilt in order."""
    from wengang.months.stale import stale_drafts

    if only:
        return sorted(periods)
    try:
        stale = stale_drafts(settings, max(periods))
    except ParameterError:
        stale = []  # the build says what is wrong with them
    return sorted({*periods, *stale})


def run_month(
    settings: Settings,
    period: Period,
    progress: Progress,
    beside: Validator,
    *,
    only: bool = False,
) -> tuple[int, list[tuple[str, str]]]:
    """Build, validate and draft one month, and publish the warehouse where it passed; returns its exit code and what to tell.

    Its own validation decides, whatever became of the months before it.
    """
    if period in closed_months(settings):
        return keep_closed(settings, period, progress, only=only)
    incomplete = build(settings, period, progress, only=only)
    critical = validate_and_draft(settings, period, progress, beside)
    try:
        publish_warehouse(settings, period, critical)
    except ExpectationError:
        return EXIT_VALIDATION, [*incomplete, *critical]
    return EXIT_INCOMPLETE if incomplete else EXIT_DONE, incomplete


def keep_closed(
    settings: Settings, period: Period, progress: Progress, *, only: bool = False
) -> tuple[int, list[tuple[str, str]]]:
    """Build up to a published month without a new draft: its rows stay as published. Return the exit code and what to tell.

    The code is 7 where today's code makes other rows of the same inputs: only a restatement publishes those.
    """
    build(settings, period, progress, only=only)
    publish_warehouse(settings, period, [])
    differing = published_differences(settings.warehouse_file).get(period, [])
    if not differing:
        return EXIT_DONE, [
            (f"{period} 已发布，没有变化，不另出草稿", f"{period} is published and unchanged: no new draft")
        ]
    return EXIT_NOT_SIGNED, [sentences("made_otherwise", period=period, tables=", ".join(differing))]


def catch_up(settings: Settings, period: Period, progress: Progress) -> list[Period]:
    """Run again, in order, the earlier months whose draft rests on what has changed since; returns them."""
    from wengang.quality import Validator

    months = [month for month in months_to_run(settings, [period], only=False) if month != period]
    if not months:
        return []
    with Validator() as beside:
        for month in months:
            code, notes = run_month(settings, month, progress, beside)
            for zh, en in notes if code == EXIT_VALIDATION else ():
                progress.say(f"! {month} {zh} · {en}")
    return months


def run(
    settings: Settings, periods: Sequence[Period], progress: Progress, *, only: bool = False
) -> RunResult:
    """Run months in order."""
    from wengang.quality import Validator
    from wengang.warehouse.dbt_runner import Dbt

    result = RunResult()
    with home_lock(settings, may_begin=True):
        progress.keep_in(settings)
        Dbt.load_ahead()
        intake(settings, max(periods), progress)
        # Started here: what the intake leaves of two cores is taken by dbt, which is needed first.
        with Validator() as beside:
            for period in months_to_run(settings, periods, only=only):
                try:
                    code, notes = run_month(settings, period, progress, beside, only=only)
                except (PublicationError, ParameterError, ModelError) as fault:
                    if len(periods) == 1:
                        raise
                    # A range goes on: what one month lacks does not keep the others from their reports.
                    code, notes = fault.exit_code, [(fault.text("zh"), fault.text("en"))]
                if period in periods or code not in (EXIT_DONE, EXIT_INCOMPLETE):
                    result.notes += [note for note in notes if note not in result.notes]
                    result.codes[period] = code
        for period, tables in published_differences(settings.warehouse_file).items():
            if period not in result.codes:
                result.codes[period] = EXIT_NOT_SIGNED
                result.notes.append(sentences("made_otherwise", period=period, tables=", ".join(tables)))
    return result


def publish_package(
    settings: Settings, period: Period, progress: Progress, key: SigningKey | None = None
) -> Path:
    """Render the signed draft into its final revision; returns the folder. The caller holds the home. `key` signs the final manifest."""
    from wengang import publication, reports
    from wengang.months.signed import SignState
    from wengang.publication.restate import restatement_extra

    def render(
        database: Path, month: Period, checked: Path, target: Path, state: SignState, revision: int
    ) -> None:
        reports.render(
            settings,
            database,
            month,
            checked,
            target,
            signing=reports.Signing(
                preparer="、".join(state.who("preparer")),
                reviewer="、".join(state.who("reviewer")),
                signed_on=state.signed_on,
                number=state.document_number,
                issuer=state.issuer,
                problems=tuple(line.strip() for line in state.problems.splitlines() if line.strip()),
            ),
            revision=revision,
            extra=restatement_extra(settings, month, revision),
        )

    with progress.step(f"发布 {period}", f"publish {period}") as step:
        folder = publication.publish(settings, period, render, key)
        step.note = folder.name
    return folder


def restate(
    settings: Settings, periods: Sequence[Period], reason_file: Path, progress: Progress
) -> RunResult:
    """Build published months again, each as the draft of its next revision; signing publishes it."""
    from wengang import warehouse
    from wengang.publication.restate import open_restatements
    from wengang.quality import Validator
    from wengang.warehouse.dbt_runner import Dbt

    result = RunResult()
    with home_lock(settings):
        progress.keep_in(settings)
        Dbt.load_ahead()
        intake(settings, max(periods), progress)
        open_restatements(settings, periods, reason_file, warehouse.code_now(settings))
        with Validator() as beside:
            for period in periods:
                result.codes[period], notes = run_month(settings, period, progress, beside)
                result.notes += notes
    return result


def sign_draft(
    settings: Settings,
    period: Period,
    role: Role,
    progress: Progress,
    *,
    reject: bool = False,
    reason: str = "",
    problems: Path | None = None,
    who: str = "",
    problems_text: str = "",
    key: SigningKey | None = None,
    number: str = "",
    issuer: str = "",
) -> str:
    """Sign or send back a draft; the last signature publishes it. Returns what happened, Chinese with English beside.

    `who`: the Airflow account; empty: the operating system's. `key`: the signer's unlocked key; under Airflow the server's is taken.
    """
    from wengang import publication
    from wengang.months.signed import ROLE_NAMES
    from wengang.publication.identity import identity

    channel = "airflow" if who else "os"
    if who:
        key = key or server_key(settings)
    who = who or identity()
    text = read_problems(problems, settings.home) if problems else problems_text
    with home_lock(settings):
        if reject:
            publication.reject(settings, period, role, who, reason, channel=channel, key=key)
            return f"已退回 sent back: {period} {ROLE_NAMES[role][0]} {who}"
        state = publication.sign(
            settings, period, role, who, channel=channel, problems=text, key=key, number=number, issuer=issuer
        )
        if state.needed:
            zh = "、".join(ROLE_NAMES[r][0] for r in state.needed)
            en = ", ".join(ROLE_NAMES[r][1] for r in state.needed)
            return f"已签 signed: {period} {ROLE_NAMES[role][0]} {who}；尚需 still needed: {zh} ({en})"
        return str(publish_package(settings, period, progress, key))


def read_problems(path: Path, home: Path) -> str:
    """Read the problems that the preparer met; raises UsageError where the caller may not read the file, or it is no UTF-8."""
    try:
        return read_callers_file(path, "problems_file", home).decode("utf-8-sig").strip()
    except UnicodeDecodeError as fault:
        raise UsageError("problems_file", place=str(path)) from fault


def server_key(settings: Settings) -> SigningKey | None:
    """Return the server's key, which vouches for accounts of Airflow; None where none is configured. Raises UsageError for a faulty one."""
    if settings.server_key is None:
        return None
    content = read_callers_file(settings.server_key, "key_not_read")
    passphrase = os.environ.get("WENGANG_SERVER_KEY_PASSPHRASE", "")
    return unlocked_key(content, passphrase, str(settings.server_key))


def role_of(name: str) -> Role:
    """Return the role of a name; raises UsageError for any other."""
    if name in {"preparer", "reviewer"}:
        return "preparer" if name == "preparer" else "reviewer"
    raise UsageError("role", name=name)
