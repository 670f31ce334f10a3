"""How long a file, a class and a function may be; SQL and other texts of several lines are left out of the count."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from wengang.core.settings import ROOT

FILE, CLASS, FUNCTION = 500, 300, 60
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)

# What is still longer: nothing may be added, and what has been divided is struck off.
STILL_LONGER = {
    "benchmarks/by_pandas.py: decisions",
    "wengang/ingest/folder.py: _Intake",
    "wengang/ingest/folder.py: _file",
    "wengang/ingest/folder.py: _load",
    "wengang/ingest/parse.py: cell_checks",
    "wengang/policy/tables.py: read_table",
    "wengang/reports/site/words.py: meta",
    "wengang/reports/site/reserve.py: reserve",
    "wengang/reports/site/charts.py: line_chart",
    "wengang/reviews/workbook.py: write_review_workbook",
    "wengang/sample/planted_cases.py: refund_cases",
    "wengang/warehouse/policy_tables.py: relations",
}


def text_lines(tree: ast.AST) -> set[int]:
    """Lines after the first of every text that runs over several."""
    return {
        line
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr | ast.Constant) and hasattr(node, "end_lineno")
        for line in range(node.lineno + 1, (node.end_lineno or node.lineno) + 1)
    }


def too_long(path: Path) -> Iterator[str]:
    source = path.read_text(encoding="utf-8")
    tree = ast.parse(source)
    name, texts = path.relative_to(ROOT).as_posix(), text_lines(tree)
    if len(set(range(1, len(source.splitlines()) + 1)) - texts) > FILE:
        yield name
    for node in ast.walk(tree):
        if isinstance(node, (ast.ClassDef, *FUNCTIONS)):
            length = len(set(range(node.lineno, (node.end_lineno or 0) + 1)) - texts)
            if length > (CLASS if isinstance(node, ast.ClassDef) else FUNCTION):
                yield f"{name}: {node.name}"


def test_nothing_is_longer_than_it_may_be() -> None:
    files = [f for room in ("wengang", "dags", "benchmarks") for f in sorted((ROOT / room).rglob("*.py"))]
    assert {found for file in files for found in too_long(file)} == STILL_LONGER
