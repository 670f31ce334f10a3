"""The facts by employer and fee month: a delivery costs the months that it touches, not the history."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from tests.dbt.refund.kit import staff
from tests.dbt.world import World

SELECT = ("+int_employer_months",)
MAY, JUNE = dt.date(2024, 5, 1), dt.date(2024, 6, 1)


def facts(world: World, columns: str) -> list[tuple[Any, ...]]:
    """Columns of the facts, in order."""
    rows = world.query(
        f"select {columns} from intermediate.int_employer_months order by employer_id, fee_month"
    )
    return [tuple(r.values()) for r in rows]


def test_only_the_months_that_a_delivery_touches_are_computed_again(tmp_path: Path) -> None:
    world = World(tmp_path)
    for employer in ("E1", "E2", "E3"):
        world.add("contributions", staff(employer, 1, [dt.date(2023, 12, 1), MAY]), "2024-05")
    # E3's premium of May is booked with a day in June: 40 yuan owed, nothing received yet
    world.add("contributions", staff("E3", 1, [MAY], received_on="2024-06-03"), "2024-05")
    world.build("2024-05", *SELECT)
    assert facts(world, "due, received")[-1] == (40, 0)
    # every month remembered is marked, so that it shows which are made anew
    world.query("update intermediate.int_employer_months set pay_base = -1")

    # June: E1 corrects December (28 → 30 yuan of the unit), E2 pays its June; nothing of E2's other months, and nothing of E3
    world.add("contributions", staff("E1", 1, [dt.date(2023, 12, 1)], employer_due=30), "2024-06")
    world.add("contributions", staff("E2", 1, [JUNE]), "2024-06")
    world.build("2024-06", *SELECT)
    assert facts(world, "employer_id, fee_month, due, received, pay_base") == [
        ("E1", dt.date(2023, 12, 1), 42, 42, 4000),
        ("E1", MAY, 40, 40, -1),
        ("E2", dt.date(2023, 12, 1), 40, 40, -1),
        ("E2", MAY, 40, 40, -1),
        ("E2", JUNE, 40, 40, 4000),
        ("E3", dt.date(2023, 12, 1), 40, 40, -1),
        # the money that has come in since
        ("E3", MAY, 40, 40, 4000),
    ]

    # the same deliveries again touch nothing
    world.query("update intermediate.int_employer_months set pay_base = -1")
    world.build("2024-06", *SELECT)
    assert set(facts(world, "pay_base")) == {(-1,)}


def test_a_proof_on_arrival_spares_the_count_and_changes_nothing(tmp_path: Path) -> None:
    # E1: two persons in one proved block. E2: the same person in proved blocks of two files, V1 superseded by nothing, so 40 + 40 due.
    # E3: two persons that nothing is proved of. E4: a proved block with a voided row. 28 + 12 = 40 yuan a row.
    def row(employer: str, person: str, block: int | None, **more: Any) -> dict[str, Any]:
        return {
            "employer_id": employer,
            "person_id": person,
            "fee_month": "2024-06-01",
            "_block": block,
        } | more

    world = World(tmp_path)
    first = [
        row("E1", "P1", 1),
        row("E1", "P2", 1),
        row("E2", "P1", 1),
        row("E3", "P1", None),
        row("E3", "P2", None),
    ]
    first += [row("E4", "P1", 1), row("E4", "P2", 1, is_valid=False)]
    world.add("contributions", first, file="a.csv")
    world.add("contributions", [row("E2", "P1", 2, voucher_no="V2")], file="b.csv")
    world.build("2024-06", "+int_employer_months")
    found = world.query(
        "select employer_id, insured, due, is_plain from intermediate.int_employer_months order by employer_id"
    )
    assert [(r["employer_id"], r["insured"], int(r["due"]), r["is_plain"]) for r in found] == [
        ("E1", 2, 80, True),
        ("E2", 1, 80, False),
        ("E3", 2, 80, True),
        ("E4", 1, 40, False),
    ]


def test_rows_that_are_not_regular_are_told_apart_from_persons_twice(tmp_path: Path) -> None:
    # Every employer's two rows lie in one proved block; 28 + 12 = 40 yuan a row. E1: one person's month is a makeup row, which counts as
    # insured and due but has no base. E2: one row is booked in July. E3: one is not received at all. E4: one person has two makeup rows.
    # E5: premium given back, for which nobody is insured.
    def two(employer: str, **second: Any) -> list[dict[str, Any]]:
        row = {"employer_id": employer, "fee_month": "2024-06-01", "_block": 1}
        return [row | {"person_id": "P1"}, row | {"person_id": "P2"} | second]

    unpaid = {"received_on": None, "employer_paid": 0, "person_paid": 0}
    back = {"employer_due": -28, "person_due": -12}
    world = World(tmp_path)
    rows = [
        *two("E1", pay_kind="makeup"),
        *two("E2", received_on="2024-07-02"),
        *two("E3", **unpaid),
        *(r | {"pay_kind": "makeup", "_block": None} for r in two("E4", person_id="P1", voucher_no="V2")),
        *two("E5", pay_kind="refund", **back),
    ]
    world.add("contributions", rows)
    world.build("2024-06", *SELECT)
    columns = "employer_id, insured, due, received, pay_base, normal_due, normal_persons, has_later_receipts, is_plain"
    assert facts(world, columns) == [
        ("E1", 2, 80, 80, 4000, 40, 1, False, True),
        ("E2", 2, 80, 40, 8000, 80, 2, True, True),
        ("E3", 2, 80, 40, 8000, 80, 2, False, True),
        ("E4", 1, 80, 80, 0, 0, 0, False, False),
        ("E5", 1, 0, 0, 4000, 40, 1, False, True),
    ]
