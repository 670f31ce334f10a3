"""Whole months beside the oracle: every table, and every figure of the report, cell by cell."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.oracle.__main__ import main
from tests.oracle.nasty import DELIVERIES, SEEDS, Nasty, write_pack
from wengang.core.periods import Period
from wengang.core.progress import Progress
from wengang.core.settings import Settings
from wengang.pipeline import run

if TYPE_CHECKING:
    from tests.conftest import Province


def test_the_small_province_counted_again(province: Province, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(province.home), str(SEEDS), "2024-06"]) == 0, capsys.readouterr().out


@pytest.mark.slow
@pytest.mark.parametrize(
    ("seed", "changes"),
    [
        (11, {}),
        (12, {"reserve_formula": "rolling_12", "skill_insured_measured_at": "application", "skill_in_province_only": "yes"}),
    ],
)  # fmt: skip
def test_two_years_of_odd_cases_counted_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], seed: int, changes: dict[str, str]
) -> None:
    world = Nasty(seed)
    world.make()
    world.write(tmp_path / "landing")
    write_pack(tmp_path / "policy", changes)
    settings = Settings(home=tmp_path / "home", landing=tmp_path / "landing", policy=tmp_path / "policy")
    run(settings, [Period.parse(month) for month in DELIVERIES], Progress(quiet=True))
    capsys.readouterr()
    # with the same month of the year before: 2023-12 and 2024-12, 2023-06 and 2024-06, 2024-01 and 2025-01
    months = ["2024-01", "2024-06", "2024-12", "2025-01"]
    assert main([str(settings.home), str(settings.policy), *months]) == 0, capsys.readouterr().out
