"""Every rule of the skill subsidy: met, not met, unknown and on its boundary, each application in a life of its own.

Unless a case says otherwise: the person paid 12 months (2023-01 to 2023-12), holds a valid certificate of level 4 issued on 2024-01-10, is
due at an enterprise for 2024-05 and applies on 2024-05-10. Level 4 is worth 1500 yuan, 5 worth 1000, 3 worth 2000.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.dbt.world import World

Row = dict[str, Any]


def month(text: str) -> dt.date:
    return dt.date.fromisoformat(f"{text}-01")


def months(first: str, count: int) -> Iterator[dt.date]:
    day = month(first)
    for n in range(count):
        index = day.year * 12 + day.month - 1 + n
        yield dt.date(index // 12, index % 12 + 1, 1)


class Lives:
    """Collects rows a source; one application is named after its case, its person `P-<case>`."""

    def __init__(self) -> None:
        self.rows: dict[str, list[Row]] = {}

    def add(self, source: str, **row: Any) -> None:
        self.rows.setdefault(source, []).append(row)

    def premium(self, person: str, fee_month: dt.date, **row: Any) -> None:
        self.add("contributions", **{"employer_id": "E1", "person_id": person, "fee_month": fee_month} | row)

    def apply(
        self,
        case: str,
        person: str | None = None,
        certificate: Row | None = None,
        applied_on: str = "2024-05-10",
    ) -> None:
        """Apply with a certificate of its own; `certificate` None gives the usual one."""
        person = person or f"P-{case}"
        self.add(
            "certificates",
            **{"cert_no": f"C-{case}", "person_id": person, "issued_on": "2024-01-10"} | (certificate or {}),
        )
        self.add(
            "skill_applications",
            application_no=case,
            person_id=person,
            cert_no=f"C-{case}",
            applied_on=applied_on,
        )

    def life(
        self,
        case: str,
        certificate: Row | None = None,
        applied_on: str = "2024-05-10",
        paid: Iterator[dt.date] | None = None,
        in_post: str | None = "2024-05",
    ) -> str:
        """A person with one application; returns the person's number."""
        person = f"P-{case}"
        for fee_month in paid if paid is not None else months("2023-01", 12):
            self.premium(person, fee_month)
        if in_post:
            self.premium(person, month(in_post), employer_paid=0, person_paid=0, received_on=None)
        self.apply(case, certificate=certificate, applied_on=applied_on)
        return person


def all_lives() -> Lives:
    lives = Lives()
    life, add = lives.life, lives.add
    life("usual")
    life("level5", {"level": "5"})
    life("level3", {"level": "3"})
    # skill.certificate
    life("void", {"status": "void"})
    life("anothers", {"person_id": "P-somebody"})
    life("level2", {"level": "2"})
    person = life("nocert")
    lives.rows["certificates"].pop()
    # skill.applied_in_time: 12 months from 2023-05-10 end on 2024-05-10
    life("issued_same_day", {"issued_on": "2024-05-10"})
    life("issued_day_after", {"issued_on": "2024-05-11"})
    life("last_day", {"issued_on": "2023-05-10"}, paid=months("2022-01", 12))
    life("day_too_late", {"issued_on": "2023-05-09"}, paid=months("2022-01", 12))
    # a year from 29 February 2024 ends on 28 February 2025
    for case, day in (("leap_last_day", "2025-02-28"), ("leap_too_late", "2025-03-01")):
        life(case, {"issued_on": "2024-02-29"}, applied_on=day, in_post="2025-02")
    # skill.insured_months
    life("eleven_months", paid=months("2023-02", 11))
    life("issue_month_counts", paid=months("2023-02", 12))
    life("month_after_issue", paid=months("2023-03", 12))
    person = life("refunded_month")
    lives.premium(
        person, month("2023-06"), pay_kind="refund", voucher_no="R", employer_due=0, person_due=0, employer_paid=0, person_paid=-12,
        received_on="2024-06-30",
    )  # fmt: skip
    person = life("refunded_later")
    lives.premium(
        person, month("2023-06"), pay_kind="refund", voucher_no="R", employer_due=0, person_due=0, employer_paid=0, person_paid=-12,
        received_on="2024-07-01",
    )  # fmt: skip
    person = life("two_employers_one_month", paid=months("2023-02", 11))
    lives.premium(person, month("2023-02"), employer_id="G1")
    person = life("makeup_month", paid=months("2023-02", 11))
    lives.premium(person, month("2023-01"), pay_kind="makeup", received_on="2024-06-30")
    person = life("received_later", paid=months("2023-02", 11))
    lives.premium(person, month("2023-01"), received_on="2024-07-01")
    # skill.status
    life("month_of_application", in_post="2024-05")
    life("month_before", in_post="2024-04")
    life("two_months_before", in_post="2024-03")
    for case, employers in (
        ("government", ["G1"]),
        ("unregistered", ["X1"]),
        ("unregistered_and_government", ["X1", "G1"]),
    ):
        person = life(case, in_post=None)
        for employer in employers:
            lives.premium(person, month("2024-05"), employer_id=employer)
    person = life("due_taken_back")
    lives.premium(
        person, month("2024-05"), pay_kind="refund", voucher_no="R", employer_due=-28, person_due=-12, employer_paid=0, person_paid=0,
        received_on=None,
    )  # fmt: skip
    for case, kind, result, of, on in (
        ("drawing", "benefit", "paid", "2024-04", "2024-04-20"),
        ("drawing_returned", "benefit", "returned", "2024-04", "2024-04-20"),
        ("medical_only", "medical", "paid", "2024-04", "2024-04-20"),
        ("drew_earlier", "benefit", "paid", "2024-03", "2024-05-20"),
        ("paid_next_month", "benefit", "paid", "2024-05", "2024-07-01"),
    ):
        person = life(case, in_post=None)
        add(
            "benefit_payments", payment_no=f"B-{case}", claim_no=f"K-{case}", person_id=person, benefit_month=f"{of}-01", benefit_kind=kind,
            result=result, paid_on=on,
        )  # fmt: skip
    # the person's own order
    person = life("same_again_1")
    lives.apply("same_again_2", person, applied_on="2024-05-10")
    person = life("refused_1")
    lives.apply("refused_2", person, applied_on="2024-05-11")
    add(
        "review_outcomes",
        programme="skill_subsidy",
        subject_id="refused_1",
        decided_on="2024-06-30",
        outcome="refused",
    )
    person = life("lower_after_3", {"level": "3"})
    lives.apply("lower_after_4", person, {"level": "4"}, "2024-05-11")
    lives.apply("lower_after_other", person, {"level": "4", "occupation_code": "4-01"}, "2024-05-12")
    person = life("higher_after_4")
    lives.apply("higher_after_3", person, {"level": "3"}, "2024-05-11")
    person = life("cap_1")
    for n in (2, 3, 4):
        lives.apply(f"cap_{n}", person, {"occupation_code": f"4-0{n}"}, f"2024-05-1{n}")
    person = life(
        "two_years_1",
        {"issued_on": "2023-11-01"},
        applied_on="2023-12-31",
        in_post="2023-12",
        paid=months("2022-06", 12),
    )
    lives.apply("two_years_2", person, {"occupation_code": "4-02", "issued_on": "2024-01-10"}, "2024-05-10")
    lives.premium(person, month("2024-05"))
    # skill.training_subsidy: what comes late undoes the first and opens the second
    person = life("trained")
    add("training_subsidies", person_id=person, occupation_code="6-20-01-01", level="4", paid_on="2024-06-30")
    person = life("trained_other_level")
    add("training_subsidies", person_id=person, occupation_code="6-20-01-01", level="5", paid_on="2024-06-30")
    person = life("late_training_1", {"level": "3"})
    lives.apply("late_training_2", person, {"level": "4"}, "2024-05-20")
    add("training_subsidies", person_id=person, occupation_code="6-20-01-01", level="3", paid_on="2024-07-01")
    add(
        "programme_payments",
        programme="skill_subsidy",
        batch_no="1",
        line_no=1,
        payee_id="late_training_1",
        amount=2000,
        paid_on="2024-06-20",
    )
    # skill.alive
    for case, day in (("died_day_before", "2024-05-09"), ("died_that_day", "2024-05-10")):
        add("cross_checks", person_id=life(case), check_kind="death", event_date=day)
    add("cross_checks", person_id=life("pension_is_no_death"), check_kind="pension", event_date="2024-01-01")
    person = life("death_withdrawn")
    add("cross_checks", person_id=person, check_kind="death", event_date="2024-05-09", is_valid=False)
    # skill.window
    life("first_day", applied_on="2024-04-28", in_post="2024-04")
    life("day_before_window", applied_on="2024-04-27", in_post="2024-04")
    life(
        "last_day_of_2023",
        {"issued_on": "2023-06-01"},
        applied_on="2023-12-31",
        in_post="2023-12",
        paid=months("2022-06", 12),
    )
    life("after_the_period", applied_on="2024-07-01")
    # skill.notice
    for case, raised, resolved, outcome in (
        ("upheld", "2024-05-10", "2024-06-30", "upheld"),
        ("upheld_later", "2024-05-20", "2024-07-01", "upheld"),
        ("open", "2024-05-20", None, None),
        ("dismissed", "2024-05-20", "2024-06-01", "dismissed"),
        ("raised_before", "2024-05-09", "2024-05-20", "upheld"),
        ("raised_later", "2024-07-01", None, None),
    ):
        life(f"objection_{case}")
        add(
            "notice_objections",
            programme="skill_subsidy",
            subject_id=f"objection_{case}",
            raised_on=raised,
            resolved_on=resolved,
            outcome=outcome,
        )
    # skill.review
    person = life("reviewed_1")
    lives.apply("reviewed_2", person, {"occupation_code": "4-02"}, "2024-05-11")
    add(
        "review_outcomes",
        programme="skill_subsidy",
        subject_id="reviewed_2",
        decided_on="2024-06-01",
        outcome="refused",
    )
    add(
        "review_outcomes",
        programme="skill_subsidy",
        subject_id="reviewed_2",
        decided_on="2024-06-02",
        outcome="approved",
    )
    add(
        "review_outcomes",
        programme="skill_subsidy",
        subject_id="reviewed_2",
        decided_on="2024-07-01",
        outcome="refused",
    )
    person = life("approved_unregistered", in_post=None)
    lives.premium(person, month("2024-05"), employer_id="X1")
    life("approved_void", {"status": "void"})
    life(
        "approved_unknown_reserve",
        {"issued_on": "2023-06-01"},
        applied_on="2023-07-01",
        in_post="2023-07",
        paid=months("2022-01", 12),
    )
    for case in ("approved_unregistered", "approved_void", "approved_unknown_reserve"):
        add(
            "review_outcomes",
            programme="skill_subsidy",
            subject_id=case,
            decided_on="2024-06-01",
            outcome="approved",
        )
    # money
    for case, certificate, lines in (
        ("part_paid", None, [(500, "paid", "2024-06-20")]),
        ("overpaid", None, [(2000, "paid", "2024-06-20")]),
        ("returned", None, [(1500, "returned", "2024-06-20")]),
        ("paid_again", None, [(1500, "returned", "2024-06-20"), (1500, "paid", "2024-06-28")]),
        ("paid_next_period", None, [(1500, "paid", "2024-07-01")]),
        ("paid_though_void", {"status": "void"}, [(1500, "paid", "2024-06-20")]),
    ):
        life(case, certificate)
        for n, (amount, result, day) in enumerate(lines):
            add(
                "programme_payments", programme="skill_subsidy", batch_no=case, line_no=n, payee_id=case, amount=amount, result=result, paid_on=day,
            )  # fmt: skip
    # another year, certificates of the province only
    for case, issuer in (("province", "620102"), ("elsewhere", "510000"), ("issuer_unknown", None)):
        life(
            f"from_{case}",
            {"issued_on": "2025-01-10", "issuer_region": issuer},
            applied_on="2025-02-10",
            in_post="2025-02",
        )
    return lives


@pytest.fixture(scope="module")
def decided(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """Decisions by period and application; the outcomes by rule under `rules`."""
    world = World(tmp_path_factory.mktemp("skill"))
    for source, rows in all_lives().rows.items():
        world.add(source, rows)
    world.add("employers", [{"employer_id": "E1"}, {"employer_id": "G1", "unit_type": "government"}])
    # 2022 is not in the ledger: the gate of 2023 is unknown. End of 2023: 12,000 left, 600 spent a month: 20 months, open. 2024 spends
    # 1,100 a month and earns 0: 12,000 + 0 − 13,200 < 0: the gate of 2025 is closed.
    ledger = [{"region_code": "620000", "month": "2023-01-01", "item": "opening_balance", "amount": 12_000}]
    for n in range(12):
        for year, income, spent in ((2023, 600, 600), (2024, 0, 1100)):
            for item, amount in (("premium", income), ("benefit", spent)):
                ledger.append(
                    {
                        "region_code": "620000",
                        "month": dt.date(year, n + 1, 1),
                        "item": item,
                        "amount": amount,
                    }
                )
    world.add("fund_ledger", ledger)
    found: dict[str, dict[str, Any]] = {}
    for period in ("2024-06", "2025-03"):
        world.build(period, "+skill_decisions")
        rows = world.query("select * from marts.skill_decisions where period = ?", month(period))
        found[period] = {row["application_no"]: row | {"rules": {}} for row in rows}
        for row in world.query("select * from marts.skill_rule_outcomes where period = ?", month(period)):
            found[period][row["application_no"]]["rules"][row["rule_id"].removeprefix("skill.")] = row[
                "outcome"
            ]
    return found


OUTCOMES = [
    ("usual", "certificate", "pass"), ("void", "certificate", "fail"), ("anothers", "certificate", "fail"), ("level2", "certificate", "fail"),
    ("nocert", "certificate", "fail"), ("nocert", "applied_in_time", "unknown"), ("nocert", "insured_months", "unknown"),
    ("nocert", "once_per_level", "unknown"), ("nocert", "not_below_received", "unknown"), ("nocert", "training_subsidy", "unknown"),
    ("void", "applied_in_time", "pass"), ("void", "insured_months", "pass"), ("usual", "issuer", "not_applicable"),
    ("issued_same_day", "applied_in_time", "pass"), ("issued_day_after", "applied_in_time", "fail"),
    ("last_day", "applied_in_time", "pass"), ("day_too_late", "applied_in_time", "fail"),
    ("usual", "insured_months", "pass"), ("eleven_months", "insured_months", "fail"), ("issue_month_counts", "insured_months", "pass"),
    ("month_after_issue", "insured_months", "fail"), ("refunded_month", "insured_months", "fail"),
    ("refunded_later", "insured_months", "pass"), ("two_employers_one_month", "insured_months", "fail"),
    ("makeup_month", "insured_months", "pass"), ("received_later", "insured_months", "fail"),
    ("month_of_application", "status", "pass"), ("month_before", "status", "pass"), ("two_months_before", "status", "fail"),
    ("government", "status", "fail"), ("unregistered", "status", "unknown"), ("unregistered_and_government", "status", "fail"),
    ("due_taken_back", "status", "fail"), ("drawing", "status", "pass"), ("drawing_returned", "status", "fail"),
    ("medical_only", "status", "fail"), ("drew_earlier", "status", "fail"), ("paid_next_month", "status", "fail"),
    ("same_again_1", "once_per_level", "pass"), ("same_again_2", "once_per_level", "fail"),
    ("refused_1", "review", "fail"), ("refused_2", "once_per_level", "pass"),
    ("lower_after_4", "not_below_received", "fail"), ("lower_after_4", "once_per_level", "pass"),
    ("lower_after_other", "not_below_received", "pass"), ("higher_after_3", "not_below_received", "pass"),
    ("cap_1", "review_over_year", "pass"), ("cap_2", "review_over_year", "unknown"), ("cap_3", "yearly_cap", "pass"),
    ("cap_4", "yearly_cap", "fail"), ("two_years_2", "review_over_year", "pass"),
    ("usual", "training_subsidy", "pass"), ("trained", "training_subsidy", "fail"), ("trained_other_level", "training_subsidy", "pass"),
    ("late_training_1", "training_subsidy", "pass"), ("late_training_2", "not_below_received", "fail"),
    ("died_day_before", "alive", "fail"), ("died_that_day", "alive", "pass"), ("pension_is_no_death", "alive", "pass"),
    ("death_withdrawn", "alive", "pass"),
    ("usual", "fund_reserve", "pass"), ("last_day_of_2023", "fund_reserve", "unknown"),
    ("first_day", "window", "pass"), ("day_before_window", "window", "fail"), ("last_day_of_2023", "window", "pass"),
    ("objection_upheld", "notice", "fail"), ("objection_upheld_later", "notice", "unknown"), ("objection_open", "notice", "unknown"),
    ("objection_dismissed", "notice", "pass"), ("objection_raised_before", "notice", "pass"), ("objection_raised_later", "notice", "pass"),
    ("usual", "review", "not_applicable"), ("reviewed_2", "review", "pass"),
]  # fmt: skip


@pytest.mark.parametrize(("case", "rule", "outcome"), OUTCOMES)
def test_rule(decided: dict[str, Any], case: str, rule: str, outcome: str) -> None:
    assert decided["2024-06"][case]["rules"][rule] == outcome


LATER = [
    ("leap_last_day", "applied_in_time", "pass"), ("leap_too_late", "applied_in_time", "fail"), ("leap_last_day", "fund_reserve", "fail"),
    ("from_province", "issuer", "pass"), ("from_elsewhere", "issuer", "fail"), ("from_issuer_unknown", "issuer", "unknown"),
    ("refunded_later", "insured_months", "fail"), ("received_later", "insured_months", "pass"), ("paid_next_month", "status", "pass"),
    ("late_training_1", "training_subsidy", "fail"), ("late_training_2", "not_below_received", "pass"),
    ("objection_upheld_later", "notice", "fail"), ("objection_raised_later", "notice", "unknown"), ("reviewed_2", "review", "fail"),
]  # fmt: skip


@pytest.mark.parametrize(("case", "rule", "outcome"), LATER)
def test_rule_nine_months_later(decided: dict[str, Any], case: str, rule: str, outcome: str) -> None:
    assert decided["2025-03"][case]["rules"][rule] == outcome


DECISIONS = [
    ("usual", "eligible", 1500), ("level5", "eligible", 1000), ("level3", "eligible", 2000), ("nocert", "ineligible", 0),
    ("unregistered", "review", 1500), ("cap_1", "eligible", 1500), ("cap_2", "review", 1500), ("cap_4", "ineligible", 0),
    ("refused_1", "ineligible", 0), ("refused_2", "eligible", 1500), ("reviewed_2", "eligible", 1500),
    # no approval stands in for a missing registration or an unknown reserve period, nor undoes a fail
    ("approved_unregistered", "review", 1500), ("approved_unknown_reserve", "review", 1500), ("approved_void", "ineligible", 0),
    ("late_training_1", "eligible", 2000), ("late_training_2", "ineligible", 0), ("day_before_window", "ineligible", 0),
]  # fmt: skip


@pytest.mark.parametrize(("case", "decision", "amount"), DECISIONS)
def test_decision(decided: dict[str, Any], case: str, decision: str, amount: int) -> None:
    row = decided["2024-06"][case]
    assert (row["decision"], row["amount"]) == (decision, amount)


def test_late_evidence_reopens_what_it_blocked(decided: dict[str, Any]) -> None:
    """The training subsidy of July undoes the level 3 paid in June: 2000 to recover; level 4 is no longer below one received."""
    first, second = decided["2025-03"]["late_training_1"], decided["2025-03"]["late_training_2"]
    assert (first["decision"], first["amount"], first["paid_amount"], first["recoverable_amount"]) == (
        "ineligible",
        0,
        2000,
        2000,
    )
    assert (second["decision"], second["amount"], second["payable_amount"]) == ("eligible", 1500, 1500)


MONEY = [
    # paid, payable = max(0, amount − paid) if eligible, recoverable = max(0, paid − amount), returned
    ("part_paid", 500, 1000, 0, 0), ("overpaid", 2000, 0, 500, 0), ("returned", 0, 1500, 0, 1500), ("paid_again", 1500, 0, 0, 1500),
    ("paid_next_period", 0, 1500, 0, 0), ("paid_though_void", 1500, 0, 1500, 0), ("unregistered", 0, 0, 0, 0),
]  # fmt: skip


@pytest.mark.parametrize(("case", "paid", "payable", "recoverable", "returned"), MONEY)
def test_money(
    decided: dict[str, Any], case: str, paid: int, payable: int, recoverable: int, returned: int
) -> None:
    row = decided["2024-06"][case]
    assert (row["paid_amount"], row["payable_amount"], row["recoverable_amount"], row["returned_amount"]) == (
        paid, payable, recoverable, returned,
    )  # fmt: skip


def test_a_day_without_parameters_is_judged_by_its_window_alone(decided: dict[str, Any]) -> None:
    row = decided["2024-06"]["day_before_window"]
    assert {rule for rule, outcome in row["rules"].items() if outcome != "not_applicable"} == {"window"}
    assert (row["insured_months"], row["status_basis"], row["failed_rules"], row["unknown_rules"]) == (
        0,
        "none",
        ["skill.window"],
        [],
    )
    assert (row["occupation_code"], row["level"]) == ("6-20-01-01", 4)


def test_no_certificate_leaves_occupation_level_and_months_empty(decided: dict[str, Any]) -> None:
    row = decided["2024-06"]["nocert"]
    assert (row["occupation_code"], row["level"], row["insured_months"], row["status_basis"]) == (
        None,
        None,
        0,
        "in_post",
    )


def test_only_applications_dated_by_the_period_are_decided(decided: dict[str, Any]) -> None:
    assert "after_the_period" not in decided["2024-06"]
    assert "after_the_period" in decided["2025-03"]


def test_status_bases(decided: dict[str, Any]) -> None:
    found = {
        case: decided["2024-06"][case]["status_basis"]
        for case in ("usual", "drawing", "unregistered", "government")
    }
    assert found == {
        "usual": "in_post",
        "drawing": "benefit_recipient",
        "unregistered": "none",
        "government": "none",
    }


def test_rules_stand_in_the_order_of_the_table(decided: dict[str, Any]) -> None:
    row = decided["2024-06"]["nocert"]
    assert row["failed_rules"] == ["skill.certificate"]
    assert row["unknown_rules"] == [
        "skill.applied_in_time", "skill.insured_months", "skill.once_per_level", "skill.not_below_received", "skill.training_subsidy",
    ]  # fmt: skip


def test_sources_never_delivered_are_unknown_not_no(tmp_path: Path) -> None:
    """Without certificates, training subsidies and cross-checks their rules are unknown, and so is the reserve without a ledger."""
    lives = Lives()
    lives.life("usual")
    world = World(tmp_path)
    world.add("skill_applications", lives.rows["skill_applications"]).add(
        "contributions", lives.rows["contributions"]
    )
    world.add("employers", [{"employer_id": "E1"}]).build("2024-06", "+skill_decisions")
    (row,) = world.query(
        "select decision, unknown_rules, failed_rules, level, amount from marts.skill_decisions"
    )
    assert row["unknown_rules"] == [
        "skill.certificate", "skill.applied_in_time", "skill.insured_months", "skill.once_per_level", "skill.not_below_received",
        "skill.training_subsidy", "skill.alive", "skill.fund_reserve",
    ]  # fmt: skip
    assert (row["decision"], row["failed_rules"], row["level"], row["amount"]) == ("review", [], None, 0)


def test_each_rule_by_its_own_unit_test(tmp_path: Path) -> None:
    """The unit tests beside the rules hold; they need the models' columns, so an empty world is built first."""
    world = World(tmp_path).build("2024-06", "+skill_decisions")
    assert world.query("select count(*) as n from marts.skill_decisions") == [{"n": 0}]
    world.build("2024-06", "test_type:unit,path:models/intermediate/skill", command="test")
