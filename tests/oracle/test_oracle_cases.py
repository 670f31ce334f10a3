"""The oracle on cases worked out by hand from the notices."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from tests.oracle.benefits import benefit_coverage
from tests.oracle.compare import compare, same
from tests.oracle.fund import fund_months, reserve
from tests.oracle.params import MissingParameter, Parameters
from tests.oracle.premium import premium_relief
from tests.oracle.refund import decide, non_enterprise_size, refund_tables, standard_row
from tests.oracle.risk import risk_leads
from tests.oracle.skill import skill_tables
from tests.oracle.world import Case, World, add_months, fen_below, half_up, parse_month

VALUES = {
    "refund_unit_types": "enterprise;social_organisation;foundation",
    "refund_min_months_paid": "12",
    "refund_arrears_rule": "no_arrears",
    "layoff_numerator": "claims",
    "layoff_denominator": "average",
    "refund_layoff_rate_max": "0.055",
    "refund_small_headcount": "30",
    "refund_small_headcount_basis": "year_average",
    "refund_small_layoff_rate_max": "0.20",
    "layoff_claim_reasons": "employer_termination;economic_layoff;contract_expiry;dismissal_for_cause;other",
    "attrition_reasons": "retirement;death",
    "layoff_reasons": "employer_termination;economic_layoff",
    "contribution_basis": "belonging_month",
    "excluded_user_unit_types": "government;public_institution",
    "refund_exclude_sanctioned": "yes",
    "refund_excluded_registry": "revoked;deregistered",
    "refund_ratio_large": "0.30",
    "refund_ratio_sme": "0.60",
    "size_headcount_large": "300",
    "non_enterprise_size": "sme",
    "dispatch_ratio_basis": "firm",
    "reserve_formula": "previous_year",
    "reserve_months_min": "12",
    "reserve_months_pooling_target": "24",
    "skill_amount_5": "1000",
    "skill_amount_4": "1500",
    "skill_amount_3": "2000",
    "skill_in_province_only": "no",
    "skill_apply_within_months": "12",
    "skill_insured_measured_at": "issue",
    "skill_min_insured_months": "12",
    "skill_unit_types": "enterprise",
    "skill_max_per_year": "3",
    "skill_review_over_per_year": "1",
    "benefit_months_first_year": "4",
    "benefit_months_per_further_year": "2",
    "premium_rate_total": "0.01",
    "premium_rate_reference": "0.03",
    "refund_headcount_drop_max": "0.5",
    "risk_group_join": "8",
    "dispatch_pass_on_days": "30",
    "risk_base_factor": "8",
}


def parameters(**changes: str) -> Parameters:
    """The values of 2024 with some changed; windows as in 甘人社通〔2024〕165号."""
    rows = [
        {
            "parameter": name,
            "jurisdiction": "620000",
            "effective_from": "2024-01-01",
            "effective_to": "",
            "value": value,
        }
        for name, value in (VALUES | changes).items()
    ]
    windows = [
        {
            "programme": programme,
            "jurisdiction": "620000",
            "programme_year": "2024",
            "window_from": "2024-04-28",
            "window_to": "2024-12-31",
        }
        for programme in ("refund", "skill_subsidy")
    ]
    return Parameters(rows, windows)


def person(number: int) -> str:
    """A made-up person's number (the lake holds checked ones; the rules only need them to differ)."""
    return f"P{number:04d}"


def premium(employer: str, who: str, month: str, **changes: Any) -> dict[str, Any]:
    """A month of base 5000 at 0.7 % and 0.3 %: 35.00 and 15.00, due and paid in the month."""
    row = {
        "employer_id": employer,
        "person_id": who,
        "fee_month": month,
        "pay_kind": "normal",
        "voucher_no": f"V{employer}{who}{month}",
        "pay_base": "5000.00",
        "employer_due": "35.00",
        "person_due": "15.00",
        "employer_paid": "35.00",
        "person_paid": "15.00",
        "late_fee": None,
        "received_on": f"{month}-20",
        "period": "2024-01",
    }
    return row | changes


def year(employer: str, persons: int, first: int = 0) -> list[dict[str, Any]]:
    """The twelve months of 2023 of some persons at an employer."""
    return [
        premium(employer, person(first + n), f"2023-{month:02d}")
        for n in range(persons)
        for month in range(1, 13)
    ]


def employer(employer_id: str, **changes: Any) -> dict[str, Any]:
    """An active enterprise in 合水县."""
    row = {
        "employer_id": employer_id,
        "uscc": f"U{employer_id}",
        "employer_name": f"单位{employer_id}",
        "unit_type": "enterprise",
        "industry_code": "C17",
        "region_code": "621024",
        "insured_from": "2015-01-01",
        "insured_status": "active",
        "registry_status": None,
        "is_dispatch": False,
        "account_kind": "corporate",
        "bank_name": "银行",
        "account_name": "户名",
        "account_no": "1",
        "contact_phone": None,
        "period": "2024-01",
    }
    return row | changes


def ledger() -> list[dict[str, Any]]:
    """One account: opening 1200.00, each month of 2023 income 100.00 and expenditure 100.00, so a reserve of 12 months exactly."""
    rows = [{"region_code": "621000", "month": "2023-01", "item": "opening_balance", "amount": "1200.00"}]
    for month in range(1, 13):
        rows += [
            {"region_code": "621000", "month": f"2023-{month:02d}", "item": item, "amount": "100.00"}
            for item in ("premium", "benefit")
        ]
    return [row | {"period": "2024-01"} for row in rows]


EMPTY = {"benefit_claims": ["2024-01"], "headcount_changes": ["2024-01"], "sanctions": ["2024-01"]}


def refund(period: str, sources: dict[str, list[dict[str, Any]]], **changes: str) -> dict[str, Any]:
    """The refund tables of a small world, with a ledger at the limit unless given."""
    world = World.from_rows({"fund_ledger": ledger()} | sources, EMPTY)
    return refund_tables(Case(world, parameters(**changes)), parse_month(period))


def one(tables: dict[str, Any], employer_id: str = "E1") -> dict[str, Any]:
    """The decision on one employer."""
    return next(row for row in tables["refund_decisions"] if row["employer_id"] == employer_id)


def test_numbers_and_days() -> None:
    assert half_up(Fraction(1005, 1000), 2) == Decimal("1.01")
    assert half_up(Fraction(-5, 1000), 2) == Decimal("-0.01")
    assert fen_below(Fraction(-1, 1000)) == Decimal("-0.01")
    assert add_months(dt.date(2024, 2, 29), 12) == dt.date(2025, 2, 28)
    assert add_months(dt.date(2023, 8, 31), 6) == dt.date(2024, 2, 29)


def test_newest_version_void_and_order() -> None:
    rows = [
        premium(
            "E1", person(1), "2023-01", period="2024-01", file="contributions__9.csv", person_paid="1.00"
        ),
        premium(
            "E1", person(1), "2023-01", period="2024-01", file="contributions__10.csv", person_paid="2.00"
        ),
        premium("E1", person(2), "2023-01", period="2024-01"),
        premium("E1", person(2), "2023-01", period="2024-03", valid=False),
    ]
    world = World.from_rows({"contributions": rows})
    # by code points "__10" stands before "__9": the row of __9 is the later
    then = {
        r["person_id"]: r["person_paid"] for r in world.known(parse_month("2024-02")).rows("contributions")
    }
    assert then == {person(1): Decimal("1.00"), person(2): Decimal("15.00")}
    assert len(world.known(parse_month("2024-03")).rows("contributions")) == 1


def test_register_region_by_region() -> None:
    rows = [
        employer("E1", region_code="620102", period="2024-01"),
        employer("E2", region_code="620102", period="2024-01"),
        employer("E3", region_code="621024", period="2024-01"),
        employer("E1", region_code="620102", period="2024-02"),
        employer("E3", region_code="620102", period="2024-02"),
    ]
    register = World.from_rows({"employers": rows}).known(parse_month("2024-02")).register()
    # 620102 came anew without E2; E3 is in two regions: the newer period's row counts
    assert sorted(register) == ["E1", "E3"]
    assert register["E3"]["region_code"] == "620102"


def test_eligible_at_every_limit() -> None:
    # 5 persons × 12 months × 50.00 = 3000.00; sme by headcount: 60 % = 1800.00. One claim of five persons is 20 %, the limit.
    claim = {
        "claim_no": "C1",
        "person_id": person(0),
        "last_employer_id": "E1",
        "unemployed_on": "2023-12-05",
        "reason": "other",
        "region_code": "621024",
        "start_month": "2023-12",
        "entitled_months": 4,
        "monthly_standard": "1665.00",
        "period": "2024-01",
    }
    tables = refund(
        "2024-05", {"employers": [employer("E1")], "contributions": year("E1", 5), "benefit_claims": [claim]}
    )
    row = one(tables)
    assert row["decision"] == "eligible"
    assert row["layoff_rate"] == Decimal("0.200000") == row["layoff_rate_limit"]
    assert (row["contribution_base"], row["refund_amount"]) == (Decimal("3000.00"), Decimal("1800.00"))
    assert (row["size_class"], row["size_source"]) == ("sme", "headcount")
    # claims pass at 20 %, the net reduction is 0: both pass
    assert row["verdicts_differ"] is False
    # known since the delivery of January, and the window opens in April; April was not delivered, so May is the first
    assert row["first_decided_period"] == parse_month("2024-05")
    assert row["notice_status"] == "on_notice"


def test_makeup_settles_and_excess_fills_no_other() -> None:
    rows = [r for r in year("E1", 1) if r["fee_month"] not in ("2023-03", "2023-04")]
    rows += [
        # March was not paid, then made up: due once, paid in full
        premium("E1", person(0), "2023-03", employer_paid="0.00", person_paid="0.00", received_on=None),
        premium("E1", person(0), "2023-03", pay_kind="makeup", voucher_no="M", received_on="2024-06-01"),
        # April lacks a fen; May has 10.00 too much, which helps nobody
        premium("E1", person(0), "2023-04", person_paid="14.99"),
    ]
    rows = [r | {"person_paid": "25.00"} if r["fee_month"] == "2023-05" else r for r in rows]
    sources = {"employers": [employer("E1")], "contributions": rows}
    may, june = one(refund("2024-05", sources)), one(refund("2024-06", sources))
    assert (may["months_paid_in_full"], may["arrears"]) == (10, Decimal("50.01"))
    assert (june["months_paid_in_full"], june["arrears"]) == (11, Decimal("0.01"))
    # 10 months of 50.00, April 49.99, May 60.00, March only when received
    assert (may["contribution_base"], june["contribution_base"]) == (Decimal("559.99"), Decimal("609.99"))
    assert june["failed_rules"] == ["refund.paid_months", "refund.no_arrears"]
    assert one(refund("2024-06", sources, refund_arrears_rule="months_only"))["failed_rules"] == [
        "refund.paid_months"
    ]


def test_decision_stands_after_the_window() -> None:
    sanction = {
        "uscc": "UE1",
        "listed_on": "2025-01-02",
        "removed_on": None,
        "reason": "x",
        "period": "2025-01",
    }
    payment = {
        "batch_no": "B",
        "line_no": "1",
        "programme": "refund",
        "programme_year": 2024,
        "payee_id": "E1",
        "on_behalf_of": None,
        "account_name": None,
        "account_no": None,
        "amount": "400.00",
        "result": "paid",
        "return_reason": None,
        "paid_on": "2025-01-15",
        "period": "2025-01",
    }
    row = one(
        refund(
            "2025-01",
            {
                "employers": [employer("E1"), employer("E1", employer_name="新名", period="2025-01")],
                "contributions": [r | {"period": "2024-06"} for r in year("E1", 1)],
                "sanctions": [sanction],
                "programme_payments": [payment],
            },
        )
    )
    # 12 × 50.00 × 60 % = 360.00: listed only after the window, so the decision stands under its old name; 40.00 too much was paid
    assert (row["decision"], row["employer_name"]) == ("eligible", "单位E1")
    assert (row["refund_amount"], row["recoverable_amount"]) == (Decimal("360.00"), Decimal("40.00"))
    assert (row["first_decided_period"], row["notice_status"]) == (parse_month("2024-06"), "cleared")


def test_unregistered_and_approval() -> None:
    approval = {
        "programme": "refund",
        "subject_id": "E1",
        "programme_year": 2024,
        "decided_on": "2024-05-10",
        "outcome": "approved",
        "officer": "甲",
        "reason": "x",
        "period": "2024-05",
    }
    row = one(refund("2024-05", {"contributions": year("E1", 1), "review_outcomes": [approval]}))
    assert row["decision"] == "review" and row["uscc"] is None
    assert row["unknown_rules"] == [
        "refund.unit_type",
        "refund.insured",
        "refund.not_sanctioned",
        "refund.size_known",
        "refund.dispatch_confirmed",
    ]
    assert row["refund_amount"] == 0
    open_objection = {
        "programme": "refund",
        "subject_id": "E1",
        "raised_on": "2024-05-02",
        "content": None,
        "resolved_on": None,
        "outcome": None,
    }
    sources = {
        "employers": [employer("E1")],
        "contributions": year("E1", 1),
        "notice_objections": [open_objection | {"period": "2024-05"}],
        "review_outcomes": [approval],
    }
    # an approval stands in for what is merely open; the list still says so
    row = one(refund("2024-05", sources))
    assert (row["decision"], row["unknown_rules"], row["notice_status"]) == (
        "eligible",
        ["refund.notice"],
        "objection_open",
    )


def test_either_formula_and_unknown_source() -> None:
    world = World.from_rows(
        {"fund_ledger": ledger(), "employers": [employer("E1")], "contributions": year("E1", 1)},
        {"benefit_claims": ["2024-01"], "sanctions": ["2024-01"]},
    )
    row = one(refund_tables(Case(world, parameters(layoff_numerator="either")), parse_month("2024-05")))
    assert row["layoff_rate"] is None and row["unknown_rules"] == ["refund.layoff_rate"]
    assert (row["natural_attrition"], row["verdicts_differ"]) == (None, None)


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        # the parent's parent is filed large: large, two levels up
        ([("UE1", "UP", None), ("UP", "UQ", "small"), ("UQ", None, "large")], ("large", "parent")),
        # a circle has no class, and the branch's own filing does not help
        ([("UE1", "UP", "small"), ("UP", "UE1", "large")], (None, None)),
        # its own code as parent is no parent
        ([("UE1", "UE1", "micro")], ("sme", "filed")),
        # a parent unknown to all has none either
        ([("UE1", "UX", "large")], (None, None)),
    ],
)
def test_size_of_branches(
    sizes: list[tuple[str, str | None, str | None]], expected: tuple[str | None, str | None]
) -> None:
    rows = [
        {
            "uscc": uscc,
            "data_year": 2023,
            "staff": None,
            "revenue_10k": None,
            "assets_10k": None,
            "filed_size": filed,
            "parent_uscc": parent,
            "period": "2024-01",
        }
        for uscc, parent, filed in sizes
    ]
    row = one(
        refund(
            "2024-05",
            {"employers": [employer("E1")], "contributions": year("E1", 1), "enterprise_size": rows},
        )
    )
    assert (row["size_class"], row["size_source"]) == expected


def test_industry_rows() -> None:
    assert [
        standard_row(c) for c in ("C", "C1711", "7010", "K7020", "7040", "70", "K", "F", "J", "S", "60")
    ] == [
        "industry",
        "industry",
        "real_estate",
        "property",
        "other",
        None,
        None,
        None,
        "other",
        "other",
        "post",
    ]
    assert non_enterprise_size("foundation:large;social_organisation:large", "foundation") == "large"
    assert non_enterprise_size("foundation:large", "law_firm") == "sme"


def test_dispatch_largest_remainder() -> None:
    # Three persons with one month each of 50.00, 50.00 and 50.03, and one of own staff with 50.00; ratio 60 %, base 200.03.
    # Refund: 120.018 -> 120.02. Quotas 30.00, 30.00, 30.018, 30.00: whole fen 120.01; the fen left goes to the remainder .008.
    rows = [premium("D1", person(n), "2023-01") for n in range(4)]
    rows[2] |= {"employer_paid": "35.03"}
    users = {
        0: ("UA", "enterprise", "user"),
        1: ("UB", "government", "dispatcher"),
        2: ("UC", "enterprise", "user"),
    }
    assignments = [
        {
            "dispatch_employer_id": "D1",
            "person_id": person(n),
            "start_month": "2022-01",
            "end_month": None,
            "user_uscc": uscc,
            "user_name": uscc,
            "user_unit_type": kind,
            "cost_bearer": bearer,
            "period": "2024-01",
        }
        for n, (uscc, kind, bearer) in users.items()
    ]
    agreement = {
        "dispatch_employer_id": "D1",
        "programme_year": 2024,
        "applied_on": "2024-05-31",
        "allocation_confirmed": True,
        "period": "2024-05",
    }
    sources = {
        "employers": [employer("D1", is_dispatch=True)],
        "contributions": rows,
        "dispatch_assignments": assignments,
        "dispatch_agreements": [agreement],
    }
    tables = refund("2024-05", sources, refund_min_months_paid="1")
    # the government's person-month is out of the base: 150.03 × 60 % = 90.018 -> 90.02; 30.00 + 30.018 + 30.00
    assert one(tables, "D1")["refund_amount"] == Decimal("90.02")
    split = {
        r["user_uscc"]: (r["allocation_base"], r["allocated_amount"]) for r in tables["refund_allocations"]
    }
    assert split == {
        "UA": (Decimal("50.00"), Decimal("30.00")),
        "UB": (Decimal("0.00"), Decimal("0.00")),
        "UC": (Decimal("50.03"), Decimal("30.02")),
        None: (Decimal("50.00"), Decimal("30.00")),
    }
    # by the user's own record: nobody of these codes is registered, so only own staff's 30.00 is left
    tables = refund("2024-05", sources, refund_min_months_paid="1", dispatch_ratio_basis="user")
    assert one(tables, "D1")["refund_amount"] == Decimal("30.00")
    reasons = {r["user_uscc"]: r["withheld_reason"] for r in tables["refund_allocations"]}
    assert reasons == {"UA": "user_not_found", "UB": "excluded_unit_type", "UC": "user_not_found", None: None}


def test_reserve_at_the_limit_and_unknown() -> None:
    # 1200.00 + 12 × (100 − 100) = 1200.00; expenditure 1200.00 a year, 100.00 a month: 12 months, the limit, open
    case = Case(World.from_rows({"fund_ledger": ledger()}), parameters())
    assert reserve(case, parse_month("2024-05"), 2024, "previous_year").months == 12
    gap = [row for row in ledger() if row["month"] != "2023-07"]
    assert (
        reserve(
            Case(World.from_rows({"fund_ledger": gap}), parameters()),
            parse_month("2024-05"),
            2024,
            "previous_year",
        ).months
        is None
    )


def test_province_leaves_moves_between_levels_out() -> None:
    rows = [
        {"region_code": "620000", "month": "2024-01", "item": "opening_balance", "amount": "10.00"},
        {"region_code": "620000", "month": "2024-01", "item": "to_subordinate", "amount": "4.00"},
        {"region_code": "621000", "month": "2024-01", "item": "opening_balance", "amount": "5.00"},
        {"region_code": "621000", "month": "2024-01", "item": "from_superior", "amount": "4.00"},
        {"region_code": "621000", "month": "2024-01", "item": "training", "amount": "1.00"},
    ]
    case = Case(World.from_rows({"fund_ledger": [r | {"period": "2024-01"} for r in rows]}), parameters())
    found = {r["region_code"]: r for r in fund_months(case, parse_month("2024-01"))}
    assert (found["621000"]["income"], found["621000"]["balance"]) == (Decimal("4.00"), Decimal("8.00"))
    assert (found["620000"]["income"], found["620000"]["expenditure"]) == (Decimal("0.00"), Decimal("1.00"))
    assert found["620000"]["balance"] == Decimal("14.00")
    assert found["620000"]["other_expenditure"] == Decimal("1.00")


def skill_world(applications: list[tuple[str, str, str]], **more: Any) -> World:
    """One person insured through 2023 and the spring of 2024; applications are (number, certificate, day)."""
    months = [f"2023-{m:02d}" for m in range(1, 13)] + [f"2024-{m:02d}" for m in range(1, 10)]
    certificates = [
        ("K5", "4010", "5", "2023-12-31"),
        ("K4", "4010", "4", "2024-03-01"),
        ("K3", "4010", "3", "2024-03-01"),
        ("X5", "5020", "5", "2023-11-30"),
    ]
    sources: dict[str, Any] = {
        "fund_ledger": ledger(),
        "employers": [employer("E1")],
        "contributions": [premium("E1", person(1), month) for month in months],
        "certificates": [
            {
                "cert_no": number,
                "person_id": person(1),
                "occupation_code": code,
                "occupation_name": code,
                "level": level,
                "cert_kind": "skill_level",
                "issued_on": day,
                "issuer_region": None,
                "status": "valid",
                "period": "2024-01",
            }
            for number, code, level, day in certificates
        ],
        "skill_applications": [
            {
                "application_no": number,
                "person_id": person(1),
                "cert_no": cert,
                "applied_on": day,
                "region_code": "621024",
                "account_name": None,
                "account_no": None,
            }
            for number, cert, day in applications
        ],
    }
    return World.from_rows(
        sources | more, EMPTY | {"training_subsidies": ["2024-01"], "cross_checks": ["2024-01"]}
    )


def skills(world: World, period: str = "2024-09", **changes: str) -> dict[str, dict[str, Any]]:
    """The decisions by application."""
    tables = skill_tables(Case(world, parameters(**changes)), parse_month(period))
    return {row["application_no"]: row for row in tables["skill_decisions"]}


def test_skill_history() -> None:
    found = skills(
        skill_world(
            [
                ("A1", "K4", "2024-05-06"),
                (
                    "A2",
                    "K5",
                    "2024-05-06",
                ),  # below the level 4 approved before it: refused, and counts for nothing
                (
                    "A3",
                    "K3",
                    "2024-05-07",
                ),  # above: allowed, second in the year: strict review, approved for the count
                ("A4", "X5", "2024-11-30"),  # the last day of twelve months; dated after the period
            ]
        )
    )
    assert sorted(found) == ["A1", "A2", "A3"]
    assert (found["A1"]["decision"], found["A1"]["amount"], found["A1"]["insured_months"]) == (
        "eligible",
        Decimal("1500.00"),
        15,
    )
    assert (found["A2"]["decision"], found["A2"]["failed_rules"]) == (
        "ineligible",
        ["skill.not_below_received"],
    )
    assert found["A2"]["unknown_rules"] == ["skill.review_over_year"]
    assert (found["A3"]["decision"], found["A3"]["unknown_rules"]) == ("review", ["skill.review_over_year"])
    assert (found["A3"]["approved_in_year"], found["A3"]["amount"]) == (1, Decimal("2000.00"))


def test_skill_training_subsidy_reopens_a_later_one() -> None:
    applications = [("A1", "K5", "2024-05-06"), ("A2", "K5", "2024-06-03")]
    subsidy = {
        "person_id": person(1),
        "occupation_code": "4010",
        "level": "4",
        "paid_on": "2024-06-20",
        "amount": "800.00",
    }
    before = skills(skill_world(applications))
    assert [before[a]["decision"] for a in ("A1", "A2")] == ["eligible", "ineligible"]
    # the subsidy is for level 4: nothing changes for level 5; for level 5 both fall, the second no longer for being the second
    same_level = skills(skill_world(applications, training_subsidies=[subsidy | {"level": "5"}]))
    assert skills(skill_world(applications, training_subsidies=[subsidy])) == before
    assert same_level["A1"]["failed_rules"] == same_level["A2"]["failed_rules"] == ["skill.training_subsidy"]


def test_skill_days_and_missing_certificate() -> None:
    found = skills(
        skill_world([("A0", "NONE", "2024-05-06"), ("A1", "K5", "2024-04-27"), ("A2", "K5", "2023-12-31")])
    )
    assert (found["A0"]["insured_months"], found["A0"]["occupation_code"]) == (0, None)
    assert found["A0"]["failed_rules"] == ["skill.certificate"]
    assert found["A0"]["unknown_rules"] == [
        "skill.applied_in_time",
        "skill.insured_months",
        "skill.once_per_level",
        "skill.not_below_received",
        "skill.training_subsidy",
    ]
    # parameters are in force on 27 April, the window is not open; in 2023 there are none at all: the window alone is judged
    assert (found["A1"]["failed_rules"], found["A1"]["status_basis"]) == (["skill.window"], "none")
    assert (found["A1"]["unknown_rules"], found["A2"]["unknown_rules"]) == ([], [])
    assert (found["A2"]["failed_rules"], found["A2"]["status_basis"]) == (["skill.window"], "none")


def test_coverage_new_and_stopped() -> None:
    def paid(number: str, who: str, day: str, **changes: Any) -> dict[str, Any]:
        return {
            "payment_no": number,
            "claim_no": "C" + who,
            "person_id": who,
            "benefit_month": day[:7],
            "benefit_kind": "benefit",
            "amount": "1665.00",
            "paid_on": day,
            "region_code": "621024",
            "result": "paid",
        } | changes

    rows = [
        paid("1", "a", "2024-05-10"),
        paid("2", "b", "2024-05-10"),
        paid("3", "b", "2024-06-10"),
        paid("4", "c", "2024-06-10"),
        paid("5", "c", "2024-06-11", benefit_month="2024-05"),
        paid("6", "d", "2024-06-10", result="returned"),
    ]
    case = Case(World.from_rows({"benefit_payments": rows}), parameters())
    (row,) = benefit_coverage(case, parse_month("2024-06"))
    assert (row["persons"], row["new_persons"], row["stopped_persons"], row["months"]) == (2, 1, 1, 3)
    # three payments this month, five this year
    assert (row["amount"], row["amount_year_to_date"]) == (Decimal("4995.00"), Decimal("8325.00"))


def test_premium_relief_and_unknown_region() -> None:
    rows = [premium("E1", person(1), "2024-05"), premium("E9", person(2), "2024-05", pay_base="5000.25")]
    case = Case(World.from_rows({"employers": [employer("E1")], "contributions": rows}), parameters())
    found = {r["region_code"]: r for r in premium_relief(case, parse_month("2024-05"))}
    # (3 % − 1 %) × 5000.00 = 100.00; × 5000.25 = 100.005 -> 100.01
    assert found["621024"]["relief"] == Decimal("100.00")
    assert (found["unknown"]["unit_type"], found["unknown"]["relief"]) == ("unknown", Decimal("100.01"))


def test_month_of_reemployment_is_free() -> None:
    payments = [
        {
            "payment_no": str(n),
            "claim_no": "C1",
            "person_id": person(1),
            "benefit_month": month,
            "benefit_kind": "benefit",
            "amount": "1665.00",
            "paid_on": "2024-06-10",
            "region_code": "621024",
            "result": "paid",
        }
        for n, month in enumerate(("2024-03", "2024-04", "2024-05"))
    ]
    rows = [premium("E1", person(1), month) for month in ("2024-03", "2024-04", "2024-05")]
    case = Case(
        World.from_rows({"benefit_payments": payments, "contributions": rows, "fund_ledger": ledger()}),
        parameters(),
    )
    leads = [r for r in risk_leads(case, parse_month("2024-06")) if r["rule_id"] == "R01"]
    # March is the month of re-employment; April and May are two months of 1665.00
    assert [(r["subject_id"], r["amount_at_stake"]) for r in leads] == [(person(1), Decimal("3330.00"))]


def test_no_value_is_borrowed() -> None:
    with pytest.raises(MissingParameter):
        parameters().text("refund_ratio_sme", dt.date(2023, 12, 31))
    rows = [
        {"parameter": "x", "jurisdiction": j, "effective_from": f, "effective_to": "", "value": v}
        for j, f, v in (("620000", "2024-01-01", "province"), ("000000", "2024-03-01", "nation"))
    ]
    # the province's row wins over a later one of the nation; a county of the province sees it too
    assert Parameters(rows, [], "621024").text("x", dt.date(2024, 6, 1)) == "province"
    assert Parameters(rows, [], "110000").text("x", dt.date(2024, 6, 1)) == "nation"


def test_compare_sees_every_kind_of_difference() -> None:
    oracle = [{"check_id": "a", "left_amount": Decimal("1.00"), "outcome": "match"}]
    assert compare("reconciliations", [dict(oracle[0])], oracle) == []
    changed = [oracle[0] | {"left_amount": None}]
    assert [d.column for d in compare("reconciliations", changed, oracle)] == ["left_amount"]
    assert [d.column for d in compare("reconciliations", [], oracle)] == ["(row)"]
    assert [d.column for d in compare("reconciliations", oracle * 2, oracle)] == ["(row)"]
    assert (
        not same("1", 1)
        and not same(True, 1)
        and not same(["b", "a"], ["a", "b"])
        and same(Decimal("1.0"), 1)
    )


def test_not_in_register_is_a_row_of_the_decisions() -> None:
    case = Case(
        World.from_rows({"contributions": year("E7", 1), "fund_ledger": ledger()}, EMPTY), parameters()
    )
    assert decide(case, parse_month("2024-05"), 2024)["E7"].row is None
