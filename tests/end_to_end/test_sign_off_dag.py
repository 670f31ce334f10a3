"""The sign-off DAG answered by people: Airflow's own services on its embedded defaults, two accounts, answers through the REST API."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.test_dags import airflow
from wengang.demo import airflow_environment
from wengang.periods import Period
from wengang.publication.package import latest_revision, unseal
from wengang.publication.sign import read_signatures
from wengang.settings import Settings

JUNE = Period(2024, 6)
PEOPLE = ("zhang", "li")
AIRFLOW = str(Path(sys.executable).parent / "airflow")


class Service:
    """An Airflow under test, and what a person does in it."""

    def __init__(self, address: str, passwords: dict[str, str]) -> None:
        self.address = address
        self.tokens = {
            who: self.call("POST", "/auth/token", {"username": who, "password": passwords[who]})[
                "access_token"
            ]
            for who in PEOPLE
        }

    def call(self, method: str, path: str, body: Any = None, who: str = "") -> Any:
        """Ask the API as a person."""
        headers = {"Content-Type": "application/json"}
        if who:
            headers["Authorization"] = f"Bearer {self.tokens[who]}"
        request = urllib.request.Request(
            self.address + path,
            method=method,
            headers=headers,
            data=json.dumps(body).encode() if body is not None else None,
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.loads(answer.read() or b"null")

    def offer(self, period: str) -> str:
        """Say that a draft is there, as the monthly DAG does; returns the run of the sign-off."""
        before = {r["dag_run_id"] for r in self.runs()}
        asset = self.call("GET", "/api/v2/assets?uri_pattern=wengang", who="zhang")["assets"][0]
        self.call(
            "POST",
            "/api/v2/assets/events",
            {"asset_id": asset["id"], "extra": {"period": period}},
            who="zhang",
        )
        return str(wait(lambda: [r["dag_run_id"] for r in self.runs() if r["dag_run_id"] not in before])[0])

    def runs(self) -> list[dict[str, Any]]:
        return list(self.call("GET", "/api/v2/dags/sign_off/dagRuns", who="zhang")["dag_runs"])

    def asked(self, run: str, task: str) -> dict[str, Any]:
        """Wait until a task asks its question."""
        place = f"/api/v2/dags/sign_off/dagRuns/{run}/taskInstances/{task}/-1/hitlDetails"

        def look() -> Any:
            try:
                return self.call("GET", place, who="zhang")
            except urllib.error.HTTPError as fault:
                if fault.code == 404:
                    return None
                raise

        found = dict(wait(look))
        state = place.removesuffix("/-1/hitlDetails")
        wait(lambda: self.call("GET", state, who="zhang")["state"] in {"awaiting_input", "deferred"})
        # nobody answers in the moment of being asked: the executor must have told the scheduler that the asking is done
        time.sleep(12)
        return found

    def answer(self, run: str, task: str, who: str, option: str, texts: dict[str, str]) -> None:
        place = f"/api/v2/dags/sign_off/dagRuns/{run}/taskInstances/{task}/-1/hitlDetails"
        self.call("PATCH", place, {"chosen_options": [option], "params_input": texts}, who=who)

    def ends(self, run: str) -> str:
        """Wait for a run's end."""
        return str(
            wait(
                lambda: next(
                    (
                        r["state"]
                        for r in self.runs()
                        if r["dag_run_id"] == run and r["state"] in {"success", "failed"}
                    ),
                    None,
                )
            )
        )


def wait(look: Callable[[], Any], seconds: int = 240) -> Any:
    """Look again until there is something."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = look()
        if found:
            return found
        time.sleep(1)
    raise AssertionError("nothing came")


@pytest.fixture
def home(province, tmp_path):
    copy = province.copy(tmp_path)
    yield copy
    unseal(copy.home / "published")


@pytest.fixture
def service(home, tmp_path) -> Iterator[Service]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    passwords = tmp_path / "passwords.json"
    address = f"http://127.0.0.1:{port}"
    environment = airflow_environment(home.home) | {
        "WENGANG_LANDING": str(home.landing),
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": ",".join(f"{who}:admin" for who in PEOPLE),
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(passwords),
        "AIRFLOW__API__PORT": str(port),
        "AIRFLOW__API__BASE_URL": address,
        "AIRFLOW__API__WORKERS": "1",
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{address}/execution/",
        "AIRFLOW__API_AUTH__JWT_SECRET": "a secret of the test only, sixty-four bytes long, used nowhere else",
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
        # the other DAGs have schedules of their own, which this test must not start
        "AIRFLOW__CORE__DAGS_FOLDER": str(tmp_path / "dags"),
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }
    (tmp_path / "dags").mkdir()
    source = Path(__file__).parents[2] / "dags" / "sign_off.py"
    (tmp_path / "dags" / "sign_off.py").write_text(source.read_text(encoding="utf-8"), encoding="utf-8")
    airflow(environment, "db", "migrate")
    airflow(environment, "pools", "set", "warehouse", "1", "one writer")
    log = (tmp_path / "airflow.log").open("w")
    services = [
        subprocess.Popen([AIRFLOW, *name], env=environment, stdout=log, stderr=subprocess.STDOUT)
        for name in (("api-server", "--port", str(port)), ("scheduler",), ("dag-processor",), ("triggerer",))
    ]
    try:

        def ready() -> Any:
            try:
                with urllib.request.urlopen(f"{address}/api/v2/monitor/health", timeout=5) as answer:
                    return answer.status == 200 and passwords.exists()
            except OSError:
                return None

        wait(ready)
        found = Service(address, json.loads(passwords.read_text(encoding="utf-8")))

        def is_known() -> Any:
            try:
                return found.call("GET", "/api/v2/dags/sign_off", who="zhang")
            except urllib.error.HTTPError:
                return None

        wait(is_known)
        yield found
    finally:
        for one in services:
            one.terminate()
        for one in services:
            try:
                one.wait(timeout=20)
            except subprocess.TimeoutExpired:
                one.kill()
        log.close()


@pytest.mark.slow
def test_two_people_sign_in_airflow_and_a_returned_draft_is_not_published(service, home):
    settings = Settings(home=home.home, landing=home.landing)
    # sent back first: the reason is kept, nothing is published, nobody else is asked
    run = service.offer("2024-06")
    asked = service.asked(run, "preparer")
    assert "填报人签字" in asked["subject"] and "sha256" in asked["body"]
    service.answer(run, "preparer", "zhang", "退回修改", {"problems": "", "reason": "工资基数有误"})
    assert service.ends(run) == "success"
    assert latest_revision(settings, JUNE) is None
    assert [(s.who, s.decision, s.reason) for s in read_signatures(settings, JUNE)] == [
        ("zhang", "rejected", "工资基数有误")
    ]
    # offered again: two different accounts sign, and the last signature publishes
    run = service.offer("2024-06")
    service.asked(run, "preparer")
    service.answer(run, "preparer", "zhang", "同意签发", {"problems": "部分单位账户信息不全", "reason": ""})
    service.asked(run, "reviewer")
    service.answer(run, "reviewer", "li", "同意签发", {"reason": ""})
    assert service.ends(run) == "success"
    assert latest_revision(settings, JUNE) == 1
    signed = [(s.role, s.who, s.channel, s.decision) for s in read_signatures(settings, JUNE)][1:]
    assert signed == [("preparer", "zhang", "airflow", "approved"), ("reviewer", "li", "airflow", "approved")]
