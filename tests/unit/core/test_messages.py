"""The message catalogue: every code that is raised is there in both languages, every placeholder is filled, every command parses."""

from __future__ import annotations

import ast
import re
import shlex
import string
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
import typer

from wengang.cli import app
from wengang.core import errors, messages
from wengang.core.settings import ROOT

KINDS = {
    name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, Exception)
}
# What a call may give beside the values of placeholders.
GIVEN_BESIDE = {"place", "exit_code"}
# Commands that do something without a period too.
MAY_DO_WITHOUT = {"sample-audit", "verify", "dbt"}
COMMAND = re.compile(r"`(wengang [^`]+)`")
# Codes of another place's own sentences: they are not in the catalogue yet.
OWN_SENTENCES = {"zh", "en", "expected_zh", "expected_en", "next_zh", "next_en"}


def calls() -> Iterator[tuple[str, str, set[str]]]:
    """Every use of a message in the package: where, its code, the values given."""
    for path in sorted((ROOT / "wengang").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant)):
                continue
            name = node.func.id if isinstance(node.func, ast.Name) else ""
            names = {k.arg for k in node.keywords if k.arg}
            is_error = name in KINDS and len(node.args) == 1 and not names & OWN_SENTENCES
            if is_error or name == "sentences":
                where = f"{path.relative_to(ROOT)}:{node.lineno}"
                yield where, str(node.args[0].value), names


CALLS = list(calls())


def placeholders(message: messages.Message) -> set[str]:
    parts = (message.text, message.expected, message.next)
    return {name for part in parts for _, name, _, _ in string.Formatter().parse(part) if name}


def test_messages_are_used() -> None:
    assert len(CALLS) > 40


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_every_code_is_there(language: messages.Language) -> None:
    known = messages.catalogue(language)
    assert [f"{where}: {code}" for where, code, _ in CALLS if code not in known] == []


def test_both_languages_have_the_same_messages() -> None:
    zh, en = messages.catalogue("zh"), messages.catalogue("en")
    assert list(zh) == list(en)
    assert {c for c in zh if bool(zh[c].expected) != bool(en[c].expected)} == set()
    assert {c for c in zh if bool(zh[c].next) != bool(en[c].next)} == set()
    assert {c: placeholders(zh[c]) ^ placeholders(en[c]) for c in zh if placeholders(zh[c]) != placeholders(en[c])} == {}  # fmt: skip


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_every_placeholder_is_filled_and_nothing_is_given_in_vain(language: messages.Language) -> None:
    known = messages.catalogue(language)
    wrong = {}
    for where, code, names in CALLS:
        asked = placeholders(known[code])
        if asked - {"place"} != names - GIVEN_BESIDE:
            wrong[f"{where}: {code}"] = (asked, names)
    assert wrong == {}


def test_no_message_is_left_over() -> None:
    """Every code stands somewhere in the package as a text of its own."""
    texts = {
        node.value
        for path in (ROOT / "wengang").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert set(messages.catalogue("zh")) - texts == set()


def test_no_code_is_written_twice() -> None:
    for language in messages.LANGUAGES:
        text = (Path(messages.FOLDER) / f"{language}.yaml").read_text(encoding="utf-8")
        codes = re.findall(r"^(\w+):", text, re.MULTILINE)
        assert sorted(codes) == sorted(set(codes))


def commands() -> list[str]:
    """Every command that a message names, its placeholders filled."""
    found = set()
    for language in messages.LANGUAGES:
        for code, message in messages.catalogue(language).items():
            values = dict.fromkeys(placeholders(message), "2024-06") | {"role": "preparer"}
            for part in (message.text, message.expected, message.next):
                filled = part.format_map(values)
                found |= {f"{code}: {c}" for c in COMMAND.findall(filled)}
                assert not re.search(r"(?<!`)\bwengang [a-z]", part), f"{code}: a command stands in backticks"
    return sorted(found)


@pytest.mark.parametrize("named", commands())
def test_every_command_named_parses(named: str) -> None:
    _, _, line = named.partition(": ")
    words = shlex.split(line)[1:]
    root: click.Command = typer.main.get_command(app)
    context = root.make_context("wengang", list(words))
    _, command, rest = root.resolve_command(context, words)  # type: ignore[attr-defined]
    inner = command.make_context(command.name, rest, parent=context)
    if "period_option" in inner.params and command.name not in MAY_DO_WITHOUT:
        assert inner.params["period"] or inner.params["period_option"], "the command names its period"
