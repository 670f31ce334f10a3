"""The data dictionary is what the contracts and the models say today."""

from __future__ import annotations

from wengang.contracts import load_contracts
from wengang.contracts.models import flat, read_models
from wengang.devtools.dictionary_page import PAGE, page, table


def test_page_is_fresh() -> None:
    written = page(load_contracts(), read_models())
    assert PAGE.read_text(encoding="utf-8") == written, "run: python -m wengang.devtools.dictionary_page"


def test_every_source_column_and_published_column_is_explained() -> None:
    unsaid = [
        f"{c.source}.{k.name}" for c in load_contracts().values() for k in c.columns if not k.description
    ]
    unsaid += [
        f"{m.name}.{k.name}"
        for m in read_models()
        if m.layer == "marts"
        for k in m.columns
        if not k.description or not k.type
    ]
    assert unsaid == []


def test_every_published_table_has_a_grain() -> None:
    assert [
        m.name
        for m in read_models()
        if m.layer == "marts" and not m.description.lower().startswith("one row")
    ] == []


def test_cells_cannot_break_a_table() -> None:
    assert flat("a\n  b|c") == "a b\\|c"
    assert list(table(("x",), [("1",)])) == ["| x |", "| --- |", "| 1 |"]
