"""National caps and floors: a value of another jurisdiction may not go beyond one on any day that both are in force."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from wengang.policy.registry import registry
from wengang.policy.resolve import settle
from wengang.policy.rows import NATION, OPEN_END, ParameterRow, Stretch
from wengang.policy.tables import Findings


def bounds(rows: Iterable[ParameterRow], basis: str, applies_to: str) -> list[Stretch]:
    """Return the stretches of one parameter on which a national cap (or floor) binds rows with a condition.

    National rows with the same condition bind first; on the days without one, those for everyone. A later national
    value that is no bound at all (fixed, assumption) ends the one before it; a later bound of the other kind does not:
    a cap and a floor may stand side by side.
    """
    held = [
        row
        for row in rows
        if row.jurisdiction == NATION
        and row.applies_to in {applies_to, ""}
        and row.basis in {basis, "fixed", "assumption"}
    ]
    return [stretch for stretch in settle(held, (NATION,)) if stretch.row.basis == basis]


def breaches(rows: Iterable[ParameterRow]) -> list[tuple[ParameterRow, ParameterRow, dt.date, dt.date]]:
    """Find values over a national cap or under a national floor: (row, bound, first day, last day) each."""
    by_parameter: dict[str, list[ParameterRow]] = defaultdict(list)
    for row in rows:
        by_parameter[row.parameter].append(row)
    found: list[tuple[ParameterRow, ParameterRow, dt.date, dt.date]] = []
    for parameter in sorted(by_parameter):
        known = registry().get(parameter)
        if known is None or not known.is_number:
            continue
        group = [row for row in by_parameter[parameter] if known.accepts(row.value)]
        kinds = {(row.jurisdiction, row.applies_to) for row in group if row.jurisdiction != NATION}
        for jurisdiction, applies_to in sorted(kinds):
            own = settle([row for row in group if row.applies_to == applies_to], (jurisdiction,))
            for basis in ("cap", "floor"):
                for bound in bounds(group, basis, applies_to):
                    for stretch in own:
                        first = max(stretch.valid_from, bound.valid_from)
                        last = min(stretch.valid_to, bound.valid_to)
                        if first <= last and beyond(stretch.row.value, bound.row.value, basis):
                            found.append((stretch.row, bound.row, first, last))
    return found


def beyond(value: str, bound: str, basis: str) -> bool:
    """Return whether a value breaks a bound; one exactly at it does not. `none` sets no number and breaks nothing."""
    if "none" in (value, bound):
        return False
    number, limit = Decimal(value), Decimal(bound)
    return number > limit if basis == "cap" else number < limit


def check_bounds(parameters: list[ParameterRow], findings: Findings) -> None:
    """Add a fault for every value over a national cap or under a national floor on a common day."""
    for row, bound, first, last in breaches(parameters):
        over_zh, over_en = (
            ("高于全国上限", "is over the national cap")
            if bound.basis == "cap"
            else (
                "低于全国下限",
                "is under the national floor",
            )
        )
        until = "" if last == OPEN_END else str(last)
        findings.fault(
            f"parameter_{'over_cap' if bound.basis == 'cap' else 'under_floor'}",
            "parameters.csv",
            [row.line, bound.line],
            (
                f"{row.parameter}：{row.jurisdiction} 的值 {row.value}（第{row.line}行）{over_zh} {bound.value}"
                f"（第{bound.line}行），{first} 起{('至 ' + until) if until else '长期'}",
                f"{row.parameter}: {row.value} of {row.jurisdiction} (line {row.line}) {over_en} {bound.value} "
                f"(line {bound.line}) from {first}{(' to ' + until) if until else ' on'}",
            ),
            (
                f"{'不高于' if bound.basis == 'cap' else '不低于'} {bound.value}",
                f"{'at most' if bound.basis == 'cap' else 'at least'} {bound.value}",
            ),
            (
                "按所引文件改正该值；若全国标准已变，先登记全国的行",
                "correct the value by its document; if the national one has changed, enter that row first",
            ),
        )
