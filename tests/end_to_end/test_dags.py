"""The DAGs load, and the monthly one gives the same tables as the command line."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.end_to_end.test_run import digests
from wengang import flow
from wengang.demo import airflow_environment
from wengang.settings import ROOT

BIN = Path(sys.executable).parent


def airflow(environment, *arguments):
    done = subprocess.run(
        [str(BIN / "airflow"), *arguments], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


@pytest.mark.slow
def test_the_monthly_dag_gives_what_the_command_line_gives(province, tmp_path):
    environment = airflow_environment(tmp_path / "home") | {"WENGANG_LANDING": str(province.landing)}
    airflow(environment, "db", "migrate")
    airflow(environment, "pools", "set", "warehouse", "1", "one writer")
    assert "No data found" in airflow(environment, "dags", "list-import-errors")
    airflow(environment, "dags", "test", "monthly_report", "--conf", '{"period": "2024-06"}')
    assert digests(tmp_path / "home" / "drafts" / "2024-06") == digests(province.home / "drafts" / "2024-06")


def test_a_dag_file_says_when_and_what_only():
    for path in sorted((ROOT / "dags").glob("*.py")):
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 60, path.name


@pytest.mark.parametrize(
    ("given", "key", "day", "expected"),
    [
        ("2024-06", None, "2024-12-05", "2024-06"),
        (None, "2024-07", "2024-12-05", "2024-07"),
        (None, None, "2024-12-05", "2024-11"),
        (None, None, "2024-01-05", "2023-12"),
    ],
)
def test_the_month_of_a_run(given, key, day, expected):
    import datetime as dt

    assert flow.choose_period(given, key, dt.date.fromisoformat(day)) == expected


def test_arrivals_say_what_is_missing(province, tmp_path, monkeypatch):
    monkeypatch.setitem(os.environ, "WENGANG_HOME", str(tmp_path))
    monkeypatch.setitem(os.environ, "WENGANG_LANDING", str(province.landing))
    assert flow.arrivals("2024-06") == {"contributions": True}
    assert flow.arrivals("2024-07") == {"contributions": False}
    assert not flow.has_arrived("2024-07")
