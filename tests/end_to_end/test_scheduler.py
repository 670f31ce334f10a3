"""The monthly DAG under Airflow's own scheduler: months one after another, the models shown as tasks, a failing model."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.end_to_end.services import Service, airflow, deliver_more, services, wait
from tests.end_to_end.test_run import digests, wengang
from wengang.core.periods import Period
from wengang.core.settings import ROOT
from wengang.devtools.demo import airflow_environment
from wengang.orchestration.model_tasks import drawing

DAGS = ("monthly_report", "ingest_extracts", "arrivals")
MONTHS = ("2024-05", "2024-06")


@pytest.fixture(scope="module")
def landing(tmp_path_factory) -> Path:
    """Two months of a small made-up province."""
    from wengang.sample import write_sample

    folder = tmp_path_factory.mktemp("landing")
    write_sample(folder, [Period.parse(m) for m in MONTHS], employers=40, seed=7)
    return folder


@pytest.fixture(scope="module")
def by_hand(landing, tmp_path_factory) -> Path:
    """The home that the command line makes of them."""
    home = tmp_path_factory.mktemp("by-hand") / "home"
    done = wengang("run", "..".join(MONTHS), "--home", home, "--landing", landing)
    assert done.returncode == 0, done.stderr
    return home


@pytest.fixture(scope="module")
def service(landing, tmp_path_factory):
    """An Airflow with the models of the warehouse as tasks."""
    folder = tmp_path_factory.mktemp("scheduler")
    shown = {"WENGANG_LANDING": str(landing), "WENGANG_MODELS_AS_TASKS": "1"}
    environment = airflow_environment(folder / "home") | shown
    subprocess.run(
        [sys.executable, "-m", "wengang.orchestration.model_tasks"], env=environment, check=True, cwd=ROOT
    )
    with services(folder, folder / "home", DAGS, **shown) as found:
        yield found


def models(states: Mapping[str, str]) -> dict[str, str]:
    """Return the states of the models' tasks alone, by model."""
    return {task.split(".")[-1]: state for task, state in states.items() if task.startswith("models.")}


@pytest.mark.slow
def test_a_backfill_builds_its_months_in_order_as_the_command_line_does(service: Service, by_hand):
    # asked for while nothing else is written: the embedded database has one writer
    airflow(service.environment, "dags", "pause", "-y", "monthly_report")
    airflow(
        service.environment,
        *("backfill", "create", "--dag-id", "monthly_report", "--max-active-runs", "1"),
        *("--from-date", "2024-06-01", "--to-date", "2024-07-31"),
    )
    airflow(service.environment, "dags", "unpause", "-y", "monthly_report")
    runs = [r["dag_run_id"] for r in service.runs("monthly_report")]
    assert sorted(run[:17] for run in runs) == ["backfill__2024-06", "backfill__2024-07"]
    assert [service.ends("monthly_report", run) for run in runs] == ["success", "success"]
    first, second = service.runs("monthly_report")
    assert first["logical_date"] < second["logical_date"] and first["end_date"] <= second["start_date"]
    home = Path(service.environment["WENGANG_HOME"])
    for month in MONTHS:
        assert digests(home / "drafts" / month) == digests(by_hand / "drafts" / month)
    # each model and seed is a task, and each is seen to end well: what a later month leaves as it stands, too
    nodes = json.loads(drawing().read_text(encoding="utf-8"))["nodes"]
    for run in runs:
        shown = models(service.states("monthly_report", run))
        assert set(shown) == {name.split(".")[-1] for name in nodes} and set(shown.values()) == {"success"}


@pytest.mark.slow
def test_what_comes_later_starts_its_month_again_once(service: Service, by_hand, landing):
    """A month's partition is written when the lake holds what came; the run is named by it, and the same is not run twice."""
    home = Path(service.environment["WENGANG_HOME"])
    before = len(service.runs("monthly_report"))
    told = service.run("ingest_extracts")
    assert service.states("ingest_extracts", told) == {"take": "success", "tell_contributions": "skipped"}
    deliver_more(landing / "2024-06")
    told = service.run("ingest_extracts")
    assert service.states("ingest_extracts", told) == {"take": "success", "tell_contributions": "success"}
    # again, while the month is waiting or being built: the same state
    assert wait(lambda: service.runs("arrivals"))[0]["partition_key"] == "2024-06"
    service.run("ingest_extracts")
    wait(lambda: len(service.runs("arrivals")) == 2)
    assert [service.ends("arrivals", r["dag_run_id"]) for r in service.runs("arrivals")] == [
        "success",
        "success",
    ]
    (started,) = service.runs("monthly_report")[before:]
    assert started["dag_run_id"].startswith("arrived__2024-06__")
    assert service.ends("monthly_report", started["dag_run_id"]) == "success"
    drafted = json.loads((home / "drafts" / "2024-06" / "manifest.json").read_text(encoding="utf-8"))
    assert "sanctions__more.csv" in {file["file_name"] for file in drafted["extracts"]}
    # drafted from all of it: nothing more to tell
    told = service.run("ingest_extracts")
    assert service.states("ingest_extracts", told)["tell_contributions"] == "skipped"
    assert len(service.runs("monthly_report")) == before + 1


def damage(file: Path) -> None:
    """Spoil a Parquet file's rows and leave what says where they are: it opens, and cannot be read."""
    content = bytearray(file.read_bytes())
    end = len(content) - 8 - int.from_bytes(content[-8:-4], "little")
    content[4:end] = b"\xff" * (end - 4)
    file.write_bytes(content)


@pytest.mark.slow
def test_a_model_that_fails_is_the_task_that_fails(service: Service, by_hand):
    """The certificates in the lake are spoilt: the model that reads them fails in our words, what rests on it is not built."""
    home = Path(service.environment["WENGANG_HOME"])
    published = (home / "warehouse" / "wengang.duckdb").read_bytes()
    for file in (home / "lake" / "certificates").rglob("*.parquet"):
        damage(file)
    run = service.start("monthly_report", period="2024-06")
    assert service.ends("monthly_report", run) == "failed"
    states = service.states("monthly_report", run)
    assert {states[task] for task in ("intake", "catch_up")} == {"success"} and states["build"] == "failed"
    assert {states[task] for task in ("validate", "draft", "publish_warehouse")} == {"upstream_failed"}
    shown = models(states)
    assert [model for model, state in shown.items() if state == "failed"] == ["int_skill_facts"]
    assert (shown["stg_certificates"], shown["int_refund_size"]) == ("success", "success")
    assert (shown["skill_certificate"], shown["skill_decisions"]) == ("upstream_failed", "upstream_failed")
    log = service.log("monthly_report", run, "models.intermediate.int_skill_facts")
    assert "模型未能完成：int_skill_facts" in log and "models failed: int_skill_facts" in log
    assert (home / "warehouse" / "wengang.duckdb").read_bytes() == published
