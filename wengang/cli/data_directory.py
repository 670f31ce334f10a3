"""Commands about the data directory: the sample, settings, where things stand."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from wengang.cli.application import app
from wengang.cli.options import (
    Home,
    Json,
    Jurisdiction,
    Landing,
    Language,
    Memory,
    Policy,
    Quiet,
    Threads,
    print_json,
    settings_from,
)
from wengang.core.errors import EXIT_UNEXPECTED
from wengang.core.periods import Period, parse_range
from wengang.core.progress import Progress
from wengang.core.settings import Settings
from wengang.core.text import shown_text


@app.command()
def init(home: Home = None) -> None:
    """新建数据目录 · make a folder a data directory; a first run with a landing folder does it too."""
    from wengang.core.data_directory import make_data_directory

    settings = settings_from(home=home)
    make_data_directory(settings.home)
    print(settings.home)


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


@app.command(name="settings")
def show_settings(
    home: Home = None, landing: Landing = None, policy: Policy = None, jurisdiction: Jurisdiction = None, threads: Threads = None,
    memory_limit: Memory = None, language: Language = None, as_json: Json = False,
) -> None:  # fmt: skip
    """设置 · every setting and where it came from."""
    given = {
        "home": home, "landing": landing, "policy": policy, "jurisdiction": jurisdiction, "threads": threads, "memory_limit": memory_limit,
        "language": language,
    }  # fmt: skip
    settings = settings_from(**given)
    rows = []
    for name in Settings.model_fields:
        origin = "option" if given.get(name) is not None else "environment"
        if given.get(name) is None and f"WENGANG_{name.upper()}" not in os.environ:
            origin = "default"
        value = settings.landing_dir if name == "landing" else getattr(settings, name)
        rows.append({"name": name, "value": value, "origin": origin})
    if as_json:
        print_json(rows)
        return
    origins = {"option": "选项 option", "environment": "环境 WENGANG_{}", "default": "默认 default"}
    for row in rows:
        origin = origins[str(row["origin"])].format(str(row["name"]).upper())
        print(f"{row['name']:<14} {row['value']!s:<40} {origin}")


@app.command()
def status(home: Home = None, landing: Landing = None, as_json: Json = False) -> None:
    """状态 · deliveries, rejects, months built, drafted and published; who holds the home."""
    from wengang.months.status import read_status, render

    settings = settings_from(home=home, landing=landing)
    found = read_status(settings)
    print(found.to_json() if as_json else shown_text(render(found)))


@app.command()
def doctor(home: Home = None, as_json: Json = False) -> None:
    """体检 · disk, owner, modes, lock, keys, clock, versions, room for the next month; exit 1 where something is not as it should be."""
    import datetime as dt
    from dataclasses import asdict

    from wengang.core.data_directory import refuse_other_folders
    from wengang.months.doctor import examine
    from wengang.months.doctor import render as laid_out

    settings = settings_from(home=home)
    refuse_other_folders(settings)
    checks = examine(settings, dt.datetime.now(dt.UTC))
    if as_json:
        print_json([asdict(check) for check in checks])
    else:
        print(shown_text(laid_out(checks)))
    if not all(check.is_well for check in checks):
        raise typer.Exit(EXIT_UNEXPECTED)
