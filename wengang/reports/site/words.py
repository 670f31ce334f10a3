"""Everything by which the browser puts data into words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wengang.policy.registry import registry
from wengang.reports.figures import rows_of
from wengang.reports.site.context import Context

SOURCES = {
    "employers": ("参保单位登记", "Register of employers"),
    "enterprise_size": ("企业划型", "Size filings"),
    "contributions": ("缴费明细", "Contributions"),
    "headcount_changes": ("人员增减", "Headcount changes"),
    "benefit_claims": ("失业待遇核定", "Benefit claims"),
    "benefit_payments": ("失业待遇发放", "Benefit payments"),
    "sanctions": ("失信名单", "Sanctions"),
    "dispatch_agreements": ("派遣分配确认", "Dispatch agreements"),
    "dispatch_assignments": ("派遣人员", "Dispatch assignments"),
    "notice_objections": ("公示异议", "Objections"),
    "review_outcomes": ("人工审核结果", "Review outcomes"),
    "programme_payments": ("资金拨付回执", "Programme payments"),
    "certificates": ("技能证书", "Certificates"),
    "skill_applications": ("技能提升补贴申领", "Skill applications"),
    "training_subsidies": ("职业培训补贴", "Training subsidies"),
    "cross_checks": ("比对信息", "Cross-checks"),
    "fund_ledger": ("基金台账", "Fund ledger"),
}


def meta(context: Context, years: Sequence[dict[str, Any]], found: dict[str, Any]) -> dict[str, Any]:
    """Everything by which the browser puts data into words."""
    r = context.report
    labels: dict[str, dict[str, tuple[str, str]]] = {}
    for (kind, code), named in r.labels.items():
        labels.setdefault(kind, {})[code] = (named.zh, named.en)
    for kind in (
        "decision",
        "unit_type",
        "size_class",
        "notice_status",
        "lead_stage",
        "lead_severity",
        "lead_status",
        "subject_kind",
    ):
        labels.setdefault(kind, {})
    # What rules saw is written in codes of several lists; a word is taken where its meaning does not depend on the list.
    words: dict[str, tuple[str, str]] = {}
    for kind in (
        "rule_word",
        "unit_type",
        "size_class",
        "size_source",
        "insured_status",
        "registry_status",
        "review_outcome",
        "rule_outcome",
        "parameter_choice",
    ):
        for code, label in labels.get(kind, {}).items():
            words.setdefault(code, label)
    rules = rows_of(
        context.con,
        "select rule_id as id, title_zh as zh, title_en as en, question_zh, question_en from reference.rules"
        " where programme = 'refund' order by rank",
    )
    as_of = (
        context.con.execute("select max(as_of) from run.facts_state").fetchone()
        if "run.facts_state" in context.tables
        else None
    )
    parameters = {
        str(taken): {
            p["parameter"]: [p["value"], p["basis"], p["valid_from"], p["confidence"]]
            for p in rows_of(
                context.con,
                "select parameter, value, basis, valid_from, confidence from policy.parameters where ? between valid_from and valid_to"
                " order by parameter",
                taken.last_day,
            )
        }
        for taken in sorted({y["taken"] for y in years})
    }
    return {
        **{k: v for k, v in found.items() if k != "coded"},
        "period": str(context.period),
        "facts_as_of": f"{as_of[0]:%Y-%m}" if as_of and as_of[0] else str(context.period),
        "years": [
            {
                "year": y["year"],
                "window_from": y["window_from"],
                "window_to": y["window_to"],
                "taken": str(y["taken"]),
                "is_open": y["is_open"],
            }
            for y in years
        ],
        "labels": labels,
        "words": words,
        "rules": rules,
        "parameters": parameters,
        "titles": {
            **{name: [kind.title_zh, kind.title_en] for name, kind in registry().items()},
            "refund_window": ["执行期限", "Window"],
        },
        "documents": {
            d["document_id"]: [d["number"], d["title"]]
            for d in rows_of(
                context.con, "select document_id, number, title from policy.documents order by document_id"
            )
        },
        "clauses": {
            f"{c['document_id']}|{c['article']}": c["text_zh"]
            for c in rows_of(
                context.con,
                "select document_id, article, text_zh from reference.clauses order by document_id, article",
            )
        },
        "regions": {
            g["region_code"]: [g["region_name"], g["reporting_unit"]]
            for g in rows_of(
                context.con,
                "select region_code, region_name, reporting_unit from reference.regions order by region_code",
            )
        },
        "units": [
            [u.code, u.name_zh, u.name_en] for u in context.report.units if u.code != context.report.province
        ],
        "sources": SOURCES,
    }
