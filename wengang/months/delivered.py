"""Whether a month has been delivered: what lies in its landing folder, and what of it the lake has taken in."""

from __future__ import annotations

from pathlib import Path

from wengang.contracts import load_contracts
from wengang.core.periods import Period
from wengang.core.settings import Settings
from wengang.core.text import shown_name
from wengang.lake.deliveries import LakeState
from wengang.months.complete import required_sources, usual_sources

DELIVERY_LIST = "manifest.csv"


def landed(settings: Settings, period: Period) -> list[Path]:
    """Return the data files that lie in a month's landing folder, in order."""
    folder = settings.landing_dir / str(period)
    files = sorted(folder.iterdir()) if folder.is_dir() else []
    return [f for f in files if f.is_file() and f.name != DELIVERY_LIST and not f.name.startswith(".")]


def waiting(settings: Settings, state: LakeState, period: Period) -> list[Path]:
    """Return the files of a month's landing folder that no run has met by their names."""
    known = {d.file_name for d in state.deliveries if d.period == period}
    return [f for f in landed(settings, period) if shown_name(f.name) not in known]


def arrivals(settings: Settings, state: LakeState, period: Period) -> dict[str, bool]:
    """Return for each source that a month needs whether its files lie in the landing folder or in the lake already.

    It needs the required sources, and those that came every month before.
    """
    needed = {*required_sources(), *usual_sources(state.through(period), period, load_contracts().values())}
    names = {f.name.split(".")[0].split("__")[0].lower() for f in landed(settings, period)}
    return {
        source: source in names or any(d.period == period for d in state.current(source))
        for source in sorted(needed)
    }
