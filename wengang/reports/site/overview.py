"""The overview page: first figures, programmes, trends."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from wengang.core.periods import Period
from wengang.reports.figures import rows_of
from wengang.reports.site.cells import hide_small
from wengang.reports.site.charts import Chart, Series, line_chart
from wengang.reports.site.context import PERSONS_OF, UNIT_WORDS, Cell, Context, number_of
from wengang.reports.site.reserve import reserve
from wengang.reports.site.units import UNIT_FIGURES, legends, tiles, unit_rows

# What a package holds for people, beside its pages: where, in Chinese and English.
FILES = (
    ("document-*.pdf", "报告（PDF）", "Document (PDF)"), ("document-*.docx", "报告（Word）", "Document (Word)"),
    ("workbook-????-??.xlsx", "月报表（万元）", "Workbook (10,000 yuan)"), ("workbook-*-yuan.xlsx", "月报表（元）", "Workbook (yuan)"),
    ("lists/refund_public_notice.xlsx", "稳岗返还公示（表）", "Public notice (workbook)"),
    ("lists/refund_public_notice.docx", "稳岗返还公示（文）", "Public notice (document)"), ("lists/review-*.xlsx", "核查表", "Review workbook"),
)  # fmt: skip


def files_beside(context: Context, package: Path) -> list[tuple[str, str, str]]:
    """Return the files of the package for people, as addresses from a page; none in the public version, which stands alone."""
    if context.audience == "public":
        return []
    found = ((p, zh, en) for pattern, zh, en in FILES for p in sorted(package.glob(pattern)))
    return [(f"../{p.relative_to(package).as_posix()}", zh, en) for p, zh, en in found]


def overview(context: Context, package: Path) -> dict[str, Any]:
    """Return the month at a glance."""
    rows, total_hidden = unit_rows(context)
    return {
        "files": files_beside(context, package),
        "points": points(context),
        "gates": context.report.gates,
        "cards": cards(context),
        "reserve": reserve(context),
        "unit_figures": [(f[0], f[5], f[6], UNIT_WORDS[f[7]]) for f in UNIT_FIGURES],
        "unit_rows": rows,
        "tiles": tiles(context, rows),
        "legends": legends(context, rows),
        "hides": total_hidden or any(c.hidden for r in rows for c in r["cells"].values()),
        "programmes": programmes(context),
        "trends": trends(context),
        "warnings": len(context.report.warnings()),
    }


def points(context: Context) -> list[dict[str, Any]]:
    """Return the points to decide, the gravest first, with the label of how grave each is."""
    return [
        {**point, "label": context.report.label("point_severity", point["severity"])}
        for point in context.report.points
    ]


def cards(context: Context) -> list[dict[str, Any]]:
    """Return the first figures, with the same month of last year where known."""
    wanted = [
        ("fund", "balance", "none", "", "基金滚存结余", "Fund balance", ""),
        (
            "refund",
            "employers",
            "decision",
            "eligible",
            "稳岗返还符合单位",
            "Units eligible for the refund",
            "decisions.html#decision=eligible",
        ),
        (
            "refund",
            "refund_amount",
            "none",
            "",
            "稳岗返还金额",
            "Refund, eligible and in review",
            "decisions.html",
        ),
        ("refund", "paid_amount", "none", "", "稳岗返还已拨付", "Refund paid", ""),
        ("refund", "payable_amount", "none", "", "稳岗返还应拨付", "Refund payable", ""),
        ("skill", "approved", "none", "", "技能提升补贴核准", "Skill subsidies approved", ""),
        ("benefits", "persons", "none", "", "保生活待遇领取", "Persons paid living benefits", ""),
        ("premium", "relief", "none", "", "降费率减征", "Premium relieved", ""),
    ]
    out = []
    for section, measure, dimension, value, zh, en, href in wanted:
        hidden = context.is_small(section)
        cell = context.cell(section, measure, dimension, value, hidden=hidden)
        before = context.report.before.get((context.report.province, section, measure, dimension, value))
        change = None if cell.value is None or before is None else cell.value - before
        out.append({
            "zh": zh, "en": en, "href": href, "section": section, "cell": cell, "change": Cell(change, cell.unit, cell.places),
            "last": context.cell(section, measure, dimension, value, column="last_year"),
            "flow": context.report.measures[(section, measure)].kind == "flow",
        })  # fmt: skip
    return out


def programmes(context: Context) -> list[dict[str, Any]]:
    """Return the province's figures by section: this month, the year so far, the same month of last year; and what adds up to them."""
    r = context.report
    out = []
    for section, zh, en in (
        ("refund", "稳岗返还", "Stabilisation refund"),
        ("skill", "技能提升补贴", "Skill subsidy"),
        ("expansion", "一次性扩岗补助", "Job-expansion subsidy"),
        ("benefits", "保生活待遇", "Living benefits"),
        ("premium", "降费率", "Premium cut"),
        ("fund", "基金", "Fund"),
        ("recovery", "追回", "Recovery"),
    ):
        rows = []
        for (s, measure), m in r.measures.items():
            if s != section or ("none" not in context.dimensions(section, measure)):
                continue
            if m.unit == "flag":
                continue
            cells = [
                context.cell(
                    section, measure, column=column, hidden=context.is_small_cell(section, m.unit, column)
                )
                for column in ("value", "year", "last_year")
            ]
            rows.append(
                {
                    "zh": m.title_zh,
                    "en": m.title_en,
                    "unit": UNIT_WORDS.get(m.unit, (m.unit, m.unit)),
                    "cells": cells,
                    "kind": m.kind,
                }
            )
        out.append({"section": section, "zh": zh, "en": en, "rows": rows, "parts": parts(context, section)})
    return out


def parts(context: Context, section: str) -> list[dict[str, Any]]:
    """Return a section's figures by decision, size, level or kind, as tables whose columns are measures."""
    wanted: dict[str, list[tuple[str, str, str, list[str]]]] = {
        "refund": [
            ("decision", "按结论", "By decision", ["employers", "average_insured", "refund_amount", "paid_amount", "payable_amount"]),
            ("size_class", "按规模", "By size", ["employers", "average_insured", "refund_amount", "paid_amount", "payable_amount"]),
            ("unit_type", "按单位类型", "By type of unit", ["employers", "average_insured", "refund_amount", "paid_amount", "payable_amount"]),
        ],
        "skill": [("level", "按等级（本月）", "By level, this month", ["applications", "approved", "amount"])],
        "benefits": [
            ("benefit_kind", "按待遇（本月）", "By kind, this month", ["persons", "new_persons", "stopped_persons", "months", "amount"])
        ],
        "premium": [("unit_type", "按单位类型（本月）", "By type of unit, this month", ["insured", "pay_base", "relief"])],
    }  # fmt: skip
    out = []
    for dimension, zh, en, measures in wanted.get(section, []):
        values = context.report.dimension_values(section, measures[0], dimension)
        counted = PERSONS_OF.get(section)
        hidden = (
            hide_small([context.count(section, counted, dimension, v) for v in values], context.least)
            if counted
            else None
        )
        rows: list[dict[str, Any]] = [
            {
                "label": context.report.label(dimension, v),
                "cells": [context.cell(section, m, dimension, v, hidden=bool(hidden and hidden.cells[i])) for m in measures],
                "href": f"decisions.html#{'decision' if dimension == 'decision' else 'size' if dimension == 'size_class' else 'type'}={v}"
                if section == "refund" else "",
            }
            for i, v in enumerate(values)
        ]  # fmt: skip
        heads = [context.report.measures[(section, m)] for m in measures]
        out.append({
            "zh": zh, "en": en, "rows": [row for row in rows if any(c.hidden or c.value is None or c.value for c in row["cells"])],
            "heads": [(h.title_zh, h.title_en, UNIT_WORDS.get(h.unit, ("", ""))) for h in heads],
        })  # fmt: skip
    return out


def trends(context: Context) -> list[dict[str, Any]]:
    """Draw the province's last 24 months: the fund as its ledger has them, everything else as reported at the time."""
    wanted = (
        ("fund", "income", "none", "", "基金收入与支出（万元）", "Fund income and expenditure (10,000 yuan)", 10000,
         ("fund", "expenditure", "none", "")),
        ("fund", "balance", "none", "", "基金滚存结余（万元）", "Fund balance (10,000 yuan)", 10000, None),
        ("benefits", "persons", "none", "", "领取保生活待遇人数（人）", "Persons paid living benefits", 1, None),
        ("premium", "insured", "none", "", "参保缴费人数（人）", "Persons insured", 1, None),
        ("premium", "relief", "none", "", "降费率减征金额（万元）", "Premium relieved (10,000 yuan)", 10000, None),
        ("refund", "paid_in_month", "none", "", "当月拨付稳岗返还（万元）", "Refund paid in the month (10,000 yuan)", 10000, None),
    )  # fmt: skip
    first = context.period.plus(-23)
    months = [str(first.plus(i)) for i in range(24)]
    values = trend_values(context, first)
    out = []
    for i, (section, measure, _, _, zh, en, divisor, other) in enumerate(wanted):
        lines = []
        for j, (s, m) in enumerate([(section, measure), *([(other[0], other[1])] if other else [])]):
            shown = [values.get((month, s, m)) for month in months]
            if s == "benefits":
                shown = [None if v is not None and 0 < v < context.least else v for v in shown]
            title = context.report.measures[(s, m)]
            lines.append(
                (
                    Series(title.title_zh, title.title_en, [number_of(v, divisor) for v in shown], f"s{j}"),
                    shown,
                )
            )
        out.append({
            "id": f"trend-{i}", "zh": zh, "en": en, "months": sum(any(v is not None for v in (shown[k] for _, shown in lines)) for k in range(24)),
            "is_ledger": section == "fund",
            "svg": line_chart(Chart(months, [line for line, _ in lines], width=440, height=210), f"trend-{i}"),
            "names": [(s.zh, s.en, s.style) for s, _ in lines] if len(lines) > 1 else [],
            "rows": [(month, [shown[k] for _, shown in lines]) for k, month in enumerate(months)],
            "heads": [(s.zh, s.en) for s, _ in lines],
            "places": 2 if divisor == 10000 else 0,
        })  # fmt: skip
    return out


def trend_values(context: Context, first: Period) -> dict[tuple[str, str, str], Any]:
    """Return figures of the province by month, section and measure: those of the reports made, and of the fund every month of the ledger."""
    values = {
        (f"{r['period']:%Y-%m}", r["section"], r["measure"]): r["value"]
        for r in rows_of(
            context.con,
            "select period, section, measure, value from marts.report_figures where reporting_unit = ? and dimension = 'none'"
            " and period between ? and ? and section in ('benefits', 'premium', 'refund') order by all",
            context.report.province, first.first_day, context.day,
        )
    }  # fmt: skip
    for r in context.report.fund_months:
        values |= {(f"{r['month']:%Y-%m}", "fund", m): r[m] for m in ("income", "expenditure", "balance")}
    return values
