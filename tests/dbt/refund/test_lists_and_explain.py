"""What the month hands out for the refund, and the decision explained, on a June after a May."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
import yaml

from tests.dbt.refund.kit import BASE, MODELS, ledger, staff
from tests.dbt.world import World
from wengang.core.errors import UsageError
from wengang.core.periods import Period
from wengang.core.settings import ROOT
from wengang.evidence.explain import explain_refund

LISTS = (
    "refund_public_notice",
    "refund_transfers",
    "refund_returned_transfers",
    "refund_to_confirm",
    "refund_to_contact",
    "refund_messages",
)
PERSON = "110105194912310028"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Six employers in May and June 2024; the warehouse is published as it stands."""
    world = World(tmp_path_factory.mktemp("lists"))
    corporate = {"account_kind": "corporate", "contact_phone": "0931-0000000"}
    world.add(
        "employers",
        [
            {"employer_id": "E1", **corporate, "account_no": "621"},
            {"employer_id": "E2"},
            {"employer_id": "E3", "uscc": "91BRANCH", **corporate, "account_no": "623"},
            {"employer_id": "E4", **corporate, "account_no": "624", "insured_status": "suspended"},
            {"employer_id": "E5", "uscc": "91CIRCLE", **corporate, "account_no": "628"},
            {"employer_id": "D1", "is_dispatch": True, **corporate, "account_no": "625"},
            {"employer_id": "D2", "is_dispatch": True, **corporate, "account_no": "626"},
            {"employer_id": "U1", "uscc": "91USER", **corporate, "account_no": "627"},
        ],
        "2024-05",
    )
    for employer in ("E1", "E2", "E3", "E4", "E5", "D1", "U1"):
        world.add("contributions", staff(employer, 1, person_id=PERSON), "2024-05")
    world.add("contributions", staff("D2", 2), "2024-05")
    parents = [("91BRANCH", "91NOBODY"), ("91CIRCLE", "91ROUND"), ("91ROUND", "91CIRCLE")]
    world.add(
        "enterprise_size", [{"uscc": u, "data_year": 2023, "parent_uscc": p} for u, p in parents], "2024-05"
    )
    world.add("dispatch_agreements", [{"dispatch_employer_id": "D2", "programme_year": 2024}], "2024-05")
    world.add(
        "dispatch_assignments",
        [
            {
                "dispatch_employer_id": "D2",
                "person_id": "D2-1",
                "start_month": "2023-01-01",
                "user_uscc": "91USER",
            }
        ],
        "2024-05",
    )
    world.add("fund_ledger", ledger(2023), "2024-05")
    for source in ("benefit_claims", "headcount_changes", "sanctions"):
        world.add(source, [], "2024-05")
    world.build("2024-05", "int_contribution_measures", *MODELS)
    world.add(
        "programme_payments",
        [
            {"batch_no": "B", "line_no": 1, "payee_id": "E1", "amount": 100, "paid_on": "2024-06-10"},
            {
                "batch_no": "B",
                "line_no": 2,
                "payee_id": "E1",
                "amount": 188,
                "paid_on": "2024-06-10",
                "result": "returned",
                "return_reason": "户名不符",
            },
        ],
        "2024-06",
    )
    # E4's suspension ends in June: new on notice
    world.add(
        "employers",
        [{"employer_id": "E4", **corporate, "account_no": "624", "region_code": "620103"}],
        "2024-06",
    )
    # In June E2's December 2023 is corrected: the 28 yuan of the unit are owed twice over, and a makeup of 5 yuan comes beside the normal row
    december = {"employer_id": "E2", "person_id": PERSON, "fee_month": dt.date(2023, 12, 1)}
    world.add("contributions", [december | {"employer_due": 56}], "2024-06")
    world.add(
        "contributions",
        [
            december
            | {"voucher_no": "V2", "pay_kind": "makeup", "employer_due": 5, "person_due": 0}
            | {"received_on": "2024-06-20"}
        ],
        "2024-06",
    )
    world.build("2024-06", "int_contribution_measures", *MODELS, *(f"+{name}" for name in LISTS))
    world.query(
        "create or replace table run.builds as select unnest([date '2024-05-01', date '2024-06-01']) as period, '' as inputs_digest"
    )
    world.settings.warehouse_file.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(world.settings.build_file, world.settings.warehouse_file)
    yield world


def listed(world: World, name: str, columns: str) -> list[tuple[Any, ...]]:
    """Columns of a list, in their order."""
    return sorted((tuple(r.values()) for r in world.query(f"select {columns} from lists.{name}")), key=str)


def test_the_notice_names_the_newly_eligible_without_account_or_person(world: World) -> None:
    # E2 was on May's notice with 480 × 0.6 = 288; June's 28 + 5 yuan more make (480 + 33) × 0.6 = 307.80: a supplement of 19.80
    columns_shown = "employer_name, layoff_rate, refund_ratio, refund_amount, notice_kind, noticed_before, notice_difference"
    assert listed(world, "refund_public_notice", columns_shown) == [
        ("测试单位E2", 0, Decimal("0.6"), Decimal("307.80"), "supplement", 288, Decimal("19.80")),
        ("测试单位E4", 0, Decimal("0.6"), 288, "first", None, 288),
    ]
    columns = {
        r["column_name"]
        for r in world.query(
            "select column_name from information_schema.columns where table_name = 'refund_public_notice'"
        )
    }
    assert not columns & {"account_no", "account_name", "bank_name", "person_id", "contact_phone"}


def test_transfers_are_cleared_units_with_an_account(world: World) -> None:
    # E1: 288 − 100; D2: 2 × 480 × 60 % = 576, half of it the user's; U1 in its own right
    assert listed(world, "refund_transfers", "payee_id, on_behalf_of, account_no, amount") == [
        ("91USER", "D2", "627", 288),
        ("D2", None, "626", 288),
        ("E1", None, "621", 188),
        ("U1", None, "627", 288),
    ]


def test_returned_to_confirm_to_contact(world: World) -> None:
    assert listed(world, "refund_returned_transfers", "payee_id, amount, return_reason, is_paid_again") == [
        ("E1", 188, "户名不符", True)
    ]
    assert [e for (e,) in listed(world, "refund_to_confirm", "employer_id")] == ["D2", "E1", "E2", "E4", "U1"]
    assert listed(world, "refund_to_contact", "employer_id, reason") == [
        ("D1", "dispatch_to_invite"),
        ("E2", "account_missing"),
        ("E3", "size_unknown"),
        ("E5", "parent_circle"),
    ]


def test_messages_say_the_amount_and_the_permitted_uses(world: World) -> None:
    messages = dict(listed(world, "refund_messages", "employer_id, message"))
    assert set(messages) == {"D2", "E1", "E2", "E4", "U1"}
    assert "288.00元" in messages["E4"]
    assert "正在公示" in messages["E4"]
    uses = "职工生活补助、缴纳社会保险费、转岗培训、技能提升培训等稳定就业岗位以及降低生产经营成本支出"
    assert all(uses in m for m in messages.values())


def test_a_decision_explained(world: World) -> None:
    found = explain_refund(world.settings, "E1", Period(2024, 6), lines=True)
    zh, en = found.render("zh"), found.render("en")
    for text in (
        "符合返还条件",
        "裁员率",
        "人社部发〔2024〕40号",
        "refund_min_months_paid=12",
        "288.00",
        "户名不符",
    ):
        assert text in zh
    assert "Stabilisation refund" in en
    document = json.loads(found.to_json())
    assert document["decision"]["refund_amount"] == "288.00"
    assert len(document["rules"]) == 15
    assert [m["received"] for m in document["base_months"]] == ["40.00"] * len(BASE)
    lines = document["lines"]["lines_contributions"]
    assert [row["line"] for row in lines] == list(range(2, 14))
    # the citizen number is never shown whole
    assert PERSON not in zh + en + found.to_json()


def test_the_months_are_those_known_at_the_period_asked_for(world: World) -> None:
    # In May December 2023 is 28 + 12 = 40 yuan, owed and received. In June 56 + 12 = 68 are owed, for a makeup row does not owe beside a
    # normal one; received are 68 and the makeup's 5.
    may, june = (explain_refund(world.settings, "E2", Period(2024, m)) for m in (5, 6))
    december = {"fee_month": dt.date(2023, 12, 1), "insured": 1}
    assert may.facts["base_months"][-1] == december | {"due": 40, "received": 40}
    assert june.facts["base_months"][-1] == december | {"due": 68, "received": 73}
    # the other eleven months are the same; the sum is the base that the decision names
    assert may.facts["base_months"][:-1] == june.facts["base_months"][:-1]
    for found in (may, june):
        assert (
            sum(m["received"] for m in found.facts["base_months"])
            == found.facts["decision"]["contribution_base"]
        )


def test_every_column_of_the_refund_is_explained(world: World) -> None:
    built: dict[str, set[str]] = {}
    for row in world.query("select table_name, column_name from information_schema.columns"):
        built.setdefault(row["table_name"], set()).add(row["column_name"])
    for page in ("intermediate/refund/refund_intermediate.yml", "lists/refund/lists_refund.yml"):
        models = yaml.safe_load((ROOT / "dbt_project" / "models" / page).read_text(encoding="utf-8"))[
            "models"
        ]
        for model in models:
            explained = {c["name"] for c in model["columns"] if c["description"]}
            assert explained == built[model["name"]], model["name"]


def test_no_such_decision_says_why(world: World) -> None:
    with pytest.raises(UsageError, match="没有单位编号"):
        explain_refund(world.settings, "NOBODY", Period(2024, 6))
    with pytest.raises(UsageError, match="没有期间"):
        explain_refund(world.settings, "E1", Period(2024, 3))
    with pytest.raises(UsageError, match="2021"):
        explain_refund(world.settings, "E1", Period(2024, 6), 2021)
