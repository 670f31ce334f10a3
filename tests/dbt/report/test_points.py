"""The points to decide, by the unit tests beside the model."""

from __future__ import annotations

from pathlib import Path

from tests.dbt.world import World


def test_the_unit_tests_beside_the_points_hold(tmp_path: Path) -> None:
    World(tmp_path).build("2024-06", "+report_points", "+report_counties").build(
        "2024-06", "models/marts/report,test_type:unit", command="test"
    )
