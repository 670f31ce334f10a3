"""An Airflow of the tests' own: its services on the embedded defaults, on the loopback, ended when the test ends; asked through its API."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from wengang.core.settings import ROOT
from wengang.devtools.demo import airflow_environment

PEOPLE = ("zhang", "li")
AIRFLOW = str(Path(sys.executable).parent / "airflow")
ENDED = {"success", "failed"}


def airflow(environment: Mapping[str, str], *arguments: str) -> str:
    """Run one command; returns what it said."""
    done = subprocess.run(
        [AIRFLOW, *arguments], env=dict(environment), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


def wait(look: Callable[[], Any], seconds: float = 400) -> Any:
    """Look again until there is something."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = look()
        if found:
            return found
        time.sleep(1)
    raise AssertionError("nothing came")


class Service:
    """An Airflow under test, and what a person does in it."""

    def __init__(self, address: str, passwords: Mapping[str, str], environment: Mapping[str, str]) -> None:
        self.address, self.environment = address, environment
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

    def get(self, path: str) -> Any:
        """Read as somebody; None: not there (yet)."""
        try:
            return self.call("GET", f"/api/v2{path}", who=PEOPLE[0])
        except urllib.error.HTTPError as fault:
            if fault.code == 404:
                return None
            raise

    def runs(self, dag: str) -> list[dict[str, Any]]:
        """Return a DAG's runs in the order in which they began."""
        return list(self.get(f"/dags/{dag}/dagRuns?limit=100&order_by=start_date")["dag_runs"])

    def start(self, dag: str, **conf: str) -> str:
        """Trigger a run by hand; returns its id."""
        body = {"logical_date": None, "conf": conf}
        return str(self.call("POST", f"/api/v2/dags/{dag}/dagRuns", body, who=PEOPLE[0])["dag_run_id"])

    def ends(self, dag: str, run: str, seconds: float = 900) -> str:
        """Wait for a run's end; returns how it ended."""

        def look() -> Any:
            return next(
                (r["state"] for r in self.runs(dag) if r["dag_run_id"] == run and r["state"] in ENDED), None
            )

        return str(wait(look, seconds))

    def run(self, dag: str) -> str:
        """Trigger a run by hand and see it through; returns its id."""
        run = self.start(dag)
        assert self.ends(dag, run) == "success"
        return run

    def states(self, dag: str, run: str) -> dict[str, str]:
        """Return the state of each task of a run."""
        states: dict[str, str] = {}
        while True:  # a page has a hundred at most
            place = f"/dags/{dag}/dagRuns/{run}/taskInstances?limit=100&offset={len(states)}&order_by=id"
            page = self.get(place)
            states |= {one["task_id"]: one["state"] for one in page["task_instances"]}
            if not page["task_instances"] or len(states) >= page["total_entries"]:
                return states

    def log(self, dag: str, run: str, task: str) -> str:
        """Return what a task's first attempt wrote."""
        return json.dumps(
            self.get(f"/dags/{dag}/dagRuns/{run}/taskInstances/{task}/logs/1"), ensure_ascii=False
        )


def deliver_more(folder: Path) -> Path:
    """Deliver one more file of a month."""
    file = folder / "sanctions__more.csv"
    file.write_text(
        "统一社会信用代码,列入日期,移出日期,列入事由\n916201000000000001,2024-06-03,,试验\n", encoding="utf-8"
    )
    make_quiet(folder)
    return file


def make_quiet(folder: Path) -> None:
    """Set the times of a folder's files an hour back."""
    then = time.time() - 3600
    for file in folder.rglob("*"):
        os.utime(file, (then, then))


@contextmanager
def services(folder: Path, home: Path, dags: Sequence[str], **more: str) -> Iterator[Service]:
    """Run Airflow's services with these DAGs and no others, their clocks stopped in 2024: nothing is started by the hour."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    passwords, own = folder / "passwords.json", folder / "dags"
    address = f"http://127.0.0.1:{port}"
    environment = airflow_environment(home) | {
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": ",".join(f"{who}:admin" for who in PEOPLE),
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(passwords),
        "AIRFLOW__API__PORT": str(port),
        "AIRFLOW__API__BASE_URL": address,
        "AIRFLOW__API__WORKERS": "1",
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{address}/execution/",
        "AIRFLOW__API_AUTH__JWT_SECRET": "a secret of the test only, sixty-four bytes long, used nowhere else",
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
        "AIRFLOW__CORE__DAGS_FOLDER": str(own),
        "AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.1",
        # a busy machine is no failure
        "AIRFLOW__WORKERS__EXECUTION_API_TIMEOUT": "60",
        "PYTHONPATH": str(ROOT),
        **more,
    }
    own.mkdir()
    for name in dags:
        text = (ROOT / "dags" / f"{name}.py").read_text(encoding="utf-8")
        stopped = text.replace("catchup=False,", "catchup=False, end_date=datetime(2024, 12, 31),")
        (own / f"{name}.py").write_text(stopped, encoding="utf-8")
    airflow(environment, "db", "migrate")
    airflow(environment, "pools", "set", "warehouse", "1", "one writer")
    with (folder / "airflow.log").open("w") as log:
        running = [
            subprocess.Popen(
                [AIRFLOW, *name],
                env=environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            for name in (
                ("api-server", "--host", "127.0.0.1", "--port", str(port)),
                ("scheduler",),
                ("dag-processor",),
                ("triggerer", "--skip-serve-logs"),
            )
        ]
        try:

            def ready() -> Any:
                try:
                    with urllib.request.urlopen(f"{address}/api/v2/monitor/health", timeout=5) as answer:
                        return answer.status == 200 and passwords.exists()
                except OSError:
                    return None

            wait(ready)
            found = Service(address, json.loads(passwords.read_text(encoding="utf-8")), environment)
            for name in dags:
                wait(lambda name=name: found.get(f"/dags/{name}"))
            yield found
        finally:
            end(running)


def end(running: Sequence[subprocess.Popen[bytes]]) -> None:
    """End the services, and within some seconds whatever each has started."""
    for one in running:
        one.terminate()
    until = time.monotonic() + 8
    for one in running:
        with suppress(subprocess.TimeoutExpired):
            one.wait(timeout=max(0, until - time.monotonic()))
        with suppress(ProcessLookupError):
            os.killpg(one.pid, signal.SIGKILL)
        one.wait()
