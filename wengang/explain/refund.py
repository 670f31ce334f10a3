"""Why an employer is, or is not, entitled to the stabilisation refund (稳岗返还), and how much."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import duckdb

from wengang.errors import UsageError
from wengang.explain.base import (
    Cell,
    Explanation,
    Lines,
    Section,
    Words,
    check_period,
    line_section,
    masked,
    open_warehouse,
    rows_of,
)
from wengang.periods import Period
from wengang.settings import Settings

OUTCOMES = {
    "pass": Words("✓ 通过", "✓ pass"),
    "fail": Words("✗ 不通过", "✗ fail"),
    "unknown": Words("? 未知", "? unknown"),
    "not_applicable": Words("– 不适用", "– not applicable"),
}
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
        programme = rows_of(
            con,
            "select window_from, window_to from policy.programmes where programme = 'refund' and programme_year = ?",
            [year],
        )
        taken = min(period, Period.of(programme[0]["window_to"])) if programme else period
        rules = rule_rows(con, decision, taken)
        months, as_of = month_rows(con, employer_id, year)
        shares = rows_of(
            con,
            "select beneficiary_kind, user_uscc, user_name, persons, person_months, allocation_base, allocated_amount, paid_amount, "
            "withheld_reason from marts.refund_allocations where period = ? and programme_year = ? and employer_id = ? "
            "order by beneficiary_kind, user_uscc",
            [period.first_day, year, employer_id],
        )
        known = Lines(settings, con, period)
        payments = payment_rows(known, employer_id, year, period)
        sections = [
            head_section(decision, taken),
            rule_section(rules),
            measure_section(decision),
            month_section(months, decision, as_of, taken),
        ]
        if decision["is_dispatch"]:
            sections.append(share_section(shares))
        sections.append(payment_section(payments, decision))
        behind: dict[str, Any] = {}
        if lines:
            for section, found in source_sections(Lines(settings, con, taken), decision, year, taken):
                sections.append(section)
                behind[section.key] = found
    facts: dict[str, Any] = {
        "programme_year": year,
        "decision": decision,
        "rules": rules,
        "base_months": months,
        "base_months_as_of": as_of,
        "allocations": shares,
        "payments": payments,
    }
    if lines:
        facts["lines"] = behind
    return Explanation("refund", employer_id, str(period), facts, sections)


def find_decision(
    con: duckdb.DuckDBPyConnection, employer_id: str, period: Period, year: int | None
) -> dict[str, Any]:
    """Give the row of refund_decisions; raises UsageError saying why there is none."""
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
        zh,
        en,
        place=f"{period} {employer_id}",
        expected_zh=expected[0],
        expected_en=expected[1],
        next_zh="核对单位编号、期间和 --year",
        next_en="check the employer_id, the period and --year",
    )


def rule_rows(
    con: duckdb.DuckDBPyConnection, decision: dict[str, Any], taken: Period
) -> list[dict[str, Any]]:
    """Give the rules with their words, the clause, and the parameter row that set the limit."""
    return rows_of(
        con,
        """
        select
            o.rule_id, r.title_zh, r.title_en, r.question_zh, r.question_en, o.outcome, o.observed, o.limit_value,
            o.parameter, p.value as parameter_value, p.basis, p.jurisdiction, p.valid_from, p.valid_to, p.confidence, p.reason,
            o.document_id, d.number as document_number, d.title as document_title, o.article, c.text_zh as clause
        from marts.refund_rule_outcomes as o
        left join reference.rules as r on o.rule_id = r.rule_id
        left join policy.parameters as p on o.parameter = p.parameter and ? between p.valid_from and p.valid_to
        left join policy.documents as d on o.document_id = d.document_id
        left join reference.clauses as c on o.document_id = c.document_id and o.article = c.article
        where o.period = ? and o.programme_year = ? and o.employer_id = ?
        order by r.rank
        """,
        [taken.last_day, decision["period"], decision["programme_year"], decision["employer_id"]],
    )


def month_rows(
    con: duckdb.DuckDBPyConnection, employer_id: str, year: int
) -> tuple[list[dict[str, Any]], dt.date | None]:
    """Give the months of the base year, and the month as of which the warehouse holds them."""
    rows = rows_of(
        con,
        "select fee_month, insured, due, received from intermediate.int_employer_months "
        "where employer_id = ? and year(fee_month) = ? order by fee_month",
        [employer_id, year - 1],
    )
    as_of = con.execute("select max(as_of) from run.facts_state").fetchone()
    return rows, as_of[0] if as_of else None


def payment_rows(known: Lines, employer_id: str, year: int, period: Period) -> list[dict[str, Any]]:
    """Give the bank's lines for the decision known at the period's end, newest versions."""
    rows = known.rows(
        "programme_payments",
        [
            "batch_no",
            "line_no",
            "programme_year",
            "payee_id",
            "on_behalf_of",
            "amount",
            "result",
            "return_reason",
            "paid_on",
        ],
        "programme = 'refund' and (payee_id = ? or on_behalf_of = ?)",
        [employer_id, employer_id],
        key=("batch_no", "line_no"),
    )
    return [
        r for r in rows if r["is_newest"] and r["programme_year"] == year and r["paid_on"] <= period.last_day
    ]


def head_section(d: dict[str, Any], taken: Period) -> Section:
    """Who, what was decided, how much."""
    name = d["employer_name"] or d["employer_id"]
    result = DECISIONS[d["decision"]]
    rows: list[list[Cell]] = [
        [Words("单位", "employer"), f"{name}（{d['employer_id']}）"],
        [Words("统一社会信用代码", "uscc"), d["uscc"]],
        [Words("结论", "decision"), result],
        [Words("返还金额(元)", "refund (yuan)"), d["refund_amount"]],
        [Words("未通过的规则", "failed rules"), ", ".join(d["failed_rules"]) or None],
        [Words("无法判断的规则", "unknown rules"), ", ".join(d["unknown_rules"]) or None],
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


def rule_section(rules: list[dict[str, Any]]) -> Section:
    """Every rule in words, with what was seen, the limit, the clause and the parameter row."""
    rows: list[list[Cell]] = []
    for r in rules:
        document = r["document_number"] or r["document_id"] or "—"
        article = r["article"] or ""
        clause_zh = document + (f" 第{article}条" if len(article) == 1 else f" {article}" if article else "")
        clause_en = document + (f" item {article}" if article else "")
        parameter = None
        if r["parameter"] and r["parameter_value"] is not None:
            parameter = (
                f"{r['parameter']}={short(r['parameter_value'])}"
                f"（{r['jurisdiction']}，{r['valid_from']} 起，{r['basis']}，{r['confidence']}）"
            )
        elif r["parameter"]:
            parameter = r["parameter"]
        rows.append(
            [OUTCOMES[r["outcome"]], Words(r["title_zh"] or r["rule_id"], r["title_en"] or r["rule_id"]), r["observed"],
             r["limit_value"], Words(clause_zh, clause_en), parameter]
        )  # fmt: skip
    columns = [
        Words("结果", "outcome"), Words("规则", "rule"), Words("实际", "observed"), Words("限值", "limit"),
        Words("依据", "clause"), Words("参数", "parameter row"),
    ]  # fmt: skip
    return Section("rules", Words("规则逐条", "The rules, one by one"), rows, columns)


def short(text: str | None) -> str | None:
    """Cut a long list for the page; the JSON holds it whole."""
    return text if text is None or len(text) <= 40 else text[:39] + "…"


def measure_section(d: dict[str, Any]) -> Section:
    """The figures that the rules rest on."""
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
            f"{d['size_class'] or '—'}（{d['size_source'] or '—'}）",
        ],
    ]
    notes = []
    if d["verdicts_differ"]:
        notes.append(Words("两种口径的裁员率结论不同", "the two layoff rates lead to different verdicts"))
    return Section("measures", Words("基准年的数字", "Figures of the base year"), rows, notes=notes)


def month_section(
    months: list[dict[str, Any]], d: dict[str, Any], as_of: dt.date | None, taken: Period
) -> Section:
    """The base month by month, and how it leads to the amount."""
    rows: list[list[Cell]] = [
        [f"{m['fee_month']:%Y-%m}", m["insured"], m["due"], m["received"]] for m in months
    ]
    total = sum((m["received"] for m in months), Decimal(0))
    rows.append([Words("合计", "total"), None, sum((m["due"] for m in months), Decimal(0)), total])
    notes = []
    left_out = total - d["contribution_base"]
    if as_of is not None and Period.of(as_of) != taken:
        notes.append(
            Words(
                f"按月数字为 {as_of:%Y-%m} 时所知，决定作于 {taken}：其后的入库和更正也在其中",
                f"months as known in {as_of:%Y-%m}; the decision is of {taken}: later receipts and corrections are included here",
            )
        )
    elif left_out:
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


def share_section(shares: list[dict[str, Any]]) -> Section:
    """How a dispatch employer's refund is shared out."""
    rows: list[list[Cell]] = [
        [
            Words("自有员工", "own staff") if s["beneficiary_kind"] == "own_staff" else f"{s['user_name']}（{s['user_uscc']}）",
            s["persons"], s["person_months"], s["allocation_base"], s["allocated_amount"], s["paid_amount"], s["withheld_reason"],
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


def payment_section(payments: list[dict[str, Any]], d: dict[str, Any]) -> Section:
    """The bank's lines, and where payment stands."""
    rows: list[list[Cell]] = [
        [
            p["paid_on"],
            f"{p['batch_no']}-{p['line_no']}",
            p["payee_id"],
            p["amount"],
            p["result"],
            p["return_reason"],
            f"{p['file']}:{p['line']}",
        ]
        for p in payments
    ]
    columns = [
        Words("日期", "day"), Words("批次-序号", "batch-line"), Words("收款方", "payee"), Words("金额(元)", "amount"),
        Words("结果", "result"), Words("退回原因", "return reason"), Words("文件:行", "file:line"),
    ]  # fmt: skip
    notes = [
        Words(
            f"已拨付 {d['paid_amount']:,}，已退回 {d['returned_amount']:,}，应拨付 {d['payable_amount']:,}，应追回 {d['recoverable_amount']:,} 元；"
            f"账户：{d['account_status']}；公示：{d['notice_status']}",
            f"paid {d['paid_amount']:,}, returned {d['returned_amount']:,}, payable {d['payable_amount']:,}, recoverable "
            f"{d['recoverable_amount']:,} yuan; account: {d['account_status']}; notice: {d['notice_status']}",
        )
    ]
    return Section("payments", Words("拨付", "Payments"), rows, columns, notes)


def source_sections(
    known: Lines, d: dict[str, Any], year: int, taken: Period
) -> list[tuple[Section, list[dict[str, Any]]]]:
    """The source files and lines behind the figures, as known when the decision was taken; citizen numbers masked."""
    employer, uscc, base = d["employer_id"], d["uscc"], year - 1
    person = ("person_id", Words("人员", "person"))
    wanted: list[tuple[str, Words, list[tuple[str, Words]], str, list[Any], tuple[str, ...], bool]] = [
        (
            "employers", Words("参保登记", "Register"),
            [("employer_id", Words("单位编号", "employer_id")), ("unit_type", Words("单位类型", "unit type")),
             ("insured_status", Words("参保状态", "insured status")), ("registry_status", Words("登记状态", "registry status"))],
            "employer_id = ?", [employer], ("employer_id",), True,
        ),
        (
            "enterprise_size", Words("企业划型", "Size filings"),
            [("uscc", Words("代码", "uscc")), ("data_year", Words("数据年度", "data year")), ("filed_size", Words("划型结果", "filed size")),
             ("staff", Words("从业人员", "staff")), ("revenue_10k", Words("营业收入", "revenue")), ("parent_uscc", Words("总机构", "parent"))],
            "uscc = ?", [uscc], ("uscc", "data_year"), True,
        ),
        (
            "contributions", Words("缴费明细", "Contributions"),
            [("fee_month", Words("所属期", "fee month")), person, ("pay_kind", Words("类型", "kind")), ("employer_due", Words("单位应缴", "due")),
             ("person_due", Words("个人应缴", "person due")), ("employer_paid", Words("单位实缴", "unit paid")),
             ("person_paid", Words("个人实缴", "person paid")), ("received_on", Words("入库日期", "received on"))],
            "employer_id = ? and year(fee_month) = ?", [employer, base],
            ("employer_id", "person_id", "fee_month", "pay_kind", "voucher_no"), False,
        ),
        (
            "benefit_claims", Words("失业待遇核定", "Benefit claims"),
            [("claim_no", Words("核定编号", "claim")), person, ("start_month", Words("起始月", "start month")), ("reason", Words("原因", "reason"))],
            "last_employer_id = ? and year(start_month) = ?", [employer, base], ("claim_no",), False,
        ),
        (
            "headcount_changes", Words("人员增减", "Headcount changes"),
            [("change_date", Words("日期", "day")), person, ("change_kind", Words("类型", "kind")), ("reason", Words("原因", "reason"))],
            "employer_id = ? and year(change_date) = ? and change_kind = 'decrease'", [employer, base],
            ("employer_id", "person_id", "change_kind", "change_date"), False,
        ),
        (
            "sanctions", Words("失信名单", "Sanctions"),
            [("uscc", Words("代码", "uscc")), ("listed_on", Words("列入", "listed on")), ("removed_on", Words("移出", "removed on"))],
            "uscc = ?", [uscc], ("uscc", "listed_on"), True,
        ),
        (
            "dispatch_agreements", Words("分配确认", "Dispatch agreements"),
            [("applied_on", Words("申请日期", "applied on")), ("allocation_confirmed", Words("已确认", "confirmed"))],
            "dispatch_employer_id = ? and programme_year = ?", [employer, year], ("dispatch_employer_id", "programme_year"), False,
        ),
        (
            "notice_objections", Words("公示异议", "Objections"),
            [("raised_on", Words("提出", "raised on")), ("resolved_on", Words("处理", "resolved on")), ("outcome", Words("结果", "outcome"))],
            "programme = 'refund' and subject_id = ?", [employer], ("programme", "subject_id", "raised_on"), False,
        ),
        (
            "review_outcomes", Words("人工审核", "Reviews"),
            [("decided_on", Words("日期", "day")), ("outcome", Words("结论", "outcome")), ("reason", Words("意见", "reason"))],
            "programme = 'refund' and subject_id = ? and programme_year = ?", [employer, year],
            ("programme", "subject_id", "programme_year", "decided_on"), False,
        ),
    ]  # fmt: skip
    sections = []
    for source, title, labels, where, values, key, snapshot in wanted:
        whole = snapshot and source != "employers"
        found = (
            known.rows(source, [n for n, _ in labels], where, values, key=key, snapshot=whole)
            if not snapshot
            else (known_snapshot(known, source, [n for n, _ in labels], where, values, key, whole))
        )
        for row in found:
            if "person_id" in row:
                row["person_id"] = masked(row["person_id"])
        if source == "employers":
            found = [row for row in found if row["is_newest"]]
        if found:
            named = Words(
                f"来源行：{title.zh}（{taken} 时所知）", f"Source lines: {title.en} (as known in {taken})"
            )
            sections.append((line_section(f"lines_{source}", named, labels, found), found))
    return sections


def known_snapshot(
    known: Lines,
    source: str,
    columns: list[str],
    where: str,
    values: list[Any],
    key: tuple[str, ...],
    newest_only: bool,
) -> list[dict[str, Any]]:
    """Lines of a snapshot source: only the newest state counts, and a snapshot's rows are never voided."""
    rows = known.rows(source, columns, where, values, snapshot=newest_only)
    newest: dict[tuple[Any, ...], tuple[Any, ...]] = {}
    for row in rows:
        identity = tuple(row.get(k) for k in key if k in columns)
        newest[identity] = max(newest.get(identity, ("", "", -1)), (row["period"], row["file"], row["line"]))
    for row in rows:
        row["is_newest"] = newest[tuple(row.get(k) for k in key if k in columns)] == (
            row["period"],
            row["file"],
            row["line"],
        )
    return rows
