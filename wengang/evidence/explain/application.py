"""Why an application of a registered programme is, or is not, paid: for every programme that is applied for, such as job expansion."""

from __future__ import annotations

from typing import Any

import duckdb

from wengang.contracts import load_contracts
from wengang.core.errors import UsageError
from wengang.core.identifiers import masked_id
from wengang.core.periods import Period
from wengang.core.settings import Settings
from wengang.evidence.explain.access import record_access
from wengang.evidence.explain.base import (
    Cell,
    Explanation,
    Lines,
    Section,
    Words,
    check_period,
    open_warehouse,
    rows_of,
)
from wengang.evidence.explain.decision import (
    Source,
    payment_rows,
    payment_section,
    rule_rows,
    rule_section,
    scopes_of_region,
    source_sections,
)
from wengang.evidence.explain.labels import Labels

PERSON = "person_id"
# Columns of decisions that no source brings; the others are named by the headings of the programme's contract.
LABELS = {
    "region_code": Words("行政区划", "region"),
    "decision": Words("结论", "decision"),
    "amount": Words("金额(元)", "amount (yuan)"),
    "failed_rules": Words("未通过的规则", "failed rules"),
    "unknown_rules": Words("无法判断的规则", "unknown rules"),
    "paid_months": Words("足额缴费月数", "months paid in full"),
    "funding_source": Words("资金来源", "funding source"),
    "programme_year": Words("政策年度", "programme year"),
}
MONEY = {"paid_amount", "payable_amount", "recoverable_amount", "returned_amount"}
CODED = {"decision": "decision", "person_kind": "person_kind", "funding_source": "funding_source"}


def explain_application(
    settings: Settings,
    area: str,
    application_no: str,
    period: Period,
    *,
    lines: bool = False,
    reveal: bool = False,
) -> Explanation:
    """Explain one application of the programme registered under `area` (such as `expansion`), as of a period.

    `lines` adds the source files and lines behind it. Person numbers are masked unless `reveal`, which writes an access record
    first. Raises UsageError where there is no such programme or application.
    """
    with open_warehouse(settings) as con:
        check_period(con, period)
        programme = find_programme(con, area)
        decision = find_decision(con, programme, application_no, period)
        person = decision[PERSON]
        if reveal:
            record_access(settings, f"explain {area}", application_no, person, period)
        rules = rule_rows(
            con,
            f"{area}_rule_outcomes",
            decision[programme["day_column"]],
            scopes_of_region(decision["region_code"]),
            "o.period = ? and o.application_no = ?",
            [period.first_day, application_no],
        )
        labels = Labels(con)
        known = Lines(settings, con, period)
        payments = payment_rows(known, programme["programme"], "payee_id = ?", [application_no], period)
        if not reveal:
            decision[PERSON] = masked_id(person)
        sections = [
            head_section(programme, decision, labels),
            rule_section(rules, labels),
            payment_section(payments, decision, labels),
        ]
        facts: dict[str, Any] = {"decision": decision, "rules": rules, "payments": payments}
        if lines:
            facts["lines"] = {}
            for section, found in source_sections(
                known, sources_of(programme, decision, person), period, labels, reveal=reveal
            ):
                sections.append(section)
                facts["lines"][section.key] = found
    return Explanation(area, application_no, str(period), facts, sections)


def find_programme(con: duckdb.DuckDBPyConnection, area: str) -> dict[str, Any]:
    """Return how a programme that is applied for is registered; raises UsageError where there is none of that name."""
    programmes = rows_of(
        con, "select * from reference.programmes where subject_kind = 'application' order by rank"
    )
    for programme in programmes:
        if area in {programme["area"], programme["programme"]}:
            return programme
    raise UsageError("no_programme", place=area, area=area, known=", ".join(p["area"] for p in programmes))


def find_decision(
    con: duckdb.DuckDBPyConnection, programme: dict[str, Any], application_no: str, period: Period
) -> dict[str, Any]:
    """Return the row of an application's decision; raises UsageError where there is none."""
    found = rows_of(
        con,
        f"select * from marts.{programme['decisions']} where period = ? and application_no = ?",
        [period.first_day, application_no],
    )
    if not found:
        raise UsageError(
            "no_application", place=f"{period} {application_no}", period=period, application_no=application_no
        )
    return found[0]


def head_section(programme: dict[str, Any], decision: dict[str, Any], labels: Labels) -> Section:
    """Lay out who applied for whom, what was decided, and how much."""
    headings = {c.name: Words(c.heading, c.name) for c in load_contracts()[programme["source"]].columns}
    rows: list[list[Cell]] = []
    for name, value in decision.items():
        if name == "period" or name in MONEY:
            continue
        words = LABELS.get(name) or headings.get(name) or Words(name, name)
        is_list = name.endswith("_rules")
        rows.append(
            [
                words,
                labels.rules(value)
                if is_list
                else labels.one(CODED.get(name), value)
                if name in CODED
                else value,
            ]
        )
    return Section("decision", Words(programme["title_zh"], programme["title_en"]), rows)


def sources_of(programme: dict[str, Any], decision: dict[str, Any], person: str) -> list[Source]:
    """Return the source lines that a decision rests on: the application, the register, the person's premium, objections, reviews."""
    number, source = decision["application_no"], load_contracts()[programme["source"]]
    found = [
        Source(
            source.source, Words(source.title_zh, source.title_en),
            [(c.name, Words(c.heading, c.name)) for c in source.columns],
            "application_no = ?", [number], source.key,
        )
    ]  # fmt: skip
    if employer := decision.get("employer_id"):
        found.append(
            Source(
                "employers", Words("参保登记", "Register"),
                [("employer_id", Words("单位编号", "employer_id")), ("unit_type", Words("单位类型", "unit type")),
                 ("insured_status", Words("参保状态", "insured status"))],
                "is_newest and employer_id = ?", [employer], ("employer_id",), is_snapshot=True,
            )
        )  # fmt: skip
    return [
        *found,
        Source(
            "contributions", Words("缴费明细", "Contributions"),
            [("fee_month", Words("所属期", "fee month")), ("employer_id", Words("单位", "employer")), ("pay_kind", Words("类型", "kind")),
             ("employer_due", Words("单位应缴", "due")), ("person_due", Words("个人应缴", "person due")),
             ("employer_paid", Words("单位实缴", "unit paid")), ("person_paid", Words("个人实缴", "person paid")),
             ("received_on", Words("入库日期", "received on"))],
            "person_id = ?", [person], ("employer_id", "person_id", "fee_month", "pay_kind", "voucher_no"),
        ),
        Source(
            "notice_objections", Words("公示异议", "Objections"),
            [("raised_on", Words("提出", "raised on")), ("resolved_on", Words("处理", "resolved on")), ("outcome", Words("结果", "outcome"))],
            "programme = ? and subject_id = ?", [programme["programme"], number], ("programme", "subject_id", "raised_on"),
        ),
        Source(
            "review_outcomes", Words("人工审核", "Reviews"),
            [("decided_on", Words("日期", "day")), ("outcome", Words("结论", "outcome")), ("reason", Words("意见", "reason"))],
            "programme = ? and subject_id = ?", [programme["programme"], number], ("programme", "subject_id", "decided_on"),
        ),
    ]  # fmt: skip
