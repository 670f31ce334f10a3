"""The DAGs load, and the monthly one gives the same tables as the command line."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest

from tests.end_to_end.services import airflow, deliver_more
from tests.end_to_end.test_run import digests
from wengang.alerts.leads import open_leads
from wengang.core.errors import UsageError
from wengang.core.journal import read_journal
from wengang.core.periods import Period
from wengang.core.settings import ROOT, Settings
from wengang.devtools.demo import airflow_environment
from wengang.months.built import built_months
from wengang.orchestration import tasks


@pytest.fixture(scope="module")
def migrated(province, tmp_path_factory):
    """The environment of an Airflow on its embedded defaults, its metadata made; each test gives it a home."""
    environment = airflow_environment(tmp_path_factory.mktemp("airflow")) | {
        "WENGANG_LANDING": str(province.landing)
    }
    airflow(environment, "db", "migrate")
    airflow(environment, "pools", "set", "warehouse", "1", "one writer")
    return environment


@pytest.mark.slow
def test_the_monthly_dag_gives_what_the_command_line_gives(province, migrated, tmp_path):
    environment = migrated | {"WENGANG_HOME": str(tmp_path / "home")}
    assert "No data found" in airflow(environment, "dags", "list-import-errors")
    airflow(environment, "dags", "test", "monthly_report", "--conf", '{"period": "2024-06"}')
    assert digests(tmp_path / "home" / "drafts" / "2024-06") == digests(province.home / "drafts" / "2024-06")


@pytest.mark.slow
def test_the_daily_watch_tells_every_lead_once(province, migrated, tmp_path):
    """Two mornings on one state: the first reports every open lead, the second nothing."""
    copy = province.copy(tmp_path)
    leads = {lead.lead_id for lead in open_leads(Settings(home=copy.home))[1]}
    assert leads
    environment = migrated | {"WENGANG_HOME": str(copy.home), "WENGANG_ALERT_CHANNELS": "log"}
    mornings = [airflow(environment, "dags", "test", "fund_risk_watch") for _ in range(2)]
    assert [{lead for lead in leads if lead in text} for text in mornings] == [leads, set()]
    told = [r["event"] for r in read_journal(copy.home / "journal" / "alerts.jsonl")]
    assert told == ["claimed", "sent"]


@pytest.mark.slow
def test_the_scenario_dag_answers_by_its_form_and_touches_nothing(province, migrated, tmp_path):
    """The form's own example, both ratios raised: a folder of results, and the published warehouse as it was."""
    copy = province.copy(tmp_path)
    warehouse = Settings(home=copy.home).warehouse_file
    before = warehouse.read_bytes()
    told = airflow(migrated | {"WENGANG_HOME": str(copy.home)}, "dags", "test", "policy_scenario")
    folder = copy.home / "scenarios" / "scenario" / "2024-06"
    assert (folder / "summary.txt").read_text(encoding="utf-8").splitlines()[0] in told
    with (folder / "tables" / "employers.csv").open(encoding="utf-8-sig", newline="") as file:
        changed = list(csv.DictReader(file))
    # 30 % becomes 50 %, 60 % becomes 90 %: five thirds and three halves of what is published, to the half fen that was rounded off.
    shares = {"large": Fraction(5, 3), "sme": Fraction(3, 2)}
    assert changed
    for row in changed:
        gap = Fraction(row["refund_then"]) - shares[row["size_class"]] * Fraction(row["refund_now"])
        assert abs(gap) <= Fraction(1, 2) * Fraction(1, 100) * (1 + shares[row["size_class"]])
    assert warehouse.read_bytes() == before


def test_a_dag_file_says_when_and_what_only():
    for path in sorted((ROOT / "dags").glob("*.py")):
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 60, path.name


@pytest.mark.parametrize(
    ("given", "moment", "expected"),
    [
        ("2024-06", "2024-12-05T06:00+08:00", "2024-06"),
        (None, "2024-12-05T06:00+08:00", "2024-11"),
        (None, "2024-01-05T06:00+08:00", "2023-12"),
        (
            None,
            "2024-07-31T17:00+00:00",
            "2024-07",
        ),  # one in the morning of the first of August where the office is
    ],
)
def test_the_month_of_a_run(given, moment, expected):
    import datetime as dt

    assert tasks.choose_period(given, dt.datetime.fromisoformat(moment)) == expected


@pytest.mark.slow
def test_two_runs_in_each_others_way_give_what_each_alone_gives(province, tmp_path, monkeypatch):
    """July's build lies where June's was: June is drafted and published as if it had been alone."""
    copy = province.copy(tmp_path)
    shutil.rmtree(copy.home / "drafts")
    monkeypatch.setenv("WENGANG_HOME", str(copy.home))
    monkeypatch.setenv("WENGANG_LANDING", str(copy.landing))
    tasks.build("2024-07")
    tasks.draft("2024-06")
    assert digests(copy.home / "drafts" / "2024-06") == digests(province.home / "drafts" / "2024-06")
    note = Settings(home=copy.home).build_dir / "build.json"
    note.write_text(note.read_text(encoding="utf-8").replace("2024-06", "2024-07"), encoding="utf-8")
    tasks.publish_warehouse("2024-06", [])
    assert list(built_months(Settings(home=copy.home).warehouse_file)) == [Period(2024, 6)]


def test_arrivals_say_what_is_missing(province, tmp_path, monkeypatch):
    monkeypatch.setitem(os.environ, "WENGANG_HOME", str(tmp_path))
    monkeypatch.setitem(os.environ, "WENGANG_LANDING", str(province.landing))
    assert tasks.arrivals("2024-06") == {"contributions": True}
    assert tasks.arrivals("2024-07") == {"contributions": False}
    assert not tasks.has_arrived("2024-07")


def mark_published(home: Path) -> None:
    """Make a month look published: a revision, and the pointer to it."""
    folder = home / "published" / "2024-06"
    (folder / "r1").mkdir(parents=True)
    (folder / "latest").symlink_to("r1")


def test_a_month_is_told_of_once_its_folder_is_quiet_and_started_once_for_what_it_holds(
    province, tmp_path, monkeypatch
):
    landing, copy = tmp_path / "landing", province.copy(tmp_path)
    shutil.copytree(province.landing / "2024-06", landing / "2024-06")
    for file in (landing / "2024-06").iterdir():
        os.utime(file, (3600, 3600))
    monkeypatch.setenv("WENGANG_HOME", str(copy.home))
    monkeypatch.setenv("WENGANG_LANDING", str(landing))
    assert tasks.required_sources() == ["contributions"]
    assert (
        tasks.months_taken("contributions", 7200) == [] == tasks.arrived_runs("2024-06")
    )  # drafted from all of it
    shutil.rmtree(copy.home / "drafts" / "2024-06")
    assert tasks.months_taken("contributions", 3600 + 9 * 60) == []  # still being copied, for all we know
    assert tasks.months_taken("contributions", 7200) == ["2024-06"]
    (run,) = tasks.arrived_runs("2024-06")
    assert run["conf"] == {"period": "2024-06", "only_if_arrived": True}
    assert tasks.arrived_runs("2024-06") == [run]
    mark_published(copy.home)
    assert tasks.months_taken("contributions", 7200) == [] == tasks.arrived_runs("2024-06")


def test_a_drafted_month_is_started_again_by_a_new_file_only(province, tmp_path, monkeypatch):
    landing, copy = tmp_path / "landing", province.copy(tmp_path)
    shutil.copytree(province.landing / "2024-06", landing / "2024-06")
    monkeypatch.setenv("WENGANG_HOME", str(copy.home))
    monkeypatch.setenv("WENGANG_LANDING", str(landing))
    assert not tasks.has_arrived("2024-06")
    deliver_more(landing / "2024-06")
    assert tasks.has_arrived("2024-06")
    assert tasks.months_taken("contributions", 1e12) == []  # arrived, and not yet taken
    tasks.take_arrived(None)
    assert tasks.months_taken("contributions", 1e12) == ["2024-06"]
    assert len(tasks.arrived_runs("2024-06")) == 1
    mark_published(copy.home)
    assert not tasks.has_arrived("2024-06")


def test_a_scenario_of_the_form_is_that_of_a_file(province, tmp_path, monkeypatch):
    copy = province.copy(tmp_path)
    monkeypatch.setenv("WENGANG_HOME", str(copy.home))
    monkeypatch.setenv("WENGANG_LANDING", str(copy.landing))
    told = tasks.scenario(
        "2024-06", "half", "refund_ratio_large = 0.50\n\n refund_ratio_sme=0.90", "premium = 0.9"
    )
    assert "half" in told
    assert (copy.home / "scenarios" / "half" / "2024-06" / "tables" / "summary.csv").exists()
    with pytest.raises(UsageError, match="refund_ratio_sme"):
        tasks.pairs("refund_ratio_sme")


def test_every_dag_loads(tmp_path):
    code = (
        "from airflow.dag_processing.dagbag import DagBag;"
        "b = DagBag(); print(sorted(b.dags), dict(b.import_errors))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=airflow_environment(tmp_path / "home"),
        capture_output=True,
        text=True,
        check=False,
    )
    names = sorted(p.stem for p in (ROOT / "dags").glob("*.py"))
    assert f"{names} {{}}" in done.stdout, done.stdout[-2000:] + done.stderr[-2000:]


def test_the_intake_alone_takes_what_has_arrived(province, tmp_path, monkeypatch):
    monkeypatch.setitem(os.environ, "WENGANG_HOME", str(tmp_path / "home"))
    monkeypatch.setitem(os.environ, "WENGANG_LANDING", str(tmp_path / "nothing"))
    assert tasks.take_arrived(None) == {"rows_accepted": 0, "rows_rejected": 0}
    monkeypatch.setitem(os.environ, "WENGANG_LANDING", str(province.landing))
    assert tasks.take_arrived(None)["rows_accepted"] > 0
    assert tasks.take_arrived("2024-06")["rows_accepted"] == 0  # a file that was taken is never taken twice
