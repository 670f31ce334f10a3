"""Which parameters a period needs, and on which days: never an earlier or later value in place of one that is missing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from wengang.core.periods import Period
from wengang.policy.conditions import EVERYONE, Condition, read_condition
from wengang.policy.registry import ParameterType, registry
from wengang.policy.resolve import PolicySet, chain, settle
from wengang.policy.rows import ONE_DAY, OPEN_END, Fault, ParameterRow, PolicyError, ProgrammeRow

# The refund's gate reads these on the day of the decision.
GATE = ("reserve_formula", "reserve_months_min")


@dataclass(frozen=True, order=True)
class Need:
    """A parameter that some subject needs on every one of some days, both ends included.

    `place` is the subject's region; `applies_to` the condition that it meets.
    """

    parameter: str
    place: str
    applies_to: str
    first: dt.date
    last: dt.date


def refund_windows(
    policy: PolicySet, period: Period, first_delivered: Period | None = None
) -> list[tuple[ProgrammeRow, dt.date]]:
    """Return the refund windows that a period decides by, each with the day whose parameters decide.

    Inside the window that is the period's last day; after it, the window's last day. A closed year whose last month
    lies before the first delivery has no decisions and needs nothing.
    """
    return [
        (row, min(period.last_day, row.window_to))
        for row in policy.windows
        if row.programme == "refund"
        and row.window_from <= period.last_day
        and row.programme_year >= period.year - 1
        and (first_delivered is None or Period.of(row.window_to) >= first_delivered)
    ]


def needs(policy: PolicySet, period: Period, first_delivered: Period | None = None) -> list[Need]:
    """Return what a period needs: by the period's end, by the days of refund decisions, by every day of open windows."""
    found: set[Need] = set()
    for name, kind in registry().items():
        if kind.needed_on == "period_end" or name in GATE:
            found.add(Need(name, policy.jurisdiction, "", period.last_day, period.last_day))
    for row, day in refund_windows(policy, period, first_delivered):
        for place, applies_to in ((policy.jurisdiction, ""), (place_of(policy, row), row.applies_to)):
            for name, kind in registry().items():
                if kind.needed_on == "refund_decision" and applies(policy, kind, day):
                    found.add(Need(name, place, applies_to, day, day))
    for row in policy.windows:
        if row.programme == "refund" or row.window_from > period.last_day:
            continue
        last = min(period.last_day, row.window_to)
        for name, kind in registry().items():
            if kind.needed_on == "window" and kind.programme == row.programme:
                found.add(Need(name, place_of(policy, row), row.applies_to, row.window_from, last))
    return sorted(found)


def place_of(policy: PolicySet, row: ProgrammeRow) -> str:
    """Return the region of the subjects that a window is for: its own where it lies in the set's jurisdiction."""
    return max(row.jurisdiction, policy.jurisdiction, key=lambda code: len(chain(code)))


def needed_days(
    policy: PolicySet, period: Period, first_delivered: Period | None = None
) -> dict[str, set[dt.date]]:
    """Return the days on which a period needs each parameter, of a need for a span its first and its last."""
    days: dict[str, set[dt.date]] = {}
    for need in needs(policy, period, first_delivered):
        days.setdefault(need.parameter, set()).update({need.first, need.last})
    return days


def applies(policy: PolicySet, kind: ParameterType, day: dt.date) -> bool:
    """Return whether other parameters' values make this one needed on a day, for any subject."""
    return all(
        any(row.value in values for row in rows)
        for name, values in kind.needed_if.items()
        if (rows := [row for _, row in policy.applying_rows if row.parameter == name and row.covers(day)])
    )


def missing_days(
    policy: PolicySet, need: Need, rows: Iterable[ParameterRow]
) -> tuple[dt.date, dt.date] | None:
    """Return the first days within a need on which no row holds; None where it is met.

    A row holds where its jurisdiction contains the place and every subject of the need meets its condition.
    """
    kind = registry()[need.parameter]
    condition = condition_of(need)
    held = [row for row in rows if condition.implies(row.condition)]
    stretches = settle(held, chain(need.place))
    if stretches and kind.keeps:
        start = stretches[0].valid_from
        if kind.keeps == "last_or_first" or start <= need.first:
            return None
        return need.first, min(need.last, start - ONE_DAY)
    day = need.first
    for stretch in stretches:
        if stretch.valid_to < day:
            continue
        if stretch.valid_from > day:
            return day, min(need.last, stretch.valid_from - ONE_DAY)
        if stretch.valid_to >= need.last:
            return None
        day = stretch.valid_to + ONE_DAY
    return day, need.last


def condition_of(need: Need) -> Condition:
    """Return the condition that a need's subjects meet."""
    return read_condition(need.applies_to) if need.applies_to else EVERYONE


def check_needed(policy: PolicySet, period: Period, first_delivered: Period | None = None) -> None:
    """Refuse a period that needs a parameter on a day that has none.

    `first_delivered` is the earliest period with a delivery, None if unknown. Raises PolicyError (exit 4) naming each
    parameter, its days and the rows nearest to them.
    """
    faults: list[Fault] = []
    told: set[tuple[str, dt.date, dt.date]] = set()
    for need in needs(policy, period, first_delivered):
        rows = [row for _, row in policy.applying_rows if row.parameter == need.parameter]
        gap = missing_days(policy, need, rows)
        if gap is None or (need.parameter, *gap) in told:
            continue
        told.add((need.parameter, *gap))
        faults.append(missing_fault(policy, period, need, gap))
    if faults:
        raise PolicyError.of(faults, policy.folder)


def missing_fault(policy: PolicySet, period: Period, need: Need, gap: tuple[dt.date, dt.date]) -> Fault:
    """Return the fault of a parameter without a row on some days: which row is missing, and the nearest ones."""
    kind, (first, last) = registry()[need.parameter], gap
    stretches = list(
        settle(
            (
                row
                for _, row in policy.applying_rows
                if row.parameter == need.parameter and not row.applies_to
            ),
            chain(need.place),
        )
    )
    near = [each for each in stretches if each.valid_to < first][-1:]
    near += [each for each in stretches if each.valid_from > first][:1]
    spans = [
        f"{stretch.valid_from}..{'' if stretch.valid_to == OPEN_END else stretch.valid_to}"
        for stretch in near
    ]
    days_zh = f"{first}" if first == last else f"{first} 至 {last}"
    days_en = f"{first}" if first == last else f"{first} to {last}"
    if need.applies_to:
        days_zh += f"（条件 {need.applies_to}）"
        days_en += f" (condition {need.applies_to})"
    return Fault(
        "parameter_missing",
        "parameters.csv",
        tuple(sorted({stretch.row.line for stretch in near})),
        f"参数 {need.parameter}（{kind.title_zh}）在 {days_zh} 没有值（地区 {need.place}，期间 {period}）；"
        + (f"最近的值只在 {'、'.join(spans)} 有效" if spans else "没有任何一行"),
        f"parameter {need.parameter} ({kind.title_en}) has no value on {days_en} (jurisdiction {need.place}, "
        f"period {period}); " + (f"the nearest hold {', '.join(spans)}" if spans else "it has no row at all"),
        f"一行在 {days_zh} 有效的值，如 {need.parameter},{need.place},,{first},{last},…；不借用更早或更晚的值",
        f"a row in force on {days_en}, such as {need.parameter},{need.place},,{first},{last},…; "
        "an earlier or later value is never borrowed",
        "在 parameters.csv 中按文件增加一行（见 docs/how-to/new-parameter-year.md）",
        "add a row by its document to parameters.csv (docs/how-to/new-parameter-year.md)",
    )
