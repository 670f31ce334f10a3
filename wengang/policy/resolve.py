"""A set of parameters and how it settles: the most specific jurisdiction, then more conditions, then the later start."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from wengang.policy.conditions import EVERYONE, Condition
from wengang.policy.registry import registry
from wengang.policy.rows import (
    NATION,
    ONE_DAY,
    OPEN_END,
    Document,
    Lapse,
    Note,
    ParameterRow,
    ProgrammeRow,
    Stretch,
)

# Far enough back for every day that is asked for, and a day that every engine reads alike.
EARLIEST = dt.date(1900, 1, 1)


def chain(jurisdiction: str) -> tuple[str, ...]:
    """Return the jurisdictions that bind a place, the widest first: nation, province, city, county."""
    steps = (NATION, f"{jurisdiction[:2]}0000", f"{jurisdiction[:4]}00", jurisdiction)
    return tuple(dict.fromkeys(steps))


def rank(jurisdiction: str) -> int:
    """Return how specific a jurisdiction is: 1 the nation, 2 a province, 3 a city, 4 a county."""
    return len(chain(jurisdiction))


def holds(jurisdiction: str, place: str) -> bool:
    """Return whether a jurisdiction contains a place, or is it."""
    return jurisdiction in chain(place)


def settle(rows: Iterable[ParameterRow], jurisdictions: Sequence[str]) -> list[Stretch]:
    """Settle rows of one parameter that all hold for a subject into disjoint stretches, in the order of days.

    The most specific jurisdiction wins, then more conditions, then a scenario's row, then the later start; when the
    winner ends, an earlier row still in force holds again.
    """
    place = {code: index for index, code in enumerate(jurisdictions)}
    held = sorted(
        (row for row in rows if row.jurisdiction in place),
        key=lambda row: (place[row.jurisdiction], row.condition.count, row.layer, row.effective_from),
        reverse=True,
    )
    edges = sorted(
        {row.effective_from for row in held}
        | {row.effective_to + ONE_DAY for row in held if row.effective_to < OPEN_END}
    )
    found: list[Stretch] = []
    for index, first in enumerate(edges):
        last = edges[index + 1] - ONE_DAY if index + 1 < len(edges) else OPEN_END
        winner = next((row for row in held if row.covers(first)), None)
        if winner is None:
            continue
        if found and found[-1].row is winner and found[-1].valid_to + ONE_DAY == first:
            found[-1] = Stretch(found[-1].valid_from, last, winner)
        else:
            found.append(Stretch(first, last, winner))
    return found


def keep_last(stretches: Sequence[Stretch], *, also_before: bool) -> list[Stretch]:
    """Fill the days without a row: with the last value before them, and before the first row with its value if asked.

    The stretches added say so (`carried`).
    """
    found: list[Stretch] = []
    if stretches and also_before:
        first = stretches[0]
        found.append(Stretch(EARLIEST, first.valid_from - ONE_DAY, first.row, carried=True))
    for index, stretch in enumerate(stretches):
        found.append(stretch)
        until = stretches[index + 1].valid_from - ONE_DAY if index + 1 < len(stretches) else OPEN_END
        if stretch.valid_to < until:
            found.append(Stretch(stretch.valid_to + ONE_DAY, until, stretch.row, carried=True))
    return found


@dataclass(frozen=True)
class PolicySet:
    """A folder of parameters, checked, for one jurisdiction."""

    folder: str
    jurisdiction: str
    documents: tuple[Document, ...]
    programme_rows: tuple[ProgrammeRow, ...]
    parameter_rows: tuple[ParameterRow, ...]
    notes: tuple[Note, ...] = field(default=(), compare=False)

    def can_apply(self, jurisdiction: str) -> bool:
        """Return whether a row of a jurisdiction can hold for a subject of this set's: it contains it or lies in it."""
        return holds(jurisdiction, self.jurisdiction) or holds(self.jurisdiction, jurisdiction)

    @cached_property
    def applying_rows(self) -> tuple[tuple[int, ParameterRow], ...]:
        """Return rows that can hold for some subject, each with its number in the set (from 1): the content of policy.rows."""
        return tuple(
            (number, row)
            for number, row in enumerate(self.parameter_rows, 1)
            if self.can_apply(row.jurisdiction)
        )

    @cached_property
    def applying_windows(self) -> tuple[tuple[int, ProgrammeRow], ...]:
        """Windows that can hold for some subject, each with its number in the set: the content of policy.windows."""
        return tuple(
            (number, row)
            for number, row in enumerate(self.programme_rows, 1)
            if self.can_apply(row.jurisdiction)
        )

    @cached_property
    def by_parameter(self) -> dict[str, list[Stretch]]:
        """Stretches of each parameter for the jurisdiction as a whole (no condition), names in order."""
        rows: dict[str, list[ParameterRow]] = defaultdict(list)
        for row in self.parameter_rows:
            if not row.applies_to:
                rows[row.parameter].append(row)
        jurisdictions = chain(self.jurisdiction)
        settled = {name: settle(rows[name], jurisdictions) for name in sorted(rows)}
        return {name: stretches for name, stretches in settled.items() if stretches}

    @cached_property
    def in_force(self) -> dict[str, list[Stretch]]:
        """As `by_parameter`, with the days that a parameter's last value is carried to."""
        known = registry()
        found: dict[str, list[Stretch]] = {}
        for name, stretches in self.by_parameter.items():
            kind = known.get(name)
            found[name] = (
                keep_last(stretches, also_before=kind.keeps == "last_or_first")
                if kind is not None and kind.keeps
                else stretches
            )
        return found

    def stretches(self) -> list[Stretch]:
        """Return every stretch of every parameter, by name and day: the content of policy.parameters."""
        return [stretch for stretches in self.in_force.values() for stretch in stretches]

    def on(self, parameter: str, day: dt.date) -> ParameterRow | None:
        """Return the row that decides a parameter on a day; None if none is in force (never an earlier or later one)."""
        for stretch in self.by_parameter.get(parameter, []):
            if stretch.valid_from <= day <= stretch.valid_to:
                return stretch.row
        return None

    def at(self, parameter: str, day: dt.date) -> Stretch | None:
        """Return the stretch that decides a parameter on a day, also one that is carried; None if there is none."""
        for stretch in self.in_force.get(parameter, []):
            if stretch.valid_from <= day <= stretch.valid_to:
                return stretch
        return None

    def candidates(
        self, parameter: str, day: dt.date, region: str, meets: Iterable[Condition] = ()
    ) -> list[ParameterRow]:
        """Return the rows in force on a day for a subject, the one that decides first, those that it beats after it.

        `region` is the subject's code (one outside the set's jurisdiction takes the jurisdiction's own rows); `meets` are
        the conditions that the subject meets, besides that of everyone.
        """
        places = chain(region if holds(self.jurisdiction, region) else self.jurisdiction)
        met = {EVERYONE, *meets}
        held = [
            row
            for row in self.parameter_rows
            if row.parameter == parameter
            and row.jurisdiction in places
            and row.condition in met
            and row.covers(day)
        ]
        return sorted(
            held,
            key=lambda row: (rank(row.jurisdiction), row.condition.count, row.layer, row.effective_from),
            reverse=True,
        )

    @cached_property
    def programmes(self) -> tuple[ProgrammeRow, ...]:
        """Windows settled for the jurisdiction as a whole: of each programme and year, that of the most specific one."""
        place = {code: index for index, code in enumerate(chain(self.jurisdiction))}
        best: dict[tuple[str, int], ProgrammeRow] = {}
        for row in self.programme_rows:
            if row.jurisdiction not in place or row.applies_to:
                continue
            key = (row.programme, row.programme_year)
            if key not in best or place[row.jurisdiction] > place[best[key].jurisdiction]:
                best[key] = row
        return tuple(best[key] for key in sorted(best))

    @cached_property
    def windows(self) -> tuple[ProgrammeRow, ...]:
        """Return every window that some subject has: those settled, and those of cities or with a condition that go before them."""
        settled = {(row.programme, row.programme_year): row for row in self.programmes}
        found: list[ProgrammeRow] = []
        for _, row in self.applying_windows:
            general = settled.get((row.programme, row.programme_year))
            if (
                general is None
                or row is general
                or (rank(row.jurisdiction), row.condition.count) > (rank(general.jurisdiction), 0)
            ):
                found.append(row)
        return tuple(sorted(found, key=lambda row: (row.programme, row.programme_year, row.line)))

    def carried(self, on: dt.date) -> list[Stretch]:
        """Return the parameters without a row of a day whose last value goes on, by name."""
        found = (self.at(name, on) for name in self.in_force)
        return [stretch for stretch in found if stretch is not None and stretch.carried]

    def lapsing(self, on: dt.date, days: int = 60) -> list[Lapse]:
        """Return the values in force that lapse and the open windows that close within `days` days of a day."""
        limit = on + dt.timedelta(days=days)
        found = [
            self.lapse_of_value(name, stretch, on)
            for name, stretches in self.by_parameter.items()
            for stretch in stretches
            if stretch.valid_from <= on <= stretch.valid_to <= limit
        ]
        found += [
            self.lapse_of_window(window, on)
            for window in self.programmes
            if window.window_from <= on <= window.window_to <= limit
        ]
        return sorted(found, key=lambda lapse: (lapse.kind, lapse.name, lapse.value))

    def lapse_of_value(self, name: str, stretch: Stretch, on: dt.date) -> Lapse:
        """Return when a value ends, counted from a day, and what follows it."""
        after = self.on(name, stretch.valid_to + ONE_DAY)
        return Lapse(
            "parameter",
            name,
            stretch.row.value,
            stretch.valid_to,
            (stretch.valid_to - on).days,
            after.value if after else None,
            stretch.row.document_id,
            stretch.row.article,
        )

    def lapse_of_window(self, window: ProgrammeRow, on: dt.date) -> Lapse:
        """Return when a window closes, counted from a day, and the year that follows it."""
        tomorrow = window.window_to + ONE_DAY
        later = [
            other
            for other in self.programmes
            if other.programme == window.programme and other.covers(tomorrow)
        ]
        return Lapse(
            "programme",
            window.programme,
            str(window.programme_year),
            window.window_to,
            (window.window_to - on).days,
            str(later[0].programme_year) if later else None,
            window.document_id,
            window.article,
        )

    def digest(self) -> str:
        """Return the sha256 of the content: the same for the same rows, whatever their order or line."""

        def plain(row: Document | ProgrammeRow | ParameterRow) -> list[str]:
            return [str(value) for name, value in vars(row).items() if name != "line"]

        content = [
            self.jurisdiction,
            sorted(plain(row) for row in self.documents),
            sorted(plain(row) for row in self.programme_rows),
            sorted(plain(row) for row in self.parameter_rows),
        ]
        return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()
