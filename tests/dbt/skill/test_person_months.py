"""Facts by person and month, remembered from month to month, are those of a full build."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.dbt.world import World

SELECT = ("+int_person_months", "+int_employer_months")


def row(person: str, month: str, **more: Any) -> dict[str, Any]:
    return {"employer_id": "E1", "person_id": person, "fee_month": f"{month}-01"} | more


DELIVERIES: list[tuple[str, str, str, list[dict[str, Any]]]] = [
    ("2024-04", "skill_applications", "a.csv", [{"application_no": "A1", "person_id": "P1", "cert_no": "C1"}]),
    ("2024-04", "benefit_claims", "b.csv", [{"claim_no": "K2", "person_id": "P2", "last_employer_id": "E1", "start_month": "2024-04-01"}]),
    (
        "2024-04",
        "contributions",
        "c.csv",
        # P1's April is booked as received in May; P3 is in no programme yet; P9 never is.
        [
            row("P1", "2024-03"),
            row("P1", "2024-04", received_on="2024-05-02"),
            row("P2", "2024-03"),
            row("P3", "2024-02"),
            row("P9", "2024-03"),
        ],
    ),
    # May: P1's March is corrected, P2's voided, P3 applies.
    ("2024-05", "contributions", "c.csv", [row("P1", "2024-03", person_due=15), row("P2", "2024-03", is_valid=False), row("P1", "2024-05")]),
    ("2024-05", "skill_applications", "a.csv", [{"application_no": "A3", "person_id": "P3", "cert_no": "C3"}]),
    # June: P3 has 5 yuan of February refunded, P2 gets a makeup row at another employer; A1 is voided, so that P1 leaves.
    (
        "2024-06",
        "contributions",
        "c.csv",
        [
            row("P3", "2024-02", pay_kind="refund", voucher_no="R", employer_due=0, person_due=0, employer_paid=0, person_paid=-5),
            row("P2", "2024-02", pay_kind="makeup", employer_id="E2"),
        ],
    ),
    (
        "2024-06",
        "skill_applications",
        "a.csv",
        [{"application_no": "A1", "person_id": "P1", "cert_no": "C1", "is_valid": False}],
    ),
]  # fmt: skip

# Person, employer, month: due of unit and person, received of the person. The person's own share is 12, the unit's 28, unless given.
APRIL = {
    ("P1", "E1", "2024-03"): (40, 12),
    ("P1", "E1", "2024-04"): (40, 0),
    ("P2", "E1", "2024-03"): (40, 12),
}
MAY = {
    ("P1", "E1", "2024-03"): (43, 15),
    ("P1", "E1", "2024-04"): (40, 12),
    ("P1", "E1", "2024-05"): (40, 12),
    ("P3", "E1", "2024-02"): (40, 12),
}
JUNE = {("P2", "E2", "2024-02"): (40, 12), ("P3", "E1", "2024-02"): (40, 7)}


def months(world: World) -> dict[tuple[str, str, str], tuple[int, int]]:
    rows = world.query(
        "select person_id, employer_id, strftime(fee_month, '%Y-%m') as m, due, person_received from intermediate.int_person_months"
    )
    found = {
        (r["person_id"], r["employer_id"], r["m"]): (int(r["due"]), int(r["person_received"])) for r in rows
    }
    assert len(found) == len(rows)
    return found


def deliver(world: World, period: str | None = None) -> None:
    for of, source, file, rows in DELIVERIES:
        if period in (None, of):
            world.add(source, rows, period=of, file=file)


def test_month_by_month_as_in_one_build(tmp_path: Path) -> None:
    world = World(tmp_path / "month_by_month")
    for period, wanted in (("2024-04", APRIL), ("2024-05", MAY), ("2024-06", JUNE)):
        deliver(world, period)
        assert months(world.build(period, *SELECT)) == wanted
    at_once = World(tmp_path / "at_once")
    deliver(at_once)
    assert months(at_once.build("2024-06", *SELECT)) == JUNE
    # Back to May: facts of June cannot be wound back, and are not.
    assert months(world.build("2024-05", *SELECT)) == MAY
