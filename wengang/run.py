"""The month from end to end, in steps. The command line and the DAGs call these; each reads what the one before it finished, and can
be run again at any time with the same result.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from wengang.errors import EXIT_DONE, EXIT_INCOMPLETE, EXIT_VALIDATION, ExpectationError
from wengang.lock import home_lock
from wengang.periods import Period
from wengang.progress import Progress
from wengang.settings import Settings


@dataclass
class RunResult:
    """How a run ended: an exit code a period, the highest wins; and what a person should be told (Chinese, English)."""

    codes: dict[Period, int] = field(default_factory=dict)
    notes: list[tuple[str, str]] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        """Highest code of the range."""
        return max(self.codes.values(), default=EXIT_DONE)


def intake(settings: Settings, through: Period, progress: Progress) -> dict[str, int]:
    """Take every new file of the periods up to `through` into the lake; returns rows accepted and rejected."""
    from wengang import extracts

    with progress.step("接收交付", "intake") as step:
        taken = extracts.ingest(settings, through, progress)
        step.rows = taken.rows_accepted
        step.note = f"{taken.rows_rejected} rejected" if taken.rows_rejected else ""
    return {"rows_accepted": taken.rows_accepted, "rows_rejected": taken.rows_rejected}


def build(
    settings: Settings, period: Period, progress: Progress, *, only: bool = False
) -> list[tuple[str, str]]:
    """Build the warehouse aside; returns why the period is incomplete (none: it is complete)."""
    from wengang import warehouse

    return warehouse.build(settings, [period], progress, only=only).incomplete.get(period, [])


def validate(settings: Settings, period: Period, progress: Progress) -> list[tuple[str, str]]:
    """Evaluate the expectations; returns what critical ones found (none: the month may be published)."""
    from wengang import quality

    with progress.step(f"校验 {period}", f"validate {period}") as step:
        verdict = quality.validate(settings, period)
        step.note = verdict.summary
    return verdict.notes if verdict.is_critical else []


def draft(settings: Settings, period: Period, progress: Progress) -> Path:
    """Write the month's draft package; returns its folder."""
    from wengang import reports

    with progress.step(f"报告 {period}", f"report {period}"):
        return reports.draft(settings, period)


def publish_warehouse(settings: Settings, period: Period, critical: Sequence[tuple[str, str]]) -> None:
    """Make what was built the published warehouse; raises ExpectationError where a critical expectation stands against it."""
    from wengang import warehouse

    if critical:
        raise ExpectationError(
            "critical",
            "；".join(zh for zh, _ in critical),
            "; ".join(en for _, en in critical),
            place=str(settings.drafts_dir / str(period) / "validation"),
            expected_zh="所有严重级期望通过",
            expected_en="every critical expectation is met",
            next_zh="草稿已保留并标记，数据仓库未发布；查明后重新运行",
            next_en="the draft is kept and marked, the warehouse is not published; find the cause and run again",
        )
    warehouse.publish(settings)


def run(
    settings: Settings, periods: Sequence[Period], progress: Progress, *, only: bool = False
) -> RunResult:
    """Run months in order, in one process."""
    result = RunResult()
    with home_lock(settings):
        progress.step_file = settings.home / "step"
        intake(settings, max(periods), progress)
        for period in periods:
            incomplete = build(settings, period, progress, only=only)
            critical = validate(settings, period, progress)
            draft(settings, period, progress)
            result.notes += incomplete
            result.codes[period] = EXIT_INCOMPLETE if incomplete else EXIT_DONE
            try:
                publish_warehouse(settings, period, critical)
            except ExpectationError:
                result.notes += critical
                result.codes[period] = EXIT_VALIDATION
    return result
