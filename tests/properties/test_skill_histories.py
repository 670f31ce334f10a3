"""The skill models against a plain-Python reading of the rules, over many random lives of applicants."""

from __future__ import annotations

import datetime as dt
import hashlib
import random
from collections import Counter
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from tests.dbt.world import World
from tests.properties.skill_reference import REGISTER, RULES, Life, decide, make_life
from wengang.lake import DELIVERIES, append_journal, lake_columns

# The ledger begins in 2022: the base year of 2022 is not known, those of the later years are, with far more than twelve months in hand.
GATES: dict[int, bool | None] = {2022: None, 2023: True, 2024: True, 2025: True}


def deliver(world: World, source: str, rows: list[dict[str, Any]], period: str = "2022-06") -> None:
    """Write many rows of a source into the lake at once, the columns not given filled with what the rules do not read."""
    contract = world.contracts[source]
    columns = lake_columns(contract)
    given = sorted({name for row in rows for name in row})
    fill = {
        "id": "'x'",
        "text": "'x'",
        "code": "'620102'",
        "money": "0",
        "int": "1",
        "month": "null",
        "day": "null",
        "flag": "true",
    }
    kinds = {c.name: c.type for c in contract.columns}
    selected = []
    for name, kind in columns:
        if name in given:
            value = f"cast({name} as {kind})"
        elif name in kinds:
            value = f"cast({fill[kinds[name]]} as {kind})"
        else:
            number = "row_number() over ()"
            value = {
                "is_valid": "true",
                "_period": f"date '{period}-01'",
                "_file": f"'{source}.csv'",
                "_delivery": "'x'",
            }.get(name, number)
        selected.append(f"{value} as {name}")
    lake_file = f"{source}/period={period}/delivery=0.parquet"
    path = world.settings.lake_dir / lake_file
    path.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as con:
        con.register("given", pa.Table.from_pylist([{name: row.get(name) for name in given} for row in rows]))
        con.execute(f"copy (select {', '.join(selected)} from given) to '{path}' (format parquet)")
    world._written += 1
    record = {
        "seq": world._written, "period": period, "source": source, "file_name": f"{source}.csv",
        "sha256": hashlib.sha256(source.encode()).hexdigest(), "received_at": "2022-06-30T00:00:00", "status": "loaded",
        "rows_read": len(rows), "rows_accepted": len(rows), "lake_file": lake_file,
    }  # fmt: skip
    append_journal(world.settings.journal_dir / DELIVERIES, [record])


def make_world(folder: Path, lives: list[Life]) -> World:
    """Deliver the lives with a register and a ledger."""
    world = World(folder)
    sources = {
        "skill_applications": "applications", "certificates": "certificates", "contributions": "contributions",
        "benefit_payments": "benefits", "training_subsidies": "trainings", "cross_checks": "deaths",
        "notice_objections": "objections", "review_outcomes": "reviews", "programme_payments": "payments",
    }  # fmt: skip
    for source, field in sources.items():
        deliver(world, source, [row for life in lives for row in getattr(life, field)])
    deliver(world, "employers", [{"employer_id": e, "unit_type": kind} for e, kind in REGISTER.items()])
    months = [dt.date(year, month, 1) for year in (2022, 2023, 2024, 2025) for month in range(1, 13)]
    ledger = [
        {
            "region_code": "620000",
            "month": dt.date(2022, 1, 1),
            "item": "opening_balance",
            "amount": 1_000_000,
        }
    ]
    for month in months:
        ledger.append({"region_code": "620000", "month": month, "item": "premium", "amount": 1_000})
        ledger.append({"region_code": "620000", "month": month, "item": "benefit", "amount": 900})
    deliver(world, "fund_ledger", ledger)
    return world


def compare(world: World, lives: list[Life], period: str) -> Counter[str]:
    """Build a month, check every cell against the reference, and count what was seen, so that a thin sample shows."""
    world.build(period, "+skill_decisions")
    year, month = map(int, period.split("-"))
    end = (dt.date(year, month, 28) + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1)
    day = dt.date(year, month, 1)
    with duckdb.connect(str(world.settings.build_file)) as con:
        found = {
            row[0]: row[1:]
            for row in con.execute(
                """select application_no, occupation_code, level, insured_months, status_basis, amount, decision, failed_rules, unknown_rules,
                approved_in_year, paid_amount, payable_amount, recoverable_amount from marts.skill_decisions where period = ?""",
                [day],
            ).fetchall()
        }
        outcomes = con.execute(
            "select application_no, rule_id, outcome from marts.skill_rule_outcomes where period = ?", [day]
        ).fetchall()
    seen: Counter[str] = Counter()
    wanted_outcomes = {}
    wanted = {}
    for life in lives:
        for row in decide(life, end, GATES):
            certificate = row["certificate"] or {"occupation_code": None, "level": None}
            wanted[row["application_no"]] = (
                certificate["occupation_code"], certificate["level"] and int(certificate["level"]), row["insured_months"], row["status_basis"],
                row["amount"], row["decision"], [f"skill.{r}" for r in row["failed"]], [f"skill.{r}" for r in row["unknown"]],
                row["approved_in_year"], row["paid"], row["payable"], row["recoverable"],
            )  # fmt: skip
            seen[row["decision"]] += 1
            for name in RULES:
                wanted_outcomes[row["application_no"], f"skill.{name}"] = row["outcomes"][name]
                seen[f"{name} {row['outcomes'][name]}"] += 1
    assert len(outcomes) == len(wanted_outcomes)
    wrong = [
        (n, r, o, wanted_outcomes.get((n, r))) for n, r, o in outcomes if wanted_outcomes.get((n, r)) != o
    ]
    assert not wrong, wrong[:5]
    assert found.keys() == wanted.keys()
    different = [(n, found[n], wanted[n]) for n in wanted if found[n] != wanted[n]]
    assert not different, different[:5]
    return seen


def check(folder: Path, people: int, seed: int) -> None:
    rng = random.Random(seed)
    lives = [make_life(rng, number) for number in range(people)]
    world = make_world(folder, lives)
    for period in ("2024-08", "2025-12"):
        seen = compare(world, lives, period)
        # Every verdict that the rules can give was met.
        for name in ("once_per_level", "not_below_received", "training_subsidy"):
            assert {seen[f"{name} {o}"] > 0 for o in ("pass", "fail", "unknown", "not_applicable")} == {
                True
            }, name
        for what in (
            "eligible",
            "ineligible",
            "review",
            "yearly_cap fail",
            "review_over_year unknown",
            "status unknown",
            "review pass",
        ):
            assert seen[what] > 0, what


def test_two_thousand_lives(tmp_path: Path) -> None:
    check(tmp_path, 2_000, seed=20240527)


@pytest.mark.slow
def test_a_hundred_thousand_lives(tmp_path: Path) -> None:
    check(tmp_path, 100_000, seed=20240428)
