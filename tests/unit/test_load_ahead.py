"""dbt is loaded while deliveries are taken in: whatever becomes of that, the build meets it in its own turn."""

from __future__ import annotations

import pytest

from wengang.core.settings import Settings
from wengang.warehouse import dbt_runner as dbt


@pytest.fixture
def fresh(monkeypatch):
    """A process that has loaded nothing of dbt's project."""
    monkeypatch.setattr(dbt.Dbt, "_manifest", None)
    monkeypatch.setattr(dbt.Dbt, "_loading", None)


@pytest.mark.usefixtures("fresh")
def test_what_was_loaded_ahead_is_used(tmp_path, monkeypatch):
    loads = []
    monkeypatch.setattr(dbt, "kept_manifest", lambda: loads.append(1) or "project")
    dbt.Dbt.load_ahead()
    assert dbt.Dbt(Settings(home=tmp_path)).manifest == "project"
    assert loads == [1]


@pytest.mark.usefixtures("fresh")
def test_a_fault_is_told_when_the_project_is_asked_for(tmp_path, monkeypatch):
    def broken():
        raise ValueError("not a project")

    monkeypatch.setattr(dbt, "kept_manifest", broken)
    dbt.Dbt.load_ahead()
    with pytest.raises(ValueError, match="not a project"):
        _ = dbt.Dbt(Settings(home=tmp_path)).manifest
