"""Charts as SVG drawn here: no script, nothing from outside, the same bytes for the same figures; colours are the style sheet's."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape

WIDTH, HEIGHT = 720, 280
LEFT, RIGHT, TOP, BOTTOM = 62, 16, 16, 34


@dataclass(frozen=True)
class Series:
    """A line: a value a label of the axis, None where it is not known."""

    zh: str
    en: str
    values: Sequence[float | None]
    style: str


@dataclass(frozen=True)
class Limit:
    """A level that lines are read against."""

    zh: str
    en: str
    value: float
    style: str


@dataclass(frozen=True)
class Band:
    """A range about a line."""

    low: Sequence[float | None]
    high: Sequence[float | None]


@dataclass
class Chart:
    """A line chart over months; `split` is the place of the first projected month."""

    labels: Sequence[str]
    series: Sequence[Series]
    limits: Sequence[Limit] = field(default_factory=tuple)
    band: Band | None = None
    split: int | None = None
    from_zero: bool = True
    width: int = WIDTH
    height: int = HEIGHT


def spot(number: float) -> str:
    """Write a place on the drawing."""
    return f"{number:.1f}".removesuffix(".0")


def both(zh: str, en: str, attributes: str) -> str:
    """Write a text in both languages; the style sheet hides one."""
    return f'<text class="zh" lang="zh-CN" {attributes}>{escape(zh)}</text><text class="en" lang="en" {attributes}>{escape(en)}</text>'


def ticks(low: float, high: float, wanted: int = 5) -> list[float]:
    """Choose round steps that cover a range."""
    span = (high - low) or 1.0
    raw = span / wanted
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= raw)
    first = math.floor(low / step)
    last = max(first + 1, math.ceil(high / step))
    return [round(i * step, 10) for i in range(first, last + 1)]


def tick_text(value: float) -> str:
    """Write a step of the axis."""
    text = f"{value:,.2f}".rstrip("0").rstrip(".")
    return text if text not in ("-0", "") else "0"


def line_chart(chart: Chart, title_id: str) -> str:  # noqa: PLR0912 - one drawing, part by part
    """Draw lines over months, with limits, a band and a mark where the projection begins."""
    everything = [v for s in chart.series for v in s.values if v is not None]
    everything += [limit.value for limit in chart.limits]
    if chart.band:
        everything += [v for v in (*chart.band.low, *chart.band.high) if v is not None]
    if not everything or not chart.labels:
        return ""
    low = min(everything)
    steps = ticks(min(0.0, low) if chart.from_zero or low < 0 else low, max(everything))
    bottom, top = steps[0], steps[-1]
    count, width, height = len(chart.labels), chart.width, chart.height

    def x(i: float) -> float:
        return LEFT + (width - LEFT - RIGHT) * (i / max(1, count - 1))

    def y(value: float) -> float:
        return TOP + (height - TOP - BOTTOM) * (1 - (value - bottom) / (top - bottom))

    out = [f'<svg class="chart" viewBox="0 0 {width} {height}" role="img" aria-labelledby="{title_id}">']
    if chart.split is not None and 0 < chart.split < count:
        edge = x(chart.split - 0.5)
        out.append(
            f'<rect class="future" x="{spot(edge)}" y="{TOP}" width="{spot(width - RIGHT - edge)}" height="{height - TOP - BOTTOM}"/>'
        )
        out.append(both("预测", "projection", f'x="{spot(edge + 6)}" y="{TOP + 14}"'))
    for step in steps:
        out.append(
            f'<line class="rule" x1="{LEFT}" x2="{width - RIGHT}" y1="{spot(y(step))}" y2="{spot(y(step))}"/>'
        )
        out.append(
            f'<text class="tick" x="{LEFT - 8}" y="{spot(y(step) + 4)}" text-anchor="end">{tick_text(step)}</text>'
        )
    every = max(1, math.ceil(count * 75 / (width - LEFT)))
    for i, label in enumerate(chart.labels):
        if i % every == 0:
            anchor = "start" if i == 0 else "middle"
            out.append(
                f'<text class="tick" x="{spot(x(i))}" y="{height - 12}" text-anchor="{anchor}">{escape(label)}</text>'
            )
    if chart.band:
        points = [(x(i), v) for i, v in enumerate(chart.band.high) if v is not None]
        back = [(x(i), v) for i, v in enumerate(chart.band.low) if v is not None]
        if points and len(points) == len(back):
            path = " ".join(f"{spot(px)},{spot(y(v))}" for px, v in [*points, *reversed(back)])
            out.append(f'<polygon class="band" points="{path}"/>')
    for limit in chart.limits:
        out.append(
            f'<line class="limit {limit.style}" x1="{LEFT}" x2="{width - RIGHT}" y1="{spot(y(limit.value))}" y2="{spot(y(limit.value))}"/>'
        )
        out.append(
            both(
                limit.zh,
                limit.en,
                f'x="{width - RIGHT - 4}" y="{spot(y(limit.value) - 5)}" text-anchor="end"',
            )
        )
    for series in chart.series:
        run: list[str] = []
        for i, value in [*enumerate(series.values), (count, None)]:
            if value is not None:
                run.append(f"{spot(x(i))},{spot(y(value))}")
                continue
            if len(run) == 1:
                px, py = run[0].split(",")
                out.append(f'<circle class="dot {series.style}" cx="{px}" cy="{py}" r="3"/>')
            elif run:
                out.append(f'<polyline class="line {series.style}" points="{" ".join(run)}"/>')
            run = []
    out.append("</svg>")
    return "".join(out)


def gauge(
    value: float | None, least: float, target: float, marks: Sequence[tuple[str, str, float]], title_id: str
) -> str:
    """Draw the reserve period on a scale of months against the least that opens the programmes and the pooling target.

    `marks` are other readings of the same scale: their names and months.
    """
    top = max([target * 1.25, *((value or 0) * 1.1 for _ in range(1)), *(m[2] * 1.1 for m in marks)])
    top = float(math.ceil(top / 6) * 6)
    width, height, left, right, bar = 720, 132, 14, 14, 56

    def x(months: float) -> float:
        return left + (width - left - right) * min(months, top) / top

    zones = [(0.0, least, "low"), (least, target, "middle"), (target, float(top), "high")]
    out = [f'<svg class="gauge" viewBox="0 0 {width} {height}" role="img" aria-labelledby="{title_id}">']
    for start, end, style in zones:
        out.append(
            f'<rect class="zone {style}" x="{spot(x(start))}" y="{bar}" width="{spot(x(end) - x(start))}" height="18"/>'
        )
    for tick in range(0, int(top) + 1, 6):
        out.append(
            f'<text class="tick" x="{spot(x(tick))}" y="{bar + 36}" text-anchor="middle">{tick}</text>'
        )
    for months, zh, en in ((least, "下限", "minimum"), (target, "统筹目标线", "pooling target")):
        out.append(
            f'<line class="mark" x1="{spot(x(months))}" x2="{spot(x(months))}" y1="{bar - 6}" y2="{bar + 24}"/>'
        )
        out.append(
            both(
                f"{zh} {tick_text(months)}",
                f"{en} {tick_text(months)}",
                f'x="{spot(x(months))}" y="{bar + 54}" text-anchor="middle"',
            )
        )
    if value is not None:
        px = x(value)
        out.append(f'<path class="needle" d="M{spot(px)} {bar - 2} l-8 -13 h16 z"/>')
        anchor = "start" if px < width * 0.15 else "end" if px > width * 0.85 else "middle"
        out.append(
            f'<text class="value" x="{spot(px)}" y="{bar - 21}" text-anchor="{anchor}">{value:.1f}</text>'
        )
    for number, (name_zh, name_en, months) in enumerate(marks):
        px, style = x(months), "also" if number else "also full"
        out.append(
            f'<circle class="{style}" cx="{spot(px)}" cy="{bar + 9}" r="5">'
            f"<title>{escape(name_zh)} {escape(name_en)} {months:.1f}</title></circle>"
        )
    out.append("</svg>")
    return "".join(out)


@dataclass(frozen=True)
class Bars:
    """Bars that lie, one a label (Chinese, English), each made of the values of the series one after another."""

    labels: Sequence[tuple[str, str]]
    series: Sequence[Series]
    width: int = WIDTH


def stacked_bars(bars: Bars, title_id: str) -> str:
    """Draw bars with their sums at the end; nothing where all are 0."""
    left, right, row, bar = 120, 96, 44, 24
    totals = [sum(s.values[i] or 0.0 for s in bars.series) for i in range(len(bars.labels))]
    if not any(totals):
        return ""
    steps = ticks(0.0, max(totals))
    height, top = TOP + row * len(totals) + BOTTOM, steps[-1]

    def x(value: float) -> float:
        return left + (bars.width - left - right) * value / top

    out = [f'<svg class="chart" viewBox="0 0 {bars.width} {height}" role="img" aria-labelledby="{title_id}">']
    for step in steps:
        px = spot(x(step))
        out.append(f'<line class="rule" x1="{px}" x2="{px}" y1="{TOP}" y2="{height - BOTTOM}"/>')
        out.append(
            f'<text class="tick" x="{px}" y="{height - 12}" text-anchor="middle">{tick_text(step)}</text>'
        )
    for i, (zh, en) in enumerate(bars.labels):
        upper, done = TOP + row * i + (row - bar) // 2, 0.0
        out.append(both(zh, en, f'x="{left - 8}" y="{upper + 16}" text-anchor="end"'))
        for series in bars.series:
            value = series.values[i] or 0.0
            if value > 0:
                size = spot(x(done + value) - x(done))
                out.append(
                    f'<rect class="part {series.style}" x="{spot(x(done))}" y="{upper}" width="{size}" height="{bar}">'
                    f"<title>{escape(series.zh)} {escape(series.en)} {tick_text(value)}</title></rect>"
                )
                done += value
        out.append(f'<text class="tick" x="{spot(x(done) + 6)}" y="{upper + 16}">{tick_text(done)}</text>')
    out.append("</svg>")
    return "".join(out)
