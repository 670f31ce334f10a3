"""The month as an official document, and the draft of an incident report: plain words around figures of report_figures."""

from __future__ import annotations

import datetime as dt
import importlib.util
import json
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from wengang.core.errors import PublicationError
from wengang.policy.registry import registry
from wengang.reports.figures import Column, Report, shown, wan
from wengang.reports.fund_chart import reserve_chart

TEMPLATES = Path(__file__).resolve().parent / "templates"
FONT_PACKAGE = "pylopdf_fonts_zh_cn"
FAMILIES = ("Noto Serif SC", "Noto Sans SC")
DRAFT_MARK = "草稿·未审核 DRAFT"
NOT_KNOWN = "未知"
NUMERALS = "一二三四五六七八九十"
LEADS_SHOWN = 6
# What the table of a restated report compares.
HEADLINES = frozenset({
    ("fund", "income"), ("fund", "expenditure"), ("fund", "balance"), ("fund", "reserve_months"), ("refund", "employers"),
    ("refund", "refund_amount"), ("refund", "paid_amount"), ("refund", "payable_amount"), ("refund", "recoverable_amount"),
    ("skill", "applications"), ("skill", "approved"), ("skill", "amount"), ("benefits", "persons"), ("benefits", "amount"),
    ("premium", "premium_received"), ("premium", "relief"), ("risk", "still_open"), ("risk", "incidents"), ("risk", "incident_amount"),
})  # fmt: skip
Part = dict[str, Any]


def font_folder() -> Path:
    """Find the fonts that ship with the system; raises PublicationError where one is missing, since the text would be boxes."""
    spec = importlib.util.find_spec(FONT_PACKAGE)
    folder = Path(spec.origin).parent if spec and spec.origin else None
    missing = [] if folder else list(FAMILIES)
    if folder:
        import typst

        families = typst.Fonts(
            include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(folder)]
        ).families()
        missing = [name for name in FAMILIES if name not in families]
    if missing or folder is None:
        raise PublicationError(
            "font_missing",
            place=FONT_PACKAGE,
            missing=("、".join(missing), ", ".join(missing)),
            families=("、".join(FAMILIES), ", ".join(FAMILIES)),
        )
    return folder


def typeset(data: dict[str, Any], target: Path, timestamp: dt.datetime) -> Path:
    """Typeset one document as PDF/A with fonts embedded; the same data give the same bytes."""
    import typst

    folder = font_folder()
    try:
        typst.compile(
            str(TEMPLATES / "document.typ"),
            output=str(target),
            root=str(TEMPLATES),
            font_paths=[str(folder)],
            ignore_system_fonts=True,
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
            timestamp=timestamp,
        )
    except RuntimeError as error:
        raise PublicationError("document", place=str(target), error=error) from error
    return target


def stamp(report: Report) -> dt.datetime:
    """Return the time that the file says it was made: the period's last day, never the clock."""
    return dt.datetime.combine(report.period.last_day, dt.time(), dt.UTC)


def issuer_of(report: Report) -> str:
    """Name who reports."""
    return report.office.get("agency", f"{report.province_name}失业保险经办机构")


def dated(report: Report) -> str:
    """Return the date as a document writes it; blank days in a draft."""
    if report.signing.signed_on:
        day = dt.date.fromisoformat(report.signing.signed_on[:10])
        return f"{day.year}年{day.month}月{day.day}日"
    after = report.period.plus(1)
    return f"{after.year}年{after.month}月　日" if report.is_draft else ""


def number_of(report: Report) -> str:
    """Return the document's number (发文字号): the office's mark (机关代字), the year of the last signature, and the number given.

    In a draft the number is blank; a published document without one leaves the line out.
    """
    given, mark = report.signing.number, report.office.get("document_mark", "")
    if not given:
        return f"{mark}〔{report.period.plus(1).year}〕　　号" if report.is_draft else ""
    year = report.signing.signed_on[:4] or str(report.period.plus(1).year)
    return f"{mark}〔{year}〕{given}号" if given.isdigit() else given


def signer_of(report: Report) -> str:
    """Return who issues the document (签发人); blank in a draft, nothing in a published document that names nobody."""
    if report.signing.issuer:
        return f"签发人：{report.signing.issuer}"
    return "签发人：　　　　" if report.is_draft else ""


def contact_of(report: Report) -> str:
    """Return the note (附注) of whom to ask; nothing where the office names nobody."""
    named = [
        f"{title}：{report.office[item]}"
        for item, title in (("contact", "联系人"), ("telephone", "联系电话"))
        if report.office.get(item)
    ]
    return f"（{'，'.join(named)}）" if named else ""


def imprint_of(report: Report) -> list[str]:
    """Return the lines of the imprint (版记): copies, and who printed the document and when."""
    copies = report.office.get("copy_addressees")
    day = dated(report)
    printed = f"{issuer_of(report)}　　{day}印发" if day else issuer_of(report)
    return [*([f"抄送：{copies}。"] if copies else []), printed]


def title_of(report: Report) -> str:
    """Return the title; that of a report that takes the place of another says so."""
    month = f"{report.period.year}年{report.period.month}月"
    return f"关于{month}失业保险援企稳岗政策执行情况的报告{'（更正）' if report.revision else ''}"


def replaced_part(report: Report) -> list[Part]:
    """Return what a restated report takes the place of, why, and which headline figures changed; nothing for a first report."""
    revision = report.revision
    if revision is None:
        return []
    day = revision.signed_on
    on = f"{int(day[:4])}年{int(day[5:7])}月{int(day[8:10])}日" if day else ""
    before = revision.number or f"第{revision.revision - 1}版"
    rows = [
        [report.measures[(r["section"], r["measure"])].title_zh, amount_words(report, r, "old_value"), amount_words(report, r, "new_value")]
        for r in report.restated_here
        if is_headline(report, r, revision.revision)
    ]  # fmt: skip
    said = f"本报告更正{on}印发的同名报告（{before}），原报告以本报告为准。"
    reason = f"更正原因：{revision.reason.strip().rstrip('。')}。" if revision.reason.strip() else ""
    changed = "主要数据更正前后如下。" if rows else "主要数据没有变化，变化的数据见附件1“说明”页。"
    return [
        {
            "heading": "", "paragraphs": [said + reason + changed],
            "columns": ["2fr", "1fr", "1fr"], "aligns": ["left", "right", "right"],
            "heads": ["指标", "更正前", "更正后"], "rows": rows,
        }
    ]  # fmt: skip


def is_headline(report: Report, row: dict[str, Any], revision: int) -> bool:
    """Return whether a restated figure is one of the province as a whole, of this revision's month, with no dimension."""
    return (
        row["revision"] == revision
        and row["reporting_unit"] == report.province
        and row["dimension"] == "none"
        and row["figure_column"] == "value"
        and (row["section"], row["measure"]) in HEADLINES
    )


def amount_words(report: Report, row: dict[str, Any], column: str) -> str:
    """Write an old or new figure: money in 万元, others with their places."""
    measure = report.measures[(row["section"], row["measure"])]
    if measure.unit == "yuan":
        return wan(row[column], words=NOT_KNOWN)
    return shown(row[column], measure.places, words=NOT_KNOWN)


class Words:
    """Figures as words of a sentence."""

    def __init__(self, report: Report) -> None:
        self.report = report

    def money(
        self,
        section: str,
        measure: str,
        dimension: str = "none",
        value: str = "",
        *,
        column: Column = "value",
    ) -> str:
        """Return an amount in 万元."""
        return wan(self.report.figure(section, measure, dimension, value, column=column), words=NOT_KNOWN)

    def count(
        self, unit: str, section: str, measure: str, dimension: str = "none", value: str = "",
        *, column: Column = "value", places: int = 0,
    ) -> str:  # fmt: skip
        """Return a number with its unit."""
        figure = self.report.figure(section, measure, dimension, value, column=column)
        return NOT_KNOWN if figure is None else f"{shown(figure, places)}{unit}"


def refund_words(w: Words) -> list[str]:
    """Return how the refund stands."""
    return [
        f"截至期末，共核定{w.count('户', 'refund', 'employers')}，其中符合条件{w.count('户', 'refund', 'employers', 'decision', 'eligible')}、"
        f"待核实{w.count('户', 'refund', 'employers', 'decision', 'review')}、"
        f"不符合{w.count('户', 'refund', 'employers', 'decision', 'ineligible')}、"
        f"不属于政策范围{w.count('户', 'refund', 'employers', 'decision', 'out_of_scope')}；"
        f"返还金额{w.money('refund', 'refund_amount')}（符合条件及待核实）。"
        f"按规模分，大型{w.money('refund', 'refund_amount', 'size_class', 'large')}，"
        f"中小微{w.money('refund', 'refund_amount', 'size_class', 'sme')}。",
        f"本月新增符合条件{w.count('户', 'refund', 'newly_eligible')}、金额{w.money('refund', 'newly_eligible_amount')}；"
        f"公示中{w.count('户', 'refund', 'on_notice')}、金额{w.money('refund', 'on_notice_amount')}，"
        f"公示无异议{w.count('户', 'refund', 'cleared')}、金额{w.money('refund', 'cleared_amount')}。"
        f"累计拨付{w.count('户', 'refund', 'paid_employers')}、{w.money('refund', 'paid_amount')}，"
        f"其中本月拨付{w.money('refund', 'paid_in_month')}；应拨付未拨付{w.money('refund', 'payable_amount')}，"
        f"应追回{w.money('refund', 'recoverable_amount')}。",
    ]


def skill_words(w: Words) -> list[str]:
    """Return how the skill subsidy stands."""
    levels = "、".join(
        f"{name}{w.count('件', 'skill', 'approved', 'level', level)}"
        for level, name in (("5", "初级"), ("4", "中级"), ("3", "高级"))
    )
    return [
        f"本月申领{w.count('件', 'skill', 'applications')}、{w.count('人', 'skill', 'persons')}，"
        f"核准{w.count('件', 'skill', 'approved')}（{levels}），待核实{w.count('件', 'skill', 'in_review')}，"
        f"补贴金额{w.money('skill', 'amount')}；本年累计申领{w.count('件', 'skill', 'applications', column='year')}、"
        f"核准{w.count('件', 'skill', 'approved', column='year')}。"
        f"本月发放{w.money('skill', 'paid_in_month')}，应发未发{w.money('skill', 'payable_amount')}，"
        f"应追回{w.money('skill', 'recoverable_amount')}。"
    ]


def benefit_words(w: Words) -> list[str]:
    """Return what was paid for living."""
    return [
        f"本月发放保生活待遇{w.count('人', 'benefits', 'persons')}、{w.money('benefits', 'amount')}"
        f"（上年同月{w.money('benefits', 'amount', column='last_year')}），本年累计{w.money('benefits', 'amount', column='year')}；"
        f"新增{w.count('人', 'benefits', 'new_persons')}，停发{w.count('人', 'benefits', 'stopped_persons')}。"
        f"其中失业保险金{w.count('人', 'benefits', 'persons', 'benefit_kind', 'benefit')}、"
        f"{w.money('benefits', 'amount', 'benefit_kind', 'benefit')}，"
        f"代缴基本医疗保险费{w.money('benefits', 'amount', 'benefit_kind', 'medical')}。"
    ]


def premium_words(w: Words) -> list[str]:
    """Return what the cut relieved."""
    return [
        f"本月参保缴费{w.count('人', 'premium', 'insured')}，应缴{w.money('premium', 'premium_due')}，"
        f"实缴{w.money('premium', 'premium_received')}，减征{w.money('premium', 'relief')}；"
        f"本年累计减征{w.money('premium', 'relief', column='year')}。"
    ]


def gates_ahead(report: Report) -> str:
    """Return what the reserve period is expected to be on the 31 Decembers that decide; nothing where none is projected."""
    return "，".join(
        f"{g['gate_date'].year}年12月31日备付期限为{shown(g['reserve_months'], 2)}个月"
        f"（低于下限的概率{shown((g['probability_below_min'] or Decimal(0)) * 100)}%）"
        for g in report.gates
        if g["reserve_months"] is not None
    )


def fund_words(w: Words) -> list[str]:
    """Return the fund's reserve period compared with both limits."""
    report = w.report
    gate = report.figure("fund", "gate_open")
    verdict = {None: "是否达到执行条件未知", Decimal(0): "未达到政策执行条件"}.get(gate, "达到政策执行条件")
    ahead = gates_ahead(report)
    formula = next((r["value"] for r in report.parameters if r["parameter"] == "reserve_formula"), "")
    reserve = "按近12个月支出计算的备付期限" if formula == "rolling_12" else "上年度备付期限"
    words = [
        f"本月收入{w.money('fund', 'income')}，支出{w.money('fund', 'expenditure')}，"
        f"月末滚存结余{w.money('fund', 'balance')}。本年累计收入{w.money('fund', 'income', column='year')}，"
        f"支出{w.money('fund', 'expenditure', column='year')}，其中保生活待遇{w.money('fund', 'living_benefits', column='year')}、"
        f"稳岗返还{w.money('fund', 'refund', column='year')}、技能提升补贴{w.money('fund', 'skill_subsidy', column='year')}。",
        f"{reserve}{w.count('个月', 'fund', 'reserve_months', places=1)}，"
        f"下限{w.count('个月', 'fund', 'reserve_months_min')}、省级统筹目标线{w.count('个月', 'fund', 'pooling_target')}，{verdict}"
        + (
            "。"
            if formula == "rolling_12"
            else f"；按近12个月支出计算为{w.count('个月', 'fund', 'rolling_reserve_months', places=1)}。"
        )
        + (f"按现有趋势预测，{ahead}。" if ahead else "因历史数据不足或未交付，未作预测。"),
    ]
    short = [
        f"{name}{w.money('fund', 'shortfall', 'item', programme)}"
        for programme, name in (
            ("living_benefits", "保生活待遇"),
            ("refund", "稳岗返还"),
            ("skill_subsidy", "技能提升补贴"),
        )
        if (report.figure("fund", "shortfall", "item", programme) or 0) > 0
    ]
    if short:
        words.append(f"按保生活待遇、稳岗返还、技能提升补贴的顺序保障至年末，尚有缺口：{'，'.join(short)}。")
    return words


def risk_words(w: Words) -> list[str]:
    """Return which leads are open, the most numerous rules first."""
    report = w.report
    rules = sorted(
        (
            (report.figure("risk", "still_open", "rule_id", rule) or Decimal(0), rule)
            for rule in report.dimension_values("risk", "still_open", "rule_id")
        ),
        key=lambda pair: (-pair[0], pair[1]),
    )
    named = "、".join(
        f"{report.label('rule_id', rule).zh}{shown(figure)}条"
        for figure, rule in rules[:LEADS_SHOWN]
        if figure > 0
    )
    more = "等" if sum(figure > 0 for figure, _ in rules) > LEADS_SHOWN else ""
    return [
        f"本月新增风险线索{w.count('条', 'risk', 'raised_new')}，期末待核查{w.count('条', 'risk', 'still_open')}"
        f"{f'（{named}{more}）' if named else ''}，"
        f"已属实{w.count('条', 'risk', 'confirmed')}、排除{w.count('条', 'risk', 'dismissed')}，"
        f"待核查及属实线索涉及金额{w.money('risk', 'amount_at_stake')}。"
        f"达到要情报告标准{w.count('件', 'risk', 'incidents')}、金额{w.money('risk', 'incident_amount')}。",
        f"数据质量：本月收到文件{w.count('个', 'quality', 'files')}，接收{w.count('行', 'quality', 'rows_accepted')}，"
        f"拒收{w.count('行', 'quality', 'rows_rejected')}；账实勾稽一致{w.count('项', 'quality', 'match')}、"
        f"不一致{w.count('项', 'quality', 'mismatch')}、无法比对{w.count('项', 'quality', 'not_comparable')}。"
        + ("以前月报有更正，见附件1“说明”页。" if report.restatements else ""),
    ]


def decisions_needed(w: Words) -> list[str]:
    """List what a person has to decide, each in one sentence: what is incomplete or not valid, then the points of the month."""
    report = w.report
    found = [f"数据不完整：{zh}，是否据此上报。" for zh, _ in report.incomplete]
    found += [f"严重级校验不符：{r['title_zh']}，查明前不得发布。" for r in report.critical()]
    found += [f"{point['text_zh']}{names_of(report, point['point_id'])}。" for point in report.points]
    return [
        f"（{index}）{text}" if len(found) > 1 else text for index, text in enumerate(found, start=1)
    ] or ["无。"]


def names_of(report: Report, point_id: str) -> str:
    """Return in brackets the parameters that a point counts; nothing for points about something else."""
    counted = {
        "value_carried_forward": [r["parameter"] for r in report.parameters if r["carried_forward"]],
        "value_lapsing": [r["name"] for r in report.lapsing if r["kind"] == "parameter"],
    }
    known = registry()
    titles = [known[name].title_zh if name in known else name for name in counted.get(point_id, ())]
    return f"（{'、'.join(titles)}）" if titles else ""


def chart_part(report: Report) -> Part:
    """Return the chart of the reserve, where the ledger has anything to draw."""
    chart = reserve_chart(report)
    return {"chart": chart, "caption": "失业保险基金滚存结余和备付期限"} if chart else {}


def document_data(report: Report) -> dict[str, Any]:
    """Return everything that the month's document says, for the template."""
    w = Words(report)
    period = report.period
    problems = list(report.signing.problems) or (
        ["（由填报人在签署时填写。）"] if report.is_draft else ["无。"]
    )
    rests_on = f"{'、'.join(report.notices)}文件" if report.notices else "失业保险援企稳岗政策"
    opening = (
        f"按照{rests_on}按月上报的要求，现将{period.year}年{period.month}月"
        "失业保险援企稳岗政策执行情况报告如下。文中金额以万元计，保留两位小数；“未知”指数据没有交付或无法得出。"
    )
    sections: Sequence[tuple[str, list[str], Part]] = [
        ("稳岗返还", refund_words(w), {}),
        ("技能提升补贴", skill_words(w), {}),
        ("保生活待遇", benefit_words(w), {}),
        ("阶段性降低费率", premium_words(w), {}),
        ("基金运行", fund_words(w), chart_part(report)),
        ("风险防控和数据质量", risk_words(w), {}),
        ("需要研究决定的事项", decisions_needed(w), {}),
        ("执行中遇到的问题", problems, {}),
    ]
    parts: list[Part] = [*replaced_part(report), {"heading": "", "paragraphs": [opening]}]
    parts += [
        {"heading": f"{NUMERALS[i]}、{name}", "paragraphs": words, **extra}
        for i, (name, words, extra) in enumerate(sections)
    ]
    parts.append({"heading": "", "paragraphs": ["特此报告。"]})
    return {
        "head": f"{issuer_of(report)}文件",
        "number": number_of(report),
        "signer": signer_of(report),
        "title": title_of(report),
        "addressee": report.office.get("main_addressees", ""),
        "parts": parts,
        "attachments": [
            f"失业保险援企稳岗政策执行情况月报表（{period}）",
            "本期使用的参数和假设（见月报表“参数”页）",
        ],
        "issuer": issuer_of(report),
        "dated": dated(report),
        "draft_mark": mark_of(report),
        "footnote": contact_of(report),
        "imprint": imprint_of(report),
    }


def mark_of(report: Report) -> str:
    """Return what every page says at its head: that it is a draft, and that it is restated."""
    marks = [report.revision.mark_zh] if report.revision else []
    return "　".join([DRAFT_MARK, *marks] if report.is_draft else marks)


def write_document(report: Report, target: Path) -> Path:
    """Write the month's document as PDF; raises PublicationError where a font is missing. Returns the path."""
    return typeset(document_data(report), target, stamp(report))
