"""The refund from month to month: when a window begins and ends, who is on notice when, and what stands afterwards."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.dbt.refund.kit import BASE, MODELS, ledger, months_of, staff
from tests.dbt.world import World
from wengang.core.settings import ROOT

ROW = tuple[str, str, str | None]


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Three employers from March 2024 to February 2025, base years 2022 (from December on) and 2023."""
    world = World(tmp_path_factory.mktemp("year"))
    register = [
        {"employer_id": "E1", "employer_name": "甲单位", "account_kind": "corporate", "account_no": "62E1"},
        {"employer_id": "E2", "employer_name": "乙单位", "account_kind": "corporate", "account_no": "62E2"},
        {"employer_id": "E3", "employer_name": "丙单位", "is_dispatch": True},
    ]
    world.add("employers", register, "2024-03")
    for employer in ("E1", "E2", "E3"):
        world.add("contributions", staff(employer, 1, [dt.date(2022, 12, 1), *BASE]), "2024-03")
    world.add("fund_ledger", ledger(2023), "2024-03")
    # E2 leaves the list of serious dishonesty on 15 June
    world.add(
        "sanctions",
        [{"uscc": "910000000000000" + "0E2", "listed_on": "2024-01-01", "removed_on": "2024-06-15"}],
        "2024-03",
    )
    world.add("benefit_claims", [], "2024-03")
    world.add("headcount_changes", [], "2024-03")
    for month in ("2024-03", "2024-04", "2024-05"):
        # a month in which nothing was delivered is no month in which anybody was first decided
        world.add("notice_objections", [], month)
        world.build(month, *MODELS)
    world.add(
        "dispatch_assignments",
        [
            {
                "dispatch_employer_id": "E3",
                "person_id": "E3-1",
                "start_month": "2023-07-01",
                "user_uscc": "91U",
            }
        ],
        "2024-06",
    )
    world.add(
        "dispatch_agreements",
        [{"dispatch_employer_id": "E3", "programme_year": 2024, "applied_on": "2024-06-03"}],
        "2024-06",
    )
    world.build("2024-06", *MODELS)
    # December: the last month of the window; E1 has moved and is another type from January on
    world.add(
        "programme_payments",
        [{"batch_no": "B", "line_no": 1, "payee_id": "E1", "amount": 100, "paid_on": "2024-12-20"}],
        "2024-12",
    )
    world.build("2024-12", *MODELS)
    later = [dict(r) for r in register]
    later[0] |= {"employer_name": "甲单位（新名）", "region_code": "620502", "account_no": None}
    world.add("employers", later, "2025-01")
    world.add("contributions", staff("E1", 1, months_of(2024)), "2025-01")
    world.add(
        "contributions", staff("E2", 1, [dt.date(2023, 12, 1)], voucher_no="V1", is_valid=False), "2025-01"
    )
    world.add(
        "programme_payments",
        [
            {"batch_no": "B", "line_no": 2, "payee_id": "E1", "amount": 88, "paid_on": "2025-01-20"},
            {
                "batch_no": "B",
                "line_no": 3,
                "payee_id": "91U",
                "on_behalf_of": "E3",
                "amount": 30,
                "paid_on": "2025-01-20",
            },
        ],
        "2025-01",
    )
    world.add(
        "notice_objections",
        [{"programme": "refund", "subject_id": "E2", "raised_on": "2025-01-10"}],
        "2025-01",
    )
    world.build("2025-01", *MODELS)
    yield world


def decisions(world: World, period: str, columns: str) -> list[tuple[Any, ...]]:
    """Columns of programme year 2024 in a period, by employer."""
    rows = world.query(
        f"select employer_id, {columns} from marts.refund_decisions where period = ? and programme_year = 2024 order by employer_id",
        dt.date.fromisoformat(f"{period}-01"),
    )
    return [tuple(r.values()) for r in rows]


def test_no_decision_before_the_window(year: World) -> None:
    # In March 2024 only 2023's window has begun, and of its base year only December was delivered: twelve months less one are missing;
    # but that window has closed, so no month is asked for now.
    assert decisions(year, "2024-03", "decision") == []
    assert year.query("select * from marts.missing_base_months") == []


def test_the_window_begins_in_april(year: World) -> None:
    assert decisions(year, "2024-04", "decision, notice_status") == [
        ("E1", "eligible", "on_notice"),
        ("E2", "ineligible", "not_noticed"),
        ("E3", "review", "not_noticed"),
    ]


def test_notice_and_clearing(year: World) -> None:
    columns = "decision, notice_status, first_decided_period"
    april, june = dt.date(2024, 4, 1), dt.date(2024, 6, 1)
    assert decisions(year, "2024-05", columns)[0] == ("E1", "eligible", "cleared", april)
    assert decisions(year, "2024-06", columns) == [
        ("E1", "eligible", "cleared", april),
        ("E2", "eligible", "on_notice", june),
        ("E3", "eligible", "on_notice", june),
    ]


def test_after_the_window_the_decision_stands_with_names_and_regions(year: World) -> None:
    columns = "employer_name, region_code, decision, refund_amount, months_paid_in_full, first_decided_period"
    december, january = decisions(year, "2024-12", columns), decisions(year, "2025-01", columns)
    # E2's December 2023 was voided in January 2025: too late for a decision taken in December 2024
    assert january == december
    assert january[0] == ("E1", "甲单位", "620102", "eligible", Decimal("288.00"), 13, dt.date(2024, 4, 1))
    rules = "select employer_id, rule_id, outcome, observed from marts.refund_rule_outcomes where period = ? and programme_year = 2024 order by all"
    assert year.query(rules, dt.date(2025, 1, 1)) == year.query(rules, dt.date(2024, 12, 1))


def test_after_the_window_payment_account_and_notice_go_on(year: World) -> None:
    columns = "paid_amount, payable_amount, account_status, notice_status"
    assert decisions(year, "2024-12", columns)[0] == ("E1", 100, 188, "corporate", "cleared")
    assert decisions(year, "2025-01", columns) == [
        ("E1", 188, 100, "account_missing", "cleared"),
        ("E2", 0, 288, "corporate", "objection_open"),
        ("E3", 30, 258, "account_missing", "cleared"),
    ]


def test_shares_stand_and_their_payments_go_on(year: World) -> None:
    # E3's person is own staff for six months of 2023 and 91U's for six: 144 yuan each
    query = "select user_uscc, allocated_amount, paid_amount from marts.refund_allocations where period = ? order by user_uscc nulls first"
    assert [tuple(r.values()) for r in year.query(query, dt.date(2024, 12, 1))] == [
        (None, 144, 0),
        ("91U", 144, 0),
    ]
    assert [tuple(r.values()) for r in year.query(query, dt.date(2025, 1, 1))] == [
        (None, 144, 0),
        ("91U", 144, 30),
    ]


def test_building_a_month_again_changes_nothing(year: World) -> None:
    query = "select * from marts.refund_decisions where period = ? order by programme_year, employer_id"
    june = dt.date(2024, 6, 1)
    before = year.query(query, june)
    year.build("2024-06", *MODELS)
    assert year.query(query, june) == before


def test_the_closing_month_counts_whole_though_nothing_was_delivered_in_it(tmp_path: Path) -> None:
    # The window ends on 15 November; from the day after the reserve must reach 60 months, and the fund has 38. Decisions of November go by
    # the parameters of the window's last day, when 12 are enough, so E1 is eligible. Nothing was delivered in November: the decision stands
    # in December, but November is no month in which anybody was first decided.
    policy = tmp_path / "policy"
    shutil.copytree(ROOT / "seeds" / "policy", policy)
    programmes, parameters = policy / "programmes.csv", policy / "parameters.csv"
    text = programmes.read_text(encoding="utf-8")
    shorter = text.replace(
        "refund,620000,,2024,2024-04-28,2024-12-31", "refund,620000,,2024,2024-04-28,2024-11-15"
    )
    assert shorter != text
    programmes.write_text(shorter, encoding="utf-8")
    with parameters.open("a", encoding="utf-8") as file:
        file.write("reserve_months_min,620000,,2024-01-01,2024-11-15,12,assumption,GS-2024-165,一,D,测试\n")
        file.write("reserve_months_min,620000,,2024-11-16,2024-12-31,60,assumption,GS-2024-165,一,D,测试\n")
    world = World(tmp_path, policy)
    world.add("employers", [{"employer_id": "E1"}])
    world.add("contributions", staff("E1", 1))
    world.add("fund_ledger", ledger(2023))
    for source in ("sanctions", "benefit_claims", "headcount_changes"):
        world.add(source, [])
    world.build("2024-11", *MODELS)
    columns = "decision, notice_status, first_decided_period"
    assert decisions(world, "2024-11", columns) == [("E1", "eligible", "on_notice", dt.date(2024, 11, 1))]
    world.add("notice_objections", [], "2024-12")
    world.build("2024-12", *MODELS)
    assert decisions(world, "2024-12", columns) == [("E1", "eligible", "on_notice", None)]


def test_sources_never_delivered_leave_what_needs_them_unknown(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.add("employers", [{"employer_id": "E1"}])
    world.add("contributions", staff("E1", 1, BASE[:11]))
    world.build("2024-06", *MODELS)
    (row,) = world.query("select * from marts.refund_decisions")
    wanted = (
        "claimants",
        "natural_attrition",
        "claims_layoff_rate",
        "net_reduction_layoff_rate",
        "layoff_rate",
        "verdicts_differ",
    )
    assert {name: row[name] for name in wanted} == dict.fromkeys(wanted)
    assert row["unknown_rules"] == ["refund.layoff_rate", "refund.not_sanctioned", "refund.fund_reserve"]
    # December 2023 was delivered by nobody
    assert world.query("select programme_year, month from marts.missing_base_months") == [
        {"programme_year": 2024, "month": dt.date(2023, 12, 1)}
    ]
