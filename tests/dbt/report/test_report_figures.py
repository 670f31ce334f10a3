"""The figures of the monthly report on a small world, with every number worked out by hand."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.dbt.world import World
from tests.oracle.compare import compare
from tests.oracle.params import Parameters
from tests.oracle.report import lead_figures, report_figures
from tests.oracle.world import Case, parse_month
from tests.oracle.world import World as Rows
from wengang.core.errors import ModelError
from wengang.warehouse.dbt_runner import Dbt

Figure = Callable[..., tuple[Any, Any, Any] | None]
LANZHOU, NEW_AREA, OWN, UNKNOWN, PROVINCE = "620100", "620171", "own_account", "unknown", "620000"


def month(year: int, number: int) -> dt.date:
    return dt.date(year, number, 1)


def fee(employer: str, person: str, when: dt.date) -> dict[str, object]:
    return {"employer_id": employer, "person_id": person, "fee_month": when}


def ledger(when: dt.date) -> list[dict[str, object]]:
    """Lanzhou takes 100, pays 40 and remits 10; the new area takes 50 and pays 20; the province's own gets the 10 and refunds 5."""
    return [
        {"region_code": region, "month": when, "item": item, "amount": amount}
        for region, item, amount in (
            ("620100", "premium", 100), ("620100", "benefit", 40), ("620100", "to_superior", 10),
            ("620171", "premium", 50), ("620171", "benefit", 20),
            ("620000", "from_subordinate", 10), ("620000", "refund", 5),
        )
    ]  # fmt: skip


def paid(number: str, person: str, region: str, day: str, amount: int) -> dict[str, object]:
    return {
        "payment_no": number, "claim_no": f"C{number}", "person_id": person, "region_code": region,
        "benefit_month": dt.date.fromisoformat(day).replace(day=1), "paid_on": dt.date.fromisoformat(day), "amount": amount,
    }  # fmt: skip


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Reports of 2023-06, 2024-01, 2024-02 and 2024-06; E1 is in Lanzhou, E2 in the new area, E3 in no register."""
    world = World(tmp_path_factory.mktemp("report"))
    firms = [{"employer_id": "E1"}, {"employer_id": "E2", "region_code": "620171"}]
    people = (("E1", "P1"), ("E2", "P2"), ("E3", "P3"))
    openings = [
        {"region_code": r, "month": month(2023, 1), "item": "opening_balance", "amount": a}
        for r, a in (("620100", 1000), ("620171", 500), ("620000", 2000))
    ]
    world.add("employers", firms, "2023-06")
    first = [month(2022, 12), *(month(2023, n) for n in range(1, 7))]
    world.add("contributions", [fee(e, p, m) for m in first for e, p in people], "2023-06")
    world.add("fund_ledger", [*openings, *(r for m in first[1:] for r in ledger(m))], "2023-06")
    world.build("2023-06")

    second = [*(month(2023, n) for n in range(7, 13)), month(2024, 1)]
    world.add("employers", firms, "2024-01")
    world.add("contributions", [fee(e, p, m) for m in second for e, p in people], "2024-01")
    world.add("fund_ledger", [r for m in second for r in ledger(m)], "2024-01")
    world.add("benefit_payments", [paid("1", "Q2", "620102", "2024-01-20", 100)], "2024-01")
    world.build("2024-01")

    # In February P1 works at E2 as well, and Lanzhou's premium of January turns out to have been 107.
    world.add("contributions", [fee(e, p, month(2024, 2)) for e, p in (*people, ("E2", "P1"))], "2024-02")
    correction = {"region_code": "620100", "month": month(2024, 1), "item": "premium", "amount": 107}
    world.add("fund_ledger", [correction, *ledger(month(2024, 2))], "2024-02")
    payments = [
        paid("2", "Q1", "620102", "2024-02-20", 100),
        paid("3", "Q1", "620171", "2024-02-20", 100),
        paid("4", "Q3", "999999", "2024-02-20", 50),
    ]
    world.add("benefit_payments", payments, "2024-02")
    world.build("2024-02")

    # E1 and E2 name each other as their head office
    codes = {e: "91" + e.zfill(16) for e in ("E1", "E2")}
    circle = [
        {"uscc": codes[a], "data_year": 2023, "parent_uscc": codes[b]}
        for a, b in (("E1", "E2"), ("E2", "E1"))
    ]
    world.add("enterprise_size", circle, "2024-06")
    world.add("contributions", [fee("E1", "P1", month(2024, 6))], "2024-06")
    world.build("2024-06")
    return world


@pytest.fixture(scope="module")
def figure(world: World) -> Figure:
    """Look a figure up: this month, the year so far, the same month of last year; None: there is no such row."""
    rows = {
        (str(r["period"])[:7], r["reporting_unit"], r["section"], r["measure"], r["dimension"], r["dimension_value"]): (
            r["value"], r["value_year_to_date"], r["value_same_month_last_year"],
        )
        for r in world.query("select * from marts.report_figures")
    }  # fmt: skip

    def look(
        period: str, unit: str, section: str, measure: str, dimension: str = "none", value: str = ""
    ) -> tuple[Any, Any, Any] | None:
        return rows.get((period, unit, section, measure, dimension, value))

    return look


def test_fund_is_consolidated_with_its_bridge(figure: Figure) -> None:
    # February: 100 and 107 + 100 of the year in Lanzhou; 10 in the province's own; consolidated 150, of the year 157 + 150.
    at = "2024-02"
    assert figure(at, LANZHOU, "fund", "income") == (100, 207, 100)
    assert figure(at, OWN, "fund", "income") == (10, 20, 10)
    assert figure(at, PROVINCE, "fund", "income") == (150, 307, 150)
    assert figure(at, PROVINCE, "fund", "income_bridge") == (-10, -20, -10)
    assert figure(at, PROVINCE, "fund", "expenditure") == (65, 130, 65)
    assert figure(at, LANZHOU, "fund", "expenditure") == (50, 100, 50)
    assert figure(at, LANZHOU, "fund", "other_expenditure") == (10, 20, 10)
    assert figure(at, PROVINCE, "fund", "other_expenditure") == (0, 0, 0)
    # The ledger's own items: what Lanzhou remits is no expenditure of the province.
    assert figure(at, LANZHOU, "fund", "expenditure", "item", "to_superior") == (10, 20, 10)
    assert figure(at, PROVINCE, "fund", "expenditure", "item", "to_superior") == (0, 0, 0)
    assert figure(at, PROVINCE, "fund", "expenditure", "item", "benefit") == (60, 120, 60)


def test_opening_is_the_last_closing_but_for_what_was_corrected(figure: Figure) -> None:
    # Lanzhou: 1000 + 12 × 50 = 1600 at the end of 2023, 1650 in January as reported then, 1657 as known in February.
    assert figure("2024-01", LANZHOU, "fund", "balance") == (1650, 1650, 1050)
    assert figure("2024-02", LANZHOU, "fund", "opening_balance") == (1657, 1600, 1050)
    assert figure("2024-02", LANZHOU, "fund", "balance") == (1707, 1707, 1100)
    assert figure("2024-02", LANZHOU, "fund", "opening_change") == (7, None, None)
    assert figure("2024-02", NEW_AREA, "fund", "opening_change") == (0, None, None)
    # 1707 + (500 + 14 × 30 = 920) + (2000 + 14 × 5 = 2070) = 4697, nothing lost between the levels.
    assert figure("2024-02", PROVINCE, "fund", "balance") == (4697, 4697, 3670)
    assert figure("2024-02", PROVINCE, "fund", "balance_bridge") == (0, 0, 0)


def test_a_month_or_an_account_without_a_ledger_is_not_known(figure: Figure) -> None:
    # No ledger was delivered for June 2024; Tianshui never had an account; no account lies outside the units.
    assert figure("2024-06", PROVINCE, "fund", "income") == (None, None, 150)
    assert figure("2024-06", LANZHOU, "fund", "balance") == (None, None, 1300)
    assert figure("2024-02", "620500", "fund", "income") == (None, None, None)
    assert figure("2024-02", UNKNOWN, "fund", "income") == (0, 0, None)


def test_persons_count_once_in_each_unit_and_once_in_the_province(figure: Figure) -> None:
    # February: Q1 in two units, Q3 in no known region; Q2 was paid in January and is not now.
    at = "2024-02"
    assert figure(at, LANZHOU, "benefits", "persons") == (1, 2, None)
    assert figure(at, NEW_AREA, "benefits", "persons") == (1, 1, None)
    assert figure(at, UNKNOWN, "benefits", "persons") == (1, 1, None)
    assert figure(at, PROVINCE, "benefits", "persons") == (2, 3, None)
    assert figure(at, PROVINCE, "benefits", "persons_bridge") == (-1, -1, None)
    assert figure(at, LANZHOU, "benefits", "stopped_persons") == (1, None, None)
    assert figure(at, PROVINCE, "benefits", "new_persons") == (2, None, None)
    assert figure(at, PROVINCE, "benefits", "amount") == (250, 350, None)
    assert figure(at, LANZHOU, "benefits", "amount", "benefit_kind", "benefit") == (100, 200, None)
    assert figure(at, LANZHOU, "benefits", "amount", "benefit_kind", "medical") == (0, 0, None)


def test_premium_year_is_its_months_and_last_year_is_the_report_of_then(figure: Figure) -> None:
    # 4000 × (2 % − 1 %) = 40 per person (人社部发〔2015〕24号). January: three persons. February: four, P1 in both units.
    assert figure("2024-01", PROVINCE, "premium", "relief") == (120, 120, None)
    assert figure("2024-02", PROVINCE, "premium", "relief") == (160, 280, None)
    assert figure("2024-02", NEW_AREA, "premium", "relief") == (80, 120, None)
    assert figure("2024-02", UNKNOWN, "premium", "insured") == (1, None, None)
    assert figure("2024-02", PROVINCE, "premium", "insured") == (3, None, None)
    assert figure("2024-02", PROVINCE, "premium", "insured_bridge") == (-1, None, None)
    # March to May were never reported: June's year is not known, and June 2023 is as reported then.
    assert figure("2024-06", PROVINCE, "premium", "relief") == (40, None, 120)
    assert figure("2024-06", LANZHOU, "premium", "relief") == (40, None, 40)


def test_refund_by_unit_and_part(figure: Figure) -> None:
    # Base year 2023: 12 × 40 = 480 each; E3 is in no register, so in no unit and of no known type.
    at = "2024-06"
    for unit, base in ((LANZHOU, 480), (NEW_AREA, 480), (UNKNOWN, 480), (OWN, 0), (PROVINCE, 1440)):
        assert figure(at, unit, "refund", "contribution_base")[0] == base
    # June 2023 was reported too: three employers with persons insured in December 2022, the base year 2022.
    assert figure(at, PROVINCE, "refund", "employers") == (3, 3, 3)
    assert figure(at, PROVINCE, "refund", "employers", "unit_type", "enterprise")[0] == 2
    assert figure(at, PROVINCE, "refund", "employers", "unit_type", "unknown")[0] == 1
    assert figure(at, PROVINCE, "refund", "unknown_rules", "rule_id", "refund.insured")[0] == 1
    assert figure(at, PROVINCE, "refund", "average_insured")[0] == 3


def test_circles_of_head_offices_are_counted_once_size_filings_are_there(figure: Figure) -> None:
    assert figure("2024-06", PROVINCE, "quality", "parent_circles") == (2, None, None)
    assert figure("2024-02", PROVINCE, "quality", "parent_circles") == (None, None, None)
    assert figure("2024-06", PROVINCE, "refund", "unknown_rules", "rule_id", "refund.size_known")[0] == 3


def test_what_was_never_delivered_is_not_known(figure: Figure) -> None:
    assert figure("2024-02", PROVINCE, "skill", "applications") == (None, None, None)
    assert figure("2024-02", LANZHOU, "skill", "amount", "level", "3") == (None, None, None)
    assert figure("2024-06", PROVINCE, "refund", "paid_in_month") == (None, None, None)
    assert figure("2023-06", PROVINCE, "benefits", "amount") == (None, None, None)


@pytest.mark.parametrize("period", ["2023-06", "2024-01", "2024-02", "2024-06"])
def test_every_figure_is_that_of_the_oracle(world: World, period: str) -> None:
    at, settings = parse_month(period), world.settings
    case = Case(Rows.from_home(settings.home), Parameters.from_folder(settings.policy))
    leads = world.query("select * from marts.risk_leads where period = ?", at)
    # December 2023 is not built here, so no decisions of that year stand.
    ours, oracle = (
        [row for row in rows if row["section"] != "refund"]
        for rows in (
            world.query("select * from marts.report_figures where period = ?", at),
            report_figures(case, at) + lead_figures(leads, at, "620000"),
        )
    )
    found = compare("report_figures", ours, oracle)
    assert found == [], "\n".join(map(str, found))


BREAKS = [
    "update marts.report_figures set value = value + 1 where reporting_unit = '620100' and measure = 'contribution_base' and dimension = 'none'",
    "update marts.report_figures set value = value - 1 where reporting_unit = '620000' and measure = 'pay_base' and dimension = 'none'",
    "delete from marts.report_figures where reporting_unit = 'unknown' and measure = 'employers' and dimension = 'none'",
    "update marts.report_figures set value = value + 1 where measure = 'employers' and dimension = 'unit_type' and value > 0",
    "update marts.report_figures set value_year_to_date = value_year_to_date + 1 where reporting_unit = '620000' and section = 'risk'",
]


@pytest.mark.parametrize("change", BREAKS)
def test_each_broken_identity_is_found(world: World, tmp_path: Path, change: str) -> None:
    database = Path(shutil.copyfile(world.settings.build_file, tmp_path / world.settings.build_file.name))
    dbt = Dbt(world.settings, database)
    dbt.invoke("test", "test_name:report_adds_up")
    with duckdb.connect(str(database)) as con:
        changed = con.execute(change + " and period = date '2024-06-01'").fetchone()
        assert changed and changed[0] > 0
    with pytest.raises(ModelError, match="report_adds_up"):
        dbt.invoke("test", "test_name:report_adds_up")
