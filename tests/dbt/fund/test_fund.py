"""The fund's months, the reserve gate and the reconciliations on ledgers written by hand."""

from __future__ import annotations

import csv
import datetime as dt
import shutil
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.dbt.world import World

FUND = (
    "stg_fund_ledger",
    "int_fund_gaps",
    "int_fund_accounts",
    "int_fund_years",
    "int_fund_province",
    "int_fund_gate",
    "fund_months",
)
SEEDS = Path(__file__).resolve().parents[3] / "seeds" / "policy"
Row = dict[str, Any]


def entry(region: str, month: str, item: str, amount: object) -> Row:
    return {
        "region_code": region,
        "month": dt.date.fromisoformat(f"{month}-01"),
        "item": item,
        "amount": Decimal(str(amount)),
    }


def year_of(
    region: str, year: int, opening: object, premium: object, benefit: object, months: range = range(1, 13)
) -> list[Row]:
    """A year of one account: an opening, and every month the same premium and the same benefit."""
    rows = [entry(region, f"{year}-01", "opening_balance", opening)] if opening is not None else []
    for m in months:
        rows += [
            entry(region, f"{year}-{m:02d}", "premium", premium),
            entry(region, f"{year}-{m:02d}", "benefit", benefit),
        ]
    return rows


def months_table(world: World, region: str) -> dict[str, Row]:
    rows = world.query("select * from marts.fund_months where region_code = ? order by month", region)
    return {f"{r['month']:%Y-%m}": r for r in rows}


def gate(world: World, year: int = 2024) -> Row:
    (row,) = world.query("select * from intermediate.int_fund_gate where programme_year = ?", year)
    return row


def test_the_province_is_the_sum_of_all_accounts_without_money_between_levels(tmp_path: Path) -> None:
    rows = year_of("620100", 2023, 1000, 100, 60) + year_of("620000", 2023, 500, 1, 5)
    for m in range(1, 13):
        rows += [
            entry("620100", f"2023-{m:02d}", "to_superior", 10),
            entry("620000", f"2023-{m:02d}", "from_subordinate", 10),
        ]
    rows += [
        entry("620100", "2023-03", item, 7)
        for item in ("medical", "funeral", "price_subsidy", "pension", "assistance", "other_benefit")
    ]
    rows += [
        entry("620100", "2023-03", "recovered", 4),
        entry("620100", "2023-03", "job_expansion", 19),
        entry("620100", "2023-03", "expanded_use", 23),
        entry("620100", "2023-03", "refund", 11),
        entry("620100", "2023-03", "skill_subsidy", 13),
        entry("620100", "2023-03", "training", 17),
    ]
    # 2024: the account reports no opening and goes on from December; the province's own reports another one than computed.
    rows += [entry("620100", "2024-01", "premium", 100), entry("620000", "2024-01", "opening_balance", 600)]
    rows += [entry("620000", "2024-01", "premium", 1), entry("620100", "2024-02", "premium", 100)]
    world = World(tmp_path).add("fund_ledger", rows, period="2024-01").build("2024-01", *FUND)
    account, province = months_table(world, "620100"), months_table(world, "620000")
    # March: benefit 60 + 6 × 7 = 102 living; refund 11, skill 13, job expansion 19; other: training 17, expanded use 23 and 10 to the
    # superior = 50: 102 + 11 + 13 + 19 + 50 = 195. Income: premium 100 and 4 recovered.
    assert account["2023-03"]["income"] == 104
    assert account["2023-03"]["expenditure"] == 195
    assert account["2023-03"]["living_benefits"] == 102
    assert account["2023-03"]["job_expansion"] == 19
    assert (account["2023-03"]["refund"], account["2023-03"]["skill_subsidy"]) == (11, 13)
    assert account["2023-03"]["other_expenditure"] == 50
    # 1000 + 12 × (100 − 60 − 10) + 4 − (42 + 11 + 13 + 19 + 17 + 23 = 125) = 1239 at the year's end; January 2024 goes on from it: + 100.
    assert account["2023-12"]["balance"] == 1239
    assert account["2024-01"]["balance"] == 1339
    # Consolidated: 1000 + 500, each month 101 in and 65 out, in March 4 and 125 more: 1500 + 12 × 36 + 4 − 125 = 1811.
    assert province["2023-01"]["income"] == 101
    assert province["2023-01"]["expenditure"] == 65
    assert province["2023-12"]["balance"] == 1811
    # January: openings 1239 (computed) + 600 (reported), and 101 in.
    assert province["2024-01"]["balance"] == 1940
    # Twelve months to December cost 12 × 65 + 125 = 905: 1811 × 12 / 905 = 24.01325966…
    assert province["2023-12"]["rolling_reserve_months"] == Decimal("24.013260")
    assert province["2023-11"]["rolling_reserve_months"] is None
    assert "2024-02" not in account, "a month after the period is not known yet"


@pytest.mark.parametrize(
    ("opening", "is_open", "band", "months", "spent"),
    [
        # 1200 a year spent, nothing taken in: 2400 − 1200 = 1200 left is exactly 12 months.
        ("2400.00", True, "below_pooling_target", "12.000000", 100),
        # A fen less: 1199.99 × 12 / 1200 = 11.9999.
        ("2399.99", False, "below_min", "11.999900", 100),
        # 2400 left: exactly the 24 months of the gap-sharing line; a fen less is below it.
        ("3600.00", True, "ok", "24.000000", 100),
        ("3599.99", True, "below_pooling_target", "23.999900", 100),
        # Overdrawn: (1199.97 − 1200) × 12 / 1200 = −0.0003.
        ("1199.97", False, "below_min", "-0.000300", 100),
        # A province's: 12 × 5,000 million spent, 60,000 million left, and a fen less; 12 of its years' spending is more than 18 digits hold.
        ("120000000000.00", True, "below_pooling_target", "12.000000", 5_000_000_000),
        ("119999999999.99", False, "below_min", "12.000000", 5_000_000_000),
    ],
)
def test_the_gate_compares_exactly(
    tmp_path: Path, opening: str, is_open: bool, band: str, months: str, spent: int
) -> None:
    rows = year_of("620100", 2023, opening, 0, spent)
    world = World(tmp_path).add("fund_ledger", rows).build("2024-06", *FUND)
    row = gate(world)
    assert (row["gate_open"], row["band"], row["reserve_months"]) == (is_open, band, Decimal(months))
    assert row["balance_previous_year"] == Decimal(opening) - 12 * spent
    assert row["expenditure_previous_year"] == 12 * spent
    assert (row["parameter"], row["document_id"]) == ("reserve_months_min", "MOHRSS-2024-40")


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param(
            year_of("620100", 2023, 5000, 10, 100) + year_of("620200", 2023, 500, 1, 1, range(1, 12)),
            id="a month lacks",
        ),
        pytest.param(
            year_of("620100", 2023, 5000, 10, 100) + year_of("620200", 2023, None, 1, 1),
            id="an opening lacks",
        ),
        pytest.param(year_of("620100", 2023, 5000, 10, 0), id="nothing spent"),
        pytest.param([], id="no ledger"),
    ],
)
def test_what_is_not_known_keeps_the_gate_unknown(tmp_path: Path, rows: list[Row]) -> None:
    row = gate(World(tmp_path).add("fund_ledger", rows).build("2024-06", *FUND))
    assert (row["gate_open"], row["band"]) == (None, "unknown")
    assert row["balance_previous_year"] is row["expenditure_previous_year"] is row["reserve_months"] is None


def test_a_december_before_stands_in_for_a_missing_opening(tmp_path: Path) -> None:
    # 2022 ends with 4000 + 12 × (10 − 100) = 2920; 2023 with 2920 − 1080 = 1840: 1840 × 12 / 1200 = 18.4 months.
    rows = year_of("620100", 2022, 4000, 10, 100) + year_of("620100", 2023, None, 10, 100)
    row = gate(World(tmp_path).add("fund_ledger", rows).build("2024-06", *FUND))
    assert (row["gate_open"], row["reserve_months"]) == (True, Decimal("18.400000"))


def test_the_year_end_is_the_computed_one_whatever_the_next_opening_says(tmp_path: Path) -> None:
    rows = [*year_of("620100", 2023, 2400, 0, 100), entry("620100", "2024-01", "opening_balance", 9999)]
    assert (
        gate(World(tmp_path).add("fund_ledger", rows).build("2024-06", *FUND))["balance_previous_year"]
        == 1200
    )


def test_rolling_twelve_months_by_parameter(tmp_path: Path) -> None:
    policy = tmp_path / "policy"
    shutil.copytree(SEEDS, policy)
    path = policy / "parameters.csv"
    with path.open(encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file))
    for row in table:
        if row["parameter"] == "reserve_formula":
            row["value"] = "rolling_12"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, table[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(table)
    rows = year_of("620100", 2023, 5000, 0, 100) + year_of("620100", 2024, None, 0, 200, range(1, 7))
    world = World(tmp_path, policy=policy).add("fund_ledger", rows).build("2024-06", *FUND)
    # June 2024: 5000 − 1200 − 6 × 200 = 2600; July to June cost 6 × 100 + 6 × 200 = 1800: 2600 × 12 / 1800 = 17.333…
    row = gate(world)
    assert (row["reserve_months"], row["gate_open"]) == (Decimal("17.333333"), True)
    assert (row["balance_previous_year"], row["expenditure_previous_year"]) == (3800, 1200)
    assert months_table(world, "620000")["2024-06"]["rolling_reserve_months"] == Decimal("17.333333")


def test_reconciliations_show_both_sides(tmp_path: Path) -> None:
    june = [
        entry("620100", "2024-06", "premium", 80),
        entry("620100", "2024-06", "benefit", 1818),
        entry("620100", "2024-06", "medical", 5),
        entry("620100", "2024-06", "other_benefit", 100),
        entry("620100", "2024-06", "assistance", 200),
        entry("620100", "2024-06", "pension", 7),
        entry("620100", "2024-06", "to_superior", 10),
        entry("620000", "2024-06", "from_subordinate", 9),
    ]
    paid = {"fee_month": dt.date(2024, 5, 1), "received_on": dt.date(2024, 6, 10)}
    world = World(tmp_path)
    world.add("employers", [{"employer_id": "E1", "region_code": "620102"}])
    # 40 yuan a row. P1 in June; P2 in June by a row delivered in May; P3 by two versions of June, the later voided; P4 in May.
    world.add("contributions", [{"employer_id": "E1", "person_id": "P2", **paid}], period="2024-05")
    world.add("contributions", [{"employer_id": "E1", "person_id": "P5", **paid}], period="2024-05")
    world.add(
        "contributions",
        [
            {"employer_id": "E1", "person_id": "P1", **paid},
            {"employer_id": "E1", "person_id": "P3", **paid},
            {"employer_id": "E1", "person_id": "P3", **paid, "is_valid": False},
            {
                "employer_id": "E1",
                "person_id": "P4",
                "fee_month": dt.date(2024, 5, 1),
                "received_on": dt.date(2024, 5, 31),
            },
            # The row of May for P5 is corrected: it came in in July.
            {
                "employer_id": "E1",
                "person_id": "P5",
                "fee_month": dt.date(2024, 5, 1),
                "received_on": dt.date(2024, 7, 1),
            },
        ],
    )
    world.add("fund_ledger", june)
    payment = {"claim_no": "C1", "person_id": "P9", "benefit_month": dt.date(2024, 6, 1)}
    world.add(
        "benefit_payments",
        [
            {**payment, "payment_no": "1"},
            {**payment, "payment_no": "2", "result": "returned"},
            {**payment, "payment_no": "3", "paid_on": dt.date(2024, 7, 1)},
            {**payment, "payment_no": "4", "benefit_kind": "medical", "amount": 6},
            {**payment, "payment_no": "5", "benefit_kind": "allowance", "amount": 100},
            {**payment, "payment_no": "6", "benefit_kind": "one_off", "amount": 200},
            {**payment, "payment_no": "7", "benefit_kind": "funeral", "amount": 200},
        ],
    )
    world.build("2024-06", "+reconciliations", "+reconciliations_by_region")
    rows = {r["check_id"]: r for r in world.query("select * from marts.reconciliations")}
    sides = {k: (r["left_amount"], r["right_amount"], r["difference"], r["outcome"]) for k, r in rows.items()}
    assert sides["premium"] == (80, 80, 0, "match")
    assert sides["benefit"] == (1818, 1818, 0, "match")
    assert sides["medical"] == (5, 6, -1, "mismatch")
    assert sides["other_benefit"] == (300, 300, 0, "match")
    # Both sources came and have nothing of the kind: 0.00, and the ledger's missing funeral benefit shows.
    assert sides["funeral"] == (0, 200, -200, "mismatch")
    assert sides["price_subsidy"] == (0, 0, 0, "match")
    assert sides["pension"] == (7, 0, 7, "mismatch")
    # The bank's return and the recoveries brought no file.
    assert (
        sides["refund"] == sides["job_expansion"] == sides["recovered"] == (0, None, None, "not_comparable")
    )
    assert sides["refund_decisions"] == (0, None, None, "not_comparable")
    assert sides["interlevel"] == (9, 10, -1, "mismatch")
    assert sides["opening_balance"] == (None, None, None, "not_comparable")
    assert len(rows) == 16
    assert {r["region_code"] for r in rows.values()} == {"620000"}
    regions = {
        (r["check_id"], r["region_code"]): r["outcome"]
        for r in world.query("select * from marts.reconciliations_by_region")
    }
    assert regions["premium", "620100"] == "match", (
        "the county's employer belongs to its prefecture's account"
    )


def test_an_opening_that_is_not_the_computed_year_end_is_a_finding(tmp_path: Path) -> None:
    rows = year_of("620100", 2023, 1000, 100, 60) + year_of("620200", 2023, 100, 1, 1)
    # 620100 ends 2023 with 1480, 620200 with 100 and reports nothing; a new account has no year end to compare.
    rows += [
        entry("620100", "2024-01", "opening_balance", "1479.99"),
        entry("620300", "2024-01", "opening_balance", 50),
    ]
    rows += [entry("620200", "2024-01", "premium", 1)]
    world = World(tmp_path).add("fund_ledger", rows, period="2024-01")
    # It is shown in every month of the year until it is set right: in March it has been.
    world.add("fund_ledger", [entry("620100", "2024-01", "opening_balance", 1480)], period="2024-03")
    expected = {
        "2024-01": ("1479.99", "mismatch"),
        "2024-02": ("1479.99", "mismatch"),
        "2024-03": ("1480.00", "match"),
    }
    for period, (left, outcome) in expected.items():
        world.build(period, "+reconciliations")
        (row,) = world.query(
            "select * from marts.reconciliations where check_id = 'opening_balance' and month(period) = ?",
            int(period[-2:]),
        )
        assert (row["left_amount"], row["right_amount"], row["outcome"]) == (Decimal(left), 1480, outcome)
