"""Commands that sign, publish, restate and send a month."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Literal

import typer

from wengang.cli.application import app
from wengang.cli.keys import Key, unlocked
from wengang.cli.options import (
    Home,
    Json,
    Jurisdiction,
    Landing,
    Language,
    Memory,
    PeriodArgument,
    PeriodOption,
    Policy,
    Quiet,
    RangeArgument,
    Threads,
    begin,
    data_directory,
    months_asked,
    one_month,
    print_json,
    settings_from,
)
from wengang.core.errors import EXIT_ALTERED, UsageError
from wengang.core.text import one_line, shown_text


@app.command()
def sign(
    role: Annotated[
        Literal["preparer", "reviewer"], typer.Option("--role", help="填报人或审核人 · in which role")
    ],
    period: PeriodArgument = None,
    period_option: PeriodOption = None,
    reject: Annotated[bool, typer.Option("--reject", help="退回 · send the draft back")] = False,
    reason: Annotated[str, typer.Option("--reason", help="退回理由 · why it is sent back")] = "",
    problems: Annotated[
        Path | None,
        typer.Option("--problems", help="执行中遇到的问题 · UTF-8 text of the problems met (preparer)"),
    ] = None,
    key: Key = None,
    number: Annotated[
        str, typer.Option("--number", help="发文字号中的编号 · number of the document, such as 42")
    ] = "",
    issuer: Annotated[str, typer.Option("--issuer", help="签发人 · who issues the document")] = "",
    home: Home = None,
    policy: Policy = None,
    jurisdiction: Jurisdiction = None,
    quiet: Quiet = False,
) -> None:
    """签发 · sign the draft of PERIOD with your key, or as the account you are logged in with; the last signature publishes it."""
    from wengang.pipeline import sign_draft

    settings = settings_from(home=home, policy=policy, jurisdiction=jurisdiction)
    progress = begin(settings, quiet)
    print(
        sign_draft(
            settings,
            one_month(period, period_option),
            role,
            progress,
            reject=reject,
            reason=reason,
            problems=problems,
            key=unlocked(key),
            number=number,
            issuer=issuer,
        )
    )


@app.command()
def publish(
    period: RangeArgument = None,
    period_option: PeriodOption = None,
    key: Key = None,
    home: Home = None,
    policy: Policy = None,
    jurisdiction: Jurisdiction = None,
    quiet: Quiet = False,
) -> None:
    """发布 · publish the signed draft of PERIOD (exit 7: not signed); signing does it too, this finishes what was cut short."""
    from wengang.core.lock import home_lock
    from wengang.pipeline import publish_package

    settings = settings_from(home=home, policy=policy, jurisdiction=jurisdiction)
    progress = begin(settings, quiet)
    signer = unlocked(key)
    with home_lock(settings):
        for month in months_asked(period, period_option):
            print(publish_package(settings, month, progress, signer))


@app.command()
def restate(
    reason: Annotated[
        Path, typer.Option("--reason", help="理由文件 · UTF-8 text: why the month is restated")
    ],
    period: RangeArgument = None,
    period_option: PeriodOption = None,
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
    progress = begin(settings, quiet)
    months = months_asked(period, period_option)
    result = restate_months(settings, months, reason, progress)
    for zh, en in result.notes:
        print(f"! {one_line(zh)}\n  {one_line(en)}", file=sys.stderr)
    for month in months:
        print(settings.drafts_dir / str(month))
    raise typer.Exit(result.exit_code)


@app.command(name="net-return")
def net_return_command(
    period: PeriodArgument = None,
    period_option: PeriodOption = None,
    home: Home = None,
) -> None:
    """联网数据报送 · one file per table of the published month, with check sums; exit 3 where a table is empty."""
    from wengang.publication.network_return import net_return

    print(net_return(data_directory(home=home), one_month(period, period_option)))


@app.command(name="verify")
def verify_command(
    period: RangeArgument = None,
    period_option: PeriodOption = None,
    everything: Annotated[
        bool, typer.Option("--all", help="全部月份，为默认 · every month, the default")
    ] = False,
    adopt: Annotated[
        bool,
        typer.Option("--adopt", help="为旧版本的日志加上校验链 · chain the journals of an earlier version"),
    ] = False,
    package: Annotated[
        Path | None,
        typer.Option(
            "--package", help="只凭公钥核验一个已发布的报告包 · a published package, on any machine"
        ),
    ] = None,
    keys: Annotated[
        Path | None, typer.Option("--keys", help="公钥登记簿，配合 --package · register of public keys")
    ] = None,
    administrator: Annotated[
        str | None,
        typer.Option(
            "--administrator", help="管理员公钥编号 · id of the key that must have signed the register"
        ),
    ] = None,
    home: Home = None,
    language: Language = None,
    as_json: Json = False,
) -> None:
    """核验数据目录 · hold journals, lake, warehouse, drafts and published packages against what was written; exit 8 where they differ."""
    from wengang.publication.verify import adopt as adopt_journals
    from wengang.publication.verify import render, verify, verify_package

    if package is not None:
        if keys is None:
            raise UsageError("register_needed")
        settings = settings_from(language=language)
        findings = verify_package(package, keys, administrator)
    else:
        settings = data_directory(home=home, language=language)
        if adopt:
            print("\n".join(adopt_journals(settings)))
            return
        asked = None if everything or not (period or period_option) else months_asked(period, period_option)
        findings = verify(settings, asked)
    if as_json:
        print_json([asdict(f) for f in findings])
    else:
        print(shown_text(render(findings, settings.language)))
    if findings:
        raise typer.Exit(EXIT_ALTERED)
