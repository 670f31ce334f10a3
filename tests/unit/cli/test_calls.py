"""Calls that are refused before any work begins: months, settings, folders."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from pydantic import ValidationError

from wengang.cli import app, guarded
from wengang.core.errors import UsageError
from wengang.core.periods import Period, parse_range
from wengang.core.settings import Settings


def test_months_and_ranges() -> None:
    assert parse_range("2024-06") == [Period(2024, 6)]
    assert parse_range("2023-12..2024-02") == [Period(2023, 12), Period(2024, 1), Period(2024, 2)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2024",
        "2024-13",
        "2024-6",
        "0000-01",
        "9999-12",
        "２０２４-06",
        "2024-04..",
        "..2024-04",
        "2024-05..2024-04",
    ],
)
def test_what_is_no_month_or_range(text: str) -> None:
    with pytest.raises(UsageError) as told:
        parse_range(text)
    assert told.value.exit_code == 2


@pytest.mark.parametrize("amount", ["3GiB", "512MB", "1.5 gib"])
def test_memory(amount: str) -> None:
    assert Settings(memory_limit=amount).memory_limit == amount


@pytest.mark.parametrize("amount", ["", "lots", "0GiB", "4", "-1GB", "GiB"])
def test_memory_that_is_none(amount: str) -> None:
    with pytest.raises(ValidationError):
        Settings(memory_limit=amount)


@pytest.mark.parametrize("command", ["run", "ingest"])
def test_folders_that_cannot_be_used(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "landing").mkdir()
    (tmp_path / "file").write_text("x")

    def call(home: str, landing: str) -> int:
        argv = [
            "wengang",
            command,
            "2024-06",
            "--home",
            str(tmp_path / home),
            "--landing",
            str(tmp_path / landing),
        ]
        monkeypatch.setattr(sys, "argv", argv)
        return guarded(app)

    assert call("home", "landin") == 2 and "no_landing_folder" in capsys.readouterr().err
    assert call("home", "file") == 2 and "no_landing_folder" in capsys.readouterr().err
    assert not (tmp_path / "home").exists()
    for home in ("file", "file/home"):
        assert call(home, "landing") == 2 and "home_unusable" in capsys.readouterr().err
    if command == "ingest":
        assert call("home", "landing") == 3  # nothing delivered: incomplete, and no fault of the call
        file = tmp_path / "landing" / "2024-06" / "sanctions.csv"
        file.parent.mkdir()
        file.write_text("x")
        assert call("home", "landing") == 3
        capsys.readouterr()
        assert (
            call("home", "landin") == 3 and "no landing folder" in capsys.readouterr().err
        )  # the lake is there
