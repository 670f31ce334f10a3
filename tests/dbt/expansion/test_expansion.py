"""Job expansion (一次性扩岗补助): decisions of one June 2024 worked out by hand from 人社部发〔2024〕44号, and the unit tests beside the rules."""

from __future__ import annotations

import datetime as dt
import shutil
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from tests.dbt.world import World
from tests.oracle.compare import compare
from tests.oracle.expansion import expansion_tables
from tests.oracle.params import Parameters
from tests.oracle.world import Case
from tests.oracle.world import World as OracleWorld
from wengang.core.errors import UsageError
from wengang.core.periods import Period
from wengang.core.settings import Settings
from wengang.evidence.explain.application import explain_application
from wengang.evidence.explain.case import explain_case


def person(number: int, born: str = "20010203") -> str:
    """Return a made-up citizen number."""
    return f"620102{born}{number:03d}X"


def months(employer: str, who: str, *fee_months: str, **more: Any) -> list[dict[str, Any]]:
    """Return contributions of 28 + 12 yuan due and received for each month."""
    return [{"employer_id": employer, "person_id": who, "fee_month": f"{m}-01", **more} for m in fee_months]


SPRING = ("2024-03", "2024-04", "2024-05", "2024-06")


def application(number: str, who: str, **more: Any) -> dict[str, Any]:
    """Return an application for a graduate hired on 2024-03-10 at E1, applied for on 2024-06-10."""
    return {
        "application_no": number,
        "employer_id": "E1",
        "person_id": who,
        "hired_on": "2024-03-10",
        "contract_signed": True,
        "person_kind": "graduate",
        "other_insurances": True,
        "applied_on": "2024-06-10",
    } | more


def ledger() -> list[dict[str, Any]]:
    """Return a year of the fund with twelve months of spending 100 and a balance of 2,400 at the year's end: 24 months of reserve.

    Opening 2,400, each month 100 in and 100 out.
    """
    rows = [{"region_code": "620100", "month": "2023-01-01", "item": "opening_balance", "amount": 2400}]
    for number in range(1, 13):
        day = f"2023-{number:02d}-01"
        rows.append({"region_code": "620100", "month": day, "item": "premium", "amount": 100})
        rows.append({"region_code": "620100", "month": day, "item": "benefit", "amount": 100})
    return rows


@pytest.fixture(scope="module")
def june(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """Decisions by application of a June with many cases."""
    world = World(tmp_path_factory.mktemp("june"))
    world.add(
        "employers",
        [
            {"employer_id": "E1"},
            {"employer_id": "E2", "unit_type": "foundation"},
            {"employer_id": "E3", "uscc": "91620000MA0000000X"},
        ],
    )
    world.add("sanctions", [{"uscc": "91620000MA0000000X", "listed_on": "2024-01-05"}])
    world.add(
        "hiring_subsidies",
        [{"person_id": person(5), "employer_id": "E9", "paid_on": "2024-05-01", "amount": 1000}],
    )
    world.add("fund_ledger", ledger())
    everyone = {n: person(n) for n in range(1, 20)}
    contributions = [
        row for n, who in everyone.items() if n not in (2, 4, 8) for row in months("E1", who, *SPRING)
    ]
    # 2: two months so far. 4: paid until April, so gone. 8: 39.99 of 40.00 received for May and June, two months in full.
    contributions += months("E1", person(2), "2024-05", "2024-06")
    contributions += months("E1", person(4), "2024-01", "2024-02", "2024-03", "2024-04")
    contributions += months("E1", person(8), "2024-03", "2024-04")
    contributions += months("E1", person(8), "2024-05", "2024-06", person_paid=Decimal("11.99"))
    contributions += months("E2", person(6), *SPRING) + months("E3", person(7), *SPRING)
    # Born 2008-03-11, hired the day before turning 16; born 1999-03-10, 25 on the day hired.
    young, old = person(30, "20080311"), person(31, "19990310")
    contributions += months("E1", young, *SPRING) + months("E1", old, *SPRING)
    world.add("contributions", contributions)
    world.add(
        "expansion_applications",
        [
            application("paid", person(1)),
            application("too_few", person(2), hired_on="2024-05-06"),
            application("no_contract", person(3), contract_signed=False),
            application("gone", person(4), hired_on="2024-01-05"),
            application("hiring_subsidy", person(5)),
            application("foundation", person(6), employer_id="E2"),
            application("sanctioned", person(7), employer_id="E3"),
            application("not_in_full", person(8)),
            application("first", person(9), applied_on="2024-05-20"),
            application("second", person(9)),
            application("insurance_unsaid", person(10), other_insurances=None, applied_on="2024-05-20"),
            application("after_review", person(10)),
            application("no_insurance", person(11), other_insurances=False),
            application("hired_before", person(12), hired_on="2023-12-31"),
            application("awaited", person(13), hired_on="2027-01-01", applied_on="2024-06-10"),
            application("unregistered", person(14), employer_id="E9"),
            application("refused_by_officer", person(15)),
            application("young", young, person_kind="registered_youth"),
            application("old", old, person_kind="registered_youth"),
            application("later", person(16), applied_on="2024-07-01"),
            application("repaid", person(17), contract_signed=False),
        ],
    )
    world.add(
        "review_outcomes",
        [
            {
                "programme": "job_expansion",
                "subject_id": "refused_by_officer",
                "decided_on": "2024-06-20",
                "outcome": "refused",
            }
        ],
    )
    lines = [("paid", 1000), ("repaid", 1500)]
    world.add(
        "programme_payments",
        [
            {"batch_no": "B1", "line_no": n, "programme": "job_expansion", "payee_id": who, "amount": amount}
            for n, (who, amount) in enumerate(lines, start=1)
        ],
    )
    world.add(
        "recoveries",
        [
            {"case_no": "C1", "entry_no": 1, "programme": "job_expansion", "subject_id": "repaid", "kind": "demand",
             "on_date": "2024-05-20", "amount": 1500, "due_on": "2024-06-20", "document": "追〔2024〕1号"},
            {"case_no": "C1", "entry_no": 2, "programme": "job_expansion", "subject_id": "repaid", "kind": "repaid",
             "on_date": "2024-06-25", "amount": 600},
            {"case_no": "C1", "entry_no": 3, "programme": "job_expansion", "subject_id": "repaid", "kind": "repaid",
             "on_date": "2024-07-01", "amount": 900},
        ],
    )  # fmt: skip
    world.build("2024-06", "+expansion_decisions", "+recovery_cases", "reference.*", "stg_programme_payments")
    decisions = world.query("select * from marts.expansion_decisions")
    outcomes = world.query("select * from marts.expansion_rule_outcomes")
    return {r["application_no"]: r for r in decisions} | {
        "": {"world": world, "decisions": decisions, "outcomes": outcomes}
    }


@pytest.mark.parametrize(
    ("number", "decision", "failed", "unknown", "paid_months"),
    [
        ("paid", "eligible", [], [], 4),
        ("too_few", "review", [], ["paid_months"], 2),
        ("no_contract", "ineligible", ["contract"], [], 4),
        # Due in March and April alone of the hire's months on; the newest fee month is June, so May would still do.
        ("gone", "ineligible", ["in_post"], [], 4),
        ("hiring_subsidy", "ineligible", ["no_hiring_subsidy"], [], 4),
        ("foundation", "ineligible", ["unit"], [], 4),
        ("sanctioned", "ineligible", ["not_sanctioned"], [], 4),
        ("not_in_full", "review", [], ["paid_months"], 2),
        ("first", "eligible", [], [], 4),
        ("second", "ineligible", ["once"], [], 4),
        ("insurance_unsaid", "review", [], ["paid_months"], 4),
        ("after_review", "review", [], ["once"], 4),
        ("no_insurance", "ineligible", ["paid_months"], [], 4),
        ("hired_before", "ineligible", ["window"], [], 0),
        ("awaited", "review", [], ["window"], 0),
        ("unregistered", "ineligible", ["in_post"], ["unit", "paid_months", "not_sanctioned"], 0),
        ("refused_by_officer", "ineligible", ["review"], [], 4),
        ("young", "ineligible", ["person"], [], 4),
        ("old", "ineligible", ["person"], [], 4),
    ],
)
def test_decision(june, number, decision, failed, unknown, paid_months):
    row = june[number]
    assert row["decision"] == decision
    assert row["failed_rules"] == [f"expansion.{r}" for r in failed]
    assert row["unknown_rules"] == [f"expansion.{r}" for r in unknown]
    assert row["paid_months"] == paid_months
    # 1,500 yuan a hire, nothing for what is refused or awaits a notice.
    counts = decision != "ineligible" and number != "awaited"
    assert row["amount"] == (1500 if counts else 0)
    assert row["funding_source"] == (None if number in {"awaited", "hired_before"} else "fund")


def test_an_application_dated_later_is_not_decided(june):
    assert "later" not in june


def test_the_oracle_finds_no_differing_cell(june):
    built = june[""]
    settings = built["world"].settings
    case = Case(OracleWorld.from_home(settings.home), Parameters.from_folder(settings.policy))
    tables = expansion_tables(case, dt.date(2024, 6, 1))
    assert compare("expansion_decisions", built["decisions"], tables["expansion_decisions"]) == []
    assert compare("expansion_rule_outcomes", built["outcomes"], tables["expansion_rule_outcomes"]) == []


def published(world: World) -> Settings:
    """Return the settings of a home whose build is its warehouse."""
    with duckdb.connect(str(world.settings.build_file)) as con:
        con.execute(
            "create or replace table run.builds as select date '2024-06-01' as period, '' as inputs_digest"
        )
    world.settings.warehouse_file.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(world.settings.build_file, world.settings.warehouse_file)
    return world.settings


def test_a_case_is_explained_entry_by_entry(june):
    settings = published(june[""]["world"])
    found = explain_case(settings, "C1", Period.parse("2024-06"))
    # 1,500 demanded, 600 back by the end of June, 900 open; due on the 20th: overdue. July's 900 are not known yet.
    case = found.facts["case"]
    assert (case["demanded"], case["repaid"], case["outstanding"], case["status"]) == (
        1500,
        600,
        900,
        "overdue",
    )
    assert [(e["entry_no"], e["line"]) for e in found.facts["entries"]] == [(1, 2), (2, 3)]
    text = found.render("zh")
    assert (
        "逾期" in text and "一次性扩岗补助" in text and "追〔2024〕1号" in text and "recoveries.csv" in text
    )
    assert "overdue" in found.render("en")
    with pytest.raises(UsageError):
        explain_case(settings, "C9", Period.parse("2024-06"))


def test_an_application_is_explained_in_words(june):
    world = june[""]["world"]
    published(world)
    found = explain_application(world.settings, "expansion", "too_few", Period.parse("2024-06"), lines=True)
    text = found.render("zh")
    assert "一次性扩岗补助" in text and "足额缴费月数" in text and "毕业年度高校毕业生" in text
    assert person(2) not in text and person(2) not in found.to_json()
    # Two months of premium at 2 and 3 of the file, and the application's own line.
    assert {"lines_expansion_applications", "lines_contributions", "lines_employers"} <= set(
        found.facts["lines"]
    )
    with pytest.raises(UsageError, match="nothing"):
        explain_application(world.settings, "nothing", "too_few", Period.parse("2024-06"))


def test_money(june):
    # 1,500 due, 1,000 paid: 500 to pay. Nothing due, 1,500 paid and 600 repaid: 900 to recover.
    assert (june["paid"]["paid_amount"], june["paid"]["payable_amount"]) == (1000, 500)
    assert (june["repaid"]["paid_amount"], june["repaid"]["recoverable_amount"]) == (1500, 900)
    assert june["first"]["payable_amount"] == 1500
    assert june["too_few"]["payable_amount"] == 0


def test_the_unit_tests_beside_the_rules(tmp_path):
    World(tmp_path).build("2024-06", "+int_expansion_history").build(
        "2024-06", "models/intermediate/expansion,test_type:unit", command="test"
    )


def test_where_the_gate_is_closed_the_employment_fund_pays(tmp_path):
    world = World(tmp_path)
    world.add("employers", [{"employer_id": "E1"}])
    world.add("sanctions", [{"uscc": "91620000MA0000000X", "listed_on": "2024-01-05"}])
    world.add(
        "hiring_subsidies",
        [{"person_id": person(5), "employer_id": "E9", "paid_on": "2024-05-01", "amount": 1000}],
    )
    # Opening 300 instead of 2,400: 300 / 100 = 3 months of reserve, below 12.
    poor = [r | {"amount": 300} if r["item"] == "opening_balance" else r for r in ledger()]
    world.add("fund_ledger", poor)
    world.add("contributions", months("E1", person(1), *SPRING))
    world.add("expansion_applications", [application("A1", person(1))])
    world.build("2024-06", "+expansion_decisions")
    (row,) = world.query("select decision, funding_source, amount from marts.expansion_decisions")
    assert row == {"decision": "eligible", "funding_source": "employment_fund", "amount": Decimal("1500.00")}
