"""`python -m tests.oracle.chance FOLDER --seed 1 --policy-seed 2`: an odd world under a random parameter folder, counted twice.

The months are built by the real models; every cell of the tables below, and the parameter, document and article of every rule, are compared
with the oracle's. What differs is printed; the end is 1 then.
"""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from wengang.core.periods import Period
from wengang.core.progress import Progress
from wengang.core.settings import Settings
from wengang.pipeline import intake
from wengang.warehouse import build

from . import refund
from .__main__ import calculate
from .compare import Difference, compare, read_table
from .odd import DELIVERIES, Odd
from .params import MissingParameter, Parameters, Subject
from .policies import write_random
from .world import Case, World, parse_month

TABLES = (
    "refund_decisions", "refund_rule_outcomes", "refund_allocations", "skill_decisions", "skill_rule_outcomes", "expansion_decisions",
    "expansion_rule_outcomes", "fund_months", "fund_reserve", "reconciliations", "premium_relief", "recovery_cases",
)  # fmt: skip


def make(folder: Path, seed: int, policy: int, employers: int, deliveries: tuple[str, ...]) -> Settings:
    """Write the world and the parameters, and build its months."""
    world = Odd(seed, employers, deliveries)
    world.make()
    world.write(folder / "landing")
    write_random(folder / "policy", policy)
    settings = Settings(home=folder / "home", landing=folder / "landing", policy=folder / "policy")
    last = Period.parse(deliveries[-1])
    intake(settings, last, Progress(quiet=True))
    build(settings, [last], Progress(quiet=True))
    return settings


def citations(case: Case, period: dt.date, name: str, rows: list[dict[str, Any]]) -> Iterator[Difference]:
    """List the rules that name another document or article than of the row that decides for their subject."""
    known = case.known(period)
    own: dict[Any, tuple[Parameters, dt.date]] = {}
    if name.startswith("refund"):
        for year in refund.shown_years(case, period):
            for employer, d in refund.standing(case, period, year).items():
                own[year, employer] = (d.own.params, d.own.day)
    elif name.startswith("skill"):
        for row in known.rows("skill_applications"):
            own[row["application_no"]] = (case.params.of(Subject(row["region_code"])), row["applied_on"])
    else:
        for row in known.rows("expansion_applications"):
            employer = known.register().get(row["employer_id"])
            subject = refund.subject_of(known, employer, None, row["hired_on"])
            own[row["application_no"]] = (case.params.of(subject), row["hired_on"])
    for row in rows:
        key = (
            (row["programme_year"], row["employer_id"])
            if name.startswith("refund")
            else row["application_no"]
        )
        parameter = row["parameter"]
        if key not in own or not parameter or row["outcome"] == "not_applicable":
            continue
        params, day = own[key]
        if parameter.startswith("reserve_"):
            params = case.params
        try:
            value = params.value(parameter, day)
        except MissingParameter:
            continue
        found = (row["document_id"], row["article"])
        if found != (value.document or None, value.article or None):
            yield Difference(
                name, (key, row["rule_id"], parameter), "(citation)", found, (value.document, value.article)
            )


def differences(settings: Settings, periods: tuple[str, ...]) -> Iterator[Difference]:
    """Compare the tables of some months with the oracle's."""
    case = Case(World.from_home(settings.home), Parameters.from_folder(settings.policy))
    file = settings.build_file
    for text in periods:
        period = parse_month(text)
        for name, rows in calculate(case, period, set(TABLES)).items():
            ours = read_table(settings.home, period, name, file)
            if ours is None:
                yield Difference(name, (text,), "(table)", "missing", "here")
                continue
            for found in compare(name, ours, rows):
                yield Difference(f"{text} {name}", found.key, found.column, found.ours, found.oracle)
            if name.endswith("_rule_outcomes"):
                yield from citations(case, period, name, ours)


def outcomes_seen(settings: Settings) -> Counter[tuple[str, str]]:
    """Count rule and outcome over all months: what a world is good for."""
    import duckdb

    found: Counter[tuple[str, str]] = Counter()
    with duckdb.connect(str(settings.build_file), read_only=True) as connection:
        for programme in ("refund", "skill", "expansion"):
            query = f"select rule_id, outcome, count(*) from marts.{programme}_rule_outcomes group by all"
            found.update({(rule, outcome): n for rule, outcome, n in connection.execute(query).fetchall()})
    return found


def main() -> int:
    """Make, build, compare, print."""
    parser = argparse.ArgumentParser(prog="python -m tests.oracle.chance", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--policy-seed", type=int, default=1)
    parser.add_argument("--employers", type=int, default=300)
    parser.add_argument("--months", default=",".join(DELIVERIES))
    parser.add_argument("--show", type=int, default=6, help="differences printed a table and column")
    parser.add_argument("--again", action="store_true", help="compare what is built already")
    given = parser.parse_args()
    months = tuple(given.months.split(","))
    settings = Settings(
        home=given.folder / "home", landing=given.folder / "landing", policy=given.folder / "policy"
    )
    if not given.again:
        settings = make(given.folder, given.seed, given.policy_seed, given.employers, DELIVERIES)
    shown: Counter[tuple[str, str]] = Counter()
    for found in differences(settings, months):
        shown[found.table, found.column] += 1
        if shown[found.table, found.column] <= given.show:
            print(found)
    for (rule, outcome), n in sorted(outcomes_seen(settings).items()):
        print(f"  {rule} {outcome}: {n}")
    print(f"{sum(shown.values())} cells differ: {dict(shown)}")
    return 1 if shown else 0


__all__ = ["differences", "make"]

if __name__ == "__main__":
    sys.exit(main())
