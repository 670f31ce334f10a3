"""What the tasks of the DAGs do: plain functions, testable without Airflow. Settings come from the environment (`WENGANG_…`)."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

from wengang import run
from wengang.lake import read_lake
from wengang.lock import home_lock
from wengang.periods import Period
from wengang.progress import Progress
from wengang.settings import Settings

Texts = list[tuple[str, str]]


def choose_period(given: str | None, key: str | None, day: dt.date) -> str:
    """Choose the month of a run: the one asked for, else the run's partition, else the month before `day`."""
    asked = given or key
    return str(Period.parse(asked) if asked else Period.of(day).plus(-1))


def intake(period: str) -> dict[str, int]:
    """Take deliveries up to the period into the lake; returns rows accepted and rejected."""
    settings = Settings()
    with home_lock(settings):
        return run.intake(settings, Period.parse(period), Progress())


def build(period: str) -> Texts:
    """Build the warehouse aside; returns why the period is incomplete."""
    settings = Settings()
    with home_lock(settings):
        return run.build(settings, Period.parse(period), Progress())


def validate(period: str) -> Texts:
    """Evaluate the expectations; returns what critical ones found."""
    settings = Settings()
    with home_lock(settings):
        return run.validate(settings, Period.parse(period), Progress())


def draft(period: str) -> str:
    """Write the draft package; returns its folder."""
    settings = Settings()
    with home_lock(settings):
        return str(run.draft(settings, Period.parse(period), Progress()))


def publish_warehouse(period: str, critical: Texts) -> None:
    """Publish the warehouse, or raise ExpectationError where a critical expectation stands against it."""
    settings = Settings()
    with home_lock(settings):
        run.publish_warehouse(settings, Period.parse(period), [(zh, en) for zh, en in critical])


def arrivals(period: str) -> dict[str, bool]:
    """Say of each source that a month needs whether its files lie in the landing folder or in the lake already."""
    from wengang.contracts import load_contracts

    settings = Settings()
    month = Period.parse(period)
    folder = settings.landing_dir / period
    names = [f.name.split(".")[0].split("__")[0].lower() for f in folder.iterdir()] if folder.is_dir() else []
    state = read_lake(settings)
    return {
        source: source in names or any(d.period == month for d in state.current(source))
        for source, contract in sorted(load_contracts().items())
        if contract.required == "every_period"
    }


def has_arrived(period: str) -> bool:
    """Tell whether everything that the month needs has arrived and the month has not been drafted from it yet."""
    settings = Settings()
    month = Period.parse(period)
    if not all(arrivals(period).values()):
        return False
    manifest = settings.drafts_dir / period / "manifest.json"
    if not manifest.exists():
        return True
    drafted = {d["sha256"] for d in json.loads(manifest.read_text(encoding="utf-8")).get("deliveries", [])}
    return any(d.sha256 not in drafted for d in read_lake(settings).through(month).current())


def outcome(folder: str) -> str:
    """Give the first lines a person wants of a draft: where it lies and what it says."""
    summary = Path(folder) / "summary.txt"
    return summary.read_text(encoding="utf-8") if summary.exists() else folder
