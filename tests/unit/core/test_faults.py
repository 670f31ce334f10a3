"""Faults of the machine are named by their cause: a full disk, a permission, a file in use by a process, a file that is gone."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from wengang.core.faults import cause_of

HOLD = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('held', flush=True); sys.stdin.read()"


def code(fault: BaseException) -> tuple[str, str]:
    found = cause_of(fault)
    return (found.code, found.place) if found else ("", "")


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "/x/a"), ("disk_full", "/x/a")),
        (duckdb.IOException("IO Error: Could not write file: No space left on device"), ("disk_full", "")),
        (PermissionError(errno.EACCES, "Permission denied", "/x/b"), ("no_permission", "/x/b")),
        (FileNotFoundError(errno.ENOENT, "No such file", "/x/c"), ("file_gone", "/x/c")),
        (
            duckdb.IOException('IO Error: Cannot open file "/x/d": No such file or directory'),
            ("file_gone", "/x/d"),
        ),
        (
            duckdb.IOException('IO Error: Cannot open file "/x/e": Permission denied'),
            ("no_permission", "/x/e"),
        ),
        (ValueError("something else"), ("", "")),
    ],
)
def test_a_cause_is_named(fault, expected):
    assert code(fault) == expected


def test_the_cause_behind_another_fault_is_named():
    try:
        try:
            raise OSError(errno.ENOSPC, "No space left on device", "/x")
        except OSError as full:
            raise RuntimeError("the writer gave up") from full
    except RuntimeError as fault:
        assert code(fault) == ("disk_full", "/x")


def test_a_file_that_another_process_holds_is_named_with_it(tmp_path: Path):
    file = tmp_path / "w.duckdb"
    duckdb.connect(str(file)).close()
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=os.environ
    ) as other:
        assert other.stdout is not None and other.stdin is not None
        other.stdout.readline()
        with pytest.raises(duckdb.IOException) as fault:
            duckdb.connect(str(file), read_only=True)
        found = cause_of(fault.value)
        other.stdin.close()
    assert found is not None
    assert (found.code, found.place, found.values["pid"], found.exit_code) == (
        "file_in_use",
        str(file),
        str(other.pid),
        6,
    )
