"""Options that several commands share, and what they are turned into: settings, months, a progress printer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from wengang.core.data_directory import prepare_data_directory
from wengang.core.errors import UsageError
from wengang.core.periods import Period, parse_range
from wengang.core.progress import Progress
from wengang.core.settings import Settings
from wengang.lake.deliveries import DELIVERIES

Home = Annotated[
    Path | None,
    typer.Option("--home", help="数据目录 · where lake, warehouse and packages live (WENGANG_HOME, ./var)"),
]
Landing = Annotated[
    Path | None,
    typer.Option(
        "--landing", help="交付目录 · folder of deliveries, one folder per period (WENGANG_LANDING)"
    ),
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
Json = Annotated[bool, typer.Option("--json", help="以 JSON 输出 · as JSON, for programs")]
# A period is an argument and an option, whichever comes to hand; `one_month` and `months_asked` read both.
PeriodArgument = Annotated[
    str | None, typer.Argument(metavar="PERIOD", help="期间 · 2024-06", show_default=False)
]
RangeArgument = Annotated[
    str | None,
    typer.Argument(metavar="PERIOD", help="期间 · 2024-06, or a range 2024-04..2024-08", show_default=False),
]
PeriodOption = Annotated[
    str | None, typer.Option("--period", help="期间，同 PERIOD · the period, the same as PERIOD")
]


def months_asked(argument: str | None, option: str | None) -> list[Period]:
    """Read the months that a command was called for, in order; raises UsageError for none, or for two that differ."""
    given = {text for text in (argument, option) if text is not None}
    if len(given) == 1:
        return parse_range(given.pop())
    if not given:
        raise UsageError("period_missing")
    raise UsageError("period_twice", argument=argument, option=option)


def one_month(argument: str | None, option: str | None) -> Period:
    """Read the month that a command was called for; raises UsageError for none, for several, or for two that differ."""
    months = months_asked(argument, option)
    if len(months) > 1:
        raise UsageError("period_one", first=months[0], last=months[-1])
    return months[0]


def print_json(value: Any) -> None:
    """Print a value as JSON; amounts and dates as text, so that no digit is lost."""
    print(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def settings_from(**options: Any) -> Settings:
    """Make settings from the options that were given; the rest comes from the environment and the defaults."""
    return Settings(**{k: v for k, v in options.items() if v is not None})


def data_directory(**options: Any) -> Settings:
    """Make settings for a command that needs a home with something in it; raises UsageError where it is no data directory."""
    settings = settings_from(**options)
    prepare_data_directory(settings)
    return settings


def begin(settings: Settings, quiet: bool) -> Progress:
    """Make the progress printer and look at the folders before any work begins."""
    if not settings.policy.is_dir():
        raise UsageError("no_policy_folder", place=str(settings.policy))
    return Progress(quiet=quiet)


def look_at_landing(settings: Settings, progress: Progress) -> None:
    """See that a landing folder that was named is there: a mistyped folder would otherwise look like a month without deliveries.

    A home that has taken deliveries in can be built again without the folder; that it is not there is said.
    """
    if settings.landing is None or settings.landing.is_dir():
        return
    if not (settings.journal_dir / DELIVERIES).exists():
        raise UsageError("no_landing_folder", place=str(settings.landing))
    progress.say(
        f"! 找不到交付目录，只用已接收的 · no landing folder, only what was taken in before: {settings.landing}"
    )
