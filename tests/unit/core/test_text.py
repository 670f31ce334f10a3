"""Text as it is written and shown: no formula in a spreadsheet, nothing that steers a terminal."""

from __future__ import annotations

import io

import duckdb
import pytest

from wengang.core.progress import Progress
from wengang.core.text import one_line, safe_cell, safe_cell_sql, shown_text

FORMULAS = ["=1+1", "+cmd|x", "-2+3", "@SUM(A1)", "＝1+1", "＋1+1", "－甲", "＠甲", "\t=1", "\r=1", "\n=1"]


@pytest.mark.parametrize("text", FORMULAS)
def test_what_a_spreadsheet_takes_for_a_formula_stands_after_an_apostrophe(text):
    assert safe_cell(text) == f"'{text}"
    with duckdb.connect() as con:
        row = con.execute(f"select {safe_cell_sql('x')} from (select ? as x)", [text]).fetchone()
    assert row == (f"'{text}",)


@pytest.mark.parametrize("value", ["甲公司", "-12.50", "+1", "1,000.00", "", 5, None, -3])
def test_words_and_numbers_stay_as_they_are(value):
    assert safe_cell(value) == value


def test_a_name_does_not_steer_the_terminal():
    assert (
        shown_text("甲\x1b]0;x\x07\u202e公司\n乙\t丙\u2028") == "甲\\x1b]0;x\\x07\\u202e公司\n乙\t丙\\u2028"
    )


def test_a_name_makes_no_line_of_its_own():
    """A file's name with a line break and an escape sequence, as it would stand in a progress line or a status."""
    name = "sanctions\n✓ 0.00 s \x1b[2Kforged\r.csv"
    assert one_line(name) == "sanctions\\n✓ 0.00 s \\x1b[2Kforged\\r.csv"
    out = io.StringIO()
    Progress(out=out).say(f"装入 {name}")
    assert out.getvalue().count("\n") == 1
    assert "\x1b" not in out.getvalue()
