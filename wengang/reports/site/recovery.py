"""The page of recovery: what is owed and since when, what was never demanded, and the cases of employers."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from wengang.reports.figures import rows_of
from wengang.reports.site.cells import hide_small
from wengang.reports.site.charts import Bars, Series, stacked_bars
from wengang.reports.site.context import Cell, Context, number_of

BANDS = (
    ("0-30", "30 天以内", "up to 30 days"),
    ("31-90", "31 至 90 天", "31 to 90 days"),
    ("91-365", "91 至 365 天", "91 to 365 days"),
    ("over_365", "365 天以上", "over 365 days"),
)
PERSONAL = frozenset({"skill_subsidy", "job_expansion", "living_benefits"})
"""Programmes whose cases are persons': their small counts are hidden with the amounts behind them."""

MEASURES = (
    ("demanded", "本月下达追回", "Demanded this month"),
    ("repaid", "本月退回", "Repaid this month"),
    ("waived", "本月核销", "Waived this month"),
    ("outstanding", "未退回", "Outstanding"),
    ("overdue", "其中逾期", "Of these overdue"),
    ("not_yet_demanded", "应追回未下达", "Not yet demanded"),
)


def recovery(context: Context) -> dict[str, Any]:
    """Return the balance by age and programme with its picture, and the cases and refunds of employers."""
    programmes = ages(context)
    return {
        "cards": [(zh, en, context.cell("recovery", measure)) for measure, zh, en in MEASURES],
        "bands": [(zh, en) for _, zh, en in BANDS],
        "programmes": programmes,
        "has_any": any(r["owed"].value or r["undemanded"].value for p in programmes for r in p["rows"]),
        "hides": any(c.hidden for p in programmes for r in p["rows"] for c in (r["owed"], r["undemanded"])),
        "owed_chart": chart(programmes, "owed", "owed-head"),
        "undemanded_chart": chart(programmes, "undemanded", "undemanded-head"),
        "cases": employer_cases(context),
        "refunds": refunds_not_demanded(context),
    }


def ages(context: Context) -> list[dict[str, Any]]:
    """Return each programme's money by age band of the province, small cells of persons hidden, and its total."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for r in rows_of(
        context.con,
        "select programme, age_band, sum(closing) as owed, sum(owing_cases) as cases, sum(not_yet_demanded) as undemanded,"
        " sum(undemanded_subjects) as subjects from marts.recovery_balance where period = ? group by all order by all",
        context.day,
    ):
        found[r["programme"], r["age_band"]] = r
    out = []
    for number, programme in enumerate(("refund", "skill_subsidy", "job_expansion", "living_benefits")):
        lines = [found.get((programme, band), {}) for band, _, _ in BANDS]
        rows: list[dict[str, Any]] = [{"zh": zh, "en": en} for _, zh, en in BANDS] + [
            {"zh": "合计", "en": "Total", "is_total": True}
        ]
        for amount, count in (("owed", "cases"), ("undemanded", "subjects")):
            counts = [int(line.get(count) or 0) for line in lines]
            hidden = hide_small(counts, context.least if programme in PERSONAL else 1)
            sums = [line.get(amount) or Decimal(0) for line in lines]
            cells = zip(
                [*counts, sum(counts)],
                [*sums, sum(sums, Decimal(0))],
                [*hidden.cells, hidden.total],
                strict=True,
            )
            for row, (n, money, gone) in zip(rows, cells, strict=True):
                row[count] = Cell(Decimal(n), "cases", 0, hidden=gone)
                row[amount] = Cell(money, "yuan", 2, hidden=gone)
        out.append(
            {"label": context.report.label("programme", programme), "rows": rows, "style": f"s{number}"}
        )
    return out


def chart(programmes: list[dict[str, Any]], name: str, title_id: str) -> str:
    """Draw a bar for each age band, in 万元, its programmes one on another; a hidden cell is left out of it."""
    series = [
        Series(
            p["label"].zh,
            p["label"].en,
            [max(0.0, number_of(row[name].value, 10000) or 0.0) for row in p["rows"][: len(BANDS)]],
            p["style"],
        )
        for p in programmes
    ]
    return stacked_bars(Bars([(zh, en) for _, zh, en in BANDS], series), title_id)


def employer_cases(context: Context) -> list[dict[str, Any]]:
    """List the open cases of employers, the overdue first; those of persons only count in the table by age."""
    rows = rows_of(
        context.con,
        "select k.*, e.employer_name from marts.recovery_cases as k"
        " left join intermediate.int_employers as e on k.subject_id = e.employer_id"
        " where k.period = ? and k.subject_kind = 'employer' and k.status <> 'settled'"
        " order by k.status <> 'overdue', k.outstanding desc, k.case_no",
        context.day,
    )
    return [{**r, "label": context.report.label("recovery_status", r["status"])} for r in rows]


def refunds_not_demanded(context: Context) -> list[dict[str, Any]]:
    """List the refunds to be recovered that have no case, the largest first."""
    return rows_of(
        context.con,
        "select d.employer_id, d.employer_name, d.programme_year, d.recoverable_amount from marts.refund_decisions as d"
        " where d.period = ? and d.recoverable_amount > 0 and not exists (select 1 from marts.recovery_cases as k"
        " where k.period = d.period and k.programme = 'refund' and k.subject_id = d.employer_id"
        " and coalesce(k.programme_year, d.programme_year) = d.programme_year)"
        " order by d.recoverable_amount desc, d.employer_id, d.programme_year",
        context.day,
    )
