"""The chart of the fund's balance and reserve period, drawn as SVG from rows of the published tables: the same rows, the same bytes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from wengang.reports.figures import Report

WIDTH, HEIGHT = 720, 340
LEFT, RIGHT, TOP, BOTTOM = 66, 52, 34, 62
FONT = "Noto Sans SC, sans-serif"


@dataclass(frozen=True)
class Point:
    """A month of the chart: balance in yuan, reserve period in months, low and high of a projected balance."""

    month: str
    balance: float | None
    reserve: float | None
    low: float | None
    high: float | None
    is_projected: bool


def number(value: Decimal | None) -> float | None:
    """Take a figure as a coordinate."""
    return None if value is None else float(value)


def points_of(report: Report) -> list[Point]:
    """Return the months known, then those projected without stress."""
    known = [
        Point(
            f"{r['month']:%Y-%m}",
            number(r["balance"]),
            number(r["rolling_reserve_months"]),
            None,
            None,
            False,
        )
        for r in report.fund_months
    ]
    ahead = [
        Point(
            f"{r['month']:%Y-%m}",
            number(r["balance"]),
            number(r["reserve_months"]),
            number(r["low"]),
            number(r["high"]),
            True,
        )
        for r in report.projection
        if r["scenario"] == "base"
    ]
    return known + ahead


def nice_step(span: float, steps: int = 5) -> float:
    """Return a round distance between lines of a scale."""
    raw = max(span, 1e-9) / steps
    power = 10.0
    while power > raw:
        power /= 10
    while power * 10 <= raw:
        power *= 10
    return next(m * power for m in (1, 2, 5, 10) if m * power >= raw)


def scale(values: Sequence[float]) -> tuple[float, float, float]:
    """Return the bottom, top and step of an axis that holds all values and zero."""
    low, high = min([0.0, *values]), max([0.0, *values])
    step = nice_step(high - low if high > low else 1.0)
    bottom = -step * -(-max(0.0, -low) // step)
    top = step * -(-max(high, step) // step)
    return bottom, top, step


def path(points: Sequence[tuple[float, float] | None]) -> str:
    """Draw a line through points, broken where one is not known."""
    words, is_down = [], False
    for point in points:
        if point is None:
            is_down = False
            continue
        words.append(f"{'L' if is_down else 'M'}{point[0]:.1f} {point[1]:.1f}")
        is_down = True
    return " ".join(words)


def reserve_chart(report: Report) -> str:
    """Draw balance (bars, 万元) and reserve period (line, months) against both limits; what is projected is paler, with its band.

    Empty text where no month of the ledger is known.
    """
    points = points_of(report)
    if not any(p.balance is not None for p in points):
        return ""
    limits = [(name, number(report.figure("fund", measure)), colour)
              for name, measure, colour in (("备付下限", "reserve_months_min", "#c00000"), ("目标线", "pooling_target", "#548235"))]  # fmt: skip
    money = [v / 10000 for p in points for v in (p.balance, p.low, p.high) if v is not None]
    months = [p.reserve for p in points if p.reserve is not None] + [v for _, v, _ in limits if v is not None]
    money_axis, month_axis = scale(money), scale(months)
    slot = (WIDTH - LEFT - RIGHT) / len(points)

    def x(index: int) -> float:
        return LEFT + slot * (index + 0.5)

    def on(axis: tuple[float, float, float]) -> Callable[[float], float]:
        return lambda value: TOP + (axis[1] - value) / (axis[1] - axis[0]) * (HEIGHT - TOP - BOTTOM)

    y_money, y_month = on(money_axis), on(month_axis)
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="{FONT}" font-size="10">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        f'<text x="{LEFT}" y="16" fill="#333">结余（万元）</text>',
        f'<text x="{WIDTH - RIGHT}" y="16" text-anchor="end" fill="#c55a11">备付期限（月）</text>',
    ]
    out += axis_marks(money_axis, y_money, LEFT - 6, "end", "#333", with_lines=True)
    out += axis_marks(month_axis, y_month, WIDTH - RIGHT + 6, "start", "#c55a11", with_lines=False)
    zero = y_money(0)
    for index, p in enumerate(points):
        if p.balance is not None:
            y = y_money(p.balance / 10000)
            fill = "#bdd7ee" if p.is_projected else "#5b9bd5"
            place = f'x="{x(index) - slot * 0.35:.1f}" y="{min(y, zero):.1f}" width="{slot * 0.7:.1f}"'
            out.append(f'<rect {place} height="{abs(zero - y):.1f}" fill="{fill}"/>')
        if p.low is not None and p.high is not None:
            out.append(
                f'<path d="M{x(index):.1f} {y_money(p.low / 10000):.1f}V{y_money(p.high / 10000):.1f}" stroke="#7f7f7f" stroke-width="0.8"/>'
            )
    for name, value, colour in limits:
        if value is not None:
            y = y_month(value)
            out.append(
                f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="{colour}" stroke-width="1.2" stroke-dasharray="5 3"/>'
            )
            out.append(
                f'<text x="{WIDTH - RIGHT - 3}" y="{y - 3:.1f}" text-anchor="end" fill="{colour}">{name} {value:.0f}</text>'
            )
    line = path([None if p.reserve is None else (x(i), y_month(p.reserve)) for i, p in enumerate(points)])
    if line:
        out.append(f'<path d="{line}" fill="none" stroke="#c55a11" stroke-width="1.8"/>')
    every = max(1, -(-len(points) // 16))
    out += [
        f'<text transform="translate({x(i) + 3:.1f} {HEIGHT - BOTTOM + 8}) rotate(-60)" text-anchor="end" fill="#333">{p.month}</text>'
        for i, p in enumerate(points)
        if i % every == 0
    ]
    out += legend([("#5b9bd5", "结余"), ("#bdd7ee", "预测结余（竖线为区间）"), ("#c55a11", "备付期限")])
    return "\n".join([*out, "</svg>"])


def axis_marks(
    axis: tuple[float, float, float],
    y: Callable[[float], float],
    x: float,
    anchor: str,
    colour: str,
    *,
    with_lines: bool,
) -> list[str]:
    """Write the numbers of an axis, with lines across where asked."""
    bottom, top, step = axis
    out = []
    for index in range(round((top - bottom) / step) + 1):
        value = bottom + index * step
        if with_lines:
            out.append(
                f'<path d="M{LEFT} {y(value):.1f}H{WIDTH - RIGHT}" stroke="#e3e3e3" stroke-width="0.6"/>'
            )
        text = f"{value:,.0f}" if step >= 1 else f"{value:,.1f}"
        out.append(
            f'<text x="{x:.1f}" y="{y(value) + 3.5:.1f}" text-anchor="{anchor}" fill="{colour}">{text}</text>'
        )
    return out


def legend(entries: Sequence[tuple[str, str]]) -> list[str]:
    """Write what the colours mean."""
    out, x = [], 230.0
    for colour, name in entries:
        out.append(f'<rect x="{x:.0f}" y="8" width="10" height="10" fill="{colour}"/>')
        out.append(f'<text x="{x + 14:.0f}" y="17" fill="#333">{name}</text>')
        x += 26 + 10 * len(name)
    return out
