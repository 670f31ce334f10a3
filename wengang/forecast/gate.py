"""The next gate: the reserve period of the coming 31 Decembers, with its interval and the probability of lying below the limit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import NormalDist

from wengang.core.periods import Period
from wengang.forecast.calibration import Z
from wengang.forecast.projection import Outlook, PathMonth
from wengang.forecast.series import YEAR


@dataclass(frozen=True)
class Gate:
    """The reserve period of a 31 December in months, None where it is unknown; probability between 0 and 1."""

    gate_date: dt.date
    reserve_months: float | None
    low: float | None
    high: float | None
    probability_below_min: float | None
    limit_months: Decimal | None
    opens_programme_year: int


def gates(view: Outlook, base: Sequence[PathMonth], limits: Mapping[dt.date, Decimal]) -> list[Gate]:
    """Return the gates of the period's year and of the next, from the base path; `limits` by gate date."""
    found = []
    for year in (view.period.year, view.period.year + 1):
        day = dt.date(year, 12, 31)
        found.append(gate_of(view, base, Period(year, YEAR), limits.get(day)))
    return found


def gate_of(view: Outlook, base: Sequence[PathMonth], december: Period, limit: Decimal | None) -> Gate:
    """Return the gate of one December.

    The balance is off by up to its half-width; the year's expenditure by that half-width's part that past errors had in the expenditure.
    Below the limit lie the errors that bring balance × 12 under limit × expenditure, weighted as of a normal law with that interval.
    """
    day = dt.date(december.year, december.month, 31)
    months = [december.plus(-n) for n in range(YEAR)]
    spent = {m.month: m.expenditure for m in view.months} | {r.month: r.expenditure for r in base}
    balances = {m.month: m.balance for m in view.months} | {r.month: r.balance for r in base}
    balance = balances.get(december)
    if balance is None or view.calibration is None or any(m not in spent for m in months):
        return Gate(day, None, None, None, None, limit, december.year + 1)
    held, year = float(balance), float(sum((spent[m] for m in months), Decimal(0)))
    ahead = len([r for r in base if r.month <= december])
    half = view.calibration.half_width(ahead)
    share = view.calibration.spent_share

    def reserve(error: float) -> float:
        """Reserve period where the balance comes out so much higher."""
        return (held + error) * YEAR / max(year - share * error, 0.01)

    if year <= 0:
        return Gate(day, None, None, None, None, limit, december.year + 1)
    below = None
    if limit is not None:
        # (held + e) · 12 = limit · (year − share · e), solved for e
        least = float(limit)
        edge = (least * year - YEAR * held) / (YEAR + least * share)
        below = NormalDist(0, half / Z).cdf(edge) if half else float(edge > 0)
    return Gate(day, reserve(0.0), reserve(-half), reserve(half), below, limit, december.year + 1)
