"""The models downstream of the parameters, compiled once and run again for every scenario.

dbt compiles them against the working copy; what is run is their SQL, so a scenario costs its queries and nothing else. A table is only
worked out again where a parameter that it reads has changed, or a table before it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wengang.policy import PolicySet
from wengang.warehouse.model_reads import Reads, reads_of_statement
from wengang.warehouse.policy_tables import relations

if TYPE_CHECKING:
    import duckdb

    from wengang.warehouse.dbt_runner import Dbt

TARGETS = (
    "refund_decisions", "refund_allocations", "skill_decisions", "expansion_decisions", "fund_reserve", "premium_relief",
)  # fmt: skip
WINDOWS = "programmes"
# Shorter texts that end with an underscore are no beginning of a parameter's name.
SHORTEST_STEM = 5


@dataclass(frozen=True)
class Model:
    """A model on the way to the results: what it reads of the policy (`reads`), and the models before it."""

    name: str
    relation: str
    materialized: str
    sql: str
    parents: frozenset[str]
    reads: frozenset[str]


def ancestors(targets: Iterable[str], parents: Mapping[str, frozenset[str]]) -> set[str]:
    """Everything that the targets rest on, themselves included."""
    found: set[str] = set()
    waiting = list(targets)
    while waiting:
        node = waiting.pop()
        if node not in found:
            found.add(node)
            waiting.extend(parents.get(node, ()))
    return found


def reads_of(reads: Reads, names: Iterable[str]) -> frozenset[str]:
    """Name the parameters and windows that a model's own SQL reads; all of them where it names none."""
    found: set[str] = set()
    if reads.relations & {"policy.programmes", "policy.windows"}:
        found.add(WINDOWS)
    if reads.relations & {"policy.parameters", "policy.rows", "policy.all_parameters"}:
        beginnings = (text.removesuffix("%") for text in reads.texts)  # of a comparison with `like`
        stems = tuple(text for text in beginnings if text.endswith("_") and len(text) > SHORTEST_STEM)
        named = {n for n in names if n in reads.texts or n.startswith(stems)}
        found |= named or set(names)
    return frozenset(found)


@dataclass(frozen=True)
class Chain:
    """The models downstream of the policy in the order in which they run, and the views that they read from before it."""

    models: tuple[Model, ...]
    inputs: tuple[str, ...]


def compiled(dbt: Dbt, policy: PolicySet) -> Chain:
    """Compile what the results rest on downstream of the policy."""
    import duckdb

    nodes: Mapping[str, Any] = dbt.manifest.nodes
    parents = {
        i: frozenset(p for p in n.depends_on.nodes if p.startswith("model."))
        for i, n in nodes.items()
        if n.resource_type == "model"
    }
    targets = [i for i in parents if nodes[i].name in TARGETS]
    wanted = ancestors(targets, parents)
    is_policy = {
        i for i in wanted if any(p.startswith("source.wengang.policy.") for p in nodes[i].depends_on.nodes)
    }
    chain = {i for i in wanted if ancestors([i], parents) & is_policy}
    results = dbt.invoke("compile", *sorted(nodes[i].name for i in chain))
    names = {row.parameter for _, row in policy.applying_rows}
    with duckdb.connect() as con:
        models = {
            r.node.unique_id: Model(
                r.node.unique_id, r.node.relation_name or "", r.node.config.materialized, r.node.compiled_code,
                parents[r.node.unique_id] & chain, reads_of(reads_of_statement(con, r.node.compiled_code), names),
            )
            for r in results
            if r.node.unique_id in chain
        }  # fmt: skip
    inputs = {p for i in chain for p in parents[i] - chain if nodes[p].config.materialized == "view"}
    return Chain(in_order(models), tuple(sorted(nodes[p].relation_name for p in inputs)))


def freeze(con: duckdb.DuckDBPyConnection, inputs: Iterable[str]) -> None:
    """Turn the views that scenarios read, and that no parameter changes, into tables of the copy: they are worked out once."""
    for relation in inputs:
        con.execute(f"create or replace temp table frozen as select * from {relation}")
        con.execute(f"drop view {relation}")
        con.execute(f"create table {relation} as select * from frozen")
    con.execute("drop table if exists frozen")


def in_order(models: Mapping[str, Model]) -> tuple[Model, ...]:
    """Sort so that every model comes after those it rests on; by name among equals."""
    done: dict[str, Model] = {}
    while len(done) < len(models):
        ready = [m for i, m in sorted(models.items()) if i not in done and m.parents <= done.keys()]
        done |= {m.name: m for m in ready}
    return tuple(done.values())


def changed_policy(base: PolicySet, other: PolicySet) -> frozenset[str]:
    """Name the parameters whose rows differ, of whatever place and condition, and `programmes` where a window does."""
    before, after = relations(base), relations(other)

    def values(table: list[tuple[Any, ...]]) -> dict[str, set[tuple[Any, ...]]]:
        """Group rows by parameter, their numbers left out."""
        found: dict[str, set[tuple[Any, ...]]] = {}
        for row in table:
            found.setdefault(row[1], set()).add(row[2:])
        return found

    old, new = values(before["rows"]), values(after["rows"])
    found = {n for n in old.keys() | new.keys() if old.get(n) != new.get(n)}
    return frozenset(found | ({WINDOWS} if before["windows"] != after["windows"] else set()))


def run_models(con: duckdb.DuckDBPyConnection, models: Iterable[Model], changed: frozenset[str]) -> list[str]:
    """Work out again, in an open transaction, every table that the changed parameters reach; returns their names."""
    reached: set[str] = set()
    ran: list[str] = []
    for model in models:
        if not (model.reads & changed or model.parents & reached):
            continue
        reached.add(model.name)
        if model.materialized == "table":
            con.execute(f"create or replace table {model.relation} as {model.sql}")
        elif model.materialized == "incremental":
            # The rows of other periods stay: the model itself reads some of them.
            con.execute(f"create or replace temp table scenario_rows as {model.sql}")
            con.execute(
                f"delete from {model.relation} where period = (select c.period from run.context as c)"
            )
            con.execute(f"insert into {model.relation} by name select * from scenario_rows")
        else:
            continue
        ran.append(model.name.rsplit(".", 1)[-1])
    return ran


def copy_of(published: Path, folder: Path) -> Path:
    """Copy the published warehouse aside, under the name its views were made with."""
    import shutil

    folder.mkdir(parents=True, exist_ok=True)
    return Path(shutil.copyfile(published, folder / "wengang.duckdb"))
