"""The month from end to end: intake, build, validation, report. The command line and the DAGs call these, in this order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from wengang.errors import EXIT_DONE, EXIT_INCOMPLETE, EXIT_VALIDATION
from wengang.lock import home_lock
from wengang.periods import Period
from wengang.progress import Progress
from wengang.settings import Settings


@dataclass
class RunResult:
    """How a run ended: one exit code a period, the highest wins; what it wants to tell a person."""

    codes: dict[Period, int] = field(default_factory=dict)
    notes: list[tuple[str, str]] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        """Highest code of the range."""
        return max(self.codes.values(), default=EXIT_DONE)


def run(
    settings: Settings, periods: Sequence[Period], progress: Progress, *, only: bool = False
) -> RunResult:
    """Run months in order, in one process: nothing is published that failed a critical expectation."""
    from wengang import extracts, quality, reports, warehouse
    from wengang.warehouse.dbt import Dbt

    result = RunResult()
    with home_lock(settings):
        with progress.step("接收交付", "intake") as step:
            taken = extracts.ingest(settings, max(periods), progress)
            step.rows = taken.rows_accepted
        dbt = Dbt(settings)
        for period in periods:
            built = warehouse.build(settings, [period], progress, dbt=dbt, only=only)
            code = EXIT_INCOMPLETE if built.incomplete.get(period) else EXIT_DONE
            result.notes += built.incomplete.get(period, [])
            with progress.step(f"校验 {period}", f"validate {period}") as step:
                verdict = quality.validate(settings, period)
                step.note = verdict.summary
            if verdict.is_critical:
                code = EXIT_VALIDATION
                result.notes += verdict.notes
            with progress.step(f"报告 {period}", f"report {period}"):
                reports.draft(settings, period, incomplete=built.incomplete.get(period, []))
            if not verdict.is_critical:
                warehouse.publish(settings)
            result.codes[period] = code
    return result
