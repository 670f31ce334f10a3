"""A picture of a set of parameters over the years: windows and values, by basis, with what is carried on and what is missing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from wengang.policy.registry import registry
from wengang.policy.resolve import PolicySet
from wengang.policy.rows import OPEN_END

LEFT, WIDTH, ROW, TOP = 330, 1000, 22, 66
# Colours that differ in lightness too, so that they can be distinguished without colour.
COLOURS = {
    "window": "#1f4e79", "fixed": "#2e7d5b", "cap": "#5b9bd5", "floor": "#5b9bd5", "assumption": "#e8b84a", "carried": "#c9c9c9",
}  # fmt: skip
LEGEND = (
    ("window", "窗口期 window"),
    ("fixed", "明文 fixed"),
    ("cap", "上限或下限 cap, floor"),
    ("assumption", "假设 assumption"),
    ("carried", "沿用 carried forward"),
)
FONT = "font-family=\"'Noto Sans SC','Noto Sans CJK SC',sans-serif\""


@dataclass(frozen=True)
class Bar:
    """A stretch of days in a row of the picture: its kind (a key of COLOURS) and what stands in it."""

    first: dt.date
    last: dt.date
    kind: str
    text: str
    title: str


def bars_of(policy: PolicySet, names: Sequence[str]) -> list[tuple[str, list[Bar]]]:
    """Return the rows of the picture: windows of each programme, then each parameter, cities and conditions below it."""
    rows: dict[str, list[Bar]] = {}
    for window in policy.windows:
        label = " ".join(filter(None, (f"窗口期 {window.programme}", window.jurisdiction, window.applies_to)))
        rows.setdefault(label, []).append(
            Bar(
                window.window_from, window.window_to, "window", str(window.programme_year), window.document_id
            )
        )
    known = registry()
    for name in names:
        label = f"{known[name].title_zh} {name}" if name in known else name
        rows[label] = [
            Bar(
                s.valid_from,
                s.valid_to,
                "carried" if s.carried else s.row.basis,
                s.value,
                f"{s.value}　{s.document_id}",
            )
            for s in policy.in_force.get(name, [])
        ]
        for _, row in policy.applying_rows:
            if row.parameter == name and (row.applies_to or len(row.jurisdiction.rstrip("0")) > 2):
                part = f"　└ {row.jurisdiction} {row.applies_to}".rstrip()
                rows.setdefault(f"{part} {name}", []).append(
                    Bar(row.effective_from, row.effective_to, row.basis, row.value, row.document_id)
                )
    return list(rows.items())


def timeline(policy: PolicySet, names: Sequence[str], first_year: int, last_year: int) -> str:
    """Return the picture as SVG, from the first day of a year to the last day of another; the same set gives the same bytes."""
    begin, end = dt.date(first_year, 1, 1), dt.date(last_year, 12, 31)
    days = (end - begin).days + 1
    rows = bars_of(policy, names)
    height = TOP + ROW * len(rows) + 16

    def x(day: dt.date) -> float:
        return round(LEFT + WIDTH * (min(max(day, begin), end + dt.timedelta(days=1)) - begin).days / days, 1)

    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {LEFT + WIDTH + 20} {height}" width="{LEFT + WIDTH + 20}" '
        f'height="{height}" role="img" aria-label="参数时间线 {policy.jurisdiction}" {FONT} font-size="11">',
        f'<rect width="{LEFT + WIDTH + 20}" height="{height}" fill="#ffffff"/>',
        f'<text x="10" y="20" font-size="15">参数时间线 {policy.jurisdiction}　{first_year}—{last_year}</text>',
    ]
    for index, (kind, words) in enumerate(LEGEND):
        out.append(f'<rect x="{LEFT + index * 190}" y="10" width="14" height="12" fill="{COLOURS[kind]}"/>')
        out.append(f'<text x="{LEFT + 20 + index * 190}" y="20">{escape(words)}</text>')
    for year in range(first_year, last_year + 1):
        at = x(dt.date(year, 1, 1))
        out.append(f'<line x1="{at}" x2="{at}" y1="{TOP - 22}" y2="{height - 10}" stroke="#bbbbbb"/>')
        out.append(f'<text x="{at + 4}" y="{TOP - 10}" font-size="13">{year}</text>')
    for index, (label, bars) in enumerate(rows):
        y = TOP + index * ROW
        out.append(
            f'<text x="{LEFT - 8}" y="{y + 14}" text-anchor="end">{escape(shortened(label, 46))}</text>'
        )
        for bar in bars:
            left, right = (
                x(bar.first),
                x(bar.last if bar.last == OPEN_END else bar.last + dt.timedelta(days=1)),
            )
            if right <= left:
                continue
            colour = COLOURS[bar.kind]
            ink = "#ffffff" if bar.kind in {"window", "fixed"} else "#222222"
            room = int((right - left) / 7)
            out.append(
                f'<rect x="{left}" y="{y + 2}" width="{round(right - left - 1, 1)}" height="{ROW - 5}" fill="{colour}">'
                f"<title>{escape(f'{bar.first} 至 {bar.last}　{bar.title}')}</title></rect>"
            )
            out.append(
                f'<text x="{left + 3}" y="{y + 14}" fill="{ink}">{escape(shortened(bar.text, room))}</text>'
            )
    out.append("</svg>")
    return "\n".join(out) + "\n"


def shortened(text: str, room: int) -> str:
    """Return a text that fits some characters, its end cut off with an ellipsis."""
    if len(text) <= room:
        return text
    return f"{text[: room - 1]}…" if room > 1 else ""
