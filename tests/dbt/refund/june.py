"""One June 2024 of many small employers: built once for the tests, and again for every mutant of the rules."""

from __future__ import annotations

import csv
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.dbt.refund.cases import ALLOCATIONS, CASES
from tests.dbt.refund.kit import BASE, MODELS, Case, ledger, staff
from tests.dbt.world import World

Tables = dict[str, Any]
Query = Callable[[str], list[dict[str, Any]]]
# exactly 30 heads is a small unit, 200 is none
LIMITS = {"L01": "refund_small_layoff_rate_max", "L05": "refund_layoff_rate_max"}
SHARES = (
    "beneficiary_kind",
    "user_uscc",
    "persons",
    "person_months",
    "allocation_base",
    "allocated_amount",
    "paid_amount",
    "withheld_reason",
)

PUBLISHED = Path(__file__).with_name("published_rows.csv")


def published_rows() -> list[dict[str, str]]:
    """Rows of a county's public notice of November 2023; the page is named in each row."""
    with PUBLISHED.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def employer_of(case: Case) -> str:
    """The employer a case is about."""
    return (
        str(case.employer["employer_id"])
        if case.employer
        else str(case.sources["contributions"][0]["employer_id"])
    )


def add_published(world: World) -> None:
    """Employers with the published heads and premium: 0.01 yuan a person-month, and in December what is missing."""
    for row in published_rows():
        employer, heads = f"R{row['seq']}", int(row["avg_monthly_insured"])
        uscc = f"91PUBLISHED{row['seq']}"
        world.add("employers", [{"employer_id": employer, "uscc": uscc, "employer_name": row["unit_name"]}])
        rest = Decimal(row["contrib_prev_year_yuan"]) - Decimal("0.01") * (heads * 12 - 1)
        world.add("contributions", staff(employer, heads, BASE[:11], employer_due="0.01", person_due=0))
        world.add("contributions", staff(employer, 1, BASE[11:], employer_due=rest, person_due=0))
        world.add(
            "contributions", staff(employer, heads - 1, BASE[11:], first=2, employer_due="0.01", person_due=0)
        )
        if row["ratio"] == "0.30":
            # a county branch of a provincial company follows its head office
            world.add("enterprise_size", [{"uscc": uscc, "data_year": 2022, "parent_uscc": "91PROVINCE"}])
            world.add("enterprise_size", [{"uscc": "91PROVINCE", "data_year": 2022, "filed_size": "large"}])


def build_june(folder: Path) -> World:
    """Write and build June 2024."""
    world = World(folder)
    for case in CASES:
        if case.employer:
            world.add("employers", [case.employer])
        for source, rows in case.sources.items():
            world.add(source, rows)
    world.add("fund_ledger", ledger(2023))
    add_published(world)
    # delivered, so that "nobody" is a figure and not a gap
    world.add(
        "headcount_changes", [{"employer_id": "A01", "person_id": "A01-1", "change_date": "2023-05-01"}]
    )
    # earlier versions of two of D09's rows: of an earlier period, and of an earlier-named file of the same period
    world.add("contributions", staff("D09", 1, BASE[:1], employer_due=99), period="2024-05")
    world.add("contributions", staff("D09", 1, BASE[1:2], employer_due=99), file="a.csv")
    # nothing was due here in the whole year: nobody insured, no row
    world.add("employers", [{"employer_id": "N01"}])
    world.add("contributions", staff("N01", 1, employer_due=0, person_due=0))
    return world.build("2024-06", *MODELS)


def read_tables(query: Query) -> Tables:
    """Read the three published tables, by employer."""
    decisions = {r["employer_id"]: r for r in query("select * from marts.refund_decisions")}
    outcomes: dict[str, dict[str, dict[str, Any]]] = {}
    for row in query("select * from marts.refund_rule_outcomes"):
        outcomes.setdefault(row["employer_id"], {})[row["rule_id"]] = row
    allocations: dict[str, list[dict[str, Any]]] = {}
    for row in query("select * from marts.refund_allocations"):
        allocations.setdefault(row["employer_id"], []).append(row)
    return {"decisions": decisions, "outcomes": outcomes, "allocations": allocations}


def found_and_expected(tables: Tables, case: Case) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what the tables say of a case, and what they must."""
    decision, outcomes = tables["decisions"][employer_of(case)], tables["outcomes"][employer_of(case)]
    found = {name: decision[name] for name in case.expect} | {
        rule: outcomes[rule]["outcome"] for rule in case.outcomes
    }
    return found, dict(case.expect) | dict(case.outcomes)


def shares_found_and_expected(
    tables: Tables, employer: str
) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """Return a dispatch employer's shares, and what they must be."""
    found = [tuple(row[n] for n in SHARES) for row in tables["allocations"].get(employer, [])]
    expected = [
        (kind, user, persons, months, Decimal(base), Decimal(share), Decimal(paid), withheld)
        for kind, user, persons, months, base, share, paid, withheld in ALLOCATIONS[employer]
    ]
    return sorted(found, key=str), sorted(expected, key=str)


def published_found_and_expected(
    tables: Tables, row: dict[str, str]
) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """Return the decision on a published unit, and what was published."""
    d = tables["decisions"][f"R{row['seq']}"]
    found = (
        d["average_insured"],
        d["contribution_base"],
        d["refund_ratio"],
        d["refund_amount"],
        d["decision"],
    )
    figures = ("avg_monthly_insured", "contrib_prev_year_yuan", "ratio", "paid_refund_yuan")
    return found, (*(Decimal(row[name]) for name in figures), "eligible")


def is_as_worked_out(tables: Tables) -> bool:
    """Return whether everything is as worked out by hand."""
    if len(tables["decisions"]) != len(CASES) + len(published_rows()):
        return False
    pairs = [found_and_expected(tables, case) for case in CASES]
    pairs += [shares_found_and_expected(tables, employer) for employer in ALLOCATIONS]
    pairs += [published_found_and_expected(tables, row) for row in published_rows()]
    pairs += [
        (tables["outcomes"][employer]["refund.layoff_rate"]["parameter"], name)
        for employer, name in LIMITS.items()
    ]
    return all(found == expected for found, expected in pairs)
