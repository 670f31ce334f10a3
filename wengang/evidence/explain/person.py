"""What is known of one person: applications, claims, payments, premiums, cross-checks and leads. Restricted."""

from __future__ import annotations

from functools import partial
from typing import Any

from wengang.core.errors import UsageError
from wengang.core.identifiers import masked_id
from wengang.core.periods import Period
from wengang.core.settings import Settings
from wengang.evidence.explain.access import record_access
from wengang.evidence.explain.base import (
    Explanation,
    Lines,
    Section,
    Words,
    check_period,
    line_section,
    open_warehouse,
    rows_of,
)
from wengang.evidence.explain.labels import Labels
from wengang.evidence.explain.skill import DECISIONS, other_applications

# Source, title, columns, key, whether it is a snapshot.
SOURCES: tuple[tuple[str, Words, tuple[tuple[str, Words], ...], tuple[str, ...], bool], ...] = (
    (
        "benefit_claims", Words("失业登记与待遇核定", "Benefit claims"),
        (("claim_no", Words("核定编号", "claim")), ("start_month", Words("起始月", "start month")), ("entitled_months", Words("核定月数", "months")),
         ("monthly_standard", Words("月标准", "standard")), ("reason", Words("失业原因", "reason")), ("stop_month", Words("停发月", "stop month")),
         ("stop_reason", Words("停发原因", "stop reason"))),
        ("claim_no",), False,
    ),
    (
        "benefit_payments", Words("待遇发放", "Benefit payments"),
        (("benefit_month", Words("所属期", "month")), ("benefit_kind", Words("类型", "kind")), ("amount", Words("金额(元)", "amount")),
         ("paid_on", Words("日期", "day")), ("result", Words("结果", "result")), ("claim_no", Words("核定编号", "claim"))),
        ("payment_no",), False,
    ),
    (
        "contributions", Words("缴费明细", "Contributions"),
        (("fee_month", Words("所属期", "fee month")), ("employer_id", Words("单位", "employer")), ("pay_kind", Words("类型", "kind")),
         ("person_due", Words("个人应缴", "person due")), ("person_paid", Words("个人实缴", "person paid")),
         ("received_on", Words("入库日期", "received on"))),
        ("employer_id", "person_id", "fee_month", "pay_kind", "voucher_no"), False,
    ),
    (
        "headcount_changes", Words("人员增减", "Headcount changes"),
        (("change_date", Words("日期", "day")), ("employer_id", Words("单位", "employer")), ("change_kind", Words("类型", "kind")),
         ("reason", Words("原因", "reason"))),
        ("employer_id", "person_id", "change_kind", "change_date"), False,
    ),
    (
        "certificates", Words("证书", "Certificates"),
        (("cert_no", Words("证书编号", "certificate")), ("occupation_name", Words("职业", "occupation")), ("level", Words("等级", "level")),
         ("issued_on", Words("发证日期", "issued on")), ("status", Words("状态", "status"))),
        ("cert_no",), True,
    ),
    (
        "training_subsidies", Words("职业培训补贴", "Training subsidies"),
        (("occupation_code", Words("职业", "occupation")), ("level", Words("等级", "level")), ("paid_on", Words("日期", "day")),
         ("amount", Words("金额(元)", "amount"))),
        ("person_id", "occupation_code", "level", "paid_on"), False,
    ),
    (
        "cross_checks", Words("信息比对", "Cross-checks"),
        (("check_kind", Words("类型", "kind")), ("event_date", Words("发生日期", "day")), ("end_date", Words("结束日期", "end"))),
        ("person_id", "check_kind", "event_date"), False,
    ),
)  # fmt: skip


def explain_person(
    settings: Settings, person_id: str, period: Period, *, reveal: bool = False
) -> Explanation:
    """Return everything known of one person at a period, with the file and line of each record.

    The number is masked unless `reveal`, which writes an access record first. Raises UsageError where nothing is known; the message
    shows the number masked.
    """
    person_id = person_id.strip().upper()
    shown = person_id if reveal else masked_id(person_id)
    with open_warehouse(settings) as con:
        check_period(con, period)
        if reveal:
            record_access(settings, "explain person", "person", person_id, period)
        applications = other_applications(con, person_id, period)
        leads = rows_of(
            con,
            "select lead_id, rule_id, severity, status, evidence, evidence_en, amount_at_stake from marts.risk_leads "
            "where period = ? and subject_kind = 'person' and subject_id = ? order by rule_id, lead_id",
            [period.first_day, person_id],
        )
        labels = Labels(con)
        known = Lines(settings, con, period)
        records: dict[str, list[dict[str, Any]]] = {}
        source_sections: list[Section] = []
        for source, title, columns, key, snapshot in SOURCES:
            found = known.rows(
                source, [n for n, _ in columns], "person_id = ?", [person_id], key=key, snapshot=snapshot
            )
            if found:
                records[source] = found
                source_sections.append(
                    line_section(source, title, columns, found, partial(labels.of_column, source))
                )
    if not applications and not leads and not records:
        raise UsageError("no_person", period=period, masked=masked_id(person_id))
    sections = [
        Section("person", Words("人员", "Person"), [[Words("社会保障号码", "citizen number"), shown]]),
        Section(
            "applications", Words("技能提升补贴申领，按先后", "Applications for the skill-upgrade subsidy, in order"),
            [
                [a["application_no"], a["applied_on"], a["occupation_code"], labels.one("level", a["level"]), DECISIONS[a["decision"]], a["amount"]]
                for a in applications
            ],
            [Words("申领编号", "application"), Words("申领日期", "applied on"), Words("职业", "occupation"), Words("等级", "level"),
             Words("结论", "decision"), Words("金额(元)", "amount")],
        ),
        Section(
            "leads", Words("风险线索", "Risk leads"),
            [
                [
                    lead["rule_id"], labels.one("lead_severity", lead["severity"]), labels.one("lead_status", lead["status"]),
                    lead["amount_at_stake"], Words(lead["evidence"], lead["evidence_en"]),
                ]
                for lead in leads
            ],
            [Words("规则", "rule"), Words("级别", "severity"), Words("状态", "status"), Words("涉及金额(元)", "amount"),
             Words("证据", "evidence")],
        ),
        *source_sections,
    ]  # fmt: skip
    facts = {"person_id": shown, "applications": applications, "leads": leads, "records": records}
    return Explanation("person", shown, str(period), facts, sections)
