"""Parameters and windows: the value that holds on a day, never one borrowed from another day."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

OPEN = dt.date(9999, 12, 31)


class MissingParameter(LookupError):
    """A rule needs a parameter on a day that has none."""


@dataclass(frozen=True)
class Value:
    """One row of parameters.csv that applies to the jurisdiction."""

    level: int
    first: dt.date
    last: dt.date
    text: str


@dataclass(frozen=True)
class Window:
    """A programme year's window."""

    year: int
    first: dt.date
    last: dt.date


def _level(jurisdiction: str, of: str) -> int | None:
    """Give how specific a row's jurisdiction is for a run (0 nation .. 3 county); None where it does not apply."""
    chain = ["000000", jurisdiction[:2] + "0000", jurisdiction[:4] + "00", jurisdiction]
    return max((i for i, code in enumerate(chain) if code == of), default=None)


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


class Parameters:
    """The set of parameters as seen from one jurisdiction."""

    def __init__(
        self,
        rows: Iterable[Mapping[str, str]],
        programmes: Iterable[Mapping[str, str]],
        jurisdiction: str = "620000",
    ) -> None:
        self.jurisdiction = jurisdiction
        self._values: dict[str, list[Value]] = {}
        for row in rows:
            level = _level(jurisdiction, row["jurisdiction"])
            if level is not None:
                first, last = _day(row["effective_from"]), _day(row.get("effective_to")) or OPEN
                assert first is not None
                self._values.setdefault(row["parameter"], []).append(
                    Value(level, first, last, row["value"].strip())
                )
        self._windows: dict[tuple[str, int], tuple[int, Window]] = {}
        for row in programmes:
            level = _level(jurisdiction, row["jurisdiction"])
            if level is None:
                continue
            key = (row["programme"], int(row["programme_year"]))
            first, last = _day(row["window_from"]), _day(row["window_to"]) or OPEN
            assert first is not None
            window = Window(key[1], first, last)
            old = self._windows.get(key)
            if old is None or (level, first) > (old[0], old[1].first):
                self._windows[key] = (level, window)

    @classmethod
    def from_folder(cls, folder: Path, jurisdiction: str = "620000") -> Parameters:
        """Read a parameter folder."""

        def read(name: str) -> list[dict[str, str]]:
            with (folder / name).open(encoding="utf-8-sig", newline="") as lines:
                return list(csv.DictReader(lines))

        return cls(read("parameters.csv"), read("programmes.csv"), jurisdiction)

    def has(self, name: str, day: dt.date) -> bool:
        """Say whether a parameter has a value on a day."""
        return any(v.first <= day <= v.last for v in self._values.get(name, []))

    def text(self, name: str, day: dt.date) -> str:
        """Give the value: "the most specific jurisdiction wins, then the latest effective_from"."""
        found = [v for v in self._values.get(name, []) if v.first <= day <= v.last]
        if not found:
            raise MissingParameter(f"{name} has no value on {day}")
        return max(found, key=lambda v: (v.level, v.first)).text

    def number(self, name: str, day: dt.date) -> Fraction:
        """Give a number, exact."""
        return Fraction(self.text(name, day))

    def yes(self, name: str, day: dt.date) -> bool:
        """Give a yes/no."""
        return self.text(name, day).lower() in {"yes", "y", "true", "1", "是"}

    def items(self, name: str, day: dt.date) -> list[str]:
        """Give a list; `none` is empty."""
        text = self.text(name, day)
        return [] if text == "none" else [part.strip() for part in text.split(";") if part.strip()]

    def windows(self, programme: str) -> list[Window]:
        """Give a programme's windows, by year."""
        return sorted((w for (p, _), (_, w) in self._windows.items() if p == programme), key=lambda w: w.year)

    def window_holding(self, programme: str, day: dt.date) -> Window | None:
        """Give the window that holds a day."""
        return next((w for w in self.windows(programme) if w.first <= day <= w.last), None)
