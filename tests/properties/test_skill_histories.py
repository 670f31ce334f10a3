"""The skill models against a plain-Python reading of the rules, over many lives of applicants that hypothesis draws.

A month costs seconds to build, so the lives are drawn first and decided together. Persons do not meet in these rules: of a difference, the
shortest life that shows it is printed whole.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.dbt.world import World
from tests.properties.skill_reference import REGISTER, RULES, Life, decide, make_life
from wengang.core.journal import append_journal
from wengang.lake.deliveries import DELIVERIES, lake_columns

# The ledger begins in 2022: the base year of 2022 is not known, those of the later years are, with far more than twelve months in hand.
GATES: dict[int, bool | None] = {2022: None, 2023: True, 2024: True, 2025: True}


BATCH = 8
SLICE = 10_000  # lives held at a time
# One chunk an application; what a chunk leaves over goes on into the next, and into what happens around them.
HISTORIES = st.lists(st.lists(st.binary(min_size=48, max_size=48), min_size=1, max_size=10), min_size=BATCH, max_size=BATCH)  # fmt: skip

Drawing = list[list[bytes]]
Decisions = list[list[dict[str, Any]]]


def draw(people: int) -> Drawing:
    """Let hypothesis draw so many lives, the same at every run."""
    drawn: Drawing = []

    @settings(
        max_examples=people // BATCH,
        database=None,
        deadline=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(HISTORIES)
    def collect(batch: Drawing) -> None:
        drawn.extend(batch)

    collect()
    assert len(drawn) >= people
    return drawn


def slices(drawn: Drawing) -> Iterator[list[Life]]:
    """Make the lives, some at a time."""
    for start in range(0, len(drawn), SLICE):
        yield [make_life(chunks, start + n) for n, chunks in enumerate(drawn[start : start + SLICE])]


def deliver(world: World, source: str, rows: list[dict[str, Any]], part: int = 0) -> None:
    """Write many rows of a source into the lake at once, the columns not given filled with what the rules do not read."""
    if not rows:
        return
    period = "2022-06"
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
                "_file": f"'{source}__{part:03d}.csv'",
                "_delivery": "'x'",
                "_person_no": "cast(hash(person_id) >> 1 as bigint)",
            }.get(name, number)
        selected.append(f"{value} as {name}")
    lake_file = f"{source}/period={period}/delivery={part}.parquet"
    path = world.settings.lake_dir / lake_file
    path.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as con:
        con.register("given", pa.Table.from_pylist([{name: row.get(name) for name in given} for row in rows]))
        con.execute(f"copy (select {', '.join(selected)} from given) to '{path}' (format parquet)")
    world._written += 1
    record = {
        "seq": world._written, "period": period, "source": source, "file_name": f"{source}__{part:03d}.csv",
        "sha256": hashlib.sha256(f"{source} {part}".encode()).hexdigest(), "received_at": "2022-06-30T00:00:00", "status": "loaded",
        "rows_read": len(rows), "rows_accepted": len(rows), "lake_file": lake_file,
    }  # fmt: skip
    append_journal(world.settings.journal_dir / DELIVERIES, [record])


def make_world(folder: Path, drawn: Drawing) -> World:
    """Deliver the lives with a register and a ledger."""
    world = World(folder)
    sources = {
        "skill_applications": "applications", "certificates": "certificates", "contributions": "contributions",
        "benefit_payments": "benefits", "training_subsidies": "trainings", "cross_checks": "deaths",
        "notice_objections": "objections", "review_outcomes": "reviews", "programme_payments": "payments",
    }  # fmt: skip
    for part, lives in enumerate(slices(drawn)):
        for source, field in sources.items():
            deliver(world, source, [row for life in lives for row in getattr(life, field)], part)
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


def last_day(period: str) -> dt.date:
    """Last day of a month."""
    year, month = map(int, period.split("-"))
    return (dt.date(year, month, 28) + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1)


def decisions_of(
    con: duckdb.DuckDBPyConnection, period: str, lives: list[Life]
) -> dict[str, tuple[Any, ...]]:
    """Every compared cell of the lives' applications, by number; the outcomes in the order of the rules' names."""
    return {
        row[0]: row[1:]
        for row in con.execute(
            """
            with outcomes as (
                select application_no, list(outcome order by rule_id) as outcomes
                from marts.skill_rule_outcomes
                where period = $period and substr(application_no, 2, 7) between $first and $last
                group by application_no
            )
            select d.application_no, d.occupation_code, d.level, d.insured_months, d.status_basis, d.amount, d.decision, d.failed_rules,
                d.unknown_rules, d.approved_in_year, d.paid_amount, d.payable_amount, d.recoverable_amount, o.outcomes
            from marts.skill_decisions as d
            inner join outcomes as o on d.application_no = o.application_no
            where d.period = $period and substr(d.application_no, 2, 7) between $first and $last
            """,
            {"period": f"{period}-01", "first": lives[0].person[1:], "last": lives[-1].person[1:]},
        ).fetchall()
    }


def cells(row: dict[str, Any]) -> tuple[Any, ...]:
    """The same cells by the reference."""
    certificate = row["certificate"] or {"occupation_code": None, "level": None}
    return (
        certificate["occupation_code"], certificate["level"] and int(certificate["level"]), row["insured_months"], row["status_basis"],
        row["amount"], row["decision"], [f"skill.{r}" for r in row["failed"]], [f"skill.{r}" for r in row["unknown"]],
        row["approved_in_year"], row["paid"], row["payable"], row["recoverable"], [row["outcomes"][r] for r in sorted(RULES)],
    )  # fmt: skip


def compare(world: World, lives: list[Life], period: str) -> tuple[Counter[str], Decisions]:
    """Check every cell of a month against the reference; give what was seen, so that a thin sample shows, and the decisions."""
    with duckdb.connect(str(world.settings.build_file), read_only=True) as con:
        found = decisions_of(con, period, lives)
    seen: Counter[str] = Counter()
    decided = [decide(life, last_day(period), GATES) for life in lives]
    different = []
    for life, rows in zip(lives, decided, strict=True):
        for row in rows:
            seen[row["decision"]] += 1
            seen.update(f"{name} {outcome}" for name, outcome in row["outcomes"].items())
        wanted = {row["application_no"]: cells(row) for row in rows}
        got = {number: found.pop(number, ()) for number in wanted}
        if got != wanted:
            different.append((life, got, wanted))
    assert not different, min(different, key=lambda d: len(d[0].applications))
    assert not found, sorted(found)[:5]
    return seen, decided


def certified_for(row: dict[str, Any]) -> tuple[str, str] | None:
    """Occupation and level that an application is for."""
    certificate = row["certificate"]
    return (certificate["occupation_code"], certificate["level"]) if certificate else None


def stories(before: Decisions, after: Decisions) -> Counter[str]:
    """Count the histories that make the order matter, by the reference's decisions of an earlier and a later month."""
    seen: Counter[str] = Counter()
    for then, now in zip(before, after, strict=True):
        was = {row["application_no"]: row for row in then}
        for n, row in enumerate(now):
            for later in now[n + 1 :]:
                same = certified_for(row) == certified_for(later) is not None
                if (
                    row["applied_on"] == later["applied_on"]
                    and row["approved"]
                    and "once_per_level" in later["failed"]
                ):
                    seen["the same day, the second blocked"] += 1
                if same and not row["approved"] and later["approved"]:
                    seen["refused, then applied again and approved"] += 1
                    if "review" in row["failed"]:
                        seen["refused by a person, then applied again and approved"] += 1
                early, late = was.get(row["application_no"]), was.get(later["application_no"])
                if early and late and early["approved"] and not late["approved"] and later["approved"]:
                    if row["failed"] == ["training_subsidy"]:
                        seen["an approval undone by a late training subsidy, a later one re-opened"] += 1
                    if row["failed"] == ["review"]:
                        seen["an approval undone by a person, a later one re-opened"] += 1
    return seen


def check(folder: Path, people: int) -> None:
    drawn = draw(people)
    world = make_world(folder, drawn)
    months = ("2024-08", "2025-12")
    for period in months:
        world.build(period, "+skill_decisions")
    by_month: dict[str, Counter[str]] = {period: Counter() for period in months}
    told: Counter[str] = Counter()
    for lives in slices(drawn):
        decisions = []
        for period in months:
            seen, decided = compare(world, lives, period)
            by_month[period] += seen
            decisions.append(decided)
        told += stories(*decisions)
    # Every verdict that the rules can give was met.
    for period, seen in by_month.items():
        for name in ("once_per_level", "not_below_received", "training_subsidy"):
            for outcome in ("pass", "fail", "unknown", "not_applicable"):
                assert seen[f"{name} {outcome}"] > 0, (period, name, outcome)
        # In 2025 the list of scarce occupations decides over more than one, and nobody delivered it.
        for what in (
            "eligible",
            "ineligible",
            "review",
            "yearly_cap unknown" if period.startswith("2025") else "yearly_cap fail",
            "review_over_year unknown",
            "status unknown",
            "review pass",
        ):
            assert seen[what] > 0, (period, what)
    for what in (
        "the same day, the second blocked",
        "refused, then applied again and approved",
        "refused by a person, then applied again and approved",
        "an approval undone by a late training subsidy, a later one re-opened",
        "an approval undone by a person, a later one re-opened",
    ):
        assert told[what] > 0, what


def test_two_thousand_lives(tmp_path: Path) -> None:
    check(tmp_path, 2_000)


@pytest.mark.slow
def test_a_hundred_thousand_lives(tmp_path: Path) -> None:
    check(tmp_path, 100_000)
