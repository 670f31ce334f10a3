"""Every command that the documentation shows can be given, and both languages show the same ones."""

from __future__ import annotations

import importlib.util
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer

from tests.unit.docs_blocks import commands_of
from wengang.cli import app
from wengang.core.settings import ROOT

# The page of commands is written from the command line itself; it has the form of each call, not calls.
PAGES = [
    page
    for page in sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
    if page.name != "commands.md" and commands_of(page)
]
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


def parse(words: list[str]) -> None:
    """Parse a call of `wengang` as the command line does, down to its last sub-command; raises the errors of a wrong call."""
    command: Any = typer.main.get_command(app)
    name, rest, parent = "wengang", list(words), None
    while True:
        context = command.make_context(name, list(rest), parent=parent)
        if not hasattr(command, "resolve_command"):
            return
        found, command, rest = command.resolve_command(context, rest)
        name, parent = str(found), context


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_shown_can_be_given(page: Path) -> None:
    for line in commands_of(page):
        words = shlex.split(line.split("\n")[0], comments=True)
        if words[0].removeprefix(".venv/bin/") == "wengang":
            cut = min((words.index(mark) for mark in (">", "|", "&&") if mark in words), default=len(words))
            parse(words[1:cut])
        elif words[0] == "make":
            assert words[1] in TARGETS or words[1].startswith("."), line
        elif words[1:2] == ["-m"] and words[2].startswith(("wengang", "benchmarks")):
            assert importlib.util.find_spec(words[2]), line


@pytest.mark.parametrize(
    "page", sorted(p.name for p in (ROOT / "docs" / "zh").glob("*.md") if p.name != "index.md")
)
def test_both_languages_show_the_same_commands(page: str) -> None:
    folder = "tutorial" if page == "first-month.md" else "how-to"
    assert commands_of(ROOT / "docs" / "zh" / page) == commands_of(ROOT / "docs" / folder / page)
    assert commands_of(ROOT / "docs" / "zh" / page)


def test_a_wrong_command_is_noticed(tmp_path: Path) -> None:
    """A command that does not exist and an option that does not are refused; a here-document stays one command."""
    for words in (["runn", "2024-06"], ["run", "2024-06", "--hovel", "x"]):
        with pytest.raises(Exception, match="No such"):
            parse(words)
    page = tmp_path / "page.md"
    page.write_text("```console\n$ cat <<'E'\n$ no\nE\n$ ls\nout\n```\n", encoding="utf-8")
    assert commands_of(page) == ["cat <<'E'\n$ no\nE", "ls"]


def test_the_page_of_clauses_is_fresh(tmp_path: Path) -> None:
    from wengang.core.settings import Settings
    from wengang.devtools.rules_page import PAGE, page
    from wengang.warehouse.dbt_runner import Dbt

    assert PAGE.read_text(encoding="utf-8") == page(Dbt(Settings(home=tmp_path)).manifest), (
        "run: python -m wengang.devtools.rules_page"
    )
