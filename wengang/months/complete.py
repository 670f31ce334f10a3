"""Whether a month is complete: what its figures lack, one answer for the intake, the build and the arrival of deliveries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import duckdb

from wengang.contracts import Contract, load_contracts
from wengang.core.messages import sentences
from wengang.core.periods import Period
from wengang.lake.deliveries import LakeState

LEAST_MONTHS_BEFORE = 2


@dataclass(frozen=True)
class Reason:
    """Why a period is incomplete."""

    code: str
    message_zh: str
    message_en: str
    file_name: str | None = None
    source: str | None = None


def required_sources() -> list[str]:
    """Return the sources without which a month is incomplete."""
    return sorted(s for s, contract in load_contracts().items() if contract.required == "every_period")


def usual_sources(state: LakeState, period: Period, contracts: Iterable[Contract]) -> list[str]:
    """Return the sources that came in every month delivered before a period, of which there are at least two.

    What came until now and does not come is missing; where there is nothing to tell, a file with only its heading says so. Sources that are
    optional may stay away.
    """
    before = [month for month in state.months if month < period]
    if len(before) < LEAST_MONTHS_BEFORE:
        return []
    delivered: dict[str, set[Period]] = {}
    for delivery in state.current():
        delivered.setdefault(delivery.source or "", set()).add(delivery.period)
    return sorted(
        c.source
        for c in contracts
        if c.required != "optional" and set(before) <= delivered.get(c.source, set())
    )


def manifest_faults(state: LakeState, period: Period) -> list[Reason]:
    """Return what is wrong with the delivery list of a period."""
    return [
        Reason(f["code"], f["message_zh"], f["message_en"], f.get("file_name"))
        for f in state.manifest_faults.get(period, ())
    ]


def held_snapshots(state: LakeState, period: Period) -> list[Reason]:
    """Return the snapshots of a period that brought too few rows and wait for a person."""
    return [
        Reason("snapshot_held", d.message_zh, d.message_en, d.file_name, d.source) for d in state.held(period)
    ]


def missing_sources(
    state: LakeState, period: Period, contracts: Iterable[Contract], *, is_newest: bool = True
) -> list[Reason]:
    """Return the sources that a report for `period` needs and does without: the required ones, and those that came every month before.

    `is_newest`: also those that are needed once; of an earlier month they are not asked for again.
    """
    known, contracts = state.through(period), list(contracts)
    usual = usual_sources(known, period, contracts)
    held = {d.source for d in known.held(period)}
    found = []
    for contract in contracts:
        files, source = known.current(contract.source), contract.source
        if contract.required == "every_period" and not any(d.period == period for d in files):
            words = sentences("source_missing", source=source)
            found.append(Reason("source_missing", *words, source=source))
        elif contract.required == "once" and is_newest and not files:
            words = sentences("source_never_delivered", source=source)
            found.append(Reason("source_missing", *words, source=source))
        elif source in usual and source not in held and not any(d.period == period for d in files):
            words = sentences("source_stayed_away", source=source)
            found.append(Reason("source_missing", *words, source=source))
    return found


def missing_base_months(database: duckdb.DuckDBPyConnection, period: Period) -> list[Reason]:
    """Return the months of a base year that the month's refunds need and nobody delivered; read from a build."""
    rows = database.execute(
        "select programme_year, month from marts.missing_base_months where period = ? order by all",
        [period.first_day],
    ).fetchall()
    return [
        Reason("base_month_missing", *sentences("base_month_missing", year=year, month=f"{month:%Y-%m}"))
        for year, month in rows
    ]
