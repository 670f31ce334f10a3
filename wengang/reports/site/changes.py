"""The page of changes: against the month before, and by a restatement."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from wengang.reports.figures import rows_of
from wengang.reports.site.context import PERSONS_OF, UNIT_WORDS, Cell, Context

# What is shown of a decision that a restatement changed; the rest stands in the package's folder.
RESTATED_COLUMNS = {
    "decision": ("结论", "Decision"),
    "contribution_base": ("返还基数（元）", "Base (yuan)"),
    "refund_amount": ("返还金额（元）", "Refund (yuan)"),
    "paid_amount": ("已拨付（元）", "Paid (yuan)"),
    "returned_amount": ("已退回（元）", "Returned (yuan)"),
    "payable_amount": ("应拨付（元）", "Payable (yuan)"),
    "recoverable_amount": ("应追回（元）", "Recoverable (yuan)"),
}

BEHIND_SHOWN = 200

FIGURE_COLUMNS = {
    "value": ("本月（月末）", "month or its end"),
    "value_year_to_date": ("本年累计", "year to date"),
    "value_same_month_last_year": ("上年同月", "same month last year"),
}


def changed_decisions(context: Context) -> list[list[Any]]:
    """Return the refund decisions whose verdict or amount is not last month's, with the rules that came out otherwise."""
    if not context.has_previous:
        return []
    rows = context.con.execute(
        """
        with changed as (
            select coalesce(n.employer_id, o.employer_id) as employer_id, coalesce(n.programme_year, o.programme_year) as programme_year,
                coalesce(n.employer_name, o.employer_name) as employer_name, o.decision as before, n.decision as now,
                o.refund_amount as amount_before, n.refund_amount as amount_now, n.employer_id is not null as is_shown
            from (select * from marts.refund_decisions where period = $now) as n
            full join (select * from marts.refund_decisions where period = $before and programme_year in
                    (select programme_year from marts.refund_decisions where period = $now)) as o
                on n.employer_id = o.employer_id and n.programme_year = o.programme_year
            where n.decision is distinct from o.decision or n.refund_amount is distinct from o.refund_amount
        ),
        rules as (
            select n.employer_id, n.programme_year, list_sort(list({'rank': r.rank, 'rule': n.rule_id})) as rules
            from marts.refund_rule_outcomes as n
            inner join changed as c on n.employer_id = c.employer_id and n.programme_year = c.programme_year
            inner join marts.refund_rule_outcomes as o
                on n.employer_id = o.employer_id and n.programme_year = o.programme_year and n.rule_id = o.rule_id and o.period = $before
            left join reference.rules as r on n.rule_id = r.rule_id
            where n.period = $now and n.outcome <> o.outcome
            group by n.employer_id, n.programme_year
        )
        select c.employer_id, c.employer_name, c.programme_year, c.before, c.now, c.amount_before, c.amount_now,
            coalesce(list_transform(r.rules, lambda x: x.rule), []) as rules, null, c.is_shown
        from changed as c left join rules as r using (employer_id, programme_year)
        order by c.programme_year desc, c.employer_id
        """,
        {"now": context.day, "before": context.previous.first_day},
    ).fetchall()
    return [list(row) for row in rows]


def changes(context: Context) -> dict[str, Any]:
    """Return what is not as it was a month ago: figures, parameters, leads, restated figures."""
    figures = []
    if context.has_previous:
        before = {
            (r["section"], r["measure"]): r["value"]
            for r in rows_of(
                context.con,
                "select section, measure, value from marts.report_figures where period = ? and reporting_unit = ? and dimension = 'none'",
                context.previous.first_day, context.report.province,
            )
        }  # fmt: skip
        for (section, measure), m in context.report.measures.items():
            if (
                section in ("quality", "parameters", "risk")
                or "none" not in context.dimensions(section, measure)
                or m.unit == "flag"
            ):
                continue
            now, then = context.report.figure(section, measure), before.get((section, measure))
            counted = PERSONS_OF.get(section, "")
            was = before.get((section, counted))
            small = section in ("skill", "benefits") and (
                context.is_small(section) or (was is not None and 0 < was < context.least)
            )
            if now != then:
                figures.append({
                    "section": context.report.label("report_section", section), "zh": m.title_zh, "en": m.title_en,
                    "unit": UNIT_WORDS.get(m.unit, ("", "")), "before": Cell(then, m.unit, m.places, hidden=small),
                    "now": Cell(now, m.unit, m.places, hidden=small),
                    "difference": Cell(now - then if now is not None and then is not None else None, m.unit, m.places, hidden=small),
                })  # fmt: skip
    parameters = rows_of(
        context.con,
        "select p.parameter, p.valid_from, p.value, o.value as old_value, p.basis, coalesce(nullif(d.number, ''), d.title) as document, p.article"
        " from policy.parameters as p left join policy.parameters as o on p.parameter = o.parameter and o.valid_to = p.valid_from - 1"
        " left join policy.documents as d on p.document_id = d.document_id"
        " where p.valid_from between ? and ? order by p.parameter, p.valid_from",
        context.day, context.period.last_day,
    )  # fmt: skip
    leads = lead_changes(context)
    return {
        "previous": str(context.previous),
        "has_previous": context.has_previous,
        "figures": figures,
        "parameter_changes": parameters,
        "lead_changes": leads,
        "restated": restated(context, context.report.restatements),
        "restated_here": restated(context, context.report.restated_here),
        "replaced": [f for f in context.report.files if f["status"] == "replaced"],
    }


def restated(context: Context, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return restated figures month by month: those of no part first, the others to be unfolded; few persons' figures hidden."""
    units = {u.code: u for u in context.report.units}
    small = small_months(context) if rows else set()
    months: dict[tuple[Any, int], dict[str, Any]] = {}
    for x in rows:
        month = months.setdefault(
            (x["period"], x["revision"]),
            {"period": f"{x['period']:%Y-%m}", "revision": x["revision"], "whole": [], "parts": []},
        )
        m = context.report.measures.get((x["section"], x["measure"].removesuffix("_bridge")))
        is_province = x["reporting_unit"] == context.report.province
        hidden = (
            context.audience == "public"
            and (x["section"] in PERSONS_OF or x["section"] == "risk")
            and (not is_province or x["dimension"] != "none" or (x["period"], x["section"]) in small)
        )
        unit, places = (m.unit, m.places) if m else ("value", 2)
        month["whole" if x["dimension"] == "none" else "parts"].append({
            "unit": units.get(x["reporting_unit"]), "code": x["reporting_unit"], "is_bridge": x["measure"].endswith("_bridge"),
            "section": context.report.label("report_section", x["section"]), "title": m, "measure": x["measure"],
            "part": context.report.label(x["dimension"], x["dimension_value"]) if x["dimension_value"] else None,
            "column": FIGURE_COLUMNS[x["figure_column"]], "words": UNIT_WORDS.get(unit, ("", "")),
            "old": Cell(x["old_value"], unit, places, hidden=hidden), "new": Cell(x["new_value"], unit, places, hidden=hidden),
            "difference": Cell(less(x["new_value"], x["old_value"]), unit, places, hidden=hidden),
            "causes": [context.report.cause(c) for c in x["cause"].split(";")],
        })  # fmt: skip
    for (period, revision), shown in months.items():
        shown["behind"] = behind(context, period, revision)
    return [months[key] for key in sorted(months)]


def less(new: Decimal | None, old: Decimal | None) -> Decimal | None:
    """Return by how much a figure moved; not known where either side is not."""
    return None if new is None or old is None else new - old


def behind(context: Context, period: dt.date, revision: int) -> dict[str, Any]:
    """Return the employers behind a month's restated figures: how many, and what of the first decisions changed and by what."""
    if "marts.restated_decisions" not in context.tables:
        return {"employers": 0, "rows": []}
    rows = rows_of(
        context.con,
        "select b.programme_year, b.subject_id, b.column_name, b.old_value, b.new_value, b.cause,"
        " coalesce(d.employer_name, b.subject_id) as employer_name, d.employer_id is not null as is_shown"
        " from marts.restated_decisions as b left join marts.refund_decisions as d"
        " on b.subject_id = d.employer_id and b.programme_year = d.programme_year and d.period = ?"
        " where b.period = ? and b.revision = ? and b.programme = 'refund' order by b.programme_year desc, b.subject_id, b.column_name",
        context.day, period, revision,
    )  # fmt: skip
    changes = [
        {**r, "words": RESTATED_COLUMNS[r["column_name"]], "old": restated_value(context, r, "old_value"),
         "new": restated_value(context, r, "new_value"), "causes": [context.report.cause(c) for c in r["cause"].split(";")]}
        for r in rows if r["column_name"] in RESTATED_COLUMNS
    ]  # fmt: skip
    return {
        "employers": len({r["subject_id"] for r in rows}),
        "rows": changes[:BEHIND_SHOWN],
        "changes": len(changes),
    }


def restated_value(context: Context, row: dict[str, Any], side: str) -> tuple[str, str]:
    """Write one side of a changed decision in words: an amount, or what was decided."""
    value = row[side]
    if value is None:
        return ("无", "none")
    if row["column_name"] == "decision":
        label = context.report.label("decision", value)
        return (label.zh, label.en)
    return (f"{Decimal(value):,.2f}",) * 2


def small_months(context: Context) -> set[tuple[Any, str]]:
    """Name the months and sections with too few persons in the whole province."""
    return {
        (r["period"], r["section"])
        for r in rows_of(
            context.con,
            "select period, section, measure, value from marts.report_figures where reporting_unit = ? and dimension = 'none'",
            context.report.province,
        )
        if PERSONS_OF.get(r["section"]) == r["measure"]
        and r["value"] is not None
        and 0 < r["value"] < context.least
    }


def lead_changes(context: Context) -> list[dict[str, Any]]:
    """Count the leads on employers and the fund that are new this month, and those that are gone since the last."""
    return rows_of(
        context.con,
        "select n.rule_id, r.title_zh, r.title_en, count(*) filter (where n.first_seen = n.period) as new_leads,"
        " count(*) filter (where n.status = 'gone' and o.status is distinct from 'gone') as gone_leads,"
        " count(*) filter (where n.status in ('confirmed', 'dismissed') and o.status = 'open') as settled"
        " from marts.risk_leads as n left join marts.risk_leads as o on n.lead_id = o.lead_id and o.period = ?"
        " left join reference.risk_rules as r on n.rule_id = r.rule_id"
        " where n.period = ? and n.subject_kind in ('employer', 'fund') group by n.rule_id, r.title_zh, r.title_en"
        " having new_leads + gone_leads + settled > 0 order by n.rule_id",
        context.previous.first_day, context.day,
    )  # fmt: skip
