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


def tracked() -> list[Path]:
    """Return the files that the repository holds."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    out = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    return [path for name in out.split("\0") if name and (path := ROOT / name).is_file()]


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


def test_rooms_import_as_the_contracts_say() -> None:
    """The contracts stand in pyproject.toml; `lint-imports` shows what breaks one."""
    from importlinter.cli import lint_imports

    assert lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True) == 0


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
