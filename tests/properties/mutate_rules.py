"""Faults planted in the refund's SQL one at a time: the hand-worked cases must notice nine in ten.

    python -m tests.properties.mutate_rules [--seed 20240618] [--count 150]

The compiled models are run again on the built June of `tests/dbt/refund` with one fault, inside a transaction that is rolled back; a fault
that June does not notice is planted in the second June as well, which a province with other choices decides.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import duckdb
import yaml

from tests.dbt.refund.choices import are_choices_as_worked_out, build_choices
from tests.dbt.refund.june import Tables, build_june, is_as_worked_out, read_tables
from tests.dbt.world import World
from wengang.core.periods import Period
from wengang.evidence.explain.base import rows_of
from wengang.warehouse.dbt_runner import PROJECT_DIR, Dbt

MARTS = ("refund_decisions", "refund_rule_outcomes", "refund_allocations")
FOLDERS = ("intermediate/refund", "marts/refund")

# What a slip of the hand looks like: a pattern and what it becomes.
SLIPS: tuple[tuple[str, str, str], ...] = (
    ("limit left out", r"<=", "<"),
    ("limit left out", r">=", ">"),
    ("limit let in", r"(?<=[\w)]) < (?=[\w(])", " <= "),
    ("limit let in", r"(?<=[\w)]) > (?=[\w(])", " >= "),
    ("wrong year", r"p\.base_year", "p.programme_year"),
    ("wrong year", r"programme_year - 1", "programme_year - 2"),
    ("wrong month", r"-12-01", "-11-01"),
    ("dropped key", r"and \w+\.employer_id = \w+\.(?:dispatch_)?employer_id(?= )", ""),
    ("dropped key", r"and m\.person_id = a\.person_id", ""),
    ("wrong rounding", r"round\(", "floor("),
    ("persons counted twice", r"count\(distinct ", "count("),
    ("first for last", r" desc", " asc"),
    ("passes", r"else 'fail'", "else 'pass'"),
    ("no is unknown", r"then 'unknown'", "then 'fail'"),
    ("unknown is no obstacle", r"then 'unknown'", "then 'pass'"),
    ("and for or", r" or ", " and "),
    ("or for and", r"(?<![a-z]) and (?!\d)(?=\w+\.\w+ (?:<|>|=|is|in))", " or "),
    ("ratio for the other", r"f\.ratio_large", "f.ratio_sme"),
    ("small for large", r"f\.small_layoff_rate_max", "f.layoff_rate_max"),
    (
        "opening for closing",
        r"f\.opening_insured - f\.closing_insured",
        "f.closing_insured - f.opening_insured",
    ),
    ("due for received", r"then m\.due - m\.received", "then m.due"),
    ("smallest for greatest", r"greatest\(", "least("),
    ("paid for returned", r"'returned'", "'paid'"),
    ("not dropped", r"\bnot (?=\w+\.)", ""),
    ("excluded kept", r"case when j\.is_excluded then 0 else j\.premium end", "j.premium"),
    ("employer for user", r"cost_bearer = 'user'", "cost_bearer = 'dispatcher'"),
)


# Where a slip changes no figure, with the reason; the text is what stands around it.
NO_FAULT: tuple[tuple[str, str], ...] = (
    ("m.due > m.received then m.due - m.received", "adds nothing owed"),
    ("f.claimants <= f.net_reduction then f.claimants", "the smaller of two equal figures"),
    ("f.net_reduction < f.claimants then f.net_reduction", "the smaller of two equal figures"),
    (
        "u.insured_person_months < h.large_from * u.insured_months",
        "equal figures were taken by the line above",
    ),
    (
        "h.change_kind = 'decrease' and h.change_date <= p.period_end",
        "a base year is over before its window begins; an increase has no such reason",
    ),
    ("c.start_month <= p.period", "a base year is over before its window begins"),
    ("p.period_end or r.received_on is null", "what was not received has nothing paid"),
    ("count(distinct case when j.is_excluded", "the tables do not show it"),
    (
        "case when c.insured_months > 0 then 0 else 1 end",
        "a unit has measures only where somebody was insured",
    ),
)


@dataclass(frozen=True)
class Mutant:
    """One fault in one model."""

    model: str
    slip: str
    position: int
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.model}: {self.slip} at {self.position}: {self.before!r} → {self.after!r}"


def chain(world: World) -> list[tuple[str, str]]:
    """Return the refund's models that its published tables rest on, each with its schema, in the order in which they are built."""
    nodes = {
        n.unique_id: n for n in Dbt(world.settings).manifest.nodes.values() if n.resource_type == "model"
    }
    own = {k: n for k, n in nodes.items() if any(f"{folder}/" in n.original_file_path for folder in FOLDERS)}
    order = TopologicalSorter({k: [p for p in n.depends_on.nodes if p in own] for k, n in own.items()})
    wanted = [k for k, n in own.items() if n.name in MARTS]
    needed: set[str] = set()
    while wanted:
        key = wanted.pop()
        if key not in needed:
            needed.add(key)
            wanted += [p for p in own[key].depends_on.nodes if p in own]
    return [(own[k].name, own[k].schema) for k in order.static_order() if k in needed]


def compiled_models(world: World, built: list[tuple[str, str]]) -> dict[str, str]:
    """Return the SQL of the chain's models as dbt compiles it for an empty warehouse."""
    results = Dbt(world.settings).invoke("compile", *(name for name, _ in built), "--full-refresh")
    return {r.node.name: strip_comments(r.node.compiled_code) for r in results}


def make_anew(con: duckdb.DuckDBPyConnection, schema: str, name: str, sql: str) -> None:
    """Put a model's SQL in the place of what was built: a view for a view, a table for a table."""
    is_view = con.execute(
        "select count(*) from duckdb_views() where schema_name = ? and view_name = ?", [schema, name]
    ).fetchone() == (1,)
    kind = "view" if is_view else "table"
    con.execute(f"drop {kind} {schema}.{name}")
    con.execute(f"create {kind} {schema}.{name} as {sql}")


def strip_comments(sql: str) -> str:
    """Leave comments out: a fault in one is no fault."""
    return re.sub(r"--[^\n]*", "", sql)


def overlaps(around: str, text: str, slip: str) -> bool:
    """Return whether the slip in the middle of a piece of SQL lies inside a text that no slip harms."""
    place = around.find(text)
    middle = len(around) // 2
    return place >= 0 and slip.strip() in text and place - 15 <= middle <= place + len(text) + 15


def mutants(models: dict[str, str]) -> Iterator[Mutant]:
    """Yield every place where a slip fits, in a fixed order; joins on the programme year are left alone (one year is open)."""
    for name, sql in models.items():
        for slip, pattern, replacement in SLIPS:
            for match in re.finditer(pattern, sql):
                around = " ".join(sql[max(0, match.start() - 80) : match.end() + 80].split())
                if any(overlaps(around, text, match.group()) for text, _ in NO_FAULT):
                    continue
                yield Mutant(name, slip, match.start(), match.group(), replacement)


def mutated(sql: str, mutant: Mutant) -> str:
    """Plant a fault."""
    return sql[: mutant.position] + mutant.after + sql[mutant.position + len(mutant.before) :]


@dataclass(frozen=True)
class UnitTest:
    """A rule's unit test: rows by the relation that it reads, and the outcome expected of each employer."""

    given: dict[str, list[dict[str, Any]]]
    expected: dict[str, str]


def unit_tests() -> dict[str, list[UnitTest]]:
    """Return the unit tests beside the rules, by model."""
    found: dict[str, list[UnitTest]] = {}
    for path in sorted((PROJECT_DIR / "models/intermediate/refund/rules").glob("*.yml")):
        for test in yaml.safe_load(path.read_text(encoding="utf-8")).get("unit_tests", []):
            given = {re.findall(r"'(\w+)'", g["input"])[-1]: g["rows"] for g in test["given"]}
            expected = {r["employer_id"]: r["outcome"] for r in test["expect"]["rows"]}
            found.setdefault(test["model"], []).append(UnitTest(given, expected))
    return found


def holds_unit_test(con: duckdb.DuckDBPyConnection, sql: str, test: UnitTest) -> bool:
    """Run a rule on the rows of its unit test."""
    for name, rows in test.given.items():
        schema = con.execute(
            "select table_schema from information_schema.tables where table_name = ?", [name]
        ).fetchall()[0][0]
        con.execute(f"create or replace temp table unit_{name} as select * from {schema}.{name} where false")
        for row in rows:
            con.execute(
                f"insert into unit_{name} ({', '.join(row)}) values ({', '.join('?' for _ in row)})",
                list(row.values()),
            )
        sql = re.sub(rf'"\w+"\."{schema}"\."{name}"', f"unit_{name}", sql)
    return {r["employer_id"]: r["outcome"] for r in rows_of(con, sql)} == test.expected


def run_chain(
    con: duckdb.DuckDBPyConnection,
    built: list[tuple[str, str]],
    models: dict[str, str],
    mutant: Mutant | None,
    is_right: Callable[[Tables], bool] = is_as_worked_out,
) -> bool | None:
    """Build the chain with a fault, and say whether the cases are as worked out; None where the SQL no longer runs."""
    is_met = mutant is None
    con.execute("begin transaction")
    try:
        for name, schema in built:
            sql = models[name]
            if mutant is not None and name == mutant.model:
                sql, is_met = mutated(sql, mutant), True
                if not all(holds_unit_test(con, sql, test) for test in UNIT_TESTS.get(name, [])):
                    return False
            # views hold what they are made of, so everything from the fault on is made anew
            if is_met:
                make_anew(con, schema, name, sql)
        return is_right(read_tables(lambda q: rows_of(con, q)))
    except duckdb.Error:
        return None
    except KeyError:
        return False  # an employer or a rule is missing
    finally:
        con.execute("rollback")


UNIT_TESTS = unit_tests()


def mutate(folder: Path, seed: int, count: int) -> tuple[list[Mutant], list[Mutant]]:
    """Build both Junes in a folder and plant `count` faults drawn by a seed; gives those noticed and those that survived."""
    june, choices = build_june(folder / "june"), build_choices(folder / "choices")
    built = chain(june)
    models = compiled_models(june, built)
    every = list(mutants(models))
    random.Random(seed).shuffle(every)
    killed: list[Mutant] = []
    survived: list[Mutant] = []
    with (
        duckdb.connect(str(june.settings.build_file)) as first,
        duckdb.connect(str(choices.settings.build_file)) as second,
    ):
        if not run_chain(first, built, models, None) or not run_chain(
            second, built, models, None, are_choices_as_worked_out
        ):
            raise AssertionError("the cases do not hold without a fault")
        for mutant in every:
            verdict = run_chain(first, built, models, mutant)
            if verdict:
                verdict = run_chain(second, built, models, mutant, are_choices_as_worked_out)
            if verdict is not None:
                (survived if verdict else killed).append(mutant)
            if len(killed) + len(survived) >= count:
                break
    return killed, survived


def main(arguments: list[str] | None = None) -> int:
    """Plant faults and list the survivors; 1 where fewer than nine in ten were noticed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=20240618)
    parser.add_argument("--count", type=int, default=150)
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        killed, survived = mutate(Path(folder), given.seed, given.count)
    print(f"{Period(2024, 6)}: {len(killed)} of {len(killed) + len(survived)} faults noticed; survivors:")
    for mutant in survived:
        print(f"  {mutant}")
    return 0 if len(killed) >= 9 * (len(killed) + len(survived)) / 10 else 1


if __name__ == "__main__":
    sys.exit(main())
