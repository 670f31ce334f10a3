"""Forecasts of one monthly series, with an interval, by a method that its length allows; and how well that method did.

Floats live here only: what leaves the forecast is rounded half up to the fen by the caller. Nothing is random, and every series is
small enough that no numerical library splits it over threads, so the same history gives the same bytes.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist, fmean, stdev

YEAR = 12
FULL_HISTORY = 24
LEAST_HISTORY = 6
INTERVAL_LEVEL = 0.8
BACKTEST_HORIZON = 12

MODEL = "theta"
NAIVE = "seasonal_naive"
MEAN = "last_year_mean"
NONE = "none"

Z = NormalDist().inv_cdf(0.5 + INTERVAL_LEVEL / 2)


@dataclass(frozen=True)
class Forecast:
    """Values for the months ahead, the standard deviation of each, and the method that gave them."""

    values: tuple[float, ...]
    spreads: tuple[float, ...]
    method: str


@dataclass(frozen=True)
class Backtest:
    """How forecasts made in the past did against what came: mean absolute errors, and the share of months inside the interval.

    `errors` and `coverage` are None where no origin is old enough.
    """

    method: str
    origins: int
    points: int
    error: float | None
    naive_error: float | None
    coverage: float | None


def method_for(months: int) -> str:
    """Name the method that a history of so many months allows."""
    if months >= FULL_HISTORY:
        return MODEL
    if months >= YEAR:
        return NAIVE
    return MEAN if months >= LEAST_HISTORY else NONE


def spread_of(values: Sequence[float]) -> float:
    """Standard deviation; 0 of a single value."""
    return stdev(values) if len(values) > 1 else 0.0


def seasonal_naive(history: Sequence[float], horizon: int) -> Forecast:
    """Repeat the last year; its spread is that of the changes from one year to the next, where they are known."""
    last_year = history[-YEAR:]
    values = [last_year[h % YEAR] for h in range(horizon)]
    changes = [b - a for a, b in zip(history, history[YEAR:], strict=False)]
    spread = math.sqrt(fmean([c * c for c in changes])) if len(changes) >= 3 else spread_of(last_year)
    return Forecast(tuple(values), tuple(spread * math.sqrt(h // YEAR + 1) for h in range(horizon)), NAIVE)


def last_year_mean(history: Sequence[float], horizon: int) -> Forecast:
    """Go on with the mean of the last year, or of what there is of it."""
    known = history[-YEAR:]
    mean, spread = fmean(known), spread_of(known)
    return Forecast((mean,) * horizon, (spread * math.sqrt(1 + 1 / len(known)),) * horizon, MEAN)


def model(history: Sequence[float], horizon: int) -> Forecast:
    """Theta method on the series cleared of its seasons."""
    if max(history) == min(history):
        return Forecast((history[-1],) * horizon, (0.0,) * horizon, MODEL)
    import numpy
    from statsmodels.tsa.forecasting.theta import ThetaModel

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fit = ThetaModel(
            numpy.asarray(history), period=YEAR, deseasonalize=True, use_test=False, method="auto"
        ).fit()
        values = [float(v) for v in fit.forecast(horizon)]
        bounds = fit.prediction_intervals(horizon, alpha=1 - INTERVAL_LEVEL)
    spreads = [(float(high) - float(low)) / (2 * Z) for low, high in bounds.itertuples(index=False)]
    if not all(math.isfinite(v) for v in (*values, *spreads)):
        return seasonal_naive(history, horizon)
    floor = 0.0 if min(history) >= 0 else -math.inf
    return Forecast(tuple(max(v, floor) for v in values), tuple(spreads), MODEL)


def forecast(history: Sequence[float], horizon: int) -> Forecast:
    """Forecast `horizon` months after `history` by the method its length allows."""
    chosen = method_for(len(history))
    if chosen == MODEL:
        return model(history, horizon)
    if chosen == NAIVE:
        return seasonal_naive(history, horizon)
    if chosen == MEAN:
        return last_year_mean(history, horizon)
    return Forecast((), (), NONE)


def origins_of(months: int, method: str) -> list[int]:
    """Give the lengths of history at which past forecasts are made again: within the last year, every second month."""
    return (
        list(range(max(LEAST_HISTORY if method == MEAN else YEAR, months - YEAR), months, 2))
        if method != NONE
        else []
    )


def backtest(history: Sequence[float]) -> Backtest:
    """Make the forecasts of the last year again from what was known then (rolling origin), beside the seasonal-naive ones.

    Each is made by the method that the history allowed then, as it would have been published. Where an origin has no whole year behind
    it, the naive forecast is the last value known.
    """
    method = method_for(len(history))
    origins = origins_of(len(history), method)
    errors: list[float] = []
    naive_errors: list[float] = []
    inside = 0
    for origin in origins:
        past, future = history[:origin], history[origin : origin + BACKTEST_HORIZON]
        made = forecast(past, len(future))
        naive = seasonal_naive(past, len(future)).values if origin >= YEAR else (past[-1],) * len(future)
        for value, spread, plain, actual in zip(made.values, made.spreads, naive, future, strict=True):
            errors.append(abs(value - actual))
            naive_errors.append(abs(plain - actual))
            inside += abs(value - actual) <= Z * spread + 0.005
    if not errors:
        return Backtest(method, 0, 0, None, None, None)
    return Backtest(
        method, len(origins), len(errors), fmean(errors), fmean(naive_errors), inside / len(errors)
    )
