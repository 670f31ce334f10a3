"""The month by the command line: same bytes again, whatever the threads, and after a kill at any step; the exit codes."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from wengang.core.lock import home_lock
from wengang.core.settings import Settings

# Of the settings only the secret of identifiers is handed on: homes that are compared share it.
SETTINGS = {k: v for k, v in os.environ.items() if not k.startswith("WENGANG_") or k == "WENGANG_KEY_FILE"}


def wengang(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from wengang.cli import main; main()", *map(str, arguments)],
        env=SETTINGS | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def digests(folder: Path) -> dict[str, str]:
    """Digest of every file of a package."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_again_is_the_same_bytes(province, tmp_path):
    copy = province.copy(tmp_path)
    first = digests(copy.home / "drafts" / "2024-06")
    assert {
        "tables/refund_decisions.parquet",
        "tables/extract_files.parquet",
        "validation/results.json",
    } <= set(first)
    done = wengang("run", "2024-06", "--home", copy.home, "--landing", copy.landing)
    assert done.returncode == 0, done.stderr
    assert digests(copy.home / "drafts" / "2024-06") == first


def test_a_fresh_home_with_one_thread_is_the_same_bytes(province, tmp_path):
    done = wengang(
        "run",
        "2024-06",
        "--home",
        tmp_path / "home",
        "--landing",
        province.landing,
        "--threads",
        1,
        "--memory-limit",
        "2GiB",
    )
    assert done.returncode == 0, done.stderr
    ours, theirs = (digests(h / "drafts" / "2024-06") for h in (tmp_path / "home", province.home))
    assert ours == theirs


def test_the_warehouse_is_rebuilt_from_the_lake(province, tmp_path):
    copy = province.copy(tmp_path)
    first = digests(copy.home / "drafts" / "2024-06" / "tables")
    shutil.rmtree(copy.home / "warehouse")
    done = wengang("run", "2024-06", "--home", copy.home, "--landing", tmp_path / "empty")
    assert done.returncode == 0, done.stderr
    assert digests(copy.home / "drafts" / "2024-06" / "tables") == first


@pytest.mark.slow
@pytest.mark.parametrize("point", ["build-marts-done", "build-month-done", "build-done", "draft-written"])
def test_a_kill_leaves_what_is_published_and_a_rerun_ends_in_the_same_bytes(province, tmp_path, point):
    copy = province.copy(tmp_path)
    first = digests(copy.home / "drafts" / "2024-06")
    published = hashlib.sha256((copy.home / "warehouse" / "wengang.duckdb").read_bytes()).hexdigest()
    killed = wengang(
        "run", "2024-06", "--home", copy.home, "--landing", copy.landing, WENGANG_KILL_POINT=point
    )
    assert killed.returncode == 137
    assert hashlib.sha256((copy.home / "warehouse" / "wengang.duckdb").read_bytes()).hexdigest() == published
    assert set(digests(copy.home / "drafts" / "2024-06")) >= set(first) - {
        k for k in first if k.startswith("validation/")
    }
    done = wengang("run", "2024-06", "--home", copy.home, "--landing", copy.landing)
    assert done.returncode == 0, done.stderr
    assert digests(copy.home / "drafts" / "2024-06") == first


def test_faulty_parameters_build_nothing(province, tmp_path):
    copy = province.copy(tmp_path)
    shutil.copytree("seeds/policy", tmp_path / "policy")
    parameters = tmp_path / "policy" / "parameters.csv"
    lines = parameters.read_text(encoding="utf-8").splitlines()
    parameters.write_text("\n".join([*lines, lines[1]]) + "\n", encoding="utf-8")
    before = digests(copy.home)
    done = wengang(
        "run", "2024-06", "--home", copy.home, "--landing", copy.landing, "--policy", tmp_path / "policy"
    )
    assert done.returncode == 4
    assert "parameters.csv" in done.stderr
    assert str(len(lines) + 1) in done.stderr  # the doubled row's line
    assert "Traceback" not in done.stderr
    after = digests(copy.home)
    assert {k: v for k, v in after.items() if k.startswith(("drafts", "warehouse/wengang"))} == {
        k: v for k, v in before.items() if k.startswith(("drafts", "warehouse/wengang"))
    }


def test_a_manifest_fault_makes_the_period_incomplete(province, tmp_path):
    landing = tmp_path / "landing"
    shutil.copytree(province.landing, landing)
    name = next(f.name for f in sorted((landing / "2024-06").iterdir()) if f.name.startswith("sanctions"))
    (landing / "2024-06" / "manifest.csv").write_text(
        f"file,sha256,rows\n{name},{'0' * 64},1\n", encoding="utf-8"
    )
    done = wengang("ingest", "2024-06", "--home", tmp_path / "home", "--landing", landing)
    assert done.returncode == 3, done.stderr
    assert name in done.stderr


def test_a_home_that_is_held_says_by_whom(province, tmp_path):
    copy = province.copy(tmp_path)
    with home_lock(Settings(home=copy.home)):
        done = wengang("run", "2024-06", "--home", copy.home, "--landing", copy.landing)
    assert done.returncode == 6
    assert f"pid {os.getpid()}" in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [("run", "2024-6"), ("run", "2024-08..2024-06"), ("run",), ("run", "2024-06", "--policy", "nowhere")],
)
def test_usage_faults(arguments, tmp_path):
    done = wengang(*arguments, WENGANG_HOME=str(tmp_path))
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_status_tells_where_a_home_stands(province):
    done = wengang("status", "--home", province.home, "--landing", province.landing)
    assert done.returncode == 0
    assert "2024-06" in done.stdout
    assert "✓" in done.stdout


@pytest.mark.slow
def test_a_failed_month_stays_failed_whatever_is_run_after_it(province, tmp_path):
    """A row is gone from June's lake: rows are no longer conserved, which is critical. July has files of its own and passes."""
    import duckdb

    from wengang.core.errors import PublicationError
    from wengang.core.journal import append_journal, read_journal
    from wengang.core.periods import Period
    from wengang.core.progress import Progress
    from wengang.core.settings import Settings
    from wengang.lake.deliveries import DELIVERIES
    from wengang.pipeline import run, sign_draft
    from wengang.sample import write_sample

    copy = province.copy(tmp_path)
    shutil.copytree(province.landing, tmp_path / "landing")
    write_sample(tmp_path / "landing", [Period(2024, 7)], employers=60, seed=7)
    settings = Settings(home=copy.home, landing=tmp_path / "landing")
    june, july, quiet = Period(2024, 6), Period(2024, 7), Progress(quiet=True)
    file = next((copy.home / "lake" / "certificates" / "period=2024-06").glob("*.parquet"))
    rows = f"from read_parquet('{file}', hive_partitioning = false) order by _seq offset 1"
    duckdb.connect().execute(f"copy ({rows}) to '{tmp_path / 'less'}' (format parquet)")
    shutil.copy(tmp_path / "less", file)
    # as a faulty writer would leave it: a row less than the journal counts, and the digest of what was written
    journal = settings.journal_dir / DELIVERIES
    records = read_journal(journal)
    short = next(r for r in records if r.get("lake_file") == str(file.relative_to(settings.lake_dir)))
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    append_journal(journal, [{**short, "seq": len(records) + 1, "lake_sha256": digest}])
    before = settings.warehouse_file.read_bytes()
    assert run(settings, [june], quiet).exit_code == 5
    assert settings.warehouse_file.read_bytes() == before
    failed = digests(settings.drafts_dir / "2024-06")

    assert run(settings, [july], quiet).exit_code in (0, 3)
    assert digests(settings.drafts_dir / "2024-06") == failed
    said = (settings.drafts_dir / "2024-07" / "summary.txt").read_text(encoding="utf-8")
    assert "Every earlier month has passed its critical expectations: failed · 2024-06" in said
    status = wengang("status", "--home", copy.home, "--landing", settings.landing_dir).stdout
    assert "不能签发" in status and "certificates" in status
    with duckdb.connect(str(settings.warehouse_file), read_only=True) as con:
        found = "select month(period), bool_and(severity <> 'critical' or outcome = 'met') from quality.validation_results group by 1"
        # the file was never published with what failed: it still holds June's former rows, which passed
        assert sorted(con.execute(found).fetchall()) == [(6, True), (7, True)]
    with pytest.raises(PublicationError) as refused:
        sign_draft(settings, june, "preparer", quiet, who="zhang")
    assert refused.value.exit_code == 5
    assert wengang("publish", "2024-06", "--home", copy.home).returncode in (5, 7)
    assert not (settings.published_dir / "2024-06").exists()
