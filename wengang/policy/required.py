"""Which parameters a period needs, and on which day: never an earlier or later value in place of one that is missing."""

from __future__ import annotations

import datetime as dt

from wengang.core.periods import Period
from wengang.policy.registry import ParameterType, registry
from wengang.policy.resolve import OPEN_END, Fault, PolicyError, PolicySet

# The refund's gate reads these on the day of the decision.
GATE = ("reserve_formula", "reserve_months_min")


def refund_days(
    policy: PolicySet, period: Period, first_delivered: Period | None = None
) -> dict[int, dt.date]:
    """Give the programme years decided on in a period, each with the day whose parameters decide.

    Inside the window that is the period's last day; after it, the last day of the window's last month. A closed
    year whose last month lies before the first delivery has no decisions and needs nothing.
    """
    days: dict[int, dt.date] = {}
    for row in policy.programmes:
        if (
            row.programme != "refund"
            or row.window_from > period.last_day
            or row.programme_year < period.year - 1
        ):
            continue
        final = Period.of(row.window_to)
        if first_delivered is not None and final < first_delivered:
            continue
        days[row.programme_year] = min(period.last_day, final.last_day)
    return days


def needed_days(
    policy: PolicySet, period: Period, first_delivered: Period | None = None
) -> dict[str, set[dt.date]]:
    """Give the days on which a period needs each parameter.

    Those of the skill subsidy are not among them: a day of application without parameters fails `skill.window`.
    """
    known = registry()
    needs: dict[str, set[dt.date]] = {
        name: {period.last_day} for name, kind in known.items() if kind.needed_on == "period_end"
    }
    for day in refund_days(policy, period, first_delivered).values():
        for name, kind in known.items():
            if name in GATE or (kind.needed_on == "refund_decision" and applies(policy, kind, day)):
                needs.setdefault(name, set()).add(day)
    return needs


def applies(policy: PolicySet, kind: ParameterType, day: dt.date) -> bool:
    """Say whether other parameters' values make this one needed on a day."""
    for name, values in kind.needed_if.items():
        row = policy.on(name, day)
        if row is not None and row.value not in values:
            return False
    return True


def check_needed(policy: PolicySet, period: Period, first_delivered: Period | None = None) -> None:
    """Refuse a period that needs a parameter on a day that has none.

    `first_delivered` is the earliest period with a delivery, None if unknown. Raises PolicyError (exit 4) naming each
    parameter, its day and the rows nearest to it.
    """
    faults: list[Fault] = []
    for name, days in sorted(needed_days(policy, period, first_delivered).items()):
        kind = registry()[name]
        for day in sorted(days):
            if policy.on(name, day) is not None:
                continue
            stretches = policy.by_parameter.get(name, [])
            near = [each for each in stretches if each.valid_to < day][-1:]
            near += [each for each in stretches if each.valid_from > day][:1]
            lines = tuple(sorted({stretch.row.line for stretch in near}))
            spans = [
                f"{stretch.valid_from}..{'' if stretch.valid_to == OPEN_END else stretch.valid_to}"
                for stretch in near
            ]
            faults.append(
                Fault(
                    "parameter_missing",
                    "parameters.csv",
                    lines,
                    f"参数 {name}（{kind.title_zh}）在 {day} 没有值（地区 {policy.jurisdiction}，期间 {period}）；"
                    + (f"最近的值只在 {'、'.join(spans)} 有效" if spans else "没有任何一行"),
                    f"parameter {name} ({kind.title_en}) has no value on {day} (jurisdiction {policy.jurisdiction}, "
                    f"period {period}); "
                    + (f"the nearest hold {', '.join(spans)}" if spans else "it has no row at all"),
                    f"一行在 {day} 有效的值；不借用更早或更晚的值",
                    f"a row in force on {day}; an earlier or later value is never borrowed",
                    "在 parameters.csv 中按文件增加一行（见 docs/how-to/new-parameter-year.md）",
                    "add a row by its document to parameters.csv (docs/how-to/new-parameter-year.md)",
                )
            )
    if faults:
        raise PolicyError.of(faults, policy.folder)
