"""A fourth programme (一次性吸纳就业补贴, as an exercise) is added to a copy of the project by contracts, seeds and models alone.

`added/` holds new files by their path in the project, `appended/` rows and entries for the ends of files that are there.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from wengang.core.settings import ROOT

HERE = Path(__file__).parent
CODED = ("programme_payments", "notice_objections", "review_outcomes", "recoveries")
EXPANSION = "job_expansion: [一次性扩岗补助]"
HIRING = "hiring_subsidy: [一次性吸纳就业补贴]"
# What a maintainer runs after writing the files: nothing that these write is written by hand.
WRITERS = ("staging_models", "rule_registry")

MONTH = """
import json, sys
from pathlib import Path
from tests.dbt.world import World
from wengang.core.periods import Period
from wengang.evidence.explain.application import explain_application
import duckdb, shutil

world = World(Path(sys.argv[1]))
world.add("employers", [{"employer_id": "E1"}, {"employer_id": "E2", "unit_type": "government"}])
world.add("hiring_applications", [
    {"application_no": n, "employer_id": e, "person_id": f"62010220010203{i:03d}X", "hired_on": f"{y}-03-01", "applied_on": "2024-06-10"}
    for i, (n, e, y) in enumerate([("A1", "E1", 2024), ("A2", "E2", 2024), ("A3", "E1", 2023), ("A4", "E9", 2024)])
])
world.add("programme_payments", [{"batch_no": "B1", "line_no": 1, "programme": "hiring_subsidy", "payee_id": "A1", "amount": 400}])
world.build("2024-06", "*")
with duckdb.connect(str(world.settings.build_file)) as con:
    con.execute("create or replace table run.builds as select date '2024-06-01' as period, '' as inputs_digest")
world.settings.warehouse_file.parent.mkdir(parents=True, exist_ok=True)
shutil.copyfile(world.settings.build_file, world.settings.warehouse_file)
explained = explain_application(world.settings, "hiring", "A1", Period.parse("2024-06")).render("zh")
print(json.dumps({
    "decisions": world.query("select application_no, decision, amount, payable_amount, failed_rules from marts.hiring_decisions order by 1"),
    "outcomes": world.query("select count(*) as n from marts.hiring_rule_outcomes"),
    "figures": world.query(
        "select measure, value from marts.report_figures"
        " where section = 'hiring' and reporting_unit = '620000' and dimension = 'none'"
    ),
    "review": world.query("select subject_id, programme from lists.review_list"),
    "explained": explained,
}, default=str))
"""


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project with the fourth programme added and the written files written."""
    project = tmp_path_factory.mktemp("copy") / "project"
    for name in ("wengang", "dbt_project", "seeds", "tests"):
        shutil.copytree(
            ROOT / name,
            project / name,
            symlinks=True,
            ignore=shutil.ignore_patterns("target", "__pycache__", "logs"),
        )
    shutil.copytree(HERE / "added", project, dirs_exist_ok=True)
    for rows in (p for p in (HERE / "appended").rglob("*") if p.is_file()):
        target = project / rows.relative_to(HERE / "appended")
        target.write_text(
            target.read_text(encoding="utf-8").rstrip("\n") + "\n" + rows.read_text(encoding="utf-8"),
            encoding="utf-8",
        )
    for source in CODED:
        contract = project / "wengang" / "contracts" / f"{source}.yaml"
        text = contract.read_text(encoding="utf-8")
        assert EXPANSION in text
        contract.write_text(text.replace(EXPANSION, f"{EXPANSION}\n              {HIRING}"), encoding="utf-8")
    sources = project / "dbt_project" / "models" / "sources.yml"
    named = "      - name: expansion_applications\n"
    sources.write_text(
        sources.read_text(encoding="utf-8").replace(named, named + named.replace("expansion", "hiring")),
        encoding="utf-8",
    )
    for writer in WRITERS:
        run(project, "-m", f"wengang.devtools.{writer}")
    return project


def run(project: Path, *arguments: str) -> str:
    """Run Python on the copy; returns what it prints."""
    environment = os.environ | {"PYTHONPATH": str(project), "WENGANG_DBT_TARGET": str(project / "target")}
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=project,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-3000:]
    return done.stdout


def test_the_difference_holds_no_python_of_the_pipeline(copy: Path) -> None:
    touched = {
        str(p.relative_to(copy))
        for p in copy.rglob("*")
        if p.is_file()
        and "__pycache__" not in p.parts
        and "target" not in p.relative_to(copy).parts
        and (
            not (ROOT / p.relative_to(copy)).exists()
            or (ROOT / p.relative_to(copy)).read_bytes() != p.read_bytes()
        )
    }
    assert touched
    assert not [name for name in touched if name.endswith(".py")]
    places = (
        "wengang/contracts/",
        "wengang/policy/registry.yaml",
        "seeds/",
        "dbt_project/models/",
        "dbt_project/macros/registered.sql",
    )
    assert not [
        name for name in touched if not name.startswith(places) and not name.startswith(("var/", "logs/"))
    ]


def test_it_is_decided_reported_reviewed_and_explained(copy: Path, tmp_path: Path) -> None:
    found = json.loads(run(copy, "-c", MONTH, str(tmp_path)).splitlines()[-1])
    # 1,000 yuan each, 400 paid to A1; a government office is not covered; hired the year before the window; E9 is not in the register.
    assert [
        (d["application_no"], d["decision"], d["amount"], d["payable_amount"]) for d in found["decisions"]
    ] == [
        ("A1", "eligible", "1000.00", "600.00"),
        ("A2", "ineligible", "0.00", "0.00"),
        ("A3", "ineligible", "0.00", "0.00"),
        ("A4", "review", "1000.00", "0.00"),
    ]
    assert found["decisions"][1]["failed_rules"] == ["hiring.unit"]
    assert found["decisions"][2]["failed_rules"] == ["hiring.window"]
    assert found["outcomes"] == [{"n": 4 * 3}]
    figures = {f["measure"]: float(f["value"]) for f in found["figures"]}
    assert (figures["applications"], figures["approved"], figures["in_review"], figures["paid_amount"]) == (
        4,
        1,
        1,
        400,
    )
    assert {"subject_id": "A4", "programme": "hiring_subsidy"} in found["review"]
    assert "一次性吸纳就业补贴" in found["explained"]
