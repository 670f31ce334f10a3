"""The page of data quality."""

from __future__ import annotations

from typing import Any

from wengang.reports.figures import rows_of, state_of
from wengang.reports.site.cells import hide_small
from wengang.reports.site.context import Context
from wengang.reports.site.words import SOURCES


def quality(context: Context) -> dict[str, Any]:
    """Data quality: what arrived, what was rejected, what does not reconcile, every expectation."""
    r = context.report
    kinds = r.dimension_values("benefits", "persons", "benefit_kind")
    hidden = hide_small(
        [context.count("benefits", "persons", "benefit_kind", k) for k in kinds], context.least
    )
    hush = {k for i, k in enumerate(kinds) if hidden.cells[i]}
    if hush & {"allowance", "one_off"}:
        hush.add("other_benefit")
    if context.is_small("skill"):
        hush.add("skill_subsidy")
    outcomes = {"met": 0, "not_met": 1, "failed": 1, "not_evaluated": 2}
    severities = {"critical": 0, "warning": 1}
    return {
        "files": [
            {**f, "source_words": SOURCES.get(f["source"] or "", (f["source"] or "—", f["source"] or "—")),
             "status": state_of(f), "status_label": r.label("file_status", state_of(f))}
            for f in r.files
        ],
        "rejects": [{**x, "source_words": SOURCES.get(x["source"], (x["source"], x["source"]))} for x in r.rejects],
        "reconciliations": [
            {**x, "label": r.label("check", x["check_id"]), "hidden": x["check_id"] in hush,
             "left": r.label("check_left", x["check_id"]), "right": r.label("check_right", x["check_id"]),
             "outcome_label": r.label("reconciliation_outcome", x["outcome"])}
            for x in r.reconciliations
        ],
        "validation": sorted(
            r.validation,
            key=lambda v: (outcomes.get(v["outcome"], 3) == 0, severities.get(v["severity"], 2), v["table_name"], v["expectation_id"]),
        ),
        "beside": r.beside_data_docs(),
        "met": sum(v["outcome"] == "met" for v in r.validation),
        "backtest": rows_of(
            context.con, "select * from marts.fund_backtest where period = ? order by item, method", context.day
        ) if "marts.fund_backtest" in context.tables else [],
        "item_words": {"living_benefits": ("保生活待遇", "Living benefits"), "other_expenditure": ("其他支出", "Other expenditure"),
                       "other_income": ("其他收入", "Other income"), "premium": ("保险费收入", "Premium")},
    }  # fmt: skip
