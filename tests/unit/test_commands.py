"""The page of commands is what the command line says today."""

from __future__ import annotations

from wengang.devtools.commands_page import PAGE, page


def test_page_is_fresh() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python -m wengang.devtools.commands_page"
