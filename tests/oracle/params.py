"""Parameters and windows: the value that holds on a day, never one borrowed from another day."""

from __future__ import annotations

import copy
import csv
import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

OPEN = dt.date(9999, 12, 31)


# "refund_exclude_sanctioned, reserve_formula, reserve_months_min without a row of a day keep the last one, before the first the first";
# "Fund, premium and risk parameters without a row of that day keep the last one in force ... programmes never do".
KEEP_LAST_OR_FIRST = {"refund_exclude_sanctioned", "reserve_formula", "reserve_months_min"}
KEEP_LAST = (
    "reserve_",
    "premium_",
    "risk_",
    "benefit_",
    "stress_",
    "refund_headcount_drop_max",
    "dispatch_pass_on_days",
)


class MissingParameter(LookupError):
    """A rule needs a parameter on a day that has none."""


@dataclass(frozen=True)
class Value:
    """One row of parameters.csv that applies to the jurisdiction."""

    level: int
    conditions: int
    first: dt.date
    last: dt.date
    text: str
    document: str = ""
    article: str = ""


@dataclass(frozen=True)
class Window:
    """A programme year's window."""

    year: int
    first: dt.date
    last: dt.date


@dataclass(frozen=True)
class Subject:
    """What a condition may ask of an employer, and where it is; the lists are those that name it on the day."""

    region: str | None = None
    unit_type: str | None = None
    size_class: str | None = None
    industry: frozenset[str] = frozenset()
    is_dispatch: bool | None = None
    lists: frozenset[str] = frozenset()


NOBODY = Subject()


def parts_of(applies_to: str | None) -> dict[str, str]:
    """Read a condition: parts `key=value` joined by `&`."""
    pairs = (part.split("=", 1) for part in (applies_to or "").split("&") if part.strip())
    return {key.strip(): value.strip() for key, value in pairs}


def meets(subject: Subject, parts: Mapping[str, str]) -> bool:
    """Return whether a subject meets a condition."""
    return all(
        value in subject.lists
        if key == "list"
        else value == subject.unit_type
        if key == "unit_type"
        else value == subject.size_class
        if key == "size_class"
        else value in subject.industry
        if key == "industry"
        else bool(subject.is_dispatch) == (value == "yes")
        for key, value in parts.items()
    )


def _level(jurisdiction: str, of: str) -> int | None:
    """Return how specific a row's jurisdiction is for a run (0 nation .. 3 county); None where it does not apply."""
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
        self._rows, self._programmes = list(rows), list(programmes)
        self._seen: dict[Subject, Parameters] = {}
        self._take(NOBODY)

    def _take(self, subject: Subject) -> None:
        """Keep the rows that hold for a subject; one from elsewhere takes the jurisdiction's own."""
        place = subject.region or self.jurisdiction
        if _level(place, self.jurisdiction) is None:
            place = self.jurisdiction
        self._values: dict[str, list[Value]] = {}
        for row in self._rows:
            level, parts = _level(place, row["jurisdiction"]), parts_of(row.get("applies_to"))
            if level is not None and meets(subject, parts):
                first, last = _day(row["effective_from"]), _day(row.get("effective_to")) or OPEN
                assert first is not None
                cited = (row.get("document_id") or "", row.get("article") or "")
                value = Value(level, len(parts), first, last, row["value"].strip(), *cited)
                self._values.setdefault(row["parameter"], []).append(value)
        best: dict[tuple[str, int], tuple[tuple[int, int, dt.date], Window]] = {}
        for row in self._programmes:
            level, parts = _level(place, row["jurisdiction"]), parts_of(row.get("applies_to"))
            if level is None or not meets(subject, parts):
                continue
            key = (row["programme"], int(row["programme_year"]))
            first, last = _day(row["window_from"]), _day(row["window_to"]) or OPEN
            assert first is not None
            rank = (level, len(parts), first)
            if key not in best or rank > best[key][0]:
                best[key] = (rank, Window(key[1], first, last))
        self._windows = best

    def of(self, subject: Subject) -> Parameters:
        """Return the set as it holds for a subject (kept)."""
        if subject not in self._seen:
            seen = copy.copy(self)
            seen._take(subject)
            self._seen[subject] = seen
        return self._seen[subject]

    def rows_of(self, name: str, day: dt.date, subject: Subject, lists_known: set[str]) -> list[str]:
        """Return the values that lists never delivered could put before the one that decides."""
        widest = replace(
            subject,
            lists=subject.lists
            | {parts_of(r.get("applies_to")).get("list", "") for r in self._rows} - lists_known,
        )

        def ranked(seen: Parameters) -> list[Value]:
            held = [v for v in seen._values.get(name, []) if v.first <= day <= v.last]
            return sorted(held, key=lambda v: (v.level, v.conditions, v.first), reverse=True)

        decides = ranked(self.of(subject))[:1]
        found = []
        for value in ranked(self.of(widest)):
            if decides and value == decides[0]:
                break
            found.append(value.text)
        return found

    def all_windows(self, programme: str) -> dict[int, tuple[dt.date, dt.date]]:
        """Return each year's days from the earliest window that some unit has to the latest."""
        held: dict[int, list[tuple[int, bool, dt.date, dt.date]]] = {}
        for row in self._programmes:
            place = row["jurisdiction"]
            level = _level(self.jurisdiction, place)
            within = _level(place, self.jurisdiction) is not None
            if row["programme"] != programme or (level is None and not within):
                continue
            first, last = _day(row["window_from"]), _day(row["window_to"]) or OPEN
            assert first is not None
            rank = 9 if level is None else level
            everyone = level is not None and not row.get("applies_to")
            held.setdefault(int(row["programme_year"]), []).append((rank, everyone, first, last))
        found = {}
        for year, rows in held.items():
            widest = max((rank for rank, everyone, _, _ in rows if everyone), default=0)
            kept = [(first, last) for rank, _, first, last in rows if rank >= widest]
            found[year] = (min(f for f, _ in kept), max(t for _, t in kept))
        return found

    @classmethod
    def from_folder(cls, folder: Path, jurisdiction: str = "620000") -> Parameters:
        """Read a parameter folder."""

        def read(name: str) -> list[dict[str, str]]:
            with (folder / name).open(encoding="utf-8-sig", newline="") as lines:
                return list(csv.DictReader(lines))

        return cls(read("parameters.csv"), read("programmes.csv"), jurisdiction)

    def has(self, name: str, day: dt.date) -> bool:
        """Return whether a parameter has a value on a day."""
        return any(v.first <= day <= v.last for v in self._values.get(name, []))

    def value(self, name: str, day: dt.date) -> Value:
        """Return the row that decides: "the most specific jurisdiction wins, then the row with more conditions, then the later start"."""

        def on(at: dt.date) -> Value | None:
            found = [v for v in rows if v.first <= at <= v.last]
            return max(found, key=lambda v: (v.level, v.conditions, v.first), default=None)

        rows = self._values.get(name, [])
        found = on(day)
        earlier = [v.last for v in rows if v.last < day]
        if found is None and earlier and (name in KEEP_LAST_OR_FIRST or name.startswith(KEEP_LAST)):
            found = on(max(earlier))
        if found is None and rows and name in KEEP_LAST_OR_FIRST:
            found = on(min(v.first for v in rows))
        if found is None:
            raise MissingParameter(f"{name} has no value on {day}")
        return found

    def text(self, name: str, day: dt.date) -> str:
        """Return the value."""
        return self.value(name, day).text

    def carried(self, name: str, day: dt.date) -> dt.date:
        """Return the day whose value stands: "without a row of a day keep the last one, before the first the first"."""
        rows = self._values.get(name, [])
        if self.has(name, day) or not rows:
            return day
        return max((v.last for v in rows if v.last < day), default=min(v.first for v in rows))

    def number(self, name: str, day: dt.date) -> Fraction:
        """Return a number, exact."""
        return Fraction(self.text(name, day))

    def yes(self, name: str, day: dt.date) -> bool:
        """Return a yes/no."""
        return self.text(name, day).lower() in {"yes", "y", "true", "1", "是"}

    def items(self, name: str, day: dt.date) -> list[str]:
        """Return a list; `none` is empty."""
        text = self.text(name, day)
        return [] if text == "none" else [part.strip() for part in text.split(";") if part.strip()]

    def windows(self, programme: str) -> list[Window]:
        """Return a programme's windows, by year."""
        return sorted((w for (p, _), (_, w) in self._windows.items() if p == programme), key=lambda w: w.year)

    def window_holding(self, programme: str, day: dt.date) -> Window | None:
        """Return the window that holds a day."""
        held = [w for w in self.windows(programme) if w.first <= day <= w.last]
        return held[-1] if held else None  # "the newest year that holds the day"
