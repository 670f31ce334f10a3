"""Odd worlds under random parameter folders: conditions, city rows, overlapping days, every choice; each cell counted a second time."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.oracle.chance import differences, make, outcomes_seen
from tests.oracle.odd import DELIVERIES


def test_a_random_folder_counted_again(tmp_path: Path) -> None:
    """One delivery, one build: 220 units, 150 hires and 150 certificates, a tenth of the rows of the folder for some units or cities only."""
    settings = make(tmp_path, 5, 10, 220, ("2024-08",))
    assert [str(found) for found in differences(settings, ("2024-08",))][:20] == []
    seen = set(outcomes_seen(settings))
    wanted = {("refund.not_suspended", "unknown"), ("refund.heads_kept", "fail"), ("refund.notice", "unknown"),
              ("skill.window", "fail"), ("skill.yearly_cap", "unknown"), ("expansion.window", "fail"), ("expansion.once", "unknown")}  # fmt: skip
    assert wanted <= seen, "the world must be good for something"


@pytest.mark.long
@pytest.mark.parametrize(("seed", "policy"), [(1, 1), (2, 7), (6, 21)])
def test_two_years_under_random_folders_counted_again(tmp_path: Path, seed: int, policy: int) -> None:
    settings = make(tmp_path, seed, policy, 300, DELIVERIES)
    assert [str(found) for found in differences(settings, DELIVERIES)][:20] == []
