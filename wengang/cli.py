"""The command line: every step by hand, without Airflow; the same functions that the DAGs call."""

from __future__ import annotations

import atexit
import io
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal, NoReturn

import typer
from pydantic import ValidationError

from wengang import __version__
from wengang.core.errors import (
    EXIT_DONE,
    EXIT_INCOMPLETE,
    EXIT_UNEXPECTED,
    EXIT_VALIDATION,
    UsageError,
    WengangError,
)
from wengang.core.periods import Period, parse_range
from wengang.core.progress import Progress
from wengang.core.settings import Settings
from wengang.lake.deliveries import DELIVERIES

INTERRUPTED = 130

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    help="稳岗 wengang · 失业保险援企稳岗政策执行系统：接收数据、核定、把关、按月上报。\n\n"
    "Takes a month of extracts in, decides who is entitled to what, guards the fund, and reports.",
)
explain_app = typer.Typer(no_args_is_help=True, help="说明一项决定的理由 · the reasons of one decision")
app.add_typer(explain_app, name="explain")

Home = Annotated[
    Path | None,
    typer.Option("--home", help="数据目录 · where lake, warehouse and packages live (WENGANG_HOME, ./var)"),
]
Landing = Annotated[
    Path | None,
    typer.Option("--landing", help="交付目录 · folder of deliveries, one folder a period (WENGANG_LANDING)"),
]
Policy = Annotated[
    Path | None, typer.Option("--policy", help="参数目录 · folder of parameter CSV files (WENGANG_POLICY)")
]
Jurisdiction = Annotated[
    str | None, typer.Option("--jurisdiction", help="统筹区代码 · code of the province, city or county")
]
Threads = Annotated[int | None, typer.Option("--threads", min=1, help="线程数 · threads")]
Memory = Annotated[
    str | None, typer.Option("--memory-limit", help="内存上限 · memory for the database, such as 4GiB")
]
Language = Annotated[Literal["zh", "en"] | None, typer.Option("--lang", help="语言 · language of messages")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="不显示进度 · no progress lines")]
PeriodArgument = Annotated[
    str, typer.Argument(metavar="PERIOD", help="期间 · 2024-06, or a range 2024-04..2024-08")
]


def settings_from(**options: Any) -> Settings:
    """Make settings from the options that were given; the rest comes from the environment and the defaults."""
    return Settings(**{k: v for k, v in options.items() if v is not None})


def fail(error: WengangError) -> NoReturn:
    """Print an error in both languages and leave with its exit code."""
    print(str(error), file=sys.stderr)
    raise typer.Exit(error.exit_code)


def common(settings: Settings, quiet: bool) -> Progress:
    """Make the progress printer and look at the folders before any work begins."""
    if not settings.policy.is_dir():
        raise UsageError(
            "no_policy_folder", "找不到参数目录", "the parameter folder does not exist", place=str(settings.policy),
            next_zh="用 --policy 指定含 parameters.csv 的目录", next_en="name a folder that holds parameters.csv with --policy",
        )  # fmt: skip
    return Progress(quiet=quiet)


def look_at_landing(settings: Settings, progress: Progress) -> None:
    """See that a landing folder that was named is there: a slip of the pen must not pass for a month without deliveries.

    A home that has taken deliveries in can be built again without the folder; that it is not there is said.
    """
    if settings.landing is None or settings.landing.is_dir():
        return
    if not (settings.journal_dir / DELIVERIES).exists():
        raise UsageError(
            "no_landing_folder", "找不到交付目录", "the landing folder does not exist", place=str(settings.landing),
            next_zh="用 --landing 指定交付目录", next_en="name the folder of deliveries with --landing",
        )  # fmt: skip
    progress.say(
        f"! 找不到交付目录，只用已接收的 · no landing folder, only what was taken in before: {settings.landing}"
    )


@app.command()
def sample(
    landing: Landing = None,
    home: Home = None,
    months: Annotated[
        str, typer.Option(help="交付月份 · months delivered, such as 2024-06 or 2024-01..2024-06")
    ] = "2024-06",
    history: Annotated[
        str | None,
        typer.Option(help="历史起始月 · first month of premium; 24 months before the first delivery"),
    ] = None,
    employers: Annotated[int, typer.Option(min=20, help="单位数 · employers")] = 300,
    seed: Annotated[int, typer.Option(help="随机种子 · the same seed gives the same bytes")] = 1,
    mess: Annotated[float, typer.Option(min=0, max=1, help="杂乱程度 · share of files in odd forms")] = 0.0,
    faults: Annotated[bool, typer.Option(help="植入错误与风险 · plant faulty rows and risk cases")] = False,
    quiet: Quiet = False,
) -> None:
    """写一份合成的测试数据 · write a believable made-up province (documented as synthetic)."""
    from wengang.sample import write_sample

    settings = settings_from(home=home, landing=landing)
    progress = Progress(quiet=quiet)
    with progress.step("生成合成数据", "write the sample"):
        write_sample(
            settings.landing_dir,
            parse_range(months),
            history=Period.parse(history) if history else None,
            employers=employers,
            seed=seed,
            mess=mess,
            faults=faults,
            progress=progress,
        )
    print(settings.landing_dir)


@app.command()
def ingest(
    period: PeriodArgument,
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
    with home_lock(settings):
        progress.keep_in(settings)
        result = pipeline.intake(settings, parse_range(period)[-1], progress)
    raise typer.Exit(EXIT_INCOMPLETE if result.incomplete else EXIT_DONE)


@app.command()
def build(
    period: PeriodArgument,
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
    progress = common(settings, quiet)
    with home_lock(settings):
        progress.keep_in(settings)
        result = warehouse.build(settings, parse_range(period), progress, only=only)
    raise typer.Exit(EXIT_INCOMPLETE if result.incomplete else EXIT_DONE)


@app.command()
def validate(period: PeriodArgument, home: Home = None, quiet: Quiet = False) -> None:
    """校验 · run the expectations on what was built; publish the warehouse unless a critical one fails (exit 5)."""
    from wengang import quality, warehouse
    from wengang.core.lock import home_lock

    settings = settings_from(home=home)
    progress = Progress(quiet=quiet)
    code = EXIT_DONE
    with home_lock(settings):
        progress.keep_in(settings)
        for month in parse_range(period):
            with progress.step(f"校验 {month}", f"validate {month}") as step:
                verdict = quality.validate(settings, month)
                step.note = verdict.summary
            for zh, en in verdict.notes:
                print(f"{zh}\n{en}", file=sys.stderr)
            code = EXIT_VALIDATION if verdict.is_critical else code
        if code == EXIT_DONE and settings.build_file.exists():
            warehouse.publish(settings)
    raise typer.Exit(code)


@app.command()
def report(period: PeriodArgument, home: Home = None, policy: Policy = None, quiet: Quiet = False) -> None:
    """报告 · write the draft package of PERIOD from the warehouse."""
    from wengang import reports
    from wengang.core.lock import home_lock

    settings = settings_from(home=home, policy=policy)
    progress = common(settings, quiet)
    with home_lock(settings):
        progress.keep_in(settings)
        for month in parse_range(period):
            with progress.step(f"报告 {month}", f"report {month}"):
                print(reports.draft(settings, month, progress=progress))


@app.command()
def run(
    period: PeriodArgument,
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
    progress = common(settings, quiet)
    look_at_landing(settings, progress)
    months = parse_range(period)
    result = run_months(settings, months, progress, only=only)
    for zh, en in result.notes:
        print(f"! {zh}\n  {en}", file=sys.stderr)
    for month in months:
        print(settings.drafts_dir / str(month))
    raise typer.Exit(result.exit_code)


@app.command()
def status(
    home: Home = None, landing: Landing = None, as_json: Annotated[bool, typer.Option("--json")] = False
) -> None:
    """状态 · deliveries, rejects, months built, drafted and published; who holds the home."""
    from wengang.months.status import read_status, render

    settings = settings_from(home=home, landing=landing)
    found = read_status(settings)
    print(found.to_json() if as_json else render(found))


@app.command()
def sign(
    period: Annotated[str, typer.Argument(metavar="PERIOD", help="期间 · 2024-06")],
    role: Annotated[
        Literal["preparer", "reviewer"], typer.Option("--role", help="填报人或审核人 · in which role")
    ],
    reject: Annotated[bool, typer.Option("--reject", help="退回 · send the draft back")] = False,
    reason: Annotated[str, typer.Option("--reason", help="退回理由 · why it is sent back")] = "",
    problems: Annotated[
        Path | None,
        typer.Option("--problems", help="执行中遇到的问题 · UTF-8 text of the problems met (preparer)"),
    ] = None,
    home: Home = None,
    policy: Policy = None,
    jurisdiction: Jurisdiction = None,
    quiet: Quiet = False,
) -> None:
    """签发 · sign the draft of PERIOD as the account you are logged in with; the last signature publishes it."""
    from wengang.pipeline import sign_draft

    settings = settings_from(home=home, policy=policy, jurisdiction=jurisdiction)
    progress = common(settings, quiet)
    print(
        sign_draft(
            settings, Period.parse(period), role, progress, reject=reject, reason=reason, problems=problems
        )
    )


@app.command()
def publish(
    period: PeriodArgument,
    home: Home = None,
    policy: Policy = None,
    jurisdiction: Jurisdiction = None,
    quiet: Quiet = False,
) -> None:
    """发布 · publish the signed draft of PERIOD (exit 7: not signed); signing does it too, this finishes what was cut short."""
    from wengang.core.lock import home_lock
    from wengang.pipeline import publish_package

    settings = settings_from(home=home, policy=policy, jurisdiction=jurisdiction)
    progress = common(settings, quiet)
    with home_lock(settings):
        for month in parse_range(period):
            print(publish_package(settings, month, progress))


@app.command()
def restate(
    period: PeriodArgument,
    reason: Annotated[
        Path, typer.Option("--reason", help="理由文件 · UTF-8 text: why the month is restated")
    ],
    home: Home = None,
    landing: Landing = None,
    policy: Policy = None,
    jurisdiction: Jurisdiction = None,
    threads: Threads = None,
    memory_limit: Memory = None,
    quiet: Quiet = False,
) -> None:
    """更正 · build published months again from what is known now, as drafts of their next revision; sign them like any report."""
    from wengang.pipeline import restate as restate_months

    settings = settings_from(
        home=home, landing=landing, policy=policy, jurisdiction=jurisdiction, threads=threads, memory_limit=memory_limit,
    )  # fmt: skip
    progress = common(settings, quiet)
    months = parse_range(period)
    result = restate_months(settings, months, reason, progress)
    for zh, en in result.notes:
        print(f"! {zh}\n  {en}", file=sys.stderr)
    for month in months:
        print(settings.drafts_dir / str(month))
    raise typer.Exit(result.exit_code)


@app.command(name="diff")
def diff_command(
    period: Annotated[str, typer.Argument(metavar="PERIOD", help="期间 · 2024-06")],
    old: Annotated[str, typer.Option("--from", help="旧修订 · revision, such as r1")],
    new: Annotated[str, typer.Option("--to", help="新修订 · revision, or now: the warehouse")] = "now",
    home: Home = None,
) -> None:
    """比较 · every figure that differs between two revisions of a month's report."""
    from wengang.publication import diff
    from wengang.publication.diff import render_changes

    print(render_changes(diff(settings_from(home=home), Period.parse(period), old, new)))


@app.command()
def trace(
    section: Annotated[
        str, typer.Argument(help="部分 · refund, skill, benefits, premium, fund, risk, quality")
    ],
    measure: Annotated[str, typer.Argument(help="指标 · a measure of report_figures")],
    unit: Annotated[str, typer.Argument(help="报送单位 · code of a reporting unit, or the province's")],
    period: Annotated[str, typer.Option("--period", help="期间 · the report's month")],
    dimension: Annotated[str, typer.Option("--dimension", help="维度 · such as decision")] = "none",
    value: Annotated[str, typer.Option("--value", help="维度值 · such as eligible")] = "",
    home: Home = None,
) -> None:
    """追溯 · the records behind a figure of the report, with file and line; persons are masked."""
    from wengang.evidence.trace import trace as trace_figure

    found = trace_figure(
        settings_from(home=home),
        section,
        measure,
        unit,
        Period.parse(period),
        dimension=dimension,
        dimension_value=value,
    )
    print(found.render())


@app.command(name="sample-audit")
def sample_audit_command(
    period: Annotated[
        str, typer.Option("--period", help="期间 · the month whose decisions are checked")
    ] = "",
    n: Annotated[int, typer.Option("--n", min=1, help="抽样数 · decisions drawn")] = 120,
    seed: Annotated[int, typer.Option("--seed", help="随机种子 · the same seed draws the same")] = 1,
    load: Annotated[Path | None, typer.Option("--load", help="填好的工作簿 · the filled workbook")] = None,
    home: Home = None,
) -> None:
    """抽查 · a stratified sample of decisions to check by hand; --load reads it back as error rates with their intervals."""
    from wengang.evidence import audit_sample

    settings = settings_from(home=home)
    if load is not None:
        rates = audit_sample.read_audit(load)
        audit_sample.keep_rates(settings, load, rates)
        print(audit_sample.render_rates(rates))
    else:
        print(audit_sample.sample_audit(settings, Period.parse(period), n, seed))


@app.command(name="net-return")
def net_return_command(
    period: Annotated[str, typer.Option("--period", help="期间 · the published month")], home: Home = None
) -> None:
    """联网数据报送 · one file a table of the published month, with check sums; exit 3 where a table is empty."""
    from wengang.publication.network_return import net_return

    print(net_return(settings_from(home=home), Period.parse(period)))


@app.command(name="settings")
def show_settings(
    home: Home = None, landing: Landing = None, policy: Policy = None, jurisdiction: Jurisdiction = None, threads: Threads = None,
    memory_limit: Memory = None, language: Language = None,
) -> None:  # fmt: skip
    """设置 · every setting and where it came from."""
    given = {
        "home": home, "landing": landing, "policy": policy, "jurisdiction": jurisdiction, "threads": threads, "memory_limit": memory_limit,
        "language": language,
    }  # fmt: skip
    settings = settings_from(**given)
    for name in Settings.model_fields:
        origin = "选项 option" if given.get(name) is not None else "环境 WENGANG_" + name.upper()
        if given.get(name) is None and f"WENGANG_{name.upper()}" not in os.environ:
            origin = "默认 default"
        value = settings.landing_dir if name == "landing" else getattr(settings, name)
        print(f"{name:<14} {value!s:<40} {origin}")


@explain_app.command("refund")
def explain_refund_command(
    employer: Annotated[str, typer.Argument(help="单位编号 · employer_id")],
    period: Annotated[str, typer.Option("--period", help="期间 · the report's month")],
    year: Annotated[int | None, typer.Option("--year", help="返还年度 · programme year")] = None,
    lines: Annotated[
        bool, typer.Option("--lines", help="来源行 · the source files and lines behind the figures")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json")] = False,
    home: Home = None,
    lang: Language = None,
) -> None:
    """说明稳岗返还决定 · why an employer is, or is not, entitled to the refund."""
    from wengang.evidence.explain import explain_refund

    settings = settings_from(home=home, language=lang)
    found = explain_refund(settings, employer, Period.parse(period), year, lines=lines)
    print(found.to_json() if as_json else found.render(settings.language))


@explain_app.command("skill")
def explain_skill_command(
    application: Annotated[str, typer.Argument(help="申领编号 · application_no")],
    period: Annotated[str, typer.Option("--period", help="期间 · the report's month")],
    lines: Annotated[
        bool, typer.Option("--lines", help="来源行 · the source files and lines behind the figures")
    ] = False,
    reveal: Annotated[
        bool, typer.Option("--reveal", help="显示证件号码（留访问记录） · unmasked; writes an access record")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json")] = False,
    home: Home = None,
    lang: Language = None,
) -> None:
    """说明技能提升补贴决定 · why an application is, or is not, paid."""
    from wengang.evidence.explain.skill import explain_skill

    settings = settings_from(home=home, language=lang)
    found = explain_skill(settings, application, Period.parse(period), lines=lines, reveal=reveal)
    print(found.to_json() if as_json else found.render(settings.language))


@explain_app.command("person")
def explain_person_command(
    person: Annotated[str, typer.Argument(help="社会保障号码 · person_id")],
    period: Annotated[str, typer.Option("--period", help="期间 · the report's month")],
    reveal: Annotated[
        bool, typer.Option("--reveal", help="显示证件号码（留访问记录） · unmasked; writes an access record")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json")] = False,
    home: Home = None,
    lang: Language = None,
) -> None:
    """说明一个人的全部记录 · what the warehouse knows of one person (restricted)."""
    from wengang.evidence.explain.person import explain_person

    settings = settings_from(home=home, language=lang)
    found = explain_person(settings, person, Period.parse(period), reveal=reveal)
    print(found.to_json() if as_json else found.render(settings.language))


@app.command()
def simulate(
    scenario: Annotated[
        Path, typer.Argument(help="方案文件 · a YAML file of parameter rows laid over those in force")
    ],
    period: Annotated[str, typer.Option("--period", help="期间 · the month whose facts are used")],
    home: Home = None,
    policy: Policy = None,
    quiet: Quiet = False,
) -> None:
    """政策推演 · what if: who gains, who loses, what it costs, when the reserve gate would flip. Published tables are not touched."""
    from wengang.whatif import simulate as run_scenario

    settings = settings_from(home=home, policy=policy)
    progress = common(settings, quiet)
    print(run_scenario(settings, scenario, Period.parse(period), progress))


def guarded(action: Callable[[], object]) -> int:  # noqa: PLR0911 (one return an outcome)
    """Run the command line; returns the exit code. Our own errors are printed, never thrown at a person."""
    try:
        action()
    except WengangError as error:
        print(str(error), file=sys.stderr)
        return error.exit_code
    except ValidationError as fault:
        names = ", ".join(f"WENGANG_{'.'.join(str(p) for p in e['loc']).upper()}" for e in fault.errors())
        print(
            str(
                UsageError(
                    "settings",
                    f"设置有误：{names}",
                    f"faulty settings: {names}",
                    expected_zh="见 wengang settings",
                    expected_en="see wengang settings",
                    next_zh="更正选项或环境变量后重试",
                    next_en="correct the option or the environment variable and try again",
                )
            ),
            file=sys.stderr,
        )
        return UsageError.exit_code
    except SystemExit as leave:
        if leave.code == INTERRUPTED:  # typer makes this of an interrupt, and says nothing
            return interrupted()
        return leave.code if isinstance(leave.code, int) else EXIT_UNEXPECTED
    except Exception as unexpected:  # the last resort: the trace goes to a file, a person gets a sentence
        return unexpected_failure(unexpected)
    except KeyboardInterrupt:
        return interrupted()
    return EXIT_DONE


def interrupted() -> int:
    """Tell a person who stopped a run that nothing is lost; returns the exit code that shells know."""
    print("已中断；再次运行即可继续 · interrupted; run again to go on", file=sys.stderr)
    return INTERRUPTED


def unexpected_failure(fault: Exception) -> int:
    """Keep the trace in a file that only its owner reads, and say where; returns exit code 1."""
    import tempfile
    import traceback

    with tempfile.NamedTemporaryFile(
        "w", prefix="wengang-", suffix=".log", delete=False, encoding="utf-8"
    ) as log:
        traceback.print_exception(fault, file=log)
    print(
        f"[意外错误] {type(fault).__name__}：详见 {log.name}；已发布的内容未改动，可重新运行\n"
        f"[Unexpected] {type(fault).__name__}: see {log.name}; what is published is unchanged, and the run can be repeated",
        file=sys.stderr,
    )
    return EXIT_UNEXPECTED


def main() -> None:
    """Entry point of the `wengang` command."""
    if sys.argv[1:] == ["--version"]:
        print(f"wengang {__version__}")
        return
    if isinstance(sys.stdout, io.TextIOWrapper):
        # As stderr is: what a terminal cannot show must not end a run.
        sys.stdout.reconfigure(errors="backslashreplace")
    code = guarded(app)
    # The database's binding prints a page about leaked instances when the interpreter goes down; what others have registered for the
    # end (temporary folders) is still done.
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
