"""A second June 2024 under choices unlike Gansu's: premium by the day received, separations, heads of the decision's month, a one-day window."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.dbt.refund.june import SHARES, Tables
from tests.dbt.refund.kit import BASE, MODELS, ledger, staff
from tests.dbt.world import World
from tests.oracle.nasty import write_pack

CHOICES = {
    "contribution_basis": "receipt_date",
    "layoff_numerator": "separations",
    "refund_small_headcount_basis": "decision_month",
    "refund_small_headcount": "2",
    "non_enterprise_size": "law_firm:large;foundation:sme",
}
DECEMBER, AHEAD = BASE[11], dt.date(2024, 1, 1)

# Decisions worked out by hand; a person-month is 40 yuan, an sme gets 60 %.
DECISIONS: dict[str, dict[str, Any]] = {
    # Received in 2023: January (on 1 January) to November, 11 × 40, and January 2024 paid ahead on 31 December: 480. December 2022 is of
    # a month before the base year; December 2023 came in on 1 January 2024. It was paid all the same: nothing is owed.
    "O1": {"decision": "eligible", "contribution_base": Decimal(480), "refund_amount": Decimal(288), "arrears": 0, "months_paid_in_full": 13},
    # Three persons of 480 each; the one at a government office is left out: 960 × 60 % = 576.
    "O2": {"decision": "eligible", "contribution_base": Decimal(960), "refund_amount": Decimal(576)},
    # One of five was laid off, on two days of the year; another retired: 1 / 5 = 20 %. In June 2024 two are insured (what is delivered of
    # July comes after the period), so the limit of small units holds, and 20 % is just within it.
    "O3": {"decision": "eligible", "layoff_rate": Decimal("0.2"), "layoff_rate_limit": Decimal("0.2"), "natural_attrition": 1},
    # The same, but nobody is insured in June, only money given back: May's five are no small unit.
    "O4": {"decision": "ineligible", "layoff_rate": Decimal("0.2"), "layoff_rate_limit": Decimal("0.055"), "failed_rules": ["refund.layoff_rate"]},
    # A law firm counts as large by reference: 480 × 30 %.
    "O5": {"decision": "eligible", "size_class": "large", "size_source": "by_reference", "refund_amount": Decimal(144)},
}  # fmt: skip
# O2-2 is the user's from July on: five months received in 2023, and January 2024 paid ahead: 240 × 60 % = 144, the rest is own staff's.
# Person-months count those of the base year, December included.
SHARES_OF_O2 = [
    ("own_staff", None, 2, 18, Decimal(720), Decimal(432), Decimal(0), None),
    ("user", "91OFFICE", 1, 12, Decimal(0), Decimal(0), Decimal(0), "excluded_unit_type"),
    ("user", "91USER", 1, 6, Decimal(240), Decimal(144), Decimal(0), None),
]


def in_the_year(employer: str, heads: int) -> list[Any]:
    """January to November 2023 received in their months, December in January 2024, and January 2024 ahead on 31 December."""
    return [
        *staff(employer, heads, BASE[:1], received_on="2023-01-01"),
        *staff(employer, heads, BASE[1:11]),
        *staff(employer, heads, [DECEMBER], received_on="2024-01-01"),
        *staff(employer, heads, [AHEAD], received_on="2023-12-31"),
    ]


def build_choices(folder: Path) -> World:
    """Write and build June 2024 under the choices; the window is the last day of June alone."""
    policy = folder / "policy"
    write_pack(policy, CHOICES)
    programmes = policy / "programmes.csv"
    text = programmes.read_text(encoding="utf-8")
    window = "refund,620000,,2024,2024-04-28,2024-12-31"
    assert window in text
    programmes.write_text(text.replace(window, "refund,620000,,2024,2024-06-30,2024-06-30"), encoding="utf-8")
    world = World(folder, policy)
    kinds: dict[str, dict[str, Any]] = {"O2": {"is_dispatch": True}, "O5": {"unit_type": "law_firm"}}
    world.add("employers", [{"employer_id": e} | kinds.get(e, {}) for e in DECISIONS])
    world.add(
        "contributions",
        [*staff("O1", 1, [dt.date(2022, 12, 1)], received_on="2023-01-10"), *in_the_year("O1", 1)],
    )
    world.add("contributions", [*in_the_year("O2", 3), *in_the_year("O5", 1)])
    for employer in ("O3", "O4"):
        world.add("contributions", staff(employer, 5))
        world.add(
            "headcount_changes",
            [
                {"employer_id": employer, "person_id": f"{employer}-1", "change_date": "2023-03-01", "reason": "employer_termination"},
                {"employer_id": employer, "person_id": f"{employer}-1", "change_date": "2023-09-01", "reason": "employer_termination"},
                {"employer_id": employer, "person_id": f"{employer}-2", "change_date": "2023-09-01", "reason": "retirement"},
            ],
        )  # fmt: skip
    world.add("contributions", staff("O3", 2, [dt.date(2024, 6, 1)]))
    world.add(
        "contributions",
        staff("O3", 5, [dt.date(2024, 7, 1)], received_on=None, employer_paid=0, person_paid=0),
    )
    world.add("contributions", staff("O4", 5, [dt.date(2024, 5, 1)]))
    world.add(
        "contributions",
        staff("O4", 1, [dt.date(2024, 6, 1)], pay_kind="refund", employer_due=-28, person_due=-12),
    )
    assigned = {"dispatch_employer_id": "O2", "user_name": "用工"}
    world.add(
        "dispatch_assignments",
        [
            assigned | {"person_id": "O2-2", "start_month": "2023-07-01", "user_uscc": "91USER"},
            assigned
            | {"person_id": "O2-3", "start_month": "2023-01-01", "user_uscc": "91OFFICE"}
            | {"user_unit_type": "government"},
        ],
    )
    world.add("dispatch_agreements", [{"dispatch_employer_id": "O2", "programme_year": 2024}])
    world.add("fund_ledger", ledger(2023))
    for source in ("benefit_claims", "sanctions"):
        world.add(source, [])
    return world.build("2024-06", *MODELS)


def choices_found(tables: Tables) -> tuple[dict[str, dict[str, Any]], list[tuple[Any, ...]]]:
    """Return what the tables say of the decisions and shares that were worked out."""
    decisions = {
        e: {name: tables["decisions"][e][name] for name in wanted} for e, wanted in DECISIONS.items()
    }
    shares = [tuple(row[n] for n in SHARES) for row in tables["allocations"].get("O2", [])]
    return decisions, sorted(shares, key=str)


def are_choices_as_worked_out(tables: Tables) -> bool:
    """Return whether everything is as worked out."""
    return choices_found(tables) == (DECISIONS, sorted(SHARES_OF_O2, key=str))
