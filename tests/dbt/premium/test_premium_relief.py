"""What the cut of the premium rate relieved: bases of the month's own normal rows × (2 % − 1 %)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.dbt.world import World


def row(employer: str, person: str, base: str, month: str = "2024-06", **more: Any) -> dict[str, Any]:
    unit = (Decimal(base) * Decimal("0.007")).quantize(Decimal("0.01"))
    own = (Decimal(base) * Decimal("0.003")).quantize(Decimal("0.01"))
    return {
        "employer_id": employer, "person_id": person, "fee_month": f"{month}-01", "pay_base": Decimal(base), "employer_due": unit,
        "person_due": own, "received_on": "2024-06-20",
    } | more  # fmt: skip


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    world = World(tmp_path_factory.mktemp("premium"))
    world.add(
        "employers",
        [
            {"employer_id": "E1"},
            {"employer_id": "E2"},
            {"employer_id": "G1", "unit_type": "government"},
            {"employer_id": "E3", "region_code": "621024"},
            {"employer_id": "E4", "region_code": "620123"},
        ],
    )
    world.add(
        "contributions",
        [
            # A person of E1 and E2 is one insured person of the region and type.
            row("E1", "P1", "4000.00"), row("E2", "P1", "1000.00"),
            # Due, received only in July: due counts, receipt does not yet.
            row("E1", "P2", "5000.25", received_on="2024-07-01"),
            # No due: base counts, the person is not insured.
            row("E1", "P3", "4000.00", employer_due=0, person_due=0, employer_paid=0, person_paid=0, received_on=None),
            # Makeup, refund and other fee months are no part of the month.
            row("E1", "P4", "4000.00", pay_kind="makeup"), row("E1", "P5", "4000.00", month="2024-05"),
            row("E1", "P1", "0", pay_kind="refund", employer_due=-28, person_due=-12),
            # Base 0.50: 0.50 × 0.01 = 0.005, half up to a fen.
            row("E3", "P6", "0.50", employer_due="0.01", person_due=0),
            # A large city's month: two bases of 30 thousand million are more than a product in 18 digits holds.
            row("E4", "P8", "30000000000.00"), row("E4", "P9", "30000000000.00"),
            row("G1", "P7", "6000.00"),
            row("X9", "P8", "3000.00"),
        ],
    )  # fmt: skip
    # A correction takes the place of the row of its key: P7's base was 6000, is 7000.
    world.add("contributions", [row("G1", "P7", "7000.00")], file="contributions__2.csv")
    return world.build("2024-06", "+premium_relief")


RELIEF = {
    # insured, base, due, received, relief. E1 + E2: 4000 + 1000 + 5000.25 + 4000 = 14000.25; dues 28 + 12, 7 + 3, 35.00 + 15.00; relief
    # 14000.25 × 0.01 = 140.0025, half up 140.00
    ("620102", "enterprise"): (2, "14000.25", "100.00", "50.00", "140.00"),
    ("621024", "enterprise"): (1, "0.50", "0.01", "0.01", "0.01"),
    # 60,000 million × 0.01; dues 30,000 million × 1 % for each of two
    ("620123", "enterprise"): (2, "60000000000.00", "600000000.00", "600000000.00", "600000000.00"),
    ("620102", "government"): (1, "7000.00", "70.00", "70.00", "70.00"),
    ("unknown", "unknown"): (1, "3000.00", "30.00", "30.00", "30.00"),
}


def test_relief_by_region_and_unit_type(world: World) -> None:
    found = {
        (r["region_code"], r["unit_type"]): (
            r["insured"],
            r["pay_base"],
            r["premium_due"],
            r["premium_received"],
            r["relief"],
        )
        for r in world.query("select * from marts.premium_relief")
    }
    assert found == {k: (v[0], *map(Decimal, v[1:])) for k, v in RELIEF.items()}
