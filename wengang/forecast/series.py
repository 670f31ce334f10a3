"""Forecasts of one monthly series by several methods, of which the back-test chooses one.

Floats live here only: what leaves the forecast is rounded half up to the fen by the caller. Nothing is random, and every series is
small enough that no numerical library splits it over threads, so the same history gives the same bytes.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Sequence
from functools import lru_cache
from statistics import fmean

YEAR = 12
HORIZON = 24
FULL_HISTORY = 30
LEAST_HISTORY = 6

THETA = "theta"
SMOOTHING = "smoothing"
COMBINED = "combined"
NAIVE = "seasonal_naive"
MEAN = "last_year_mean"
NONE = "none"
COMPARED = (COMBINED, THETA, SMOOTHING, NAIVE)

Series = tuple[float, ...]


def methods_for(months: int) -> tuple[str, ...]:
    """Return the methods that a history of so many months allows, the one to take without a back-test first."""
    if months >= FULL_HISTORY:
        return COMPARED
    if months >= YEAR:
        return (NAIVE,)
    return (MEAN,) if months >= LEAST_HISTORY else (NONE,)


def seasonal_naive(history: Series, horizon: int) -> Series:
    """Repeat the last year; the last value where there is no whole year."""
    last_year = history[-YEAR:] if len(history) >= YEAR else history[-1:]
    return tuple(last_year[h % len(last_year)] for h in range(horizon))


def last_year_mean(history: Series, horizon: int) -> Series:
    """Go on with the mean of the last year, or of what there is of it."""
    return (fmean(history[-YEAR:]),) * horizon


def theta(history: Series, horizon: int) -> Series:
    """Theta method (statsmodels) on the series cleared of its seasons; needs two years."""
    import numpy
    from statsmodels.tsa.forecasting.theta import ThetaModel

    fit = ThetaModel(
        numpy.asarray(history), period=YEAR, deseasonalize=True, use_test=False, method="auto"
    ).fit()
    return tuple(float(v) for v in fit.forecast(horizon))


def smoothing(history: Series, horizon: int) -> Series:
    """Simple exponential smoothing (statsmodels): a level without trend or seasons."""
    import numpy
    from statsmodels.tsa.holtwinters import SimpleExpSmoothing

    fit = SimpleExpSmoothing(numpy.asarray(history), initialization_method="estimated").fit()
    return tuple(float(v) for v in fit.forecast(horizon))


def combined(history: Series, horizon: int) -> Series:
    """Return the mean of the three methods: it is wrong by less where none of them is right for long."""
    parts = [values_of(m, history) for m in (THETA, SMOOTHING, NAIVE)]
    return tuple(fmean(each) for each in zip(*parts, strict=True))[:horizon]


METHODS: dict[str, Callable[[Series, int], Series]] = {
    NAIVE: seasonal_naive,
    MEAN: last_year_mean,
    THETA: theta,
    SMOOTHING: smoothing,
    COMBINED: combined,
}


@lru_cache(maxsize=8192)
def values_of(method: str, history: Series, horizon: int = HORIZON) -> Series:
    """Return the forecast of a history by a method, never below 0 where nothing of the history was.

    A constant series goes on; where a model finds no finite values the last year is repeated.
    """
    if max(history) == min(history):
        return (history[-1],) * horizon
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        values = METHODS[method](history, horizon)
    if not all(math.isfinite(v) for v in values):
        return seasonal_naive(history, horizon)
    return tuple(max(v, 0.0) for v in values) if min(history) >= 0 else values


def cumulated(values: Sequence[float]) -> list[float]:
    """Return the running sums of a series."""
    sums, total = [], 0.0
    for value in values:
        total += value
        sums.append(total)
    return sums
