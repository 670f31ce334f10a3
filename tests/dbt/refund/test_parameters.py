"""Parameters by the unit's own region and by condition: who is decided by which row."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from tests.dbt.refund.kit import BASE, MODELS, ledger, months_of, staff
from tests.dbt.world import World
from wengang.core.periods import Period
from wengang.core.settings import ROOT
from wengang.recount import recount

HELD = "2024-04-28,2024-12-31"
# parameter, jurisdiction, condition, value: rows beside Gansu's own.
ROWS = [
    # Jiayuguan's rows change its own units and no others; the county's goes before the city's.
    ("refund_ratio_sme", "620200", "", "0.50"),
    ("refund_ratio_sme", "620402", "", "0.40"),
    ("refund_ratio_sme", "620400", "", "0.30"),
    # Of two rows of one jurisdiction the one that asks more goes before.
    ("refund_ratio_sme", "620000", "list=aided", "0.55"),
    ("refund_ratio_sme", "620000", "list=aided&industry=C", "0.45"),
    ("refund_suspended", "620000", "is_dispatch=yes", "yes"),
    ("refund_suspended", "620000", "list=never_delivered&unit_type=law_firm", "yes"),
    ("refund_amount_max", "620000", "unit_type=foundation", "200"),
    ("refund_amount_min", "620000", "unit_type=social_service", "300"),
    ("refund_heads_kept_min", "620300", "", "0.5"),
    ("average_insured_basis", "620300", "", "calendar_year"),
    ("refund_paid_months_until", "620500", "", "decision"),
    ("contribution_basis", "621100", "", "receipt_date"),
]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Units of one person each (12 × 40 = 480 yuan of premium), told apart by place, kind and list."""
    folder = tmp_path_factory.mktemp("parameters")
    policy = folder / "policy"
    shutil.copytree(ROOT / "seeds" / "policy", policy)
    with (policy / "parameters.csv").open("a", encoding="utf-8") as file:
        for name, place, condition, value in ROWS:
            file.write(f"{name},{place},{condition},{HELD},{value},assumption,GS-2024-165,一,D,测试\n")
    with (policy / "programmes.csv").open("a", encoding="utf-8") as file:
        # Wuwei's window ends in May; Zhangye's begins in July.
        file.write("refund,620600,,2024,2024-04-28,2024-05-20,GS-2024-165,一,assumption,测试\n")
        file.write("refund,620700,,2024,2024-07-01,2024-12-31,GS-2024-165,一,assumption,测试\n")
    world = World(folder, policy)
    units: list[dict[str, Any]] = [
        {"employer_id": "PLAIN", "region_code": "620102"},
        {"employer_id": "CITY", "region_code": "620201"},
        {"employer_id": "COUNTY", "region_code": "620402"},
        {"employer_id": "CITY2", "region_code": "620403"},
        {"employer_id": "ELSEWHERE", "region_code": "650202"},
        {"employer_id": "AIDED", "industry_code": "H61"},
        {"employer_id": "AIDEDC", "industry_code": "1311"},
        {"employer_id": "LAPSED", "industry_code": "C13"},
        {"employer_id": "DISPATCH", "is_dispatch": True},
        {"employer_id": "LAW", "unit_type": "law_firm"},
        {"employer_id": "CAPPED", "unit_type": "foundation"},
        {"employer_id": "TOO-LITTLE", "unit_type": "social_service"},
        {"employer_id": "LEFT", "region_code": "620302"},
        {"employer_id": "STAYED", "region_code": "620302"},
        {"employer_id": "DEFERRED", "region_code": "620102"},
        {"employer_id": "OVERDUE", "region_code": "620102"},
        {"employer_id": "LATER", "region_code": "620502"},
        {"employer_id": "RECEIPT", "region_code": "621102"},
        {"employer_id": "ENDED", "region_code": "620602"},
        {"employer_id": "NOTYET", "region_code": "620702"},
    ]
    for unit in units:
        unit["uscc"] = f"91{unit['employer_id']:0>16}"
    world.add("employers", units, "2024-05")
    for unit in units:
        name = unit["employer_id"]
        if name in ("DEFERRED", "OVERDUE"):
            world.add("contributions", staff(name, 1, BASE[:11]), "2024-05")
            unpaid = {"employer_paid": 0, "person_paid": 0, "received_on": None, "pay_kind": "deferred"}
            world.add("contributions", staff(name, 1, BASE[11:], **unpaid), "2024-05")
        elif name == "LATER":
            # six months of 2023 and six of 2024 up to June
            world.add("contributions", staff(name, 1, [*BASE[6:], *months_of(2024, range(1, 7))]), "2024-05")
        elif name == "RECEIPT":
            world.add("contributions", staff(name, 1, BASE[:11]), "2024-05")
            world.add("contributions", staff(name, 1, BASE[11:], received_on=dt.date(2024, 1, 15)), "2024-05")
        elif name in ("LEFT", "STAYED"):
            heads = 4 if name == "LEFT" else 2
            world.add("contributions", staff(name, heads), "2024-05")
            world.add("contributions", staff(name, 1, [dt.date(2024, 6, 1)]), "2024-05")
        else:
            world.add("contributions", staff(name, 1), "2024-05")
    world.add(
        "deferrals",
        [
            {"employer_id": "DEFERRED", "from_month": "2023-12-01", "to_month": "2024-02-01", "pay_by": "2024-06-30"},
            {"employer_id": "OVERDUE", "from_month": "2023-12-01", "to_month": "2024-02-01", "pay_by": "2024-06-29"},
        ],
        "2024-05",
    )  # fmt: skip
    listed = [("AIDED", None), ("AIDEDC", "2024-06-30"), ("LAPSED", "2024-06-29")]
    world.add(
        "employer_lists",
        [
            {"list_id": "aided", "uscc": f"91{name:0>16}", "valid_from": "2024-01-01", "valid_to": to}
            for name, to in listed
        ],
        "2024-05",
    )
    for source in ("benefit_claims", "headcount_changes", "sanctions"):
        world.add(source, [], "2024-05")
    world.add("fund_ledger", ledger(2023), "2024-05")
    world.build("2024-05", *MODELS)
    world.add("notice_objections", [], "2024-06")
    world.build("2024-06", *MODELS, "int_report_lists_missing")
    yield world


AMOUNTS = {
    "PLAIN": ("eligible", 288),  # 480 × 0.60
    "CITY": ("eligible", 240),  # 480 × 0.50
    "COUNTY": ("eligible", 192),  # 480 × 0.40, the county's row
    "CITY2": ("eligible", 144),  # 480 × 0.30, the city's
    "ELSEWHERE": ("eligible", 288),  # another province's code takes the province's rows
    "AIDED": ("eligible", 264),  # 480 × 0.55
    "AIDEDC": ("eligible", 216),  # 480 × 0.45: section C by its division 13; the last day on the list counts
    "LAPSED": ("eligible", 288),  # off the list the day before
    "CAPPED": ("eligible", 200),  # 288, but not above 200
    "TOO-LITTLE": ("eligible", 0),  # 288 is below 300
    "DEFERRED": ("eligible", 264),  # 11 × 40 = 440 × 0.60; December is deferred to the period's last day
    "OVERDUE": ("ineligible", 0),  # the last day of payment has passed: 11 months paid, December owed
    "LATER": ("eligible", 144),  # 6 × 40 = 240 × 0.60; 12 months paid in full up to June
    "RECEIPT": (
        "eligible",
        264,
    ),  # 440 × 0.60: its city counts what came in within 2023; December came in January
    "ENDED": ("eligible", 288),  # May's decision stands
    "NOTYET": ("ineligible", 0),  # its own window begins in July
    "STAYED": ("eligible", 576),  # 960 × 0.60; 1 of 2 is half
    "LEFT": ("ineligible", 0),  # 1 of 4 is less than half
    "DISPATCH": ("ineligible", 0),
}


@pytest.mark.parametrize(("employer", "expected"), AMOUNTS.items())
def test_each_unit_is_decided_by_its_own_rows(world: World, employer: str, expected: tuple[str, int]) -> None:
    rows = world.query(
        "select decision, refund_amount from marts.refund_decisions where period = date '2024-06-01' and employer_id = ?", employer
    )  # fmt: skip
    assert [(r["decision"], r["refund_amount"]) for r in rows] == [(expected[0], Decimal(expected[1]))]


def test_a_list_never_delivered_leaves_open_what_it_would_change(world: World) -> None:
    rows = world.query(
        "select employer_id, outcome from marts.refund_rule_outcomes where rule_id = 'refund.not_suspended' "
        "and period = date '2024-06-01' and employer_id in ('LAW', 'PLAIN', 'DISPATCH') order by employer_id"
    )
    assert [(r["employer_id"], r["outcome"]) for r in rows] == [
        ("DISPATCH", "fail"),
        ("LAW", "unknown"),
        ("PLAIN", "pass"),
    ]


def test_the_report_says_which_list_was_never_delivered(world: World) -> None:
    rows = world.query("select list_id, item from intermediate.int_report_lists_missing")
    assert [(r["list_id"], r["item"]) for r in rows] == [("never_delivered", "refund_suspended")]


def test_a_unit_whose_window_has_passed_keeps_its_decision_and_goes_on_to_be_cleared(world: World) -> None:
    rows = world.query(
        "select d.notice_status, i.decided_period, i.window_to from marts.refund_decisions as d "
        "inner join intermediate.int_refund_decided as i using (period, programme_year, employer_id) "
        "where d.period = date '2024-06-01' and d.employer_id = 'ENDED'"
    )
    assert [tuple(r.values()) for r in rows] == [("cleared", dt.date(2024, 5, 1), dt.date(2024, 5, 20))]
    outcomes = world.query(
        "select count(*) as n from marts.refund_rule_outcomes where period = date '2024-06-01' and employer_id = 'ENDED'"
    )
    assert outcomes[0]["n"] == 15


def test_the_row_that_decided_and_those_that_it_beat_stand_in_order(world: World) -> None:
    rows = world.query(
        "select r.place, r.value, r.jurisdiction, r.applies_to from intermediate.int_refund_parameters as r "
        "inner join intermediate.int_refund_profiles as p on r.profile = p.profile "
        "where r.parameter = 'refund_ratio_sme' and p.employer_id = 'AIDEDC' order by r.place"
    )
    assert [tuple(r.values()) for r in rows] == [
        (1, "0.45", "620000", "list=aided&industry=C"),
        (2, "0.55", "620000", "list=aided"),
        (3, "0.60", "620000", None),
        (4, "0.60", "000000", None),
    ]


def test_the_unit_tests_beside_the_rules_hold(world: World) -> None:
    world.build("2024-06", "test_type:unit,path:models/intermediate/refund", command="test")


def test_the_recount_finds_the_same(world: World) -> None:
    """Counted a second time from the lake, with each unit's own parameters, limits, deferrals and window."""
    world.build("2024-06", "+skill_decisions", "+expansion_rule_outcomes", "+fund_gaps")
    with duckdb.connect(str(world.settings.build_file)) as con:
        # the recount takes the leads as they stand; none are built here
        con.execute("create table marts.risk_leads (lead_id varchar, period date, last_seen date)")
        recount(con, world.settings, Period(2024, 6))
        found = dict(
            con.execute(
                "select measure, recounted from back.recounts where section = 'refund' and dimension = 'none'"
            ).fetchall()
        )
        sums = con.execute(
            "select count(*), sum(average_insured), sum(contribution_base), sum(refund_amount), sum(payable_amount) "
            "from marts.refund_decisions where period = date '2024-06-01'"
        ).fetchone()
    measures = ("employers", "average_insured", "contribution_base", "refund_amount", "payable_amount")
    assert tuple(found[name] for name in measures) == sums
