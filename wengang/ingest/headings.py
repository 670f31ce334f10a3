"""Which column of a file is which column of the contract."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from wengang.contracts import Column, Contract, heading_key
from wengang.ingest.table import RefusedError, Told

NEAR = 0.3
CLOSE = 0.5
# Five digits in a row, or seven with blanks and hyphens among them: a number of somebody's.
_DIGITS = re.compile(r"[0-9０-９](?:[\s()（）.－–—-]{0,2}[0-9０-９]){6,}[Xx]?|[0-9０-９]{5,}[0-9０-９Xx]*")


@dataclass(frozen=True)
class Mapping:
    """Position in the file by English column name, and the headings that belong to no column."""

    positions: dict[str, int]
    extra: tuple[str, ...]


def by_heading(contract: Contract) -> dict[str, str]:
    """English column name by every heading that may name it."""
    return {heading_key(h): c.name for c in contract.read_columns for h in c.headings}


def match(contract: Contract, headings: Sequence[str], told: Told | None = None) -> Mapping:
    """Match a file's headings; raises RefusedError for two columns of one field or a missing required column.

    A heading that is close to that of an optional column which the file lacks is reported as a warning, with both names.
    """
    known = by_heading(contract)
    positions: dict[str, int] = {}
    extra: list[str] = []
    twice: list[tuple[str, str]] = []
    for position, heading in enumerate(headings):
        name = known.get(heading_key(heading))
        shown = shown_heading(heading)
        if name is None:
            extra.append(shown or f"（第{position + 1}列无表头）")
        elif name in positions:
            twice.append((shown_heading(headings[positions[name]]), shown))
        else:
            positions[name] = position
    if twice:
        pairs = "；".join(f"{a} 与 {b}" for a, b in twice)
        raise RefusedError(
            "two_columns_for_one_field",
            f"两列对应同一字段：{pairs}。请只保留一列后重新交付",
            f"two columns for one field: {'; '.join(f'{a} and {b}' for a, b in twice)}; deliver it with one of them",
        )
    missing = [c for c in contract.columns if c.required and c.name not in positions]
    if missing:
        _refuse(missing, extra, is_heading=len(positions) > 1 or len(positions) == len(headings))
    absent = [c for c in contract.read_columns if not c.required and c.name not in positions]
    return Mapping(positions, tuple(_renamed(absent, extra, told)))


def _refuse(missing: Sequence[Column], extra: Sequence[str], is_heading: bool) -> None:
    """Raise RefusedError for missing columns; where the line is no heading, none of it is quoted: it may be somebody's data."""
    zh, en = [], []
    for column in missing:
        near = _nearest(column.headings, extra) if is_heading else []
        zh.append(
            f"{column.heading}（{column.name}）" + (f"，最接近的表头是 {'、'.join(near)}" if near else "")
        )
        en.append(f"{column.name}" + (f" (nearest headings: {', '.join(near)})" if near else ""))
    raise RefusedError(
        "missing_required_column",
        f"{'' if is_heading else '没有找到表头行；'}缺少必需的列：{'；'.join(zh)}。请补上后重新交付",
        f"{'' if is_heading else 'no heading was found; '}required columns are missing: {'; '.join(en)}; deliver it with them",
    )


def _renamed(absent: Sequence[Column], extra: Sequence[str], told: Told | None) -> list[str]:
    """Return the headings that are merely extra; one close to an absent optional column is reported instead."""
    merely = []
    for heading in extra:
        column = max(absent, key=lambda c: _likeness(c.headings, heading), default=None)
        if column is None or told is None or _likeness(column.headings, heading) < CLOSE:
            merely.append(heading)
            continue
        told.warn(
            "heading_renamed",
            f"表头“{heading}”与选填列“{column.heading}”（{column.name}）相近，未当作该列读取；如为同一列，请改用“{column.heading}”",
            f"the heading {heading} is close to the optional column {column.heading} ({column.name}) and was not read as it;"
            f" if it is that column, call it {column.heading}",
        )
    return merely


def shown_heading(heading: str) -> str:
    """Return a heading on one line; what looks like data (a number of many digits) is not quoted."""
    return _DIGITS.sub("***", " ".join(heading.split()))


def _likeness(wanted: Sequence[str], heading: str) -> float:
    key = heading_key(heading)
    return max(difflib.SequenceMatcher(None, heading_key(w), key).ratio() for w in wanted)


def _nearest(wanted: Sequence[str], found: Sequence[str]) -> list[str]:
    """Return up to three headings found that are most like one of those wanted."""
    scored = [(-_likeness(wanted, heading), heading) for heading in found]
    return [h for s, h in sorted(scored)[:3] if -s >= NEAR]
