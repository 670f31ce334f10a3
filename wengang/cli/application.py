"""The application that the groups of commands are put on."""

from __future__ import annotations

from typing import Annotated

import typer

from wengang import __version__

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def print_version(wanted: bool) -> None:
    """Print the version and leave, where it was asked for."""
    if wanted:
        print(f"wengang {__version__}")
        raise typer.Exit


@app.callback()
def wengang(
    version: Annotated[
        bool,
        typer.Option("--version", callback=print_version, is_eager=True, help="版本 · version of wengang"),
    ] = False,
) -> None:
    """稳岗 wengang · 失业保险援企稳岗政策执行系统：接收数据、核定、把关、按月上报。

    Takes a month of extracts in, decides who is entitled to what, guards the fund, and reports.
    """
