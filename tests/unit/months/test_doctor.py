"""The state of an installation: each fault is seen by itself, and a sound one has none."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from tests.unit.publication.kept_home import make_kept_home
from wengang.cli import app
from wengang.core.settings import Settings
from wengang.months import doctor

# The newest record is that of a signature, made while the test runs; a day later is after it.
LATER = dt.datetime.now(dt.UTC) + dt.timedelta(days=1)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return make_kept_home(tmp_path)


def faults(settings: Settings, now: dt.datetime = LATER) -> list[str]:
    return [check.name for check in doctor.examine(settings, now) if not check.is_well]


def test_a_sound_home_has_no_fault(settings):
    assert faults(settings) == []
    environment = {"WENGANG_KEY_FILE": str(settings.key_path)}
    done = CliRunner().invoke(app, ["doctor", "--home", str(settings.home)], env=environment)
    assert (done.exit_code, "2 keys in force" in done.output) == (0, True)


def test_each_fault_is_named(settings, monkeypatch, tmp_path):
    settings.lake_dir.chmod(0o755)
    assert faults(settings) == ["modes"]
    settings.lake_dir.chmod(0o700)
    # a record of tomorrow: the clock has gone back
    assert faults(settings, dt.datetime(2024, 1, 1, tzinfo=dt.UTC)) == ["clock"]
    with monkeypatch.context() as patched:
        patched.setattr(doctor.shutil, "disk_usage", lambda _: SimpleNamespace(free=(1 << 30) - 1))
        assert faults(settings) == ["disk"]
    with monkeypatch.context() as patched:
        patched.setattr(doctor.os, "geteuid", lambda: 65533)
        assert faults(settings) == ["owner"]
    (tmp_path / "short").write_text("c2hvcnQ=")
    assert faults(settings.model_copy(update={"restricted_key": tmp_path / "short"})) == ["keys"]
    settings.key_path.write_text("0" * 64 + "\n")
    assert faults(settings) == ["identifier key"]


def test_the_room_for_a_month_is_twice_what_the_newest_took(settings):
    draft = doctor.size_of(settings.drafts_dir / "2024-06")
    lake = doctor.size_of(settings.lake_dir)
    warehouse = settings.warehouse_file.stat().st_size
    assert doctor.needed_space(settings) == (1 << 30) + 2 * (draft + lake + warehouse)
