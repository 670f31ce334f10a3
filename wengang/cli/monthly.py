"""Commands that take a month from delivery to draft."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from wengang.cli.application import app
from wengang.cli.options import (
    Home,
    Jurisdiction,
    Landing,
    Memory,
    PeriodArgument,
    PeriodOption,
    Policy,
    Quiet,
    RangeArgument,
    Threads,
    begin,
    data_directory,
    look_at_landing,
    months_asked,
    one_month,
    settings_from,
)
from wengang.core.errors import EXIT_DONE, EXIT_INCOMPLETE, EXIT_VALIDATION
from wengang.core.progress import Progress
from wengang.core.text import one_line


@app.command()
def run(
    period: RangeArgument = None,
    period_option: PeriodOption = None,
    home: Home = None,
    landing: Landing = None,
    policy: Policy = None,
    jurisdiction: Jurisdiction = None,
    threads: Threads = None,
    memory_limit: Memory = None,
    only: Annotated[
        bool,
        typer.Option("--only", help="只建此月 · this month alone, not the months before (for measuring)"),
    ] = False,
    quiet: Quiet = False,
) -> None:
    """全流程 · intake, build, validation and draft report for a period or a range, without Airflow.

    Exit codes: 0 done, 2 usage, 3 period incomplete, 4 parameters faulty, 5 validation critical, 6 locked; the highest of a range wins.
    """
    from wengang.pipeline import run as run_months

    settings = settings_from(
        home=home,
        landing=landing,
        policy=policy,
        jurisdiction=jurisdiction,
        threads=threads,
        memory_limit=memory_limit,
    )
    progress = begin(settings, quiet)
    look_at_landing(settings, progress)
    months = months_asked(period, period_option)
    result = run_months(settings, months, progress, only=only)
    for zh, en in result.notes:
        print(f"! {one_line(zh)}\n  {one_line(en)}", file=sys.stderr)
    for month in months:
        print(settings.drafts_dir / str(month))
    raise typer.Exit(result.exit_code)


@app.command()
def ingest(
    period: RangeArgument = None,
    period_option: PeriodOption = None,
    home: Home = None,
    landing: Landing = None,
    threads: Threads = None,
    memory_limit: Memory = None,
    quiet: Quiet = False,
) -> None:
    """接收交付 · take every new file of the periods up to PERIOD into the lake; rejects are kept and reported."""
    from wengang import pipeline
    from wengang.core.lock import home_lock

    settings = settings_from(home=home, landing=landing, threads=threads, memory_limit=memory_limit)
    progress = Progress(quiet=quiet)
    look_at_landing(settings, progress)
    with home_lock(settings, may_begin=True):
        progress.keep_in(settings)
        result = pipeline.intake(settings, months_asked(period, period_option)[-1], progress)
    raise typer.Exit(EXIT_INCOMPLETE if result.incomplete else EXIT_DONE)


@app.command(name="confirm-snapshot")
def confirm_snapshot(
    source: Annotated[str, typer.Argument(metavar="SOURCE", help="来源 · source, such as certificates")],
    period: PeriodArgument = None,
    period_option: PeriodOption = None,
    reason: Annotated[str, typer.Option("--reason", help="理由 · why it is right")] = "",
    close_region: Annotated[
        str | None,
        typer.Option(
            "--close-region",
            metavar="CODE",
            help="自 PERIOD 起停用该代码（已被替换的区划，或名单） · from PERIOD on, this code is no more (a region that was replaced, a list)",
        ),
    ] = None,
    home: Home = None,
    quiet: Quiet = False,
) -> None:
    """确认名单 · take a held snapshot (one that shrank) as it is, or close a region code that was replaced; journalled with the reason."""
    from wengang.core.lock import home_lock
    from wengang.ingest.confirm import close_state
    from wengang.ingest.confirm import confirm_snapshot as confirm

    settings = settings_from(home=home)
    month = one_month(period, period_option)
    with home_lock(settings):
        progress = Progress(quiet=quiet)
        if close_region is not None:
            close_state(settings, source, month, close_region, reason, progress)
            print(f"{month} {source} {close_region} 已停用 · closed")
            return
        for name in confirm(settings, source, month, reason, progress):
            print(f"{month} {name} 已确认 · confirmed")


@app.command(name="intake-report")
def intake_report(
    period: PeriodArgument = None,
    period_option: PeriodOption = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="输出目录 · folder of the pages; intake/PERIOD in the home")
    ] = None,
    home: Home = None,
) -> None:
    """交付反馈 · write what each delivering agency must mend, one page per agency, in Chinese, without anyone's data."""
    from wengang.ingest.intake_report import write_intake_report

    settings = data_directory(home=home)
    month = one_month(period, period_option)
    for page in write_intake_report(settings, month, out or settings.home / "intake" / str(month)):
        print(page)


@app.command()
def build(
    period: RangeArgument = None,
    period_option: PeriodOption = None,
    home: Home = None,
    policy: Policy = None,
    jurisdiction: Jurisdiction = None,
    threads: Threads = None,
    memory_limit: Memory = None,
    only: Annotated[
        bool,
        typer.Option("--only", help="只建此月 · this month alone, not the months before (for measuring)"),
    ] = False,
    quiet: Quiet = False,
) -> None:
    """建模 · build the warehouse aside for PERIOD and what it rests on; `validate` publishes it."""
    from wengang import warehouse
    from wengang.core.lock import home_lock

    settings = settings_from(
        home=home, policy=policy, jurisdiction=jurisdiction, threads=threads, memory_limit=memory_limit
    )
    progress = begin(settings, quiet)
    with home_lock(settings):
        progress.keep_in(settings)
        result = warehouse.build(settings, months_asked(period, period_option), progress, only=only)
    raise typer.Exit(EXIT_INCOMPLETE if result.incomplete else EXIT_DONE)


@app.command()
def validate(
    period: RangeArgument = None, period_option: PeriodOption = None, home: Home = None, quiet: Quiet = False
) -> None:
    """校验 · run the expectations on what was built; publish the warehouse unless a critical one fails (exit 5)."""
    from wengang import quality
    from wengang.core.lock import home_lock
    from wengang.months.built import require_build
    from wengang.pipeline import publish_warehouse

    settings = settings_from(home=home)
    progress = Progress(quiet=quiet)
    code = EXIT_DONE
    with home_lock(settings):
        progress.keep_in(settings)
        for month in months_asked(period, period_option):
            require_build(settings, month)
            with progress.step(f"校验 {month}", f"validate {month}") as step:
                verdict = quality.validate(settings, month)
                step.note = verdict.summary
            for zh, en in verdict.notes:
                print(f"{one_line(zh)}\n{one_line(en)}", file=sys.stderr)
            code = EXIT_VALIDATION if verdict.is_critical else code
        if code == EXIT_DONE and settings.build_file.exists():
            publish_warehouse(settings, month, [])
    raise typer.Exit(code)


@app.command()
def report(
    period: RangeArgument = None,
    period_option: PeriodOption = None,
    home: Home = None,
    policy: Policy = None,
    by_unit: Annotated[
        bool | None,
        typer.Option(
            "--by-unit/--whole",
            help="各报送单位另写一份 · a folder for each reporting unit, in units/ (WENGANG_BY_UNIT)",
            show_default=False,
        ),
    ] = None,
    language: Annotated[
        Literal["zh", "both"] | None,
        typer.Option(
            "--lang",
            help="工作簿语言 · the workbooks in Chinese alone, or with English beside (WENGANG_WORKBOOK_LANGUAGE)",
        ),
    ] = None,
    quiet: Quiet = False,
) -> None:
    """报告 · write the draft package of PERIOD from the warehouse."""
    from wengang.core.lock import home_lock
    from wengang.months.built import require_build
    from wengang.pipeline import draft

    settings = settings_from(home=home, policy=policy, by_unit=by_unit, workbook_language=language)
    progress = begin(settings, quiet)
    with home_lock(settings):
        progress.keep_in(settings)
        for month in months_asked(period, period_option):
            require_build(settings, month)
            print(draft(settings, month, progress))
