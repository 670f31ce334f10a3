"""A set of parameters and how it settles: the most specific jurisdiction, then the later start."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from wengang.core.errors import ParameterError

NATION = "000000"
OPEN_END = dt.date(9999, 12, 31)
ONE_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Document:
    """One row of documents.csv; `dated` is None where the date is not known."""

    line: int
    document_id: str
    issuer: str
    number: str
    dated: dt.date | None
    title: str
    url_or_file: str


@dataclass(frozen=True)
class ProgrammeRow:
    """One row of programmes.csv: a window, both days included."""

    line: int
    programme: str
    jurisdiction: str
    programme_year: int
    window_from: dt.date
    window_to: dt.date
    document_id: str
    article: str
    basis: str
    reason: str


@dataclass(frozen=True)
class ParameterRow:
    """One row of parameters.csv; `effective_to` is 9999-12-31 where it is open; a scenario's rows have layer 1."""

    line: int
    parameter: str
    jurisdiction: str
    effective_from: dt.date
    effective_to: dt.date
    value: str
    basis: str
    document_id: str
    article: str
    confidence: str
    reason: str
    layer: int = 0

    def covers(self, day: dt.date) -> bool:
        """Say whether the row is in force that day."""
        return self.effective_from <= day <= self.effective_to

    @property
    def place(self) -> str:
        """Where the row stands, for a message."""
        return f"{'scenario' if self.layer else 'parameters.csv'}:{self.line}"


@dataclass(frozen=True)
class Stretch:
    """Days, both included, on which one row decides a parameter."""

    valid_from: dt.date
    valid_to: dt.date
    row: ParameterRow

    @property
    def parameter(self) -> str:
        """Name of the parameter."""
        return self.row.parameter

    @property
    def value(self) -> str:
        """Value on these days, as written in the row."""
        return self.row.value

    @property
    def document_id(self) -> str:
        """Document that the value rests on."""
        return self.row.document_id

    @property
    def article(self) -> str:
        """Article of the document; empty where it is not known."""
        return self.row.article


@dataclass(frozen=True)
class Note:
    """Something worth saying that stops nothing."""

    code: str
    place: str
    zh: str
    en: str


@dataclass(frozen=True)
class Fault:
    """One fault of a set of parameters: where, what, what was expected, what to do."""

    code: str
    file: str
    lines: tuple[int, ...]
    zh: str
    en: str
    expected_zh: str
    expected_en: str
    next_zh: str
    next_en: str

    def text(self, language: str) -> str:
        """Give the fault as one line in `zh` or `en`."""
        numbers = [str(line) for line in self.lines]
        if language == "zh":
            rows = f"第{'、'.join(numbers)}行" if numbers else ""
            return f"{self.file}{rows}：{self.zh}；应为：{self.expected_zh}；下一步：{self.next_zh}"
        rows = f" line{'s' if len(numbers) > 1 else ''} {', '.join(numbers)}" if numbers else ""
        return f"{self.file}{rows}: {self.en}; expected: {self.expected_en}; next: {self.next_en}"


@dataclass
class PolicyError(ParameterError):
    """Every fault found in a set of parameters, in one message; nothing is built."""

    faults: tuple[Fault, ...] = ()

    @classmethod
    def of(cls, faults: Sequence[Fault], place: str) -> PolicyError:
        """Make one error of all the faults, in the order of files and lines."""
        ordered = sorted(faults, key=lambda fault: (fault.file, fault.lines, fault.code, fault.zh))
        codes = {fault.code for fault in ordered}
        head_zh = f"参数集有{len(ordered)}处错误，未构建任何内容："
        head_en = (
            f"{len(ordered)} fault{'s' if len(ordered) > 1 else ''} in the parameters; nothing was built:"
        )
        lines_zh = [f"{number}. {fault.text('zh')}" for number, fault in enumerate(ordered, 1)]
        lines_en = [f"{number}. {fault.text('en')}" for number, fault in enumerate(ordered, 1)]
        return cls(
            code=codes.pop() if len(codes) == 1 else "parameters",
            zh="\n  ".join([head_zh, *lines_zh]),
            en="\n  ".join([head_en, *lines_en]),
            place=place,
            faults=tuple(ordered),
        )

    def __str__(self) -> str:
        return super().__str__()


@dataclass(frozen=True)
class Lapse:
    """A value that lapses, or a window that closes, within some days; `next_value` None: nothing follows."""

    kind: str
    name: str
    value: str
    last_day: dt.date
    days_left: int
    next_value: str | None
    document_id: str
    article: str


def chain(jurisdiction: str) -> tuple[str, ...]:
    """Give the jurisdictions that bind a place, the widest first: nation, province, city, county."""
    steps = (NATION, f"{jurisdiction[:2]}0000", f"{jurisdiction[:4]}00", jurisdiction)
    return tuple(dict.fromkeys(steps))


def settle(rows: Iterable[ParameterRow], jurisdictions: Sequence[str]) -> list[Stretch]:
    """Settle one parameter's rows into disjoint stretches, in the order of days.

    The most specific jurisdiction wins, then a scenario's row, then the later start; when the winner ends, an
    earlier row still in force holds again.
    """
    rank = {code: index for index, code in enumerate(jurisdictions)}
    held = sorted(
        (row for row in rows if row.jurisdiction in rank),
        key=lambda row: (rank[row.jurisdiction], row.layer, row.effective_from),
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


@dataclass(frozen=True)
class PolicySet:
    """A folder of parameters, checked, for one jurisdiction."""

    folder: str
    jurisdiction: str
    documents: tuple[Document, ...]
    programme_rows: tuple[ProgrammeRow, ...]
    parameter_rows: tuple[ParameterRow, ...]
    notes: tuple[Note, ...] = field(default=(), compare=False)

    @cached_property
    def by_parameter(self) -> dict[str, list[Stretch]]:
        """Stretches of each parameter, names in order."""
        rows: dict[str, list[ParameterRow]] = defaultdict(list)
        for row in self.parameter_rows:
            rows[row.parameter].append(row)
        jurisdictions = chain(self.jurisdiction)
        settled = {name: settle(rows[name], jurisdictions) for name in sorted(rows)}
        return {name: stretches for name, stretches in settled.items() if stretches}

    def stretches(self) -> list[Stretch]:
        """Give every stretch of every parameter, by name and day: the content of policy.parameters."""
        return [stretch for stretches in self.by_parameter.values() for stretch in stretches]

    def on(self, parameter: str, day: dt.date) -> ParameterRow | None:
        """Give the row that decides a parameter on a day; None if none is in force (never an earlier or later one)."""
        for stretch in self.by_parameter.get(parameter, []):
            if stretch.valid_from <= day <= stretch.valid_to:
                return stretch.row
        return None

    @cached_property
    def programmes(self) -> tuple[ProgrammeRow, ...]:
        """Windows settled: of each programme and year, that of the most specific jurisdiction."""
        rank = {code: index for index, code in enumerate(chain(self.jurisdiction))}
        best: dict[tuple[str, int], ProgrammeRow] = {}
        for row in self.programme_rows:
            if row.jurisdiction not in rank:
                continue
            key = (row.programme, row.programme_year)
            if key not in best or rank[row.jurisdiction] > rank[best[key].jurisdiction]:
                best[key] = row
        return tuple(best[key] for key in sorted(best))

    def lapsing(self, on: dt.date, days: int = 60) -> list[Lapse]:
        """Give the values in force that lapse and the open windows that close within `days` days of a day."""
        limit = on + dt.timedelta(days=days)
        found: list[Lapse] = []
        for name, stretches in self.by_parameter.items():
            for stretch in stretches:
                if stretch.valid_from <= on <= stretch.valid_to <= limit:
                    after = self.on(name, stretch.valid_to + ONE_DAY)
                    found.append(
                        Lapse(
                            "parameter",
                            name,
                            stretch.row.value,
                            stretch.valid_to,
                            (stretch.valid_to - on).days,
                            after.value if after else None,
                            stretch.row.document_id,
                            stretch.row.article,
                        )
                    )
        for window in self.programmes:
            if window.window_from <= on <= window.window_to <= limit:
                tomorrow = window.window_to + ONE_DAY
                later = [
                    other
                    for other in self.programmes
                    if other.programme == window.programme
                    and other.window_from <= tomorrow <= other.window_to
                ]
                found.append(
                    Lapse(
                        "programme",
                        window.programme,
                        str(window.programme_year),
                        window.window_to,
                        (window.window_to - on).days,
                        str(later[0].programme_year) if later else None,
                        window.document_id,
                        window.article,
                    )
                )
        return sorted(found, key=lambda lapse: (lapse.kind, lapse.name, lapse.value))

    def digest(self) -> str:
        """Give the sha256 of the content: the same for the same rows, whatever their order or line."""

        def plain(row: Document | ProgrammeRow | ParameterRow) -> list[str]:
            return [str(value) for name, value in vars(row).items() if name != "line"]

        content = [
            self.jurisdiction,
            sorted(plain(row) for row in self.documents),
            sorted(plain(row) for row in self.programme_rows),
            sorted(plain(row) for row in self.parameter_rows),
        ]
        return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()
