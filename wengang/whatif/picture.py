"""A scenario's path as pictures (SVG): what is in force beside what the scenario makes of it; the same rows, the same bytes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from wengang.reports.fund_chart import (
    BOTTOM,
    FONT,
    HEIGHT,
    LEFT,
    RIGHT,
    TOP,
    WIDTH,
    axis_marks,
    legend,
    number,
    path,
    scale,
)

NOW, THEN, BAND, LIMIT = "#7f7f7f", "#c55a11", "#f4cfb5", "#c00000"
# File, unit, and the columns of the path drawn as lines (dashed: the limits), with their colours and names.
PICTURES = (
    ("balance", "基金滚存结余（万元）", 10_000, (("balance_now", NOW, "现行"), ("balance_then", THEN, "方案")), ()),
    (
        "reserve", "备付期限（月）", 1, (("reserve_months_now", NOW, "现行"), ("reserve_months_then", THEN, "方案")),
        (("reserve_months_min_then", LIMIT, "方案下限"),),
    ),
)  # fmt: skip


def pictures(rows: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Draw the rows of `fund_path`: a picture by file name; none of a column that is not known in any month."""
    found = {}
    for name, title, unit, lines, limits in PICTURES:
        columns = [column for column, _, _ in (*lines, *limits)]
        values = {
            c: [None if (v := number(r[c])) is None else v / unit for r in rows]
            for c in (*columns, "low_then", "high_then")
        }
        if any(v is not None for c, _, _ in lines for v in values[c]):
            band = ("low_then", "high_then") if name == "balance" else ()
            found[f"{name}.svg"] = picture(
                title, [f"{r['month']:%Y-%m}" for r in rows], values, lines, limits, band
            )
    return found


def picture(
    title: str,
    months: Sequence[str],
    values: Mapping[str, Sequence[float | None]],
    lines: Sequence[tuple[str, str, str]],
    limits: Sequence[tuple[str, str, str]],
    band: Sequence[str],
) -> str:
    """Draw lines over months, with limits (dashed) and the range of the scenario's balance."""
    drawn = [c for c, _, _ in (*lines, *limits)] + list(band)
    axis = scale([v for c in drawn for v in values[c] if v is not None])
    slot = (WIDTH - LEFT - RIGHT) / max(1, len(months))

    def x(index: int) -> float:
        return LEFT + slot * (index + 0.5)

    def y(value: float) -> float:
        return TOP + (axis[1] - value) / (axis[1] - axis[0]) * (HEIGHT - TOP - BOTTOM)

    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="{FONT}" font-size="10">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        f'<text x="{LEFT}" y="16" fill="#333">{title}</text>',
    ]
    out += axis_marks(axis, y, LEFT - 6, "end", "#333", with_lines=True)
    for index in range(len(months)):
        ends = [values[c][index] for c in band]
        if ends and None not in ends:
            low, high = (y(v) for v in ends if v is not None)
            out.append(
                f'<path d="M{x(index):.1f} {low:.1f}V{high:.1f}" stroke="{BAND}" stroke-width="{slot * 0.5:.1f}"/>'
            )
    for column, colour, _ in (*limits, *lines):
        dashes = ' stroke-dasharray="5 3"' if (column, colour) in {(c, k) for c, k, _ in limits} else ""
        out.append(
            f'<path d="{path(places(values[column], x, y))}" fill="none" stroke="{colour}" stroke-width="1.8"{dashes}/>'
        )
    every = max(1, -(-len(months) // 16))
    out += [
        f'<text transform="translate({x(i) + 3:.1f} {HEIGHT - BOTTOM + 8}) rotate(-60)" text-anchor="end" fill="#333">{month}</text>'
        for i, month in enumerate(months)
        if i % every == 0
    ]
    names = [(colour, name) for _, colour, name in (*lines, *limits)]
    out += legend([*names, (BAND, "方案区间")] if band else names)
    return "\n".join([*out, "</svg>", ""])


def places(
    values: Sequence[float | None], x: Callable[[int], float], y: Callable[[float], float]
) -> list[tuple[float, float] | None]:
    """Return the points of a line; None where a month is not known."""
    return [None if v is None else (x(i), y(v)) for i, v in enumerate(values)]
