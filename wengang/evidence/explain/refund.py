"""Why an employer is, or is not, entitled to the stabilisation refund (稳岗返还), and how much."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import duckdb

from wengang.core.errors import UsageError
from wengang.core.periods import Period
from wengang.core.settings import Settings
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
    scopes_of_profile,
    source_sections,
)
from wengang.evidence.explain.labels import Labels, words_of

CONTRIBUTION_KEY = ("employer_id", "person_id", "fee_month", "pay_kind", "voucher_no")

DECISIONS = {
    "eligible": Words("符合返还条件", "eligible"),
    "ineligible": Words("不符合返还条件", "not eligible"),
    "review": Words("待人工核实", "to be reviewed by a person"),
    "out_of_scope": Words("不在政策范围内", "out of the programme's scope"),
}


def explain_refund(
    settings: Settings, employer_id: str, period: Period, year: int | None = None, *, lines: bool = False
) -> Explanation:
    """Explain one employer's decision of a programme year (the newest shown, if none is named) as of a period.

    `lines` adds the source files and lines behind the figures. Raises UsageError where there is no such decision.
    """
    with open_warehouse(settings) as con:
        check_period(con, period)
        decision = find_decision(con, employer_id, period, year)
        year = int(decision["programme_year"])
        taken, profile = taken_as_of(con, employer_id, year, period)
        rules = rule_rows(
            con,
            "refund_rule_outcomes",
            dt.date.fromisoformat(profile[:10]) if profile else taken.last_day,
            scopes_of_profile(profile),
            "o.period = ? and o.programme_year = ? and o.employer_id = ?",
            [period.first_day, year, employer_id],
        )
        labels = Labels(con)
        known = Lines(settings, con, period)
        as_taken = known.through(taken)
        months = month_rows(con, as_taken, employer_id, year, taken)
        shares = share_rows(con, employer_id, year, period)
        payments = payment_rows(
            known,
            "refund",
            "programme_year = ? and coalesce(on_behalf_of, payee_id) = ?",
            [year, employer_id],
            period,
        )
        sections = [
            head_section(decision, taken, labels),
            rule_section(rules, labels),
            measure_section(decision, labels),
            month_section(months, decision),
        ]
        if decision["is_dispatch"]:
            sections.append(share_section(shares, labels))
        sections.append(payment_section(payments, decision, labels, standing_words(decision, labels)))
        behind: dict[str, Any] = {}
        if lines:
            for section, found in source_sections(as_taken, sources_of(decision, year), taken, labels):
                sections.append(section)
                behind[section.key] = found
    facts: dict[str, Any] = {
        "programme_year": year,
        "decision": decision,
        "rules": rules,
        "base_months": months,
        "base_months_as_of": taken.first_day,
        "allocations": shares,
        "payments": payments,
    }
    if lines:
        facts["lines"] = behind
    return Explanation("refund", employer_id, str(period), facts, sections)


def taken_as_of(
    con: duckdb.DuckDBPyConnection, employer_id: str, year: int, period: Period
) -> tuple[Period, str | None]:
    """Return the month in which the decision was taken, and the profile that chose its parameters."""
    decided = rows_of(
        con,
        "select decided_period, profile from intermediate.int_refund_decided where period = ? and programme_year = ? and employer_id = ?",
        [period.first_day, year, employer_id],
    )
    return (Period.of(decided[0]["decided_period"]), decided[0]["profile"]) if decided else (period, None)


def share_rows(
    con: duckdb.DuckDBPyConnection, employer_id: str, year: int, period: Period
) -> list[dict[str, Any]]:
    """Return how a dispatch agency's refund is shared out, one row per beneficiary."""
    return rows_of(
        con,
        "select beneficiary_kind, user_uscc, user_name, persons, person_months, allocation_base, allocated_amount, paid_amount, "
        "withheld_reason from marts.refund_allocations where period = ? and programme_year = ? and employer_id = ? "
        "order by beneficiary_kind, user_uscc",
        [period.first_day, year, employer_id],
    )


def standing_words(decision: dict[str, Any], labels: Labels) -> Words:
    """Return how the account and the notice of a decision stand, in words."""
    account = words_of(labels.one("account_status", decision["account_status"]))
    notice = words_of(labels.one("notice_status", decision["notice_status"]))
    return Words(
        f"账户：{account.zh}；公示：{notice.zh}",
        f"account: {account.en.lower()}; notice: {notice.en.lower()}",
    )


def find_decision(
    con: duckdb.DuckDBPyConnection, employer_id: str, period: Period, year: int | None
) -> dict[str, Any]:
    """Return the row of refund_decisions; raises UsageError saying why there is none."""
    found = rows_of(
        con,
        "select * from marts.refund_decisions where period = ? and employer_id = ? order by programme_year desc",
        [period.first_day, employer_id],
    )
    for row in found:
        if year is None or row["programme_year"] == year:
            return row
    years = [r["programme_year"] for r in found]
    registered = con.execute(
        "select count(*) from intermediate.int_employers where employer_id = ?", [employer_id]
    ).fetchone()
    if years:
        zh, en = (
            f"单位 {employer_id} 在 {period} 没有 {year} 年度的决定",
            f"no decision of {year} for {employer_id} in {period}",
        )
        expected = "、".join(map(str, years)), ", ".join(map(str, years))
    elif registered and registered[0]:
        zh = f"单位 {employer_id} 在 {period} 没有稳岗返还决定：基准年内没有人参保，或没有已开始的年度"
        en = f"{employer_id} has no refund decision in {period}: nobody was insured in the base year, or no programme year has begun"
        expected = "基准年内有参保人员的单位", "an employer with anyone insured in the base year"
    else:
        zh = f"没有单位编号 {employer_id}：{period} 的参保登记和决定中都查不到"
        en = f"no employer {employer_id} in the register or the decisions of {period}"
        expected = "决定表中的单位编号", "an employer_id of the decisions"
    raise UsageError(
        "no_refund_decision",
        place=f"{period} {employer_id}",
        what=(zh, en),
        expected=(expected[0], expected[1]),
    )


def month_rows(
    con: duckdb.DuckDBPyConnection, known: Lines, employer_id: str, year: int, taken: Period
) -> list[dict[str, Any]]:
    """Return the months of the base year as they were known when the decision was taken.

    The warehouse remembers them as of the month built last; for another month they are added up from the lake's rows.
    """
    as_of = con.execute("select max(as_of) from run.facts_state").fetchone()
    if as_of and as_of[0] == taken.first_day:
        return rows_of(
            con,
            "select fee_month, insured, due, received from intermediate.int_employer_months "
            "where employer_id = ? and year(fee_month) = ? order by fee_month",
            [employer_id, year - 1],
        )
    versions = known.versions("contributions", key=CONTRIBUTION_KEY)
    if versions is None:
        return []
    is_insured, due = contribution_measures(con)
    return rows_of(
        con,
        f"""
        select
            fee_month,
            cast(sum(insured) as integer) as insured,
            cast(sum(due) as decimal(18, 2)) as due,
            cast(sum(received) as decimal(18, 2)) as received
        from (
            select
                fee_month,
                max(case when {is_insured} then 1 else 0 end) as insured,
                {due} as due,
                sum(case when received_on <= ? then employer_paid + person_paid else 0 end) as received
            from ({versions})
            where is_newest and employer_id = ? and fee_month between ? and ?
            group by person_id, fee_month
        )
        group by fee_month
        order by fee_month
        """,
        [taken.last_day, employer_id, dt.date(year - 1, 1, 1), dt.date(year - 1, 12, 1)],
    )


def contribution_measures(con: duckdb.DuckDBPyConnection) -> tuple[str, str]:
    """Return the SQL by which the models tell who is insured, and what a person owes for a month, as the warehouse was built with them."""
    rows = con.execute("select measure, expression from intermediate.int_contribution_measures").fetchall()
    expressions: dict[str, str] = dict(rows)
    return expressions["is_insured"], expressions["due"]


def head_section(d: dict[str, Any], taken: Period, labels: Labels) -> Section:
    """Who, what was decided, how much."""
    name = d["employer_name"] or d["employer_id"]
    result = DECISIONS[d["decision"]]
    rows: list[list[Cell]] = [
        [Words("单位", "employer"), f"{name}（{d['employer_id']}）"],
        [Words("统一社会信用代码", "uscc"), d["uscc"]],
        [Words("结论", "decision"), result],
        [Words("返还金额(元)", "refund (yuan)"), d["refund_amount"]],
        [Words("未通过的规则", "failed rules"), labels.rules(d["failed_rules"])],
        [Words("无法判断的规则", "unknown rules"), labels.rules(d["unknown_rules"])],
        [Words("首次符合的期间", "first eligible in"), d["first_decided_period"]],
    ]
    notes = []
    if Period.of(d["period"]) > taken:
        notes.append(
            Words(
                f"窗口期已结束：沿用 {taken} 的决定，仅拨付、账户与公示状态更新",
                f"the window has closed: the decision of {taken} stands; only payment, account and notice go on",
            )
        )
    title = Words(
        f"{d['programme_year']} 年度稳岗返还", f"Stabilisation refund, programme year {d['programme_year']}"
    )
    return Section("decision", title, rows, notes=notes)


def measure_section(d: dict[str, Any], labels: Labels) -> Section:
    """Return the figures that the rules rest on."""
    size = words_of(labels.one("size_class", d["size_class"]))
    origin = words_of(labels.one("size_source", d["size_source"]))
    rows: list[list[Cell]] = [
        [Words("月均参保人数", "average insured"), d["average_insured"]],
        [
            Words("期初、期末参保人数", "opening, closing insured"),
            f"{d['opening_insured']} → {d['closing_insured']}",
        ],
        [Words("领取失业保险金人数", "claimants"), d["claimants"]],
        [Words("自然减员", "natural attrition"), d["natural_attrition"]],
        [Words("裁员率（决定用）", "layoff rate (the one that decides)"), d["layoff_rate"]],
        [Words("裁员率上限", "its limit"), d["layoff_rate_limit"]],
        [Words("领金口径裁员率", "rate by claims"), d["claims_layoff_rate"]],
        [Words("净减员口径裁员率", "rate by net reduction"), d["net_reduction_layoff_rate"]],
        [Words("足额缴费月数", "months paid in full"), d["months_paid_in_full"]],
        [Words("欠缴(元)", "arrears (yuan)"), d["arrears"]],
        [
            Words("企业规模与来源", "size class and source"),
            Words(f"{size.zh}（{origin.zh}）", f"{size.en} ({origin.en.lower()})"),
        ],
    ]
    notes = []
    if d["verdicts_differ"]:
        notes.append(Words("两种口径的裁员率结论不同", "the two layoff rates lead to different verdicts"))
    return Section("measures", Words("基准年的数字", "Figures of the base year"), rows, notes=notes)


def month_section(months: list[dict[str, Any]], d: dict[str, Any]) -> Section:
    """Return the base month by month, and how it leads to the amount."""
    rows: list[list[Cell]] = [
        [f"{m['fee_month']:%Y-%m}", m["insured"], m["due"], m["received"]] for m in months
    ]
    total = sum((m["received"] for m in months), Decimal(0))
    rows.append([Words("合计", "total"), None, sum((m["due"] for m in months), Decimal(0)), total])
    notes = []
    left_out = total - d["contribution_base"]
    if left_out:
        notes.append(
            Words(
                f"其中 {left_out:,} 元不计入基数（派往机关事业单位的人月，或入库年度不同）",
                f"{left_out:,} yuan of it is not in the base (months dispatched to excluded users, or received in another year)",
            )
        )
    ratio = d["refund_ratio"]
    if ratio is None:
        notes.append(Words("企业规模未知，返还比例未定，金额为 0", "size unknown: no ratio, amount 0"))
    else:
        notes.append(
            Words(
                f"返还基数 {d['contribution_base']:,} × {ratio:.2%} → {d['refund_amount']:,} 元",
                f"base {d['contribution_base']:,} × {ratio:.2%} → {d['refund_amount']:,} yuan",
            )
        )
    columns = [
        Words("费款所属期", "fee month"),
        Words("参保人数", "insured"),
        Words("应缴(元)", "due"),
        Words("实缴(元)", "received"),
    ]
    return Section("months", Words("缴费逐月", "Premium by month"), rows, columns, notes)


def share_section(shares: list[dict[str, Any]], labels: Labels) -> Section:
    """How a dispatch employer's refund is shared out."""
    rows: list[list[Cell]] = [
        [
            Words("自有员工", "own staff") if s["beneficiary_kind"] == "own_staff" else f"{s['user_name']}（{s['user_uscc']}）",
            s["persons"], s["person_months"], s["allocation_base"], s["allocated_amount"], s["paid_amount"],
            labels.one("withheld_reason", s["withheld_reason"]),
        ]
        for s in shares
    ]  # fmt: skip
    columns = [
        Words("受益方", "beneficiary"), Words("人数", "persons"), Words("人月", "person-months"), Words("基数(元)", "base"),
        Words("分配(元)", "share"), Words("已拨付(元)", "paid"), Words("不分配原因", "withheld"),
    ]  # fmt: skip
    return Section(
        "allocations", Words("劳务派遣分配", "Shares of the dispatch employer's refund"), rows, columns
    )


def sources_of(d: dict[str, Any], year: int) -> list[Source]:
    """Return the source lines that a decision rests on."""
    employer, uscc, base = d["employer_id"], d["uscc"], year - 1
    person = ("person_id", Words("人员", "person"))
    return [
        Source(
            "employers", Words("参保登记", "Register"),
            [("employer_id", Words("单位编号", "employer_id")), ("unit_type", Words("单位类型", "unit type")),
             ("insured_status", Words("参保状态", "insured status")), ("registry_status", Words("登记状态", "registry status"))],
            "is_newest and employer_id = ?", [employer], ("employer_id",), is_snapshot=True,
        ),
        Source(
            "enterprise_size", Words("企业划型", "Size filings"),
            [("uscc", Words("代码", "uscc")), ("data_year", Words("数据年度", "data year")), ("filed_size", Words("划型结果", "filed size")),
             ("staff", Words("从业人员", "staff")), ("revenue_10k", Words("营业收入", "revenue")), ("parent_uscc", Words("总机构", "parent"))],
            "uscc = ?", [uscc], ("uscc", "data_year"), is_snapshot=True,
        ),
        Source(
            "contributions", Words("缴费明细", "Contributions"),
            [("fee_month", Words("所属期", "fee month")), person, ("pay_kind", Words("类型", "kind")), ("employer_due", Words("单位应缴", "due")),
             ("person_due", Words("个人应缴", "person due")), ("employer_paid", Words("单位实缴", "unit paid")),
             ("person_paid", Words("个人实缴", "person paid")), ("received_on", Words("入库日期", "received on"))],
            "employer_id = ? and year(fee_month) = ?", [employer, base],
            ("employer_id", "person_id", "fee_month", "pay_kind", "voucher_no"),
        ),
        Source(
            "benefit_claims", Words("失业待遇核定", "Benefit claims"),
            [("claim_no", Words("核定编号", "claim")), person, ("start_month", Words("起始月", "start month")), ("reason", Words("原因", "reason"))],
            "last_employer_id = ? and year(start_month) = ?", [employer, base], ("claim_no",),
        ),
        Source(
            "headcount_changes", Words("人员增减", "Headcount changes"),
            [("change_date", Words("日期", "day")), person, ("change_kind", Words("类型", "kind")), ("reason", Words("原因", "reason"))],
            "employer_id = ? and year(change_date) = ? and change_kind = 'decrease'", [employer, base],
            ("employer_id", "person_id", "change_kind", "change_date"),
        ),
        Source(
            "sanctions", Words("失信名单", "Sanctions"),
            [("uscc", Words("代码", "uscc")), ("listed_on", Words("列入", "listed on")), ("removed_on", Words("移出", "removed on"))],
            "uscc = ?", [uscc], ("uscc", "listed_on"), is_snapshot=True,
        ),
        Source(
            "dispatch_agreements", Words("分配确认", "Dispatch agreements"),
            [("applied_on", Words("申请日期", "applied on")), ("allocation_confirmed", Words("已确认", "confirmed"))],
            "dispatch_employer_id = ? and programme_year = ?", [employer, year], ("dispatch_employer_id", "programme_year"),
        ),
        Source(
            "notice_objections", Words("公示异议", "Objections"),
            [("raised_on", Words("提出", "raised on")), ("resolved_on", Words("处理", "resolved on")), ("outcome", Words("结果", "outcome"))],
            "programme = 'refund' and subject_id = ?", [employer], ("programme", "subject_id", "raised_on"),
        ),
        Source(
            "review_outcomes", Words("人工审核", "Reviews"),
            [("decided_on", Words("日期", "day")), ("outcome", Words("结论", "outcome")), ("reason", Words("意见", "reason"))],
            "programme = 'refund' and subject_id = ? and programme_year = ?", [employer, year],
            ("programme", "subject_id", "programme_year", "decided_on"),
        ),
    ]  # fmt: skip
