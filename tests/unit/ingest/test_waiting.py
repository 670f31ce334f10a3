"""How many bytes an intake has before it, by the names that no run has met."""

from __future__ import annotations

from pathlib import Path

import pytest

from wengang.core.periods import Period
from wengang.ingest import waiting_bytes

from .conftest import World, premium, table

JUNE = Period(2024, 6)


def test_what_was_not_met_before(world: World) -> None:
    world.put("contributions.csv", table([premium()]))
    folder = world.settings.landing_dir / "2024-06"
    (folder / "part").mkdir()
    (folder / "part" / "employers.csv").write_bytes(b"x" * 1000)
    (folder / "manifest.csv").write_bytes(b"x" * 300)
    assert waiting_bytes(world.settings, JUNE) == (folder / "contributions.csv").stat().st_size + 1000
    assert waiting_bytes(world.settings, JUNE.plus(-1)) == 0, "a later month is not asked for"
    world.ingest()
    assert waiting_bytes(world.settings, JUNE) == 0


def test_no_landing_folder(world: World) -> None:
    assert waiting_bytes(world.settings, JUNE) == 0


def test_a_folder_that_cannot_be_read_is_for_the_intake_to_tell(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.put("contributions.csv", table([premium()]))

    def refused(_: Path) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "iterdir", refused)
    assert waiting_bytes(world.settings, JUNE) is None
