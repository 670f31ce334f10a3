"""What every command has: a period as argument and as option, help in two forms, JSON for programs, a quiet end of a pipe."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from wengang import __version__
from wengang.cli import app
from wengang.cli.options import months_asked, one_month
from wengang.core.errors import UsageError
from wengang.core.periods import Period

READING = {
    "settings", "status", "doctor", "trace", "diff", "sample-audit", "explain refund", "explain skill", "explain person", "keys show",
}  # fmt: skip
# Parameters are asked for by day and year; keys belong to no month.
NO_PERIOD = {"init", "sample", "settings", "status", "docs", "sql", "duckdb", "doctor"}


def commands(group, words=()):
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, (*words, name))
        else:
            yield " ".join((*words, name)), command


ALL = dict(commands(typer.main.get_command(app)))


@pytest.mark.parametrize("name", ALL)
def test_a_period_is_an_argument_and_an_option(name: str) -> None:
    names = {option for parameter in ALL[name].params for option in parameter.opts}
    # `dbt` hands its arguments on, and can take a period by the option alone.
    assert ("period" in names) == ("--period" in names and name != "dbt")
    assert "--period" in names or name in NO_PERIOD or name.startswith(("policy ", "keys "))


@pytest.mark.parametrize("name", sorted(READING))
def test_reading_commands_have_json(name: str) -> None:
    assert "--json" in {option for parameter in ALL[name].params for option in parameter.opts}


@pytest.mark.parametrize(
    ("argument", "option"), [("2024-06", None), (None, "2024-06"), ("2024-06", "2024-06")]
)
def test_one_month(argument: str | None, option: str | None) -> None:
    assert one_month(argument, option) == Period(2024, 6)


def test_a_range_by_the_option() -> None:
    assert months_asked(None, "2024-05..2024-06") == [Period(2024, 5), Period(2024, 6)]


@pytest.mark.parametrize(
    ("argument", "option", "code"),
    [
        (None, None, "period_missing"),
        ("2024-06", "2024-07", "period_twice"),
        ("2024-06..2024-07", None, "period_one"),
    ],
)
def test_no_month_or_too_many(argument: str | None, option: str | None, code: str) -> None:
    with pytest.raises(UsageError) as told:
        one_month(argument, option)
    assert (told.value.code, told.value.exit_code) == (code, 2)


@pytest.mark.parametrize("words", [["-h"], ["--help"], ["run", "-h"], ["explain", "refund", "-h"]])
def test_help(words: list[str]) -> None:
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0 and "Usage" in done.output


def test_version() -> None:
    assert CliRunner().invoke(app, ["--version"]).output == f"wengang {__version__}\n"


def test_settings_as_json(tmp_path: Path) -> None:
    shown = json.loads(CliRunner().invoke(app, ["settings", "--home", str(tmp_path), "--json"]).output)
    assert {"name": "home", "value": str(tmp_path), "origin": "option"} in shown


def test_a_reader_that_leaves_is_no_failure() -> None:
    """`wengang … | head`: the pipe is closed before anything is written, and the command still ends with 0."""
    command = subprocess.Popen(
        [sys.executable, "-c", "from wengang.cli import main; main()", "settings", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert command.stdout is not None
    command.stdout.close()
    assert command.wait(timeout=60) == 0
