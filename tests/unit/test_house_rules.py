"""Rules of the house: what the repository may hold, how large, and who may call whom."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

from wengang.core.settings import ROOT

MEGABYTE = 1_000_000
DAG_LINES = 60

# Registry hosts, folders of one machine, and words of a workplace's tools: written in parts, so that this file is clean itself.
FORBIDDEN = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"pypi\."
        + r"org|files\.python"
        + r"hosted|npm"
        + r"js\.|conda\."
        + r"anaconda|hub\."
        + r"getdbt|crates\."
        + r"io",
        r"--(?:extra-)?index-" + r"url",
        r"(?<![\w.$}/-])/(?:work|root|home/\w+|Users/\w+)/" + r"(?:main|shared|Desktop|projects?|\.\w)",
        r"/tmp/" + r"bash_jobs",
        r"\b(?:chat" + r"gpt|clau" + r"de|anthro" + r"pic|open" + r"ai|co" + r"pilot|l" + r"lm)\b",
        r"\bissues? #?" + r"\d+\b|\bsub-?ag" + r"ents?\b|\bhelper ses" + r"sions?\b",
    )
]

STEPS = {
    "alerts", "evidence", "forecast", "ingest", "publication", "quality", "recount", "reports", "reviews", "sample", "warehouse",
    "whatif",
}  # fmt: skip
GROUND = {"contracts", "core", "lake", "months", "policy"}
FRONT = {"cli", "devtools", "orchestration", "pipeline"}
# A step that uses another, with the reason. Nothing may be added without one.
ALLOWED = {
    (
        "evidence",
        "recount",
    ): "a figure is followed in the same relations over the lake that the recount reads",
    ("reports", "reviews"): "the package holds the review workbook; the room of reviews also reads it back",
    ("warehouse", "forecast"): "the projection is written back inside a build, before the report models",
    (
        "warehouse",
        "publication",
    ): "a build leaves published months as they are, and shows what a restatement changes",
    ("warehouse", "recount"): "the recount is written back inside a build, before the report models",
    ("whatif", "forecast"): "a what-if lays the same projection beside its own",
    ("whatif", "reports"): "a what-if draws its path on the scales of the report's chart",
    ("whatif", "warehouse"): "a what-if runs the same models, on a copy",
}


def tracked() -> list[Path]:
    """Give the files that the repository holds."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    out = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    return [path for name in out.split("\0") if name and (path := ROOT / name).is_file()]


def imports() -> dict[tuple[str, str], set[str]]:
    """Give the edges between rooms of the package, each with the files that make it; imports for types alone count too."""
    edges: dict[tuple[str, str], set[str]] = {}
    for path in sorted((ROOT / "wengang").rglob("*.py")):
        own = path.relative_to(ROOT / "wengang").parts[0].removesuffix(".py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            modules = []
            if isinstance(node, ast.Import):
                modules = [a.name for a in node.names]
            elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module == "wengang":
                modules = [f"wengang.{a.name}" for a in node.names]
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{path.name}: a relative import"
                modules = [node.module or ""]
            for module in modules:
                parts = module.split(".")
                if parts[0] == "wengang" and len(parts) > 1 and parts[1] not in {own, "__version__"}:
                    edges.setdefault((own, parts[1]), set()).add(str(path.relative_to(ROOT)))
    return edges


def test_files_name_no_registry_machine_or_workplace() -> None:
    found = []
    for path in tracked():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(text.splitlines(), 1):
            found += [
                f"{path.relative_to(ROOT)}:{number}: {m.group(0)}" for p in FORBIDDEN if (m := p.search(line))
            ]
    assert found == []


def test_forbidden_words_are_recognised() -> None:
    samples = [
        "https://pypi." + "org/simple",
        "/wor" + "k/main/x",
        "see issue " + "12",
        "--index-" + "url=x",
        "asked Chat" + "GPT",
    ]
    assert [s for s in samples if not any(p.search(s) for p in FORBIDDEN)] == []


def test_no_file_is_large() -> None:
    assert [
        f"{p.relative_to(ROOT)}: {p.stat().st_size}" for p in tracked() if p.stat().st_size > MEGABYTE
    ] == []


def test_dag_files_are_thin() -> None:
    files = sorted((ROOT / "dags").glob("*.py"))
    assert files
    assert {
        f.name: n for f in files if (n := len(f.read_text(encoding="utf-8").splitlines())) > DAG_LINES
    } == {}


def test_every_room_has_its_place() -> None:
    rooms = {
        p.stem for p in (ROOT / "wengang").iterdir() if (p.suffix == ".py" or (p / "__init__.py").exists())
    }
    assert rooms - STEPS - GROUND - FRONT - {"__init__"} == set()


def test_steps_do_not_import_each_other() -> None:
    wrong = {
        edge: files
        for edge, files in imports().items()
        if edge[0] in STEPS and edge[1] in STEPS and edge not in ALLOWED
    }
    assert wrong == {}


def test_ground_rests_on_ground_and_nothing_calls_the_front() -> None:
    wrong = {
        edge: files
        for edge, files in imports().items()
        if (edge[0] in GROUND and edge[1] not in GROUND) or (edge[0] not in FRONT and edge[1] in FRONT)
    }
    assert wrong == {}


def test_allowed_exceptions_are_still_needed_and_make_no_circle() -> None:
    edges = {e for e in imports() if e[0] in STEPS and e[1] in STEPS}
    assert set(ALLOWED) - edges == set()
    left = set(edges)
    while ends := {b for _, b in left} - {a for a, _ in left}:
        left = {e for e in left if e[1] not in ends}
    assert left == set()


def test_dags_call_orchestration_and_alerts_alone() -> None:
    wrong = []
    for path in sorted((ROOT / "dags").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "wengang":
                rooms = (
                    {(node.module or "").split(".")[1]}
                    if "." in (node.module or "")
                    else {a.name for a in node.names}
                )
                wrong += [f"{path.name}: {room}" for room in rooms - {"alerts", "core", "orchestration"}]
    assert wrong == []


def test_no_published_table_carries_a_person_by_number() -> None:
    from wengang.contracts.models import published_columns

    published = published_columns()
    assert "refund_decisions" in published, "the published tables are looked at"
    carrying = {
        table for table, columns in published.items() if {"person_no", "_person_no"} & {n for n, _ in columns}
    }
    assert not carrying


def test_the_macro_of_registered_rules_is_fresh(tmp_path):
    from wengang.core.settings import Settings
    from wengang.devtools.rule_registry import FILE, macro_file
    from wengang.warehouse.dbt_runner import Dbt

    assert FILE.read_text(encoding="utf-8") == macro_file(Dbt(Settings(home=tmp_path)).manifest), (
        "run: python -m wengang.devtools.rule_registry"
    )
