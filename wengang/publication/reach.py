"""Which figures a changed file or parameter can have changed: followed through the models from what reads it to the report's sections."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import duckdb

from wengang.contracts import Contract, load_contracts
from wengang.lake import Delivery, LakeState, files_relation, lake_columns
from wengang.periods import Period
from wengang.settings import Settings

# The fund's figures that rest on decisions, apart from those of the ledger.
PLAN = "fund_plan"
PLAN_MODEL = "model.wengang.fund_priority_plan"
SECTIONS = {
    "benefits": "benefits",
    "premium": "premium",
    "refund": "refund",
    "risk": "risk",
    "skill": "skill",
    "house": "quality",
}
# Sources and sections where a row counts in the unit of its own region.
BY_REGION = {
    "benefit_payments": "benefits",
    "fund_ledger": "fund",
    "skill_applications": "skill",
    "contributions": "premium",
}


def cause_rows(
    settings: Settings,
    manifest: Any,
    state: LakeState,
    published: dict[str, Any],
    period: Period,
    causes: Iterable[str],
) -> list[tuple[int, str, str, str | None]]:
    """Give position, cause, section and region (None: anywhere) of all that each cause of a restatement can touch."""
    rows: list[tuple[int, str, str, str | None]] = []
    known = state.through(period)
    for position, cause in enumerate(causes):
        name, at, _ = cause.partition("@")
        if at:
            rows += [
                (position, cause, s, None)
                for s in sorted({*parameter_sections(manifest, name), "parameters"})
            ]
            continue
        delivery = next(d for d in known.deliveries if d.sha256 == cause)
        for section in sorted({*source_sections(manifest, delivery.source or ""), "quality"}):
            regions: list[str | None] = [None]
            if BY_REGION.get(delivery.source or "") == section:
                regions = changed_regions(settings, known, published, delivery) or [None]
            rows += [(position, cause, section, region) for region in regions]
    return rows


def source_sections(manifest: Any, source: str) -> set[str]:
    """Give the sections of the report that read a source."""
    return sections_below(manifest, [f"source.wengang.lake.{source}"])


def parameter_sections(manifest: Any, name: str) -> set[str]:
    """Give the sections whose models speak of a parameter, or rest on models that do; `…_window`: on a programme's windows."""
    if name.endswith("_window"):
        programme = name.removesuffix("_window")
        found = sections_below(manifest, ["source.wengang.policy.programmes"])
        return found - ({"skill"} if programme == "refund" else {"refund"})
    word = re.compile(rf"\b{re.escape(name)}\b")
    macros = {
        m.unique_id
        for m in manifest.macros.values()
        if m.package_name == "wengang" and word.search(m.macro_sql)
    }
    start = [
        n.unique_id
        for n in manifest.nodes.values()
        if n.resource_type == "model" and (word.search(n.raw_code) or macros & set(n.depends_on.macros))
    ]
    return sections_below(manifest, start)


def sections_below(manifest: Any, start: Iterable[str]) -> set[str]:
    """Follow the models down from some nodes to the sections of the report."""
    children: dict[str, set[str]] = {}
    for node in manifest.nodes.values():
        if node.resource_type == "model":
            for parent in node.depends_on.nodes:
                children.setdefault(parent, set()).add(node.unique_id)
    found: set[str] = set()
    ahead = list(start)
    while ahead:
        node = ahead.pop()
        if node not in found:
            found.add(node)
            ahead += children.get(node, ())
    sections = {title for name, title in SECTIONS.items() if f"model.wengang.int_report_{name}" in found}
    if found & (set(manifest.nodes["model.wengang.int_report_fund"].depends_on.nodes) - {PLAN_MODEL}):
        sections.add("fund")
    if PLAN_MODEL in found:
        sections.add(PLAN)
    return sections


def changed_regions(
    settings: Settings, known: LakeState, published: dict[str, Any], delivery: Delivery
) -> list[str | None]:
    """Give the regions of the rows in which a file differs from the one published under its name; nothing: they cannot be told."""
    contract = load_contracts()[delivery.source or ""]
    named = [d for d in known.deliveries if d.file_name == delivery.file_name and d.period == delivery.period]
    before = {e["sha256"] for e in published.get("extracts", []) if e["file_name"] == delivery.file_name}
    old = relation(settings, contract, [d for d in named if d.sha256 in before])
    new = relation(settings, contract, [d for d in named if d.is_current])
    region = "t.region_code"
    join = ""
    with duckdb.connect() as con:
        if "region_code" not in {c.name for c in contract.columns}:
            employers = relation(settings, load_contracts()["employers"], known.current("employers"))
            join = f" left join (select employer_id, region_code from ({employers})) as e on t.employer_id = e.employer_id"
            region = "e.region_code"
        found = con.execute(
            f"select distinct {region} from (((select * from {old}) except (select * from {new})) union"
            f" ((select * from {new}) except (select * from {old}))) as t{join} order by 1"
        ).fetchall()
    regions = [r for (r,) in found]
    return [] if None in regions else regions


def relation(settings: Settings, contract: Contract, files: list[Delivery]) -> str:
    """Give the SQL of the rows of some deliveries, without where they stood."""
    names = ", ".join(name for name, _ in lake_columns(contract) if not name.startswith("_"))
    return f"(select {names} from ({files_relation(settings, contract, [d.lake_file for d in files if d.lake_file])}))"
