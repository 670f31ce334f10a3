"""Why an application for the skill-upgrade subsidy (技能提升补贴) is, or is not, paid, and how much."""

from __future__ import annotations

from typing import Any

import duckdb

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

DECISIONS = {
    "eligible": Words("符合补贴条件", "eligible"),
    "ineligible": Words("不符合补贴条件", "not eligible"),
    "review": Words("待人工核实", "to be reviewed by a person"),
}


def explain_skill(
    settings: Settings, application_no: str, period: Period, *, lines: bool = False, reveal: bool = False
) -> Explanation:
    """Explain one application as of a period.

    `lines` adds the source files and lines behind it. Person and account numbers are masked unless `reveal`, which writes an
    access record first. Raises UsageError where there is no such application.
    """
    with open_warehouse(settings) as con:
        check_period(con, period)
        decision = find_decision(con, application_no, period)
        person = decision["person_id"]
        if reveal:
            record_access(settings, "explain skill", application_no, person, period)
        rules = rule_rows(
            con,
            "skill_rule_outcomes",
            decision["applied_on"],
            scopes_of_region(decision["region_code"]),
            "o.period = ? and o.application_no = ?",
            [period.first_day, application_no],
        )
        others = other_applications(con, person, period)
        labels = Labels(con)
        known = Lines(settings, con, period)
        payments = payment_rows(known, "skill_subsidy", "payee_id = ?", [application_no], period)
        sections = [
            head_section(decision, person if reveal else masked_id(person), labels),
            rule_section(rules, labels),
            order_section(others, application_no, labels),
            payment_section(payments, decision, labels),
        ]
        behind: dict[str, Any] = {}
        if lines:
            for section, found in source_sections(known, sources_of(decision), period, labels, reveal=reveal):
                sections.append(section)
                behind[section.key] = found
    if not reveal:
        decision["person_id"] = masked_id(person)
    facts: dict[str, Any] = {
        "decision": decision,
        "rules": rules,
        "applications": others,
        "payments": payments,
    }
    if lines:
        facts["lines"] = behind
    return Explanation("skill", application_no, str(period), facts, sections)


def is_approved(row: dict[str, Any]) -> bool:
    """Return whether a decision counts for the person's later ones."""
    return row["decision"] == "eligible" or (
        row["decision"] == "review" and list(row["unknown_rules"]) == ["skill.review_over_year"]
    )


def find_decision(con: duckdb.DuckDBPyConnection, application_no: str, period: Period) -> dict[str, Any]:
    """Return the row of skill_decisions; raises UsageError where there is none."""
    found = rows_of(
        con,
        "select * from marts.skill_decisions where period = ? and application_no = ?",
        [period.first_day, application_no],
    )
    if not found:
        raise UsageError(
            "no_application", place=f"{period} {application_no}", period=period, application_no=application_no
        )
    return found[0]


def other_applications(con: duckdb.DuckDBPyConnection, person: str, period: Period) -> list[dict[str, Any]]:
    """Return all the person's applications in their order, with what counts."""
    found = rows_of(
        con,
        "select application_no, applied_on, occupation_code, level, decision, amount, approved_in_year, failed_rules, unknown_rules "
        "from marts.skill_decisions where period = ? and person_id = ? order by applied_on, application_no",
        [period.first_day, person],
    )
    for row in found:
        row["is_approved"] = is_approved(row)
    return found


def head_section(d: dict[str, Any], person: str, labels: Labels) -> Section:
    """Who, with which certificate, what was decided, how much."""
    occupation = (
        None if d["occupation_code"] is None else f"{d['occupation_name'] or ''}（{d['occupation_code']}）"
    )
    rows: list[list[Cell]] = [
        [Words("申领编号", "application"), d["application_no"]],
        [Words("申领人", "person"), person],
        [Words("申领日期", "applied on"), d["applied_on"]],
        [Words("证书编号", "certificate"), d["cert_no"]],
        [Words("职业（工种）", "occupation"), occupation],
        [Words("等级", "level"), labels.one("level", d["level"])],
        [Words("结论", "decision"), DECISIONS[d["decision"]]],
        [Words("补贴金额(元)", "amount (yuan)"), d["amount"]],
        [Words("未通过的规则", "failed rules"), labels.rules(d["failed_rules"])],
        [Words("无法判断的规则", "unknown rules"), labels.rules(d["unknown_rules"])],
        [Words("参保缴费月数", "insured months"), d["insured_months"]],
        [Words("申领时身份", "status"), labels.one("status_basis", d["status_basis"])],
        [Words("本年度此前已通过", "approved before in the year"), d["approved_in_year"]],
    ]
    title = Words("技能提升补贴申领", "Application for the skill-upgrade subsidy")
    return Section("decision", title, rows)


def order_section(others: list[dict[str, Any]], application_no: str, labels: Labels) -> Section:
    """Return the person's applications in their order: only approved ones count for the later."""
    rows: list[list[Cell]] = [
        [
            Words("→ 本件", "→ this one") if o["application_no"] == application_no else None, o["application_no"], o["applied_on"],
            o["occupation_code"], labels.one("level", o["level"]), DECISIONS[o["decision"]], Words("计入", "counts") if o["is_approved"] else None,
        ]
        for o in others
    ]  # fmt: skip
    columns = [
        Words("", ""), Words("申领编号", "application"), Words("申领日期", "applied on"), Words("职业", "occupation"),
        Words("等级", "level"), Words("结论", "decision"), Words("对以后的申领", "for later ones"),
    ]  # fmt: skip
    return Section(
        "applications",
        Words("本人的全部申领，按先后", "All the person's applications, in order"),
        rows,
        columns,
    )


def sources_of(d: dict[str, Any]) -> list[Source]:
    """Return the source lines that a decision rests on."""
    person, number = d["person_id"], d["application_no"]
    label = Words("人员", "person")
    return [
        Source(
            "skill_applications", Words("申领", "Applications"),
            [("application_no", Words("申领编号", "application")), ("cert_no", Words("证书编号", "certificate")),
             ("applied_on", Words("申领日期", "applied on"))],
            "application_no = ?", [number], ("application_no",),
        ),
        Source(
            "certificates", Words("证书", "Certificates"),
            [("cert_no", Words("证书编号", "certificate")), ("person_id", label), ("occupation_code", Words("职业", "occupation")),
             ("level", Words("等级", "level")), ("issued_on", Words("发证日期", "issued on")), ("status", Words("状态", "status"))],
            "cert_no = ?", [d["cert_no"]], ("cert_no",), is_snapshot=True,
        ),
        Source(
            "contributions", Words("缴费明细", "Contributions"),
            [("fee_month", Words("所属期", "fee month")), ("employer_id", Words("单位", "employer")), ("pay_kind", Words("类型", "kind")),
             ("person_due", Words("个人应缴", "person due")), ("person_paid", Words("个人实缴", "person paid")),
             ("received_on", Words("入库日期", "received on"))],
            "person_id = ?", [person], ("employer_id", "person_id", "fee_month", "pay_kind", "voucher_no"),
        ),
        Source(
            "benefit_payments", Words("待遇发放", "Benefit payments"),
            [("benefit_month", Words("所属期", "month")), ("benefit_kind", Words("类型", "kind")), ("amount", Words("金额", "amount")),
             ("paid_on", Words("日期", "day")), ("result", Words("结果", "result"))],
            "person_id = ?", [person], ("payment_no",),
        ),
        Source(
            "training_subsidies", Words("职业培训补贴", "Training subsidies"),
            [("occupation_code", Words("职业", "occupation")), ("level", Words("等级", "level")), ("paid_on", Words("日期", "day")),
             ("amount", Words("金额", "amount"))],
            "person_id = ?", [person], ("person_id", "occupation_code", "level", "paid_on"),
        ),
        Source(
            "cross_checks", Words("信息比对", "Cross-checks"),
            [("check_kind", Words("类型", "kind")), ("event_date", Words("发生日期", "day"))],
            "person_id = ? and check_kind = 'death'", [person], ("person_id", "check_kind", "event_date"),
        ),
        Source(
            "notice_objections", Words("公示异议", "Objections"),
            [("raised_on", Words("提出", "raised on")), ("resolved_on", Words("处理", "resolved on")), ("outcome", Words("结果", "outcome"))],
            "programme = 'skill_subsidy' and subject_id = ?", [number], ("programme", "subject_id", "raised_on"),
        ),
        Source(
            "review_outcomes", Words("人工审核", "Reviews"),
            [("decided_on", Words("日期", "day")), ("outcome", Words("结论", "outcome")), ("reason", Words("意见", "reason"))],
            "programme = 'skill_subsidy' and subject_id = ?", [number], ("programme", "subject_id", "decided_on"),
        ),
    ]  # fmt: skip
