"""The refund's decisions against figures worked out by hand, one June 2024 of many small employers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.dbt.refund.cases import ALLOCATIONS, CASES
from tests.dbt.refund.choices import DECISIONS, SHARES_OF_O2, build_choices, choices_found
from tests.dbt.refund.june import (
    build_june,
    employer_of,
    found_and_expected,
    published_found_and_expected,
    published_rows,
    read_tables,
    shares_found_and_expected,
)
from tests.dbt.refund.kit import Case


@pytest.fixture(scope="module")
def june(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The tables of June 2024, whole by the project's own test."""
    world = build_june(tmp_path_factory.mktemp("june"))
    world.build("2024-06", "refund_decisions", command="test")
    return read_tables(world.query) | {"world": world}


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{employer_of(c)} {c.name}")
def test_case(june: dict[str, Any], case: Case) -> None:
    found, expected = found_and_expected(june, case)
    assert found == expected


@pytest.mark.parametrize("employer", sorted(ALLOCATIONS))
def test_shares(june: dict[str, Any], employer: str) -> None:
    found, expected = shares_found_and_expected(june, employer)
    assert found == expected


@pytest.mark.parametrize("row", published_rows(), ids=lambda r: r["seq"])
def test_published_amounts(june: dict[str, Any], row: dict[str, str]) -> None:
    found, expected = published_found_and_expected(june, row)
    assert found == expected


def test_every_employer_with_every_rule_and_no_other(june: dict[str, Any]) -> None:
    expected = {employer_of(c) for c in CASES} | {f"R{r['seq']}" for r in published_rows()}
    assert set(june["decisions"]) == expected
    assert {e: len(rules) for e, rules in june["outcomes"].items()} == dict.fromkeys(expected, 15)


def test_only_dispatch_employers_share(june: dict[str, Any]) -> None:
    assert set(june["allocations"]) == {e for e, d in june["decisions"].items() if d["is_dispatch"]}


def test_limits_and_citations(june: dict[str, Any]) -> None:
    rate = june["outcomes"]["L01"]["refund.layoff_rate"]
    assert (rate["parameter"], rate["document_id"], rate["article"]) == (
        "refund_small_layoff_rate_max",
        "MOHRSS-2024-40",
        "二",
    )
    rate = june["outcomes"]["L05"]["refund.layoff_rate"]
    assert (rate["parameter"], rate["document_id"], rate["article"]) == (
        "refund_layoff_rate_max",
        "GS-2024-165",
        "一",
    )
    months = june["outcomes"]["P01"]["refund.paid_months"]
    assert (months["observed"], months["limit_value"], months["parameter"]) == (
        "11",
        "12",
        "refund_min_months_paid",
    )
    # U06 is not in the register: nothing was observed of its status
    assert june["outcomes"]["U06"]["refund.insured"]["observed"] is None
    assert june["outcomes"]["U01"]["refund.insured"]["observed"] == "active;revoked"
    for outcomes in june["outcomes"].values():
        for outcome in outcomes.values():
            assert outcome["document_id"], outcome["rule_id"]


def test_no_month_of_the_base_year_is_missing(june: dict[str, Any]) -> None:
    assert june["world"].query("select * from marts.missing_base_months") == []


def test_a_provinces_other_choices(tmp_path: Path) -> None:
    world = build_choices(tmp_path)
    world.build("2024-06", "refund_decisions", command="test")
    decisions, shares = choices_found(read_tables(world.query))
    assert decisions == DECISIONS
    assert shares == sorted(SHARES_OF_O2, key=str)
