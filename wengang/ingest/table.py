"""What the parts of the intake hand to one another."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa


class UnreadableError(Exception):
    """A file cannot be read at all; carries the reason in Chinese and English."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(zh)
        self.zh, self.en = zh, en


class RefusedError(Exception):
    """A file is refused whole; carries a code and the reason in Chinese and English."""

    def __init__(self, code: str, zh: str, en: str) -> None:
        super().__init__(zh)
        self.code, self.zh, self.en = code, zh, en


@dataclass(frozen=True)
class BadLine:
    """A line that does not even make a row of cells: where it stands among the rows, and why."""

    position: int
    line_no: int
    code: str
    zh: str
    en: str
    raw: str


def surplus_line(position: int, line_no: int, found: int, width: int, raw: str) -> BadLine:
    """Return the fault of a row with content beyond the headings: `found` cells under `width` headings."""
    return BadLine(
        position,
        line_no,
        "field_count",
        f"该行有 {found} 个单元格，表头有 {width} 个",
        f"the row has {found} cells, the heading has {width}",
        raw,
    )


@dataclass
class Chunk:
    """Some rows of one table, as text.

    `cells` has one text column a heading (`c0`, `c1`, …; null is empty); `line_no` one physical line (or sheet row) a
    row; `raw` gives the text of the row at an index. `bad` holds the lines that are no rows; their `position` is
    the number of rows of `cells` before them. `marked` are the columns in which a cell may be marked (`ingest.marks`).
    Where the table ends in this chunk (`is_ended`), `below` are the lines with content after that.
    """

    cells: pa.Table
    line_no: pa.Array
    raw: Callable[[int], str]
    bad: list[BadLine] = field(default_factory=list)
    marked: frozenset[int] = frozenset()
    is_ended: bool = False
    below: list[int] = field(default_factory=list)


@dataclass
class Told:
    """What a reader passed over, and what it must say: counted while the rows are read."""

    rows_below: int = 0
    sheets_passed: int = 0
    cells_uncalculated: int = 0
    warnings: list[dict[str, Any]] = field(default_factory=list)

    def warn(self, code: str, zh: str, en: str, rows: int = 0, line_no: int | None = None) -> None:
        """Note a warning; `line_no` is the first line that it is about."""
        found: dict[str, Any] = {"code": code, "rows": rows, "message_zh": zh, "message_en": en}
        if line_no is not None:
            found["line_no"] = line_no
        self.warnings.append(found)


@dataclass
class Sheet:
    """One table of a file: its headings in order and its rows in chunks, to be read once."""

    name: str | None
    headings: Sequence[str]
    chunks: Iterator[Callable[[], Chunk]]
