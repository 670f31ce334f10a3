"""A changed model and a published month: its rows stay, the difference is told, a restatement names the code; proved on another machine."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from tests.end_to_end.test_run import SETTINGS
from tests.unit.publication.kept_home import WORDS, key_of
from wengang.core.settings import ROOT, Settings
from wengang.months.published import unseal
from wengang.publication.register import register_officer

RULE = Path("dbt_project/models/intermediate/risk/rules/risk_r19.sql")
PEOPLE = {"zhang": "preparer", "li": "reviewer"}
REASON = "对账线索规则更正"


def checkout(folder: Path) -> Path:
    """Copy the program, with rule R19 changed so that a reconciliation that does not meet is no lead any more."""
    for name in ("wengang", "dbt_project", "seeds", "expectations"):
        shutil.copytree(
            ROOT / name, folder / name, ignore=shutil.ignore_patterns("target", "__pycache__", "logs")
        )
    rule = folder / RULE
    text = rule.read_text(encoding="utf-8")
    assert text.count("where r.outcome = 'mismatch'") == 1
    rule.write_text(
        text.replace("where r.outcome = 'mismatch'", "where r.outcome = 'mismatched'"), encoding="utf-8"
    )
    return folder


@pytest.fixture
def settings(province, tmp_path):
    """A home with a draft and a register of two officers' keys."""
    copy = province.copy(tmp_path)
    made = Settings(home=copy.home, landing=copy.landing)
    administrator = key_of(tmp_path, "admin")
    for name, role in PEOPLE.items():
        key_of(tmp_path, name)
        register_officer(made, tmp_path / f"{name}.pub", [role], administrator)
    yield made
    unseal(made.published_dir)


def rows_of_leads(database: Path) -> list[tuple[object, ...]]:
    with duckdb.connect(str(database), read_only=True) as con:
        return con.execute(
            "select lead_id, rule_id, amount_at_stake from marts.risk_leads where period = date '2024-06-01' order by all"
        ).fetchall()


@pytest.mark.slow
def test_a_changed_rule_does_not_rewrite_a_published_month(settings, tmp_path):
    changed = checkout(tmp_path / "changed")
    home = ("--home", settings.home, "--landing", settings.landing)

    def wengang(program: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
        environment = SETTINGS | {"PYTHONPATH": str(program), "WENGANG_KEY_PASSPHRASE": WORDS}
        return subprocess.run(
            [sys.executable, "-c", "from wengang.cli import main; main()", *map(str, arguments)],
            env=environment, cwd=tmp_path, capture_output=True, text=True, check=False,
        )  # fmt: skip

    def sign_all(program: Path) -> None:
        for name, role in PEOPLE.items():
            done = wengang(
                program, "sign", "2024-06", "--role", role, "--key", tmp_path / f"{name}.key", *home[:2]
            )
            assert done.returncode == 0, done.stderr

    sign_all(ROOT)
    published = rows_of_leads(settings.warehouse_file)
    assert "R19" in {row[1] for row in published}
    # the next run by other code: told, and nothing of the month is another
    done = wengang(changed, "run", "2024-06", *home)
    assert (done.returncode, "risk_leads" in done.stderr) == (7, True), done.stderr
    assert rows_of_leads(settings.warehouse_file) == published
    status = json.loads(wengang(changed, "status", "--json", *home[:2]).stdout)
    (month,) = status["months"]
    assert {"risk_leads", "report_figures"} <= set(month["tables_differing"])
    # nothing but a restatement with a reason changes it, and that names both versions
    reason = tmp_path / "reason.txt"
    reason.write_text(REASON, encoding="utf-8")
    done = wengang(changed, "restate", "2024-06", "--reason", reason, *home)
    assert done.returncode == 0, done.stderr
    sign_all(changed)
    package = settings.published_dir / "2024-06" / "r2"
    with duckdb.connect() as con:
        found = con.execute(
            "select section, measure, dimension_value, cause from read_parquet(?)",
            [str(package / "tables" / "restatements.parquet")],
        ).fetchall()
    assert ("risk", "raised", "R19") in {row[:3] for row in found}
    (cause,) = {row[3] for row in found}
    before, now = (
        json.loads((settings.published_dir / "2024-06" / r / "manifest.json").read_text(encoding="utf-8"))[
            "code"
        ]
        for r in ("r1", "r2")
    )
    names = [f"{c['version']}@{c['models_sha256'][:12]}" for c in (before, now)]
    assert cause == f"code {names[0]} → {names[1]}"
    assert cause in (package / "restatement" / "causes.csv").read_text(encoding="utf-8-sig")
    page = (package / "site" / "changes.html").read_text(encoding="utf-8")
    assert f"计算程序更新（{names[0]} → {names[1]}）" in page
    confirmed_elsewhere(settings, tmp_path)


def confirmed_elsewhere(settings: Settings, tmp_path: Path) -> None:
    """A second administrator has the published folder and the register of public keys, and nothing else of this machine."""
    other = tmp_path / "elsewhere"
    other.mkdir()
    shutil.copytree(settings.published_dir / "2024-06", other / "2024-06", symlinks=True)
    shutil.copyfile(settings.home / "keys" / "register.json", other / "register.json")

    def verify(revision: str) -> int:
        arguments = ["verify", "--package", f"2024-06/{revision}", "--keys", "register.json"]
        return subprocess.run(
            [sys.executable, "-c", "from wengang.cli import main; main()", *arguments],
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}, cwd=other, capture_output=True, check=False,
        ).returncode  # fmt: skip

    assert [verify(r) for r in ("r1", "r2", "latest")] == [0, 0, 0]
    unseal(other)
    (table,) = (other / "2024-06" / "r2").glob("lists/skill_recipients.csv")
    table.chmod(0o644)
    table.write_bytes(table.read_bytes() + b"x")
    assert [verify(r) for r in ("r1", "r2", "latest")] == [0, 8, 8]
