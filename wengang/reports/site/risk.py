"""The page of risk leads."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from wengang.core.identifiers import masked_id
from wengang.reports.figures import rows_of
from wengang.reports.site.cells import hide_small
from wengang.reports.site.context import Cell, Context
from wengang.reports.site.data import masked
from wengang.reports.site.rings import rings


def risk_rules(context: Context) -> list[dict[str, Any]]:
    """Read the rule register with its clause."""
    return rows_of(
        context.con,
        "select r.rule_id as id, r.title_zh as zh, r.title_en as en, r.words_zh, r.words_en, r.stage, r.severity, r.programme, r.subject_kind,"
        " r.owner_zh, r.parameter, r.article, coalesce(nullif(d.number, ''), d.title, r.document_id) as document, c.text_zh as clause"
        " from reference.risk_rules as r left join policy.documents as d on r.document_id = d.document_id"
        " left join reference.clauses as c on r.document_id = c.document_id and r.article = c.article order by r.rule_id",
    )


def leads(context: Context) -> dict[str, Any]:
    """Return the leads, those with most at stake first; the public version has none of persons or applications.

    The subject of an employer or of the fund is a key, not a text: it is never masked, so that a link made of it leads to the employer.
    Of persons and applications it is masked. `linked`: the employer has a decision, and so a page.
    """
    kinds = ["employer", "fund"] + (["person", "application"] if context.audience == "internal" else [])
    rows = rows_of(
        context.con,
        "select l.rule_id, l.stage, l.severity, l.status, l.subject_kind, l.subject_id, l.region_code, l.evidence, l.evidence_en,"
        " l.amount_at_stake, l.first_seen, l.is_left_out, e.employer_name, g.region_name, d.employer_id is not null as is_decided"
        " from marts.risk_leads as l"
        " left join intermediate.int_employers as e on l.subject_kind = 'employer' and l.subject_id = e.employer_id"
        " left join reference.regions as g on g.region_code = case when l.subject_kind = 'fund' then l.subject_id else l.region_code end"
        " left join (select distinct employer_id from marts.refund_decisions where period = ?) as d on l.subject_id = d.employer_id"
        " where l.period = ? and list_contains(?, l.subject_kind)"
        " order by l.amount_at_stake desc, l.rule_id, l.subject_id, l.lead_id",
        context.day, context.day, kinds,
    )  # fmt: skip
    known = {
        r["employer_id"] for r in rows_of(context.con, "select employer_id from intermediate.int_employers")
    }
    return {
        "rules": [{"id": r["id"], "zh": r["zh"], "en": r["en"]} for r in risk_rules(context)],
        "rows": [lead(context, r, known) for r in rows],
    }


def lead(context: Context, r: dict[str, Any], known: set[str]) -> dict[str, Any]:
    """Return one lead as the page shows it."""
    kind, is_masked = r["subject_kind"], r["subject_kind"] in {"person", "application"}
    subject = masked_id(r["subject_id"]) if is_masked else r["subject_id"]
    name = r["employer_name"] or (r["region_name"] if kind == "fund" else None) or subject
    no_region = "own_account" if kind == "fund" else "unknown"
    zh, en = (masked_subject(r, text, known) for text in (r["evidence"], r["evidence_en"]))
    return {
        "rule": r["rule_id"], "stage": r["stage"], "severity": r["severity"], "status": r["status"], "kind": kind,
        "subject": subject, "name": name, "linked": kind == "employer" and r["is_decided"],
        "unit": context.unit_of.get(r["region_code"]) or no_region, "region": r["region_name"] or "",
        "zh": zh, "en": en, "amount": r["amount_at_stake"], "left": r["is_left_out"], "first": f"{r['first_seen']:%Y-%m}",
    }  # fmt: skip


def masked_subject(r: dict[str, Any], text: str | None, known: set[str]) -> str:
    """Return a lead's evidence with numbers of persons masked, and with the subject where it is a person or an application."""
    said = masked(text, *numbers_in(text, known))
    if r["subject_kind"] in {"person", "application"} and r["subject_id"]:
        said = said.replace(r["subject_id"], masked_id(r["subject_id"]))
    return said


def numbers_in(text: str | None, known: set[str]) -> set[str]:
    """Return the numbers of a text that are numbers of employers."""
    return {number for number in re.findall(r"[0-9A-Za-z]+", text or "") if number in known}


def person_leads(context: Context) -> dict[str, Any]:
    """Count the leads on persons and applications by rule and unit, small cells hidden.

    First the rules' totals are judged against the total of all; then, of a rule whose total is shown, its units. No totals by
    unit are given, so that each line stands alone; of a rule whose total is hidden no unit is shown.
    """
    counts: dict[tuple[str, str], int] = {}
    amounts: dict[str, Decimal] = {}
    for r in rows_of(
        context.con,
        "select rule_id, region_code, count(*) as leads, sum(amount_at_stake) as amount from marts.risk_leads where period = ?"
        " and subject_kind in ('person', 'application') and status in ('open', 'confirmed') group by rule_id, region_code order by all",
        context.day,
    ):
        unit = context.unit_of.get(r["region_code"]) or "unknown"
        counts[(r["rule_id"], unit)] = counts.get((r["rule_id"], unit), 0) + r["leads"]
        amounts[r["rule_id"]] = amounts.get(r["rule_id"], Decimal(0)) + (r["amount"] or Decimal(0))
    rules = [
        r
        for r in risk_rules(context)
        if r["subject_kind"] in ("person", "application") or any(k[0] == r["id"] for k in counts)
    ]
    units = [u for u in context.report.units if u.code != context.report.province]
    totals = [sum(n for (rule, _), n in counts.items() if rule == r["id"]) for r in rules]
    by_rule = hide_small(totals, context.least)
    rows: list[dict[str, Any]] = []
    for i, r in enumerate(rules):
        line = [counts.get((r["id"], u.code), 0) for u in units]
        inner = hide_small(line, context.least)
        gone = by_rule.cells[i]
        rows.append({
            "rule": r, "total": Cell(Decimal(totals[i]), "leads", 0, hidden=gone),
            "amount": Cell(amounts.get(r["id"], Decimal(0)), "yuan", 2, hidden=gone),
            "cells": [Cell(Decimal(n), "leads", 0, hidden=gone or inner.total or inner.cells[j]) for j, n in enumerate(line)],
        })  # fmt: skip
    named = "select reporting_unit, short_zh from reference.reporting_units order by unit_order"
    short = {r["reporting_unit"]: r["short_zh"] for r in rows_of(context.con, named)}
    return {
        "units": [(short.get(u.code, u.name_zh), u.name_en) for u in units],
        "rows": [row for row in rows if row["total"].hidden or row["total"].value],
        "total": Cell(Decimal(sum(totals)), "leads", 0, hidden=by_rule.total),
        "hides": by_rule.any or any(c.hidden for row in rows for c in row["cells"]),
    }


def risk(context: Context) -> dict[str, Any]:
    """Risk: incidents, the rules with how they fared, the counts of leads on persons."""
    people = person_leads(context)
    shown = {r["rule"]["id"]: r for r in people["rows"]}
    rules = []
    for r in risk_rules(context):
        is_personal = r["subject_kind"] in ("person", "application") or r["id"] in shown
        hidden = is_personal and r["id"] in shown and shown[r["id"]]["total"].hidden
        cells = {}
        for m in ("raised", "still_open", "confirmed", "dismissed", "gone"):
            cell = context.cell("risk", m, "rule_id", r["id"])
            small = is_personal and cell.value is not None and 0 < cell.value < context.least
            cells[m] = Cell(cell.value, "leads", 0, hidden=hidden or small)
        if is_personal and any(c.hidden for c in cells.values()):
            cells = {m: Cell(c.value, "leads", 0, hidden=True) for m, c in cells.items()}
        rules.append(
            {
                **r,
                "cells": cells,
                "stage_label": context.report.label("lead_stage", r["stage"]),
                "severity_label": context.report.label("lead_severity", r["severity"]),
            }
        )
    grades: dict[str, list[Any]] = {}
    for incident in context.report.incidents:
        grade = grades.setdefault(incident["grade"], [0, Decimal(0), set()])
        grade[0] += 1
        grade[1] += incident["amount"]
        grade[2].update(incident["rule_ids"])
    return {
        "rules": rules,
        "people": people,
        "rings": rings(context),
        "incidents": [
            (context.report.label("incident_class", g), n, amount, sorted(ids))
            for g, (n, amount, ids) in sorted(grades.items())
        ],
        "open_total": context.cell("risk", "still_open", hidden=people["hides"]),
    }
