"""`python -m tests.oracle HOME POLICY PERIOD`: compute a period's tables and compare them with its draft."""

from __future__ import annotations

import argparse
import datetime as dt
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

from .benefits import benefit_coverage
from .compare import KEYS, compare, read_table
from .expansion import expansion_tables
from .fund import fund_months, fund_reserve
from .params import Parameters
from .premium import premium_relief
from .reconciliations import reconciliations
from .recovery import recovery_balance, recovery_cases
from .refund import refund_tables
from .report import lead_figures, report_figures
from .risk import risk_leads
from .skill import skill_tables
from .world import Case, World, parse_month

Tables = dict[str, list[dict[str, Any]]]


def calculate(case: Case, period: dt.date, wanted: set[str] | None = None) -> Tables:
    """Return the tables of a period; `wanted` limits them (the whole set by default)."""
    tables: Tables = {}

    def wants(*names: str) -> bool:
        return wanted is None or bool(wanted & set(names))

    if wants("refund_decisions", "refund_rule_outcomes", "refund_allocations", "fund_reserve"):
        tables |= refund_tables(case, period)
        years = {row["programme_year"] for row in tables["refund_decisions"]}
        tables["fund_reserve"] = fund_reserve(case, period, years)
    if wants("skill_decisions", "skill_rule_outcomes"):
        tables |= skill_tables(case, period)
    if wants("expansion_decisions", "expansion_rule_outcomes"):
        tables |= expansion_tables(case, period)
    for name, make in (
        ("benefit_coverage", benefit_coverage),
        ("premium_relief", premium_relief),
        ("fund_months", fund_months),
        ("reconciliations", reconciliations),
        ("recovery_cases", recovery_cases),
        ("recovery_balance", recovery_balance),
        ("risk_leads", risk_leads),
        ("report_figures", report_figures),
    ):
        if wants(name):
            tables[name] = make(case, period)
    return {name: rows for name, rows in tables.items() if wanted is None or name in wanted}


def main(arguments: list[str] | None = None) -> int:
    """Compute, compare, print; 1 where anything differs or is not there to compare."""
    parser = argparse.ArgumentParser(prog="python -m tests.oracle", description=__doc__)
    parser.add_argument("home", type=Path)
    parser.add_argument("policy", type=Path)
    parser.add_argument("period", nargs="+", help="YYYY-MM, one or more")
    parser.add_argument("--jurisdiction", default="620000")
    parser.add_argument("--tables", help="comma-separated; all by default")
    parser.add_argument("--show", type=int, default=10, help="differences printed a table")
    parser.add_argument(
        "--warehouse", type=Path, help="compare with this warehouse file, not with the drafts"
    )
    parser.add_argument("--no-compare", action="store_true", help="only compute, and say what came out")
    given = parser.parse_args(arguments)
    wanted = set(given.tables.split(",")) if given.tables else None
    if wanted and wanted - set(KEYS):
        parser.error(f"no such table: {', '.join(sorted(wanted - set(KEYS)))}; known: {', '.join(KEYS)}")

    case = Case(World.from_home(given.home), Parameters.from_folder(given.policy, given.jurisdiction))
    faults = 0
    for text in given.period:
        period, started = parse_month(text), time.perf_counter()
        tables = calculate(case, period, wanted)
        print(f"{text}: computed in {time.perf_counter() - started:.1f} s")
        for name, rows in tables.items():
            if given.no_compare:
                print(f"  {name}: {len(rows)} rows {_summary(name, rows)}")
                continue
            ours = read_table(given.home, period, name, given.warehouse)
            if ours is None:
                print(f"  {name}: {len(rows)} rows; NOT THERE TO COMPARE")
                faults += 1
                continue
            if name == "report_figures":
                leads = read_table(given.home, period, "risk_leads", given.warehouse) or []
                tables[name] += lead_figures(leads, period, given.jurisdiction)
            found = compare(name, ours, tables[name])
            print(f"  {name}: ours {len(ours)} rows, oracle {len(rows)}; {len(found)} cells differ")
            if found:
                faults += 1
                columns = Counter(d.column for d in found)
                print(f"    by column: {', '.join(f'{c} {n}' for c, n in columns.most_common())}")
            for difference in found[: given.show]:
                print(f"    {difference}")
    return 1 if faults else 0


def _summary(name: str, rows: list[dict[str, Any]]) -> str:
    column = {
        "refund_decisions": "decision",
        "skill_decisions": "decision",
        "expansion_decisions": "decision",
        "reconciliations": "outcome",
        "risk_leads": "rule_id",
        "fund_reserve": "band",
        "refund_allocations": "withheld_reason",
    }.get(name)
    if name.endswith("_rule_outcomes"):
        counts = Counter((row["rule_id"], row["outcome"]) for row in rows)
        return "\n    " + "\n    ".join(
            f"{rule} {outcome}: {n}" for (rule, outcome), n in sorted(counts.items())
        )
    return str(dict(Counter(row[column] for row in rows))) if column else ""


if __name__ == "__main__":
    sys.exit(main())
