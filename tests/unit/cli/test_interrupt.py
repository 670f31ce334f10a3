"""A run that a person stops is reported as stopped, not as a failed model."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from wengang.cli import app, guarded
from wengang.core.errors import ModelError
from wengang.core.settings import Settings
from wengang.warehouse.dbt_runner import Dbt


@pytest.mark.parametrize(
    ("fault", "code"), [(KeyboardInterrupt(), 130), (RuntimeError("no such relation"), ModelError.exit_code)]
)
def test_an_interrupt_while_models_are_made(
    fault: BaseException,
    code: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    class Runner:
        def __init__(self, **_: Any) -> None:
            pass

        def invoke(self, _: list[str]) -> SimpleNamespace:
            return SimpleNamespace(success=False, exception=fault, result=None)

    monkeypatch.setattr("dbt.cli.main.dbtRunner", Runner)
    dbt = Dbt(Settings(home=tmp_path), tmp_path / "w.duckdb")
    assert guarded(lambda: dbt._invoke(["build"])) == code
    assert ("已中断" in capsys.readouterr().err) == (code == 130)


def test_an_interrupt_that_the_command_line_turned_into_an_exit(capsys: pytest.CaptureFixture[str]) -> None:
    """Typer catches an interrupt and leaves with 130, without a word."""

    @app.command("stopped-by-hand")
    def stopped() -> None:
        raise KeyboardInterrupt

    try:
        assert guarded(lambda: app(["stopped-by-hand"])) == 130
    finally:
        app.registered_commands.pop()
    assert "已中断" in capsys.readouterr().err
    assert guarded(lambda: app(["no-such-command"])) == 2
