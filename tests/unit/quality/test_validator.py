"""Validation in a process of its own: it answers as validation here does, and its end is never silent."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from wengang.core.errors import ExpectationError
from wengang.core.periods import Period
from wengang.core.settings import Settings
from wengang.quality import Validator

JUNE = Period(2024, 6)


def test_what_validation_raises_there_is_raised_here(tmp_path):
    # No warehouse at all: the file to be validated cannot be opened.
    with Validator() as beside, pytest.raises(Exception, match=r"wengang\.duckdb"):
        beside.begin(Settings(home=tmp_path), JUNE)()


def test_a_process_that_died_says_so_with_its_exit_code(tmp_path):
    with Validator() as beside:
        os.kill(beside._process.pid, signal.SIGKILL)
        beside._process.wait()
        with pytest.raises(ExpectationError) as caught:
            beside.begin(Settings(home=tmp_path), JUNE)()
    assert "-9" in caught.value.text("zh")
    assert "not published" in caught.value.text("en")


def test_it_ends_with_the_block():
    with Validator() as beside:
        process = beside._process
        assert process.poll() is None
    assert process.poll() is not None


def test_it_draws_no_progress_bars():
    # What DuckDB takes for a prompt gets a bar for every long query, in the middle of the run's own lines.
    look = "import duckdb; print(duckdb.connect().execute(\"select current_setting('enable_progress_bar')\").fetchall()[0][0])"
    at_prompt = subprocess.run(
        [sys.executable, "-c", look], capture_output=True, text=True, check=True
    ).stdout
    assert at_prompt == "True\n", (
        "DuckDB no longer tells a prompt by this: the module of its own is not needed"
    )
    with Validator() as beside:
        assert "-c" not in beside._process.args


def test_it_does_not_outlive_a_killed_run():
    body = (
        "import time\nfrom wengang.quality import Validator\n"
        "with Validator() as v:\n    print(v._process.pid, flush=True)\n    time.sleep(60)\n"
    )
    run = subprocess.Popen([sys.executable, "-c", body], stdout=subprocess.PIPE, text=True)
    child = int(run.stdout.readline())
    run.kill()
    run.wait()
    deadline = time.monotonic() + 60
    while is_running(child) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert not is_running(child)


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(pid)], check=False, capture_output=True, text=True
    ).stdout
    return not state.startswith("Z") and bool(state)
