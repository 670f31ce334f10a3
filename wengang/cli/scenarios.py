"""Commands that ask: what if."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from wengang.cli.application import app
from wengang.cli.options import (
    Home,
    PeriodArgument,
    PeriodOption,
    Policy,
    Quiet,
    begin,
    data_directory,
    one_month,
)


@app.command()
def simulate(
    scenario: Annotated[
        Path,
        typer.Argument(help="方案文件 · a YAML file of parameter rows that take the place of those in force"),
    ],
    period: PeriodArgument = None,
    period_option: PeriodOption = None,
    home: Home = None,
    policy: Policy = None,
    quiet: Quiet = False,
) -> None:
    """政策推演 · what if: who gains, who loses, what it costs, when the reserve gate would flip. Published tables are not touched."""
    from wengang.whatif import simulate as run_scenario

    settings = data_directory(home=home, policy=policy)
    progress = begin(settings, quiet)
    print(run_scenario(settings, scenario, one_month(period, period_option), progress))
