"""Which column of a file is which column of the contract."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass

from wengang.contracts import Contract, heading_key
from wengang.ingest.table import RefusedError


@dataclass(frozen=True)
class Mapping:
    """Position in the file by English column name, and the headings that belong to no column."""

    positions: dict[str, int]
    extra: tuple[str, ...]


def by_heading(contract: Contract) -> dict[str, str]:
    """English column name by every heading that may name it."""
    return {heading_key(h): c.name for c in contract.read_columns for h in c.headings}


def recognised(contract: Contract, headings: Sequence[str]) -> int:
    """Count the columns of the contract that a row of headings names."""
    known = by_heading(contract)
    return len({known[k] for k in map(heading_key, headings) if k in known})


def match(contract: Contract, headings: Sequence[str]) -> Mapping:
    """Match a file's headings; raises RefusedError for two columns of one field or a missing required column."""
    known = by_heading(contract)
    positions: dict[str, int] = {}
    extra: list[str] = []
    twice: list[tuple[str, str]] = []
    for position, heading in enumerate(headings):
        name = known.get(heading_key(heading))
        shown = " ".join(heading.split())
        if name is None:
            extra.append(shown or f"（第{position + 1}列无表头）")
        elif name in positions:
            twice.append((" ".join(headings[positions[name]].split()), shown))
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
        zh, en = [], []
        for column in missing:
            near = _nearest(column.headings, extra)
            zh.append(
                f"{column.heading}（{column.name}）" + (f"，最接近的表头是 {'、'.join(near)}" if near else "")
            )
            en.append(f"{column.name}" + (f" (nearest headings: {', '.join(near)})" if near else ""))
        raise RefusedError(
            "missing_required_column",
            f"缺少必需的列：{'；'.join(zh)}。请补上后重新交付",
            f"required columns are missing: {'; '.join(en)}; deliver it with them",
        )
    return Mapping(positions, tuple(extra))


def _nearest(wanted: Sequence[str], found: Sequence[str]) -> list[str]:
    """Give up to three headings found that are most like one of those wanted."""
    scored = []
    for heading in found:
        key = heading_key(heading)
        score = max(difflib.SequenceMatcher(None, heading_key(w), key).ratio() for w in wanted)
        scored.append((-score, heading))
    return [h for s, h in sorted(scored)[:3] if -s >= 0.3]
