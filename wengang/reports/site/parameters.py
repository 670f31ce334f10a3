"""The page of parameters and their documents."""

from __future__ import annotations

import datetime as dt
from typing import Any

import duckdb

from wengang.policy.registry import registry
from wengang.reports.figures import LAPSE_DAYS, rows_of
from wengang.reports.site.context import Context


def parameters(context: Context) -> dict[str, Any]:
    """Return every value in force, with the text it rests on and the models that use it."""
    clauses = {
        (c["document_id"], c["article"]): c["text_zh"]
        for c in rows_of(context.con, "select document_id, article, text_zh from reference.clauses")
    }
    used = models_using(context.con)
    values = rows_of(
        context.con,
        "select p.*, d.issuer, d.number, d.title, d.dated from policy.parameters as p left join policy.documents as d using (document_id)"
        " where ? between p.valid_from and p.valid_to order by p.parameter",
        context.period.last_day,
    )
    jurisdictions = {"000000": ("全国", "Nation")}
    titles = {name: (kind.title_zh, kind.title_en) for name, kind in registry().items()}
    rows = []
    for v in values:
        region = context.report.label("region", v["jurisdiction"])
        rows.append({
            **v, "basis_label": context.report.label("basis", v["basis"]), "clause": clauses.get((v["document_id"], v["article"])),
            "where": jurisdictions.get(v["jurisdiction"], (region.zh, region.en)), "models": used.get(v["parameter"], []),
            "open_end": v["valid_to"] >= dt.date(9999, 1, 1), "shown": [(part, context.report.value_label(part)) for part in v["value"].split(";")],
            "named": titles.get(v["parameter"]),
        })  # fmt: skip
    documents = rows_of(context.con, "select * from policy.documents order by document_id")
    programmes = [
        {
            **p,
            "label": context.report.label("programme", p["programme"]),
            "basis_label": context.report.label("basis", p["basis"]),
        }
        for p in rows_of(
            context.con,
            "select p.*, coalesce(nullif(d.number, ''), d.title) as document from policy.programmes as p"
            " left join policy.documents as d using (document_id) order by p.programme_year desc, p.programme",
        )
    ]
    return {
        "values": rows,
        "documents": documents,
        "programmes": programmes,
        "assumptions": sum(v["basis"] == "assumption" for v in values),
        "lapsing": [
            {**x, "label": context.report.label("programme", x["name"])} for x in context.report.lapsing
        ],
        "lapse_days": LAPSE_DAYS,
    }


def models_using(con: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    """Name, for each parameter, the models that use it, in the order of their names, as the build took them from the compiled models."""
    used: dict[str, list[str]] = {}
    for row in rows_of(con, "select parameter, model from run.model_parameters order by parameter, model"):
        used.setdefault(row["parameter"], []).append(row["model"])
    return used
