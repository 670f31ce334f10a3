"""The rows of a set of parameters, and what can be wrong with them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from wengang.core.errors import ParameterError
from wengang.policy.conditions import Condition, read_condition

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
    """One row of programmes.csv: a window, both days included; `applies_to` empty: everyone."""

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
    applies_to: str = ""

    @property
    def condition(self) -> Condition:
        """Return what the row asks of a subject."""
        return read_condition(self.applies_to)

    def covers(self, day: dt.date) -> bool:
        """Return whether the window is open that day."""
        return self.window_from <= day <= self.window_to


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
    applies_to: str = ""

    @property
    def condition(self) -> Condition:
        """Return what the row asks of a subject."""
        return read_condition(self.applies_to)

    def covers(self, day: dt.date) -> bool:
        """Return whether the row is in force that day."""
        return self.effective_from <= day <= self.effective_to

    @property
    def place(self) -> str:
        """Return where the row stands, for a message."""
        return f"{'scenario' if self.layer else 'parameters.csv'}:{self.line}"


@dataclass(frozen=True)
class Stretch:
    """Days, both included, on which one row decides a parameter.

    `carried`: the row is not in force on these days; the parameter is one that keeps its last value.
    """

    valid_from: dt.date
    valid_to: dt.date
    row: ParameterRow
    carried: bool = False

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
    """Something worth saying that stops nothing; `is_loud`: it is reported wherever the set is used."""

    code: str
    place: str
    zh: str
    en: str
    is_loud: bool = False


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
        """Return the fault as one line in `zh` or `en`."""
        numbers = [str(line) for line in self.lines]
        if language == "zh":
            rows = f"第{'、'.join(numbers)}行" if numbers else ""
            return f"{self.file}{rows}：{self.zh}；应为：{self.expected_zh}；下一步：{self.next_zh}"
        rows = f" line{'s' if len(numbers) > 1 else ''} {', '.join(numbers)}" if numbers else ""
        return f"{self.file}{rows}: {self.en}; expected: {self.expected_en}; next: {self.next_en}"


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
        error = cls(
            codes.pop() if len(codes) == 1 else "parameters",
            zh="\n  ".join([head_zh, *lines_zh]),
            en="\n  ".join([head_en, *lines_en]),
            place=place,
        )
        error.faults = tuple(ordered)
        return error


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
