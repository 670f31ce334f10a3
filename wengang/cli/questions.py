"""Commands that answer questions about figures and decisions; they change nothing that is published."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wengang.cli.application import app
from wengang.cli.options import (
    Home,
    Json,
    Language,
    PeriodArgument,
    PeriodOption,
    data_directory,
    one_month,
    print_json,
)
from wengang.core.callers_files import read_callers_file
from wengang.core.errors import UsageError
from wengang.core.number_patterns import masked_numbers
from wengang.core.settings import Settings
from wengang.core.text import shown_text

if TYPE_CHECKING:
    from wengang.evidence.explain.base import Explanation

OLD_NUMBER = 15
explain_app = typer.Typer(no_args_is_help=True, help="说明一项决定的理由 · the reasons of one decision")
app.add_typer(explain_app, name="explain")


def show(found: Explanation, settings: Settings, *, as_json: bool, reveal: bool = False) -> None:
    """Print an explanation; unless it is to be revealed, no citizen number stands in it, also not inside a key or remark."""
    text = found.to_json() if as_json else found.render(settings.language)
    print(shown_text(text if reveal else masked_numbers(text)))


@explain_app.command("refund")
def explain_refund_command(
    employer: Annotated[str, typer.Argument(help="单位编号 · employer_id")],
    period: PeriodArgument = None,
    period_option: PeriodOption = None,
    year: Annotated[int | None, typer.Option("--year", help="返还年度 · programme year")] = None,
    lines: Annotated[
        bool, typer.Option("--lines", help="来源行 · the source files and lines behind the figures")
    ] = False,
    as_json: Json = False,
    home: Home = None,
    lang: Language = None,
) -> None:
    """说明稳岗返还决定 · why an employer is, or is not, entitled to the refund."""
    from wengang.evidence.explain import explain_refund

    settings = data_directory(home=home, language=lang)
    found = explain_refund(settings, employer, one_month(period, period_option), year, lines=lines)
    show(found, settings, as_json=as_json)


@explain_app.command("skill")
def explain_skill_command(
    application: Annotated[str, typer.Argument(help="申领编号 · application_no")],
    period: PeriodArgument = None,
    period_option: PeriodOption = None,
    lines: Annotated[
        bool, typer.Option("--lines", help="来源行 · the source files and lines behind the figures")
    ] = False,
    reveal: Annotated[
        bool, typer.Option("--reveal", help="显示证件号码（留访问记录） · unmasked; writes an access record")
    ] = False,
    as_json: Json = False,
    home: Home = None,
    lang: Language = None,
) -> None:
    """说明技能提升补贴决定 · why an application is, or is not, paid."""
    from wengang.evidence.explain.skill import explain_skill

    settings = data_directory(home=home, language=lang)
    found = explain_skill(settings, application, one_month(period, period_option), lines=lines, reveal=reveal)
    show(found, settings, as_json=as_json, reveal=reveal)


@explain_app.command("case")
def explain_case_command(
    case: Annotated[str, typer.Argument(help="案件编号 · case_no")],
    period: PeriodArgument = None,
    period_option: PeriodOption = None,
    as_json: Json = False,
    home: Home = None,
    lang: Language = None,
) -> None:
    """说明追回案件的经过 · how a case of recovery stands, entry by entry."""
    from wengang.evidence.explain.case import explain_case

    settings = data_directory(home=home, language=lang)
    found = explain_case(settings, case, one_month(period, period_option))
    show(found, settings, as_json=as_json)


@explain_app.command("expansion")
def explain_expansion_command(
    application: Annotated[str, typer.Argument(help="申领编号 · application_no")],
    period: PeriodArgument = None,
    period_option: PeriodOption = None,
    lines: Annotated[
        bool, typer.Option("--lines", help="来源行 · the source files and lines behind the figures")
    ] = False,
    reveal: Annotated[
        bool, typer.Option("--reveal", help="显示证件号码（留访问记录） · unmasked; writes an access record")
    ] = False,
    as_json: Json = False,
    home: Home = None,
    lang: Language = None,
) -> None:
    """说明一次性扩岗补助决定 · why an application for job expansion is, or is not, paid."""
    explain_application_command(
        "expansion", application, period, period_option, lines, reveal, as_json, home, lang
    )


@explain_app.command("application")
def explain_application_command(
    programme: Annotated[
        str, typer.Argument(help="项目 · a programme that is applied for, such as expansion")
    ],
    application: Annotated[str, typer.Argument(help="申领编号 · application_no")],
    period: PeriodArgument = None,
    period_option: PeriodOption = None,
    lines: Annotated[
        bool, typer.Option("--lines", help="来源行 · the source files and lines behind the figures")
    ] = False,
    reveal: Annotated[
        bool, typer.Option("--reveal", help="显示证件号码（留访问记录） · unmasked; writes an access record")
    ] = False,
    as_json: Json = False,
    home: Home = None,
    lang: Language = None,
) -> None:
    """说明任一登记项目的申领决定 · why an application of any registered programme is, or is not, paid."""
    from wengang.evidence.explain.application import explain_application

    settings = data_directory(home=home, language=lang)
    month = one_month(period, period_option)
    found = explain_application(settings, programme, application, month, lines=lines, reveal=reveal)
    show(found, settings, as_json=as_json, reveal=reveal)


@explain_app.command("person")
def explain_person_command(
    period: PeriodArgument = None,
    more: Annotated[str | None, typer.Argument(hidden=True)] = None,
    period_option: PeriodOption = None,
    file: Annotated[
        Path | None,
        typer.Option(
            "--file",
            help="号码所在文件，不给则询问 · file with the number; without it the number is asked for",
        ),
    ] = None,
    reveal: Annotated[
        bool, typer.Option("--reveal", help="显示证件号码（留访问记录） · unmasked; writes an access record")
    ] = False,
    as_json: Json = False,
    home: Home = None,
    lang: Language = None,
) -> None:
    """说明一个人的全部记录 · what the warehouse knows of one person (restricted); the number is asked for, or read from --file."""
    from wengang.evidence.explain.person import explain_person

    settings = data_directory(home=home, language=lang)
    # On a command line a number would stand in the shell's history and in the list of processes.
    if more is not None or (period is not None and len(period) >= OLD_NUMBER):
        raise UsageError("number_by_prompt")
    month = one_month(period, period_option)
    if file is None:
        person = str(typer.prompt("社会保障号码 person number", err=True))
    else:
        person = read_callers_file(file, "number_file").decode("utf-8-sig", errors="replace")
    show(explain_person(settings, person, month, reveal=reveal), settings, as_json=as_json, reveal=reveal)


@app.command()
def trace(
    section: Annotated[
        str, typer.Argument(help="部分 · refund, skill, benefits, premium, fund, risk, quality")
    ],
    measure: Annotated[str, typer.Argument(help="指标 · a measure of report_figures")],
    unit: Annotated[str, typer.Argument(help="报送单位 · code of a reporting unit, or the province's")],
    period: PeriodArgument = None,
    period_option: PeriodOption = None,
    dimension: Annotated[str, typer.Option("--dimension", help="维度 · such as decision")] = "none",
    value: Annotated[str, typer.Option("--value", help="维度值 · such as eligible")] = "",
    as_json: Json = False,
    home: Home = None,
) -> None:
    """追溯 · the records behind a figure of the report, with file and line; persons are masked."""
    from wengang.evidence.trace import trace as trace_figure

    found = trace_figure(
        data_directory(home=home),
        section,
        measure,
        unit,
        one_month(period, period_option),
        dimension=dimension,
        dimension_value=value,
    )
    if as_json:
        print_json(asdict(found) | {"agrees": found.agrees})
    else:
        print(shown_text(found.render()))


@app.command(name="diff")
def diff_command(
    old: Annotated[str, typer.Option("--from", help="旧修订 · revision, such as r1")],
    period: PeriodArgument = None,
    period_option: PeriodOption = None,
    new: Annotated[str, typer.Option("--to", help="新修订 · revision, or now: the warehouse")] = "now",
    as_json: Json = False,
    home: Home = None,
) -> None:
    """比较 · every figure that differs between two revisions of a month's report."""
    from wengang.publication import diff
    from wengang.publication.diff import render_changes

    changes = diff(data_directory(home=home), one_month(period, period_option), old, new)
    if as_json:
        print_json([asdict(change) for change in changes])
    else:
        print(shown_text(render_changes(changes)))


@app.command(name="sample-audit")
def sample_audit_command(
    period: PeriodArgument = None,
    period_option: PeriodOption = None,
    n: Annotated[int, typer.Option("--n", min=1, help="抽样数 · decisions drawn")] = 120,
    seed: Annotated[int, typer.Option("--seed", help="随机种子 · the same seed draws the same")] = 1,
    load: Annotated[Path | None, typer.Option("--load", help="填好的工作簿 · the filled workbook")] = None,
    as_json: Json = False,
    home: Home = None,
) -> None:
    """抽查 · a stratified sample of decisions to check by hand; --load reads it back as error rates with their intervals."""
    from wengang.evidence import audit_sample

    settings = data_directory(home=home)
    if load is not None:
        rates = audit_sample.read_audit(load)
        audit_sample.keep_rates(settings, load, rates)
        if as_json:
            print_json([asdict(rate) for rate in rates])
        else:
            print(audit_sample.render_rates(rates))
    else:
        drawn = audit_sample.sample_audit(settings, one_month(period, period_option), n, seed)
        if as_json:
            print_json({"workbook": drawn})
        else:
            print(drawn)
