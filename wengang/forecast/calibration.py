"""How the methods did on the ledger's own past, which of them is chosen, and how wide the interval must be to hold 80 % of the months.

Forecasts are made again at rolling origins, from what was known there. The interval is conformal: it is taken from the errors that the chosen
methods made, not from the assumptions of a model. An error of the balance adds up over the months, so it is measured a month ahead. The longer
ago an error was made the less it weighs: a year that nobody foresaw must not keep the intervals wide, or narrow, for years.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist, fmean, stdev

from wengang.forecast.series import NAIVE, NONE, YEAR, Series, cumulated, methods_for, values_of

INTERVAL_LEVEL = 0.8
STEP = 2  # months from one origin to the next
SPAN = 36  # months of the past in which origins lie
BACKTEST_HORIZON = 12
LEAST_SCORES = 6
FADE = 0.9  # what an error weighs beside one made a month later
MARGIN = 0.9  # a method takes the combined one's place only where its error is below this part of it
Z = NormalDist().inv_cdf(0.5 + INTERVAL_LEVEL / 2)


# An error, and what its age leaves it to weigh.
Score = tuple[float, float]


@dataclass(frozen=True)
class Backtest:
    """How a method did on one item: mean absolute errors in yuan of a month, and of the sum to a month, a month ahead.

    Errors are None where no origin is old enough.
    """

    method: str
    origins: int
    points: int
    error: float | None
    cumulated_error: float | None
    is_chosen: bool = False


@dataclass(frozen=True)
class Calibration:
    """The methods chosen by item, their back-tests, and the half-width of the balance's interval a month ahead, in yuan.

    `coverage` is the share of back-tested months inside the interval that would have been published then; None: too few.
    `spent_share` is the part of the error that lies in the expenditure.
    """

    methods: Mapping[str, str]
    tests: Mapping[str, Sequence[Backtest]]
    scale: float
    coverage: float | None
    spent_share: float

    def half_width(self, months_ahead: int) -> float:
        """Return the half-width of the balance's interval so many months ahead: errors of one direction add up."""
        return self.scale * months_ahead


def origins_of(months: int) -> list[int]:
    """Return the lengths of history at which past forecasts are made again; the same ones month after month."""
    first = max(YEAR, months - SPAN)
    if months >= YEAR * 2 + STEP:
        first = max(first, YEAR * 2)
    return [o for o in range(first, months) if o % STEP == 0]


def allowed(method: str, origin: int) -> str:
    """Return the method, or the seasonal-naive one at an origin whose history is too short for it."""
    return method if origin >= YEAR * 2 or method in methods_for(origin) else NAIVE


@lru_cache(maxsize=65536)
def errors_of(history: Series, method: str, origin: int) -> Series:
    """Return actual less forecast for the months after an origin, in yuan."""
    future = history[origin : origin + BACKTEST_HORIZON]
    made = values_of(allowed(method, origin), history[:origin])
    return tuple(a - v for a, v in zip(future, made, strict=False))


def compare_methods(history: Series, months: int | None = None) -> list[Backtest]:
    """Back-test every method that the first `months` of a history allow, the best first: the least cumulated error a month ahead."""
    known = history[:months]
    found = []
    for method in methods_for(len(known)):
        if method == NONE:
            continue
        errors = [errors_of(known, method, o) for o in origins_of(len(known))]
        singles = [abs(e) for path in errors for e in path]
        sums = [abs(s) / h for path in errors for h, s in enumerate(cumulated(path), start=1)]
        found.append(
            Backtest(
                method, len(errors), len(singles), fmean(singles) if singles else None, fmean(sums) if sums else None
            )
        )  # fmt: skip
    return sorted(found, key=lambda t: math.inf if t.cumulated_error is None else t.cumulated_error)


@lru_cache(maxsize=4096)
def chosen(history: Series, months: int | None = None) -> str:
    """Return the method that the back-test on the first `months` of a history would have chosen."""
    known = len(history[:months])
    if len(methods_for(known)) == 1:
        return methods_for(known)[0]
    first = methods_for(known)[0]
    errors = {
        t.method: t.cumulated_error for t in compare_methods(history, months) if t.cumulated_error is not None
    }
    best = min(errors, key=lambda m: errors[m], default=first)
    return best if first not in errors or errors[best] < MARGIN * errors[first] else first


def quantile(scores: Sequence[Score], level: float = INTERVAL_LEVEL) -> float:
    """Return the score up to which the level of all weight lies; 0 without scores."""
    least = level * sum(weight for _, weight in scores) * (1 - 1e-12)
    reached = 0.0
    for score, weight in sorted(scores):
        reached += weight
        if reached >= least:
            return score
    return 0.0


def path_errors(
    items: Mapping[str, Series],
    signs: Mapping[str, int],
    methods: Mapping[str, str],
    origin: int,
    months: int,
) -> list[float]:
    """Return the cumulated errors of the sum of items (by sign) after an origin, from the first `months` known."""
    paths = [
        [signs[i] * e for e in errors_of(items[i][:months], methods[i], origin)] for i in sorted(items) if signs[i]
    ]  # fmt: skip
    return cumulated([sum(each) for each in zip(*paths, strict=True)])


def scores_at(
    items: Mapping[str, Series], signs: Mapping[str, int], methods: Mapping[str, str], months: int
) -> list[Score]:
    """Return the absolute cumulated errors a month ahead of all origins before a month, with what they weigh then."""
    return [
        (abs(e) / h, FADE ** (months - o - h))
        for o in origins_of(months)
        for h, e in enumerate(path_errors(items, signs, methods, o, months), start=1)
    ]


def calibrate(items: Mapping[str, Series], signs: Mapping[str, int]) -> Calibration:
    """Choose a method for each item and the interval of the balance, from monthly histories in yuan.

    `signs`: 1 for income, −1 for expenditure. The interval of an origin rests on the errors made before it; where intervals made so at past
    origins held less than the level, it is widened by as much as they lacked.
    """
    months = len(next(iter(items.values())))
    tests: dict[str, list[Backtest]] = {}
    methods: dict[str, str] = {}
    for name, history in items.items():
        tested = compare_methods(history)
        methods[name] = chosen(history)
        tests[name] = [
            Backtest(t.method, t.origins, t.points, t.error, t.cumulated_error, t.method == methods[name])
            for t in tested
        ]
    scores = scores_at(items, signs, methods, months)
    if len(scores) < LEAST_SCORES:
        net = [sum(signs[i] * items[i][m] for i in sorted(items)) for m in range(months)]
        return Calibration(methods, tests, Z * stdev(net) if months > 1 else 0.0, None, 0.5)
    found = past_ratios(items, signs, months)
    inside = [
        float(r <= widening(past_ratios(items, signs, origin))) for origin, ratios in found.items() for r, _ in ratios
    ]  # fmt: skip
    spent = scores_at(items, {i: min(s, 0) for i, s in signs.items()}, methods, months)
    taken = scores_at(items, {i: max(s, 0) for i, s in signs.items()}, methods, months)
    both = quantile(spent) + quantile(taken)
    return Calibration(
        methods,
        tests,
        quantile(scores) * widening(found),
        fmean(inside) if inside else None,
        quantile(spent) / both if both else 0.5,
    )


def widening(ratios: Mapping[int, Sequence[Score]]) -> float:
    """Return by how much the interval is widened: 1 where those of the past held the level."""
    return max(1.0, quantile([r for found in ratios.values() for r in found]))


def past_ratios(items: Mapping[str, Series], signs: Mapping[str, int], months: int) -> dict[int, list[Score]]:
    """Return, by past origin, by how many half-widths of its interval (not widened) the balance was off in the months after it."""
    found: dict[int, list[Score]] = {}
    for origin in origins_of(months):
        methods = {i: chosen(h, origin) for i, h in items.items()}
        before = scores_at(items, signs, methods, origin)
        if len(before) < LEAST_SCORES:
            continue
        width = quantile(before)
        errors = path_errors(items, signs, methods, origin, months)
        found[origin] = [
            (
                abs(e) / (width * h) if width else (0.0 if abs(e) < 0.005 else math.inf),
                FADE ** (months - origin - h),
            )
            for h, e in enumerate(errors, start=1)
        ]
    return found
