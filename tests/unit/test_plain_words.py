"""Plain words: the repository is free of turns of phrase that a reader must decode, and docstrings begin as they should."""

from __future__ import annotations

import ast
import re
import subprocess

import pytest

from wengang.core.settings import ROOT

KINDS = {".py", ".md", ".yml", ".yaml", ".sql", ".j2", ".toml"}
# What to avoid, and what to write in its place.
PHRASES = {
    r"must not pass for": "say what would be mistaken for what",
    r"stands? against (?:it|them|the month)\b": "failed, refuses, compared with",
    r"what (?:is|was|it is) told\b": "reported, delivered",
    r"(?:is|are) told (?:apart|alone|once|loudly|by)\b": "distinguished, reported",
    r"\bby and by\b": "later",
    r"nobody waits? for": "is not needed",
    r"\bone (?:row|line|file|object|model|view|sheet|page|folder|lead|yaml) an? [a-z]": "one row per …",
    r"\bheld against\b": "compared with",
    r"\breckoned\b|\bnought\b|\bfor (?:the )?want of\b|\bblot(?:s|ted)? out\b": "calculated, zero, because … is missing, masked",
    r"\bslip of the pen\b|\blest\b|\bwhence\b|\bthereof\b|\bfor ever\b": "an ordinary word",
}


def texts() -> list[tuple[str, str]]:
    """Return the path and the text of every file that the repository holds and people read; not this one."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    names = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\0")
    paths = [ROOT / name for name in names if name]
    return [
        (str(path.relative_to(ROOT)), path.read_text(encoding="utf-8"))
        for path in paths
        if path.suffix in KINDS
        and path.is_file()
        and path.name != "test_plain_words.py"
        and "requirements" not in path.parts
    ]


def found_in(text: str) -> list[str]:
    """Return the phrases of a text that should be others, each with the words that serve."""
    flat = re.sub(r"\s+", " ", text)
    return [
        f"{hit[0]!r}: {advice}"
        for phrase, advice in PHRASES.items()
        for hit in re.finditer(phrase, flat, re.IGNORECASE)
    ]


def test_every_phrase_is_recognised() -> None:
    bad = [
        "a typo must not pass for a month",
        "unless an expectation stands against it",
        "what is told of a file",
        "rows are told apart",
        "it will be done by and by",
        "nobody waits for it",
        "One row " + "a period",
        "held against the ledger",
        "leading nought",
        "lest it fail",
    ]
    assert [len(found_in(text)) for text in bad] == [1] * len(PHRASES)
    assert found_in("One row per period. A row stands for a person.") == []


def test_the_repository_uses_plain_words() -> None:
    assert [f"{name}: {fault}" for name, text in texts() for fault in found_in(text)] == []


def test_docstrings_return_and_do_not_give() -> None:
    """Functions return or yield; `Give` says neither, and `Whether …` is no sentence."""
    wrong = [
        f"{name}:{node.lineno}"
        for name, text in texts()
        if name.endswith(".py")
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and re.match(r"(?:Gives?|Tells?|Whether|Says?)\b", ast.get_docstring(node) or "")
        and (node.returns is not None and ast.unparse(node.returns) != "None")
    ]
    assert wrong == []
