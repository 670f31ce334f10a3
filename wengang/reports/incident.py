"""The draft of an incident report (要情) in the form of 人社部发〔2020〕21号: what is known is filled in, the rest is for whoever looks into it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from wengang.core.identifiers import masked_id
from wengang.reports.document import (
    Part,
    Words,
    contact_of,
    dated,
    issuer_of,
    mark_of,
    number_of,
    signer_of,
    stamp,
    typeset,
)
from wengang.reports.figures import Report, shown, wan

GRADES = {"ordinary": "一般", "major": "重大"}
KINDS = {"employer": "单位", "person": "个人", "application": "申领件", "fund": "基金账户"}
TO_FILL = "（核查后填写）"


def shown_subject(kind: str, subject: str) -> str:
    """Return a subject so that neither a person nor an application can be identified by it; units and the fund by their numbers."""
    return masked_id(subject) if kind in {"person", "application"} else subject


def grades_of(report: Report) -> str:
    """Return from which amounts an incident is ordinary and major; nothing where no limit is set."""
    words = [
        f"{shown(report.limits[grade])}元以上为{name}"
        for grade, name in (("ordinary", "一般"), ("major", "重大"))
        if grade in report.limits
    ]
    return f"（{'，'.join(words)}）" if words else ""


def incident_data(report: Report) -> dict[str, Any]:
    """Return what the draft of the incident report says: the month's incidents together, then the form of each."""
    w = Words(report)
    opening = (
        f"按照社会保险基金要情报告制度，本期风险线索中达到报告标准{grades_of(report)}的共"
        f"{w.count('件', 'risk', 'incidents')}，涉及金额{w.money('risk', 'incident_amount')}，"
        f"其中重大{shown(report.figure('risk', 'incidents', 'item', 'major'), words='0')}件。"
        "线索由数据比对产生，须经人工核查属实后上报。"
    )
    parts: list[Part] = [{"heading": "", "paragraphs": [opening]}]
    parts += [
        incident_form(report, incident, place) for place, incident in enumerate(report.incidents, start=1)
    ]
    parts += followed_part(report)
    return {
        "head": f"{issuer_of(report)}要情",
        "number": number_of(report),
        "title": f"关于{report.period.year}年{report.period.month}月失业保险基金要情的报告",
        "addressee": report.office.get("incident_addressees", ""),
        "parts": parts,
        "attachments": [],
        "issuer": report.office.get("seal_line") or issuer_of(report),
        "dated": dated(report),
        "signer": signer_of(report),
        "draft_mark": mark_of(report),
        "footnote": contact_of(report),
        "imprint": [],
    }


def incident_form(report: Report, incident: dict[str, Any], place: int) -> Part:
    """Return the form of one incident as a table of item and content."""
    region = report.label("region", incident["region_code"]).zh if incident["region_code"] else "未知"
    rules = "、".join(dict.fromkeys(f"{r} {report.label('rule_id', r).zh}" for r in incident["rule_ids"]))
    grade = GRADES.get(incident["grade"], incident["grade"])
    contact = "，".join(report.office[item] for item in ("contact", "telephone") if report.office.get(item))
    rows = [
        ["报告单位", issuer_of(report)],
        ["发现时间和方式", f"{incident['first_seen']:%Y年%m月}，数据比对（{rules}）"],
        ["涉及单位和人员", f"{subject_words(incident)}，{region}"],
        ["基本事实", "；".join(text.rstrip("。") for text in incident.get("evidence", ())) or TO_FILL],
        ["等级和金额", f"{grade}，{shown(incident['amount'], 2)}元"],
        ["原因", TO_FILL],
        ["已采取的措施", TO_FILL],
        ["追回情况", recovery_words(incident)],
        ["联系人", contact or TO_FILL],
        ["单位负责人签字", ""],
    ]
    return {
        "heading": f"要情{place}：{subject_words(incident)}",
        "paragraphs": [],
        "columns": ["8em", "1fr"],
        "aligns": ["left", "left"],
        "heads": ["项目", "内容"],
        "rows": rows,
    }


def followed_part(report: Report) -> list[Part]:
    """Return how incidents of earlier months stand, until each is settled; nothing where all are."""
    if not report.followed:
        return []
    rows = [
        [
            subject_words(f),
            f"{f['reported']:%Y年%m月}",
            f"{GRADES.get(f['grade'], f['grade'])}，{shown(f['amount'], 2)}元",
            f"{f['leads']}条未结" if f["leads"] else "已排除或消失",
            recovery_words(f),
            "已办结" if f["is_settled"] else "办理中",
        ]
        for f in report.followed
    ]
    return [
        {
            "heading": "以前月份要情的进展", "paragraphs": [], "columns": ["2fr", "1fr", "1.5fr", "1fr", "2fr", "1fr"],
            "aligns": ["left"] * 6, "heads": ["对象", "首次报告", "报告时等级和金额", "线索", "追回情况", "状态"], "rows": rows,
        }
    ]  # fmt: skip


def subject_words(incident: dict[str, Any]) -> str:
    """Return whom an incident is about: an employer by name and number, a person or an application masked."""
    kind, subject = incident["subject_kind"], shown_subject(incident["subject_kind"], incident["subject_id"])
    name = incident.get("employer_name")
    return f"{name}（{subject}）" if name else f"{KINDS.get(kind, kind)} {subject}"


def recovery_words(incident: dict[str, Any]) -> str:
    """Return what was demanded of the subject and what came back."""
    if not incident.get("demanded"):
        return "尚未下达追回通知"
    return f"已下达{wan(incident['demanded'])}，已退回{wan(incident['repaid'])}，未退回{wan(incident['outstanding'])}"


def write_incident(report: Report, target: Path) -> Path | None:
    """Write the draft of the incident report where the month has incidents or earlier ones are not settled; returns its path, else None."""
    if not (report.incidents or report.followed):
        return None
    return typeset(incident_data(report), target, stamp(report))
