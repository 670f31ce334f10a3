"""What stands around a table made for people: lines above the heading, the heading itself, totals and signatures below."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal

from wengang.contracts import INVISIBLE, Column, Contract, heading_key
from wengang.ingest.headings import by_heading
from wengang.ingest.parse import BLANKS, half_width

HEADER_WITHIN = 50
TOTALS = ("合计", "总计", "小计")
TRAILERS = (
    "填报人",
    "填表人",
    "制表人",
    "审核人",
    "复核人",
    "经办人",
    "负责人",
    "单位负责人",
    "填报日期",
    "备注",
    "注:",
    "说明:",
)
UNITS = {"千元": 3, "万元": 4, "百万元": 6, "亿元": 8}  # powers of ten
_UNIT_ABOVE = re.compile(r"单位:(?:人民币)?(千元|万元|百万元|亿元)")
_UNIT_OWN = re.compile(r"\([^()]*元\)|\[[^\[\]]*元\]|【[^【】]*元】")
_AMOUNT = re.compile(r"(?:-?¥?|¥-)(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.[0-9]+)?")
_NOTHING = str.maketrans("", "", INVISIBLE)


def is_blank(cell: str) -> bool:
    """Return whether a cell holds nothing but blanks and characters that nobody sees."""
    return not cell.translate(_NOTHING).strip(BLANKS)


def squeezed(cell: str) -> str:
    """Return a cell half-width and without blanks."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", cell).translate(_NOTHING))


@dataclass(frozen=True)
class Frame:
    """Where a table begins: `at` is the row of its heading (the lower line of two), from 0; `power` of ten for amounts without a unit."""

    at: int
    headings: tuple[str, ...]
    recognised: int
    power: int = 0
    unit: str = ""


def find_frame(
    rows: Sequence[Sequence[str]], contract: Contract, *, merged_down: bool = False
) -> Frame | None:
    """Return the heading among the first rows: the one that names most columns; None where none names any.

    With `merged_down` the lower of two equal neighbours counts: a heading merged over two lines is filled into both.
    """
    known = by_heading(contract)
    best, at = 0, -1
    headings: tuple[str, ...] = ()
    top = rows[:HEADER_WITHIN]
    for index, row in enumerate(top):
        score = _named(known, row)
        if score > best or (merged_down and score and score == best and at == index - 1):
            best, at, headings = score, index, tuple(row)
    for index in range(len(top) - 1):
        both = _read_together(known, top[index], top[index + 1])
        score = _named(known, both)
        if score > best:
            best, at, headings = score, index + 1, both
    if at < 0:
        return None
    while headings and is_blank(headings[-1]):
        headings = headings[:-1]
    unit = next((u for row in top[:at] for cell in row if (u := _unit_above(cell))), "")
    return Frame(at, headings, best, UNITS.get(unit, 0), unit)


def _named(known: dict[str, str], headings: Sequence[str]) -> int:
    return len({known[k] for k in map(heading_key, headings) if k in known})


def _read_together(known: dict[str, str], upper: Sequence[str], lower: Sequence[str]) -> tuple[str, ...]:
    """Return the headings of two lines: the lower, the upper above an empty one, or both together (单位 over 应缴)."""
    width = max(len(upper), len(lower))
    found = []
    above = ""
    for place in range(width):
        high = upper[place] if place < len(upper) else ""
        low = lower[place] if place < len(lower) else ""
        if not is_blank(high):
            above = high
        tries = [low, high] if is_blank(low) else [low, above + low, low + above, high]
        fits = next((x for x in tries if heading_key(x) in known), None)
        found.append(fits if fits is not None else (high if is_blank(low) else low))
    return tuple(found)


def _unit_above(cell: str) -> str:
    found = _UNIT_ABOVE.search(squeezed(cell))
    return found[1] if found else ""


def powers(frame: Frame, columns: Sequence[Column | None]) -> dict[int, int]:
    """Return the power of ten by which the amounts of each money column must be multiplied, where the heading names no unit."""
    if not frame.power:
        return {}
    return {
        place: frame.power
        for place, (heading, column) in enumerate(zip(frame.headings, columns, strict=False))
        if column is not None
        and column.type == "money"
        and not _UNIT_OWN.search(squeezed(heading))
        and not re.search(r"\((?!元)[^()]*元\)", squeezed(column.heading))
    }


def multiplied(text: str, power: int) -> str:
    """Return an amount times a power of ten, its places kept; a text that is no amount as it is."""
    plain = half_width(text).strip(BLANKS)
    if not _AMOUNT.fullmatch(plain):
        return text
    return format(Decimal(plain.replace("¥", "").replace(",", "")).scaleb(power), "f")


def begins_like(cell: str) -> str | None:
    """Return what a row that begins with this cell may be: `total`, `footer`, or None for any other."""
    lead = squeezed(cell)
    if lead.startswith(TRAILERS):
        return "footer"
    return "total" if lead.startswith(TOTALS) else None


def is_row(
    cells: Sequence[str], place: int, columns: Sequence[Column | None], spread: Collection[int] = ()
) -> bool:
    """Return whether a row that begins like a total or a footer is a row after all.

    It is where the word stands in a text column and every required cell is there; `spread` are cells that a merge over columns fills.
    """
    first = columns[place] if place < len(columns) else None
    if first is not None and first.type != "text":
        return False
    needed = [i for i, c in enumerate(columns) if c is not None and c.required]
    return bool(needed) and all(i < len(cells) and not is_blank(cells[i]) and i not in spread for i in needed)
