"""A data directory is known by its marker; folders that only look like a month are none; readers never stand in a writer's way."""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from wengang.cli import app
from wengang.core.data_directory import (
    is_data_directory,
    make_data_directory,
    prepare_data_directory,
    refuse_root,
)
from wengang.core.errors import LockedError, UsageError
from wengang.core.lock import holder_of, home_lock
from wengang.core.settings import Settings
from wengang.months.status import read_status
from wengang.warehouse import publish

NEEDS_HOME = [
    ["status"], ["build", "2024-06"], ["validate", "2024-06"], ["report", "2024-06"], ["publish", "2024-06"], ["run", "2024-06"],
    ["ingest", "2024-06"], ["sign", "2024-06", "--role", "preparer"], ["net-return", "2024-06"], ["sample-audit", "2024-06"],
    ["diff", "2024-06", "--from", "r1"], ["trace", "refund", "employers", "620000", "2024-06"], ["explain", "refund", "E1", "2024-06"],
    ["explain", "skill", "A1", "2024-06"], ["explain", "person", "2024-06"],
]  # fmt: skip


def call(*words: str) -> tuple[int, str]:
    """Run a command; returns the exit code and what it said of an error."""
    done = CliRunner().invoke(app, list(words))
    if isinstance(done.exception, UsageError):
        return done.exception.exit_code, str(done.exception)
    return done.exit_code, done.output


@pytest.mark.parametrize("words", NEEDS_HOME, ids=" ".join)
def test_a_slip_in_home_is_noticed(words: list[str], tmp_path: Path) -> None:
    code, said = call(*words, "--home", str(tmp_path / "typo"))
    assert code == 2 and "no_data_directory" in said and "wengang init" in said
    assert not (tmp_path / "typo").exists()


def test_init_makes_one(tmp_path: Path) -> None:
    assert call("init", "--home", str(tmp_path / "new"))[0] == 0
    assert call("status", "--home", str(tmp_path / "new"))[0] == 0


def test_a_first_intake_with_a_landing_folder_makes_one(tmp_path: Path) -> None:
    (tmp_path / "home" / "landing").mkdir(parents=True)
    assert call("ingest", "2024-06", "--home", str(tmp_path / "home"))[0] == 3  # nothing was delivered
    assert is_data_directory(tmp_path / "home")


@pytest.mark.parametrize("command", ["validate", "report"])
def test_what_was_not_built_is_said_so(command: str, tmp_path: Path) -> None:
    make_data_directory(tmp_path)
    code, said = call(command, "2024-06", "--home", str(tmp_path))
    assert code == 2 and "month_not_built" in said and "wengang run 2024-06" in said


@pytest.mark.parametrize("parent", ["published", "drafts", "landing"])
@pytest.mark.parametrize("name", ["back-up", "2024-13", "abcd-ef", ".2024-06.making"])
def test_folders_that_are_no_month(parent: str, name: str, tmp_path: Path) -> None:
    make_data_directory(tmp_path)
    (tmp_path / parent / name / "r1").mkdir(parents=True)
    (tmp_path / parent / name / "manifest.json").write_text("{}")
    found = json.loads(read_status(Settings(home=tmp_path)).to_json())
    assert (found["months"], found["waiting"]) == ([], {})
    assert call("ingest", "2024-06", "--home", str(tmp_path))[0] == 3


def look(
    home: str, begun: multiprocessing.synchronize.Event, ended: multiprocessing.synchronize.Event
) -> None:
    """Ask who holds a home, again and again."""
    while not ended.is_set():
        holder_of(Path(home))
        begun.set()


def test_readers_never_make_a_run_end(tmp_path: Path) -> None:
    """A monitor that does nothing but look: the lock is taken a thousand times all the same."""
    make_data_directory(tmp_path)
    settings = Settings(home=tmp_path)
    context = multiprocessing.get_context("spawn")
    begun, ended = context.Event(), context.Event()
    with home_lock(settings):
        assert "pid" in str(holder_of(tmp_path))
        with pytest.raises(LockedError), home_lock(settings):
            pass
    monitor = context.Process(target=look, args=(str(tmp_path), begun, ended))
    monitor.start()
    try:
        assert begun.wait(60)
        for _ in range(1000):
            with home_lock(settings):
                pass
    finally:
        ended.set()
        monitor.join()
    assert holder_of(tmp_path) is None


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_folders_with_personal_data_are_closed_and_pages_open_whatever_the_umask(tmp_path, umask):
    from wengang.core.data_directory import CLOSED, make_data_directory
    from wengang.months.published import open_pages, seal

    home = tmp_path / "home"
    package = home / "published" / "2024-06" / ".r1.making"
    before = os.umask(umask)
    try:
        make_data_directory(home)
        (package / "site" / "data").mkdir(parents=True)
        (package / "site" / "index.html").write_text("x")
        (package / "tables").mkdir()
        (package / "tables" / "risk_leads.parquet").write_text("x")
        (package / "tables" / "risk_leads.parquet").chmod(0o600)
        open_pages(package)
        seal(package)
    finally:
        os.umask(before)
    assert {name: (home / name).stat().st_mode & 0o777 for name in CLOSED} == dict.fromkeys(CLOSED, 0o700)
    assert (package / "site" / "index.html").stat().st_mode & 0o777 == 0o444
    assert (package / "site" / "data").stat().st_mode & 0o777 == 0o555
    assert (package.parent.parent).stat().st_mode & 0o777 == 0o755
    assert (package / "tables" / "risk_leads.parquet").stat().st_mode & 0o777 == 0o400
    # a mode that somebody gave a folder stays
    (home / "warehouse").chmod(0o750)
    make_data_directory(home)
    assert (home / "warehouse").stat().st_mode & 0o777 == 0o750


WRITE_AND_DIE = (
    "import duckdb, os, sys; c = duckdb.connect(sys.argv[1]); c.execute(\"set wal_autocheckpoint = '1GB'\");"
    " c.execute('update t set figure = 999'); os._exit(1)"
)


def test_what_another_tool_left_beside_the_warehouse_is_not_read_and_breaks_nothing(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    make_data_directory(settings.home)
    with duckdb.connect(str(settings.warehouse_file)) as con:
        con.execute("create table t as select 1 as figure")
    before = settings.warehouse_file.read_bytes()
    subprocess.run([sys.executable, "-c", WRITE_AND_DIE, str(settings.warehouse_file)], check=False)
    log = Path(f"{settings.warehouse_file}.wal")
    assert log.exists()
    assert (
        settings.warehouse_file.read_bytes() == before
    )  # its digest is the one noted: the log alone holds another figure
    prepare_data_directory(settings)
    with duckdb.connect(str(settings.warehouse_file), read_only=True) as con:
        assert con.execute("select figure from t").fetchall() == [(1,)]
    assert not log.exists()
    # a build is put in place over it: an old log would keep the new file from being opened
    shutil.copyfile(f"{log}.left", log)
    settings.build_dir.mkdir()
    with duckdb.connect(str(settings.build_file)) as con:
        con.execute("create table t as select 2 as figure")
    publish(settings)
    with duckdb.connect(str(settings.warehouse_file), read_only=True) as con:
        assert con.execute("select figure from t").fetchall() == [(2,)]


def test_root_does_not_work_in_another_accounts_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(home=tmp_path / "home")
    make_data_directory(settings.home)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    owner = settings.home.stat().st_uid
    monkeypatch.setattr(
        Path, "stat", lambda self, **_: os.stat_result((0o40700, 1, 1, 1, owner or 65533, 0, 0, 0, 0, 0))
    )
    with pytest.raises(UsageError) as error:
        refuse_root(settings.home)
    assert error.value.code == "run_as_owner"
