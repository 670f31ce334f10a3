"""Units add up to the province: who is insured twice, and what the ledger lacks, worked out by hand."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from tests.dbt.world import World

LANZHOU, NEW_AREA, TIANSHUI, PROVINCE = "620100", "620171", "620500", "620000"


def month(number: int) -> dt.date:
    return dt.date(2024, number, 1)


@pytest.fixture(scope="module")
def figures(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, ...], tuple[Any, Any, Any]]:
    """March 2024: this month, the year so far and the same month of last year of every figure."""
    world = World(tmp_path_factory.mktemp("units"))
    # March 2023 was reported without the new area's ledger, which came a year later.
    for region, amount, period in (("620100", 90, "2023-03"), ("620171", 40, "2024-03")):
        row = {"region_code": region, "month": dt.date(2023, 3, 1), "item": "premium", "amount": amount}
        world.add("fund_ledger", [row], period)
        if period == "2023-03":
            world.build(period)
    firms = (("E1", "620102", "enterprise"), ("E2", "620103", "enterprise"), ("E3", "620171", "enterprise"),
             ("E4", "620102", "foundation"))  # fmt: skip
    world.add(
        "employers", [{"employer_id": e, "region_code": r, "unit_type": t} for e, r, t in firms], "2024-03"
    )
    # P1 is insured at two enterprises and a foundation of Lanzhou, P2 in Lanzhou and in the new area.
    insured = (("E1", "P1"), ("E2", "P1"), ("E4", "P1"), ("E1", "P2"), ("E3", "P2"))
    fees = [{"employer_id": e, "person_id": p, "fee_month": month(3)} for e, p in insured]
    world.add("contributions", fees, "2024-03")
    # Lanzhou keeps two accounts, of which the smaller has no rows of March; the new area's February is missing; Tianshui begins in March.
    ledger = [
        ("620100", 1, "opening_balance", 1000), ("620100", 1, "premium", 100), ("620100", 2, "premium", 100), ("620100", 3, "premium", 100),
        ("620102", 1, "opening_balance", 10), ("620102", 1, "premium", 1), ("620102", 2, "premium", 1),
        ("620171", 1, "opening_balance", 500), ("620171", 1, "premium", 50), ("620171", 3, "premium", 50),
        ("620500", 3, "premium", 7),
    ]  # fmt: skip
    world.add(
        "fund_ledger",
        [{"region_code": r, "month": month(m), "item": i, "amount": a} for r, m, i, a in ledger],
        "2024-03",
    )
    world.build("2024-03")
    return {
        (r["reporting_unit"], r["section"], r["measure"], r["dimension"], r["dimension_value"]): (
            r["value"], r["value_year_to_date"], r["value_same_month_last_year"],
        )
        for r in world.query("select * from marts.report_figures where period = date '2024-03-01'")
    }  # fmt: skip


def test_persons_insured_count_once_in_a_unit_in_a_type_and_in_the_province(figures: dict) -> None:
    def insured(unit: str, unit_type: str = "", measure: str = "insured") -> Any:
        return figures[unit, "premium", measure, "unit_type" if unit_type else "none", unit_type][0]

    # Lanzhou: P1 and P2, both at an enterprise, P1 at the foundation too. The new area: P2.
    assert (insured(LANZHOU), insured(LANZHOU, "enterprise"), insured(LANZHOU, "foundation")) == (2, 2, 1)
    assert (insured(NEW_AREA), insured(NEW_AREA, "enterprise")) == (1, 1)
    # The province has the two of them, one less than its units have.
    assert (insured(PROVINCE), insured(PROVINCE, "", "insured_bridge")) == (2, -1)
    assert (insured(PROVINCE, "enterprise"), insured(PROVINCE, "enterprise", "insured_bridge")) == (2, -1)
    assert (insured(PROVINCE, "foundation"), insured(PROVINCE, "foundation", "insured_bridge")) == (1, 0)
    # Money is no person: five times 4000.
    assert figures[PROVINCE, "premium", "pay_base", "none", ""][0] == 20000


def test_premium_of_the_units_adds_up_though_months_are_missing(figures: dict) -> None:
    # March 100 + 50 + 7; the year 300 + 2, 50 + 50 and 7.
    for dimension, value in (("none", ""), ("item", "premium")):
        measure = "premium" if dimension == "none" else "income"
        units = [figures[u, "fund", measure, dimension, value][:2] for u in (LANZHOU, NEW_AREA, TIANSHUI)]
        assert units == [(100, 302), (50, 100), (7, 7)]
        assert figures[PROVINCE, "fund", measure, dimension, value][:2] == (157, 409)
    assert (PROVINCE, "fund", "premium_bridge", "none", "") not in figures


def test_a_balance_is_known_only_where_the_ledger_has_it(figures: dict) -> None:
    assert figures[NEW_AREA, "fund", "balance", "none", ""][:2] == (600, 600)
    assert figures[NEW_AREA, "fund", "opening_balance", "none", ""][:2] == (550, 500)
    # Lanzhou's second account has no March, Tianshui no opening.
    assert figures[LANZHOU, "fund", "balance", "none", ""][:2] == (None, None)
    assert figures[TIANSHUI, "fund", "balance", "none", ""][:2] == (None, None)


def test_last_years_month_is_that_of_its_report(figures: dict) -> None:
    # The province had 90 then, all of it Lanzhou's; the new area's 40 was not in that report, and the column adds up without it.
    units = [figures[u, "fund", "premium", "none", ""][2] for u in (LANZHOU, NEW_AREA, PROVINCE)]
    assert units == [90, None, 90]
