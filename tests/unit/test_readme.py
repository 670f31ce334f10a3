"""What the READMEs say about schedules, exit codes and places is what the code says. Airflow is not imported: DAG files are read."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from wengang.core import errors
from wengang.core.settings import ROOT

READMES = ("README.md", "README.zh-CN.md")
ROW = re.compile(r"^\| `(\w+)` \| (.+?) \| .+ \|$", re.MULTILINE)
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")


def schedule_words(node: ast.expr, constants: dict[str, ast.expr]) -> str:
    """Return a schedule as the table writes it: a cron text, the assets and timetables by name, or by hand."""
    if isinstance(node, ast.Constant):
        return f"`{node.value}`" if node.value else "by hand"
    if isinstance(node, ast.Call):
        name = ast.unparse(node.func).split(".")[-1]
        first = node.args[0] if node.args else None
        if name in {"Asset", "CronTriggerTimetable"} and isinstance(first, ast.Constant):
            return f"`{first.value}`"
        return ", ".join(
            schedule_words(k, constants) for k in [*node.args, *(k.value for k in node.keywords)]
        )
    if isinstance(node, ast.List | ast.Tuple):
        return ", ".join(schedule_words(e, constants) for e in node.elts)
    if isinstance(node, ast.Name) and node.id in constants:
        return schedule_words(constants[node.id], constants)
    return ast.unparse(node)


def dags_of(path: Path) -> dict[str, tuple[str, str]]:
    """Return a DAG file's DAGs: by id the schedule's words and the time zone (empty: none)."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    constants = {
        n.targets[0].id: n.value
        for n in tree.body
        if isinstance(n, ast.Assign) and isinstance(n.targets[0], ast.Name)
    }
    found = {}
    for node in tree.body:
        for call in getattr(node, "decorator_list", []):
            if isinstance(call, ast.Call) and ast.unparse(call.func) == "dag":
                options = {k.arg: k.value for k in call.keywords}
                name = ast.literal_eval(options["dag_id"]) if "dag_id" in options else node.name
                schedule = options["schedule"]
                zone = re.search(r"timezone='([^']+)'", ast.unparse(schedule))
                found[name] = (schedule_words(schedule, constants), zone.group(1) if zone else "")
    return found


def all_dags() -> dict[str, tuple[str, str]]:
    return {k: v for path in sorted((ROOT / "dags").glob("*.py")) for k, v in dags_of(path).items()}


@pytest.mark.parametrize("name", READMES)
def test_table_of_schedules_is_that_of_the_dags(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    part = re.split(r"^## ", text, flags=re.MULTILINE)
    section = next(p for p in part if p.startswith(("Schedules", "运行时间表")))
    # Crons are compared as they are; assets and "by hand" by the code marks in the cell, for words differ by language.
    written = {dag: re.findall(r"`([^`]+)`", when) for dag, when in ROW.findall(section)}
    real = {dag: re.findall(r"`([^`]+)`", words) for dag, (words, _) in all_dags().items()}
    assert written == real


def test_every_cron_is_in_the_zone_that_the_table_names() -> None:
    zones = {zone for _, zone in all_dags().values() if zone}
    assert zones == {"Asia/Shanghai"}


@pytest.mark.parametrize("name", READMES)
def test_exit_codes_are_those_of_the_errors(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    written = [int(n) for n in re.findall(r"^\| (\d) \| ", text, flags=re.MULTILINE)]
    assert written == sorted(v for k, v in vars(errors).items() if k.startswith("EXIT_"))


def test_links_of_the_documentation_lead_somewhere() -> None:
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    dead = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in pages
        for target in LINK.findall(page.read_text(encoding="utf-8"))
        if not (page.parent / target).exists()
    ]
    assert dead == []
