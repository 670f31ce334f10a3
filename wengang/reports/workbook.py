"""The workbook of the month: a cover, a sheet a section by unit, trends with charts, data quality, parameters and notes.

Nothing is computed: every number is a row of report_figures or of a published table. The same report gives the same bytes.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from wengang.policy.registry import registry
from wengang.reports.figures import (
    NOT_KNOWN,
    OWN_ACCOUNT,
    UNKNOWN_UNIT,
    Column,
    Report,
    headlines,
    shown,
    width_of,
)

TITLE = "失业保险援企稳岗政策执行情况月报表"
TITLE_EN = "Monthly report on the unemployment-insurance support programmes"
DRAFT_MARK = "草稿·未审核 DRAFT, not reviewed"
COLUMNS: tuple[Column, ...] = ("value", "year", "last_year")
MEASURES_A_PAGE = 3
# Widths in characters of 11 points; figures are written in 9 points, so 15.5 holds 99,999,999,999.99.
MONEY_WIDTH, COUNT_WIDTH, LABEL_WIDTH = 15.5, 12.5, 36
ROW_HEIGHT, TWO_LINES, PAGE_HEIGHT, SCALE = 15.5, 25.0, 780.0, 62
UNITS = {
    "yuan": ("元", "yuan"),
    "units": ("户", "units"),
    "persons": ("人", "persons"),
    "applications": ("件", "applications"),
    "person-months": ("人月", "person-months"),
    "months": ("个月", "months"),
    "leads": ("条", "leads"),
    "incidents": ("件", "incidents"),
}
HEADS = {
    "flow": (("本月", "this month"), ("本年累计", "year so far"), ("上年同月", "last year")),
    "stock": (
        ("期末", "as it stands"),
        ("其中：本年度", "of this year"),
        ("上年同月", "last year"),
    ),
    "count": (("本月", "this month"), ("本年累计", "year so far"), ("上年同月", "last year")),
    "rate": (("月末", "month's end"), ("本年至今", "this year"), ("上年同月", "last year")),
    "opening": (("月初", "month's start"), ("年初", "year's start"), ("上年同月", "last year")),
    "balance": (("月末", "month's end"), ("本年至今", "this year"), ("上年同月", "last year")),
}


@dataclass(frozen=True)
class Shown:
    """A measure as a column group: of one value of a dimension, or of the whole."""

    measure: str
    dimension: str = "none"
    value: str = ""


@dataclass(frozen=True)
class Sheet:
    """A sheet of a section: its measures in order, and the dimensions that the province is broken down by beneath the units."""

    section: str
    name: str
    title_zh: str
    title_en: str
    measures: tuple[Shown, ...]
    breakdowns: tuple[str, ...] = ()


SHEETS = (
    Sheet(
        "refund", "稳岗返还", "稳岗返还情况表", "Stabilisation refund",
        (
            Shown("employers"), Shown("employers", "decision", "eligible"), Shown("employers", "decision", "review"),
            Shown("employers", "decision", "ineligible"),
            Shown("average_insured"), Shown("contribution_base"), Shown("refund_amount"),
            Shown("refund_amount", "decision", "eligible"),
            Shown("paid_employers"), Shown("paid_amount"), Shown("payable_amount"), Shown("recoverable_amount"),
            Shown("returned_employers"), Shown("returned_amount"), Shown("newly_eligible"), Shown("newly_eligible_amount"),
            Shown("on_notice"), Shown("on_notice_insured"), Shown("on_notice_amount"), Shown("cleared"),
            Shown("cleared_insured"), Shown("cleared_amount"), Shown("objection_open"), Shown("objection_upheld"),
            Shown("account_missing"), Shown("verdicts_differ"), Shown("paid_in_month"), Shown("returned_in_month"),
        ),
        ("decision", "size_class", "unit_type"),
    ),
    Sheet(
        "skill", "技能提升补贴", "技能提升补贴情况表", "Skill subsidy",
        (
            Shown("applications"), Shown("persons"), Shown("approved"), Shown("approved_persons"),
            Shown("in_review"), Shown("applications", "decision", "ineligible"), Shown("amount"), Shown("payable_amount"),
            Shown("paid_amount"), Shown("recoverable_amount"), Shown("paid_in_month"), Shown("returned_in_month"),
        ),
        ("decision", "level"),
    ),
    Sheet(
        "benefits", "保生活待遇", "保生活待遇发放情况表", "Living benefits",
        (Shown("persons"), Shown("new_persons"), Shown("stopped_persons"), Shown("months"), Shown("amount")),
        ("benefit_kind",),
    ),
    Sheet(
        "premium", "降费率", "阶段性降低失业保险费率情况表", "Premium cut",
        (Shown("insured"), Shown("pay_base"), Shown("premium_due"), Shown("premium_received"), Shown("relief")),
        ("unit_type",),
    ),
    Sheet(
        "fund", "基金收支", "失业保险基金收支情况表", "Fund",
        (
            Shown("opening_balance"), Shown("income"), Shown("premium"), Shown("expenditure"),
            Shown("living_benefits"), Shown("refund"), Shown("skill_subsidy"), Shown("other_expenditure"),
            Shown("balance"), Shown("rolling_reserve_months"),
        ),
    ),
    Sheet(
        "risk", "风险线索", "基金风险线索情况表", "Risk leads",
        (
            Shown("raised"), Shown("raised_new"), Shown("still_open"), Shown("amount_at_stake"),
            Shown("confirmed"), Shown("dismissed"), Shown("gone"), Shown("incidents"),
        ),
        ("rule_id",),
    ),
)  # fmt: skip


class Writer:
    """Writes one report into one XlsxWriter workbook."""

    def __init__(self, report: Report, target: Path) -> None:
        import xlsxwriter

        self.report = report
        self.book = xlsxwriter.Workbook(
            str(target), {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
        )
        created = dt.datetime.combine(report.period.last_day, dt.time())
        self.book.set_properties(
            {
                "title": f"{TITLE} {report.period}",
                "subject": TITLE_EN,
                "author": "wengang",
                "comments": DRAFT_MARK if report.is_draft else "已审核 reviewed",
                "created": created,
            }
        )
        self.book.set_calc_mode("manual")
        self._formats: dict[str, Any] = {}

    def style(self, **given: Any) -> Any:
        """Give a cell format, made once."""
        key = repr(sorted(given.items()))
        if key not in self._formats:
            self._formats[key] = self.book.add_format(
                {"font_name": "宋体", "font_size": 10, "valign": "vcenter", **given}
            )
        return self._formats[key]

    def cell(self, **given: Any) -> Any:
        """Give the format of a ruled table cell."""
        return self.style(border=1, border_color="#7F7F7F", **given)

    def put(self, sheet: Any, row: int, column: int, value: object, **style: Any) -> None:
        """Write a cell: text always as text, whatever it begins with; what is not known in words."""
        if value is None:
            sheet.write_string(
                row,
                column,
                NOT_KNOWN,
                self.cell(align="right", font_color="#7F7F7F", italic=True, font_size=9),
            )
        elif isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
            sheet.write_number(row, column, value, self.cell(align="right", **style))
        else:
            given = style if "align" in style else {"indent": 1, **style}
            sheet.write_string(row, column, str(value), self.cell(**given))

    def number_format(self, places: int) -> str:
        """Number format with thousands separators and a little room to the right; below zero in red with its sign."""
        digits = f".{'0' * places}" if places else ""
        return f"#,##0{digits}_ ;[Red]-#,##0{digits}_ "

    def page(self, sheet: Any, *, landscape: bool = True, head_rows: tuple[int, int] | None = None) -> None:
        """Set a sheet up for A4: margins, headings on every page, page numbers, the draft mark."""
        sheet.set_paper(9)
        if landscape:
            sheet.set_landscape()
        sheet.set_margins(left=0.4, right=0.4, top=0.75, bottom=0.6)
        mark = f'&C&"宋体"&12&KC00000{DRAFT_MARK}' if self.report.is_draft else ""
        sheet.set_header(f'{mark}&R&"宋体"&9{TITLE} {self.report.period}')
        sheet.set_footer(f'&L&"宋体"&9{self.report.province_name}&C&"宋体"&9第 &P 页 共 &N 页 page &P of &N')
        if head_rows:
            sheet.repeat_rows(*head_rows)
        sheet.hide_gridlines(2)
        sheet.center_horizontally()

    def title(self, sheet: Any, row: int, first: int, last: int, zh: str, en: str) -> None:
        """Write a table's title with English beneath, and the line of unit, period and draft mark."""
        sheet.merge_range(row, first, row, last, zh, self.style(bold=True, font_size=16, align="center"))
        sheet.merge_range(
            row + 1, first, row + 1, last, en, self.style(font_size=10, align="center", font_color="#595959")
        )
        sheet.set_row(row, 26)
        sheet.set_row(row + 1, 16)

    def lines(self, sheet: Any, row: int, first: int, last: int) -> None:
        """Write the lines for who fills in and who reviews."""
        signing = self.report.signing
        text = (
            f"填报单位 Reported by：{self.report.province_name}    填报人 Prepared by：{signing.preparer or '____________'}    "
            f"审核人 Reviewed by：{signing.reviewer or '____________'}    日期 Date：{signing.signed_on or '____________'}"
        )
        sheet.merge_range(row, first, row, last, text, self.style(font_size=10))
        sheet.set_row(row, 22)

    def close(self) -> None:
        """Write the file."""
        self.book.close()


def write_workbook(report: Report, target: Path) -> Path:
    """Write the workbook; a report that nobody signed carries the draft mark on every sheet. Returns the path."""
    writer = Writer(report, target)
    write_cover(writer)
    for sheet in SHEETS:
        write_section(writer, sheet)
    write_items(writer)
    write_trend(writer)
    write_rules(writer)
    write_quality(writer)
    write_parameters(writer)
    write_notes(writer)
    writer.close()
    return target


def heads_of(sheet: Sheet, kind: str) -> tuple[tuple[str, str], ...]:
    """Give the three headings of a measure."""
    return HEADS["balance"] if sheet.section == "fund" and kind == "stock" else HEADS[kind]


def write_section(writer: Writer, spec: Sheet) -> None:
    """Write a section: a row a unit, three figures a measure, four measures a printed page; the province's parts beneath."""
    report = writer.report
    sheet = writer.book.add_worksheet(spec.name)
    top = 6
    rows = section_rows(report, spec)
    labels = [row_label(zh, en) for zh, en, *_ in rows]
    width = max(width_of(line) for label in labels for line in label.splitlines())
    sheet.set_column(0, 0, min(LABEL_WIDTH, max(18, 0.82 * width + 4)))
    pages = [spec.measures[i : i + MEASURES_A_PAGE] for i in range(0, len(spec.measures), MEASURES_A_PAGE)]
    column = 1
    breaks = []
    for number, page in enumerate(pages):
        first, last = column, column + 3 * len(page) - 1
        more = "（续表）" if number else ""
        writer.title(
            sheet,
            0,
            first,
            last,
            f"{spec.title_zh}{more}",
            f"{spec.title_en}{' (continued)' if number else ''}",
        )
        head = f"期间 Period：{report.period}    {DRAFT_MARK if report.is_draft else ''}"
        sheet.merge_range(2, first, 2, last, head, writer.style(align="center", font_color="#C00000"))
        for shown_measure in page:
            is_money = report.measures[(spec.section, shown_measure.measure)].unit == "yuan"
            sheet.set_column(column, column + 2, MONEY_WIDTH if is_money else COUNT_WIDTH)
            write_measure(writer, sheet, spec, shown_measure, column, rows, top)
            column += 3
        writer.lines(sheet, top + len(rows) + 1, first, last)
        breaks.append(column)
    sheet.merge_range(
        3,
        0,
        5,
        0,
        "报送单位\nReporting unit",
        writer.cell(bold=True, align="center", text_wrap=True, bg_color="#DDEBF7"),
    )
    heights = [TWO_LINES if "\n" in label else ROW_HEIGHT for label in labels]
    for offset, (label, height, row) in enumerate(zip(labels, heights, rows, strict=True)):
        sheet.write_string(
            top + offset, 0, label, writer.cell(text_wrap=True, font_size=9, indent=1, **row[4])
        )
        sheet.set_row(top + offset, height)
    sheet.set_row(3, 42)
    sheet.set_row(4, 16)
    sheet.set_row(5, 26)
    sheet.freeze_panes(top, 1)
    writer.page(sheet, head_rows=(0, 5))
    sheet.repeat_columns(0, 0)
    sheet.set_print_scale(SCALE)
    if sum(heights) > PAGE_HEIGHT - 150:
        sheet.set_h_pagebreaks([top + len(report.units)])
    sheet.set_v_pagebreaks(breaks[:-1])
    sheet.print_area(0, 0, top + len(rows) + 1, column - 1)


def row_label(zh: str, en: str) -> str:
    """Write a row's name in both languages: on one line where it fits, else English beneath."""
    line = f"{zh} {en}"
    return line if width_of(line) <= LABEL_WIDTH else f"{zh}\n{en}"


def section_rows(report: Report, spec: Sheet) -> list[tuple[str, str, str, tuple[str, str], dict[str, Any]]]:
    """Give the rows of a section: label in two languages, unit, (dimension, value), style."""
    rows: list[tuple[str, str, str, tuple[str, str], dict[str, Any]]] = []
    for unit in report.units:
        is_total = unit.code == report.province
        style = {"bold": True, "bg_color": "#FFF2CC"} if is_total else {}
        rows.append((unit.name_zh, unit.name_en, unit.code, ("none", ""), style))
    for dimension in spec.breakdowns:
        values: list[str] = []
        for shown_measure in spec.measures:
            if shown_measure.dimension == "none":
                for value in report.dimension_values(spec.section, shown_measure.measure, dimension):
                    if value not in values:
                        values.append(value)
        order = {code: i for i, (kind, code) in enumerate(report.labels) if kind == dimension}
        for value in sorted(values, key=lambda v: (order.get(v, len(order) + 10**6), v)):
            label = report.label(dimension, value)
            name = f"{value} {label.zh}" if dimension == "rule_id" else label.zh
            rows.append((name, label.en, report.province, (dimension, value), {"bg_color": "#F2F2F2"}))
    return rows


def write_measure(
    writer: Writer,
    sheet: Any,
    spec: Sheet,
    measure: Shown,
    column: int,
    rows: Sequence[tuple[str, str, str, tuple[str, str], dict[str, Any]]],
    top: int,
) -> None:
    """Write the three columns of a measure."""
    report = writer.report
    about = report.measures[(spec.section, measure.measure)]
    zh, en = about.title_zh, about.title_en
    if measure.dimension != "none":
        label = report.label(measure.dimension, measure.value)
        zh, en = f"{zh}：{label.zh}", f"{en}: {label.en}"
    unit_zh, unit_en = UNITS.get(about.unit, ("", about.unit))
    head = writer.cell(bold=True, align="center", text_wrap=True, bg_color="#DDEBF7")
    sheet.merge_range(3, column, 3, column + 2, f"{zh}\n{en}", head)
    sheet.merge_range(
        4,
        column,
        4,
        column + 2,
        f"单位：{unit_zh} {unit_en}",
        writer.cell(font_size=9, align="center", bg_color="#DDEBF7"),
    )
    for offset, (head_zh, head_en) in enumerate(heads_of(spec, about.kind)):
        sheet.write_string(
            5, column + offset, f"{head_zh}\n{head_en}",
            writer.cell(font_size=9, align="center", text_wrap=True, bg_color="#DDEBF7"),
        )  # fmt: skip
    form = {"num_format": writer.number_format(about.places), "font_size": 9}
    for offset, (_, _, unit, (dimension, value), style) in enumerate(rows):
        if dimension == "none":
            key = (measure.dimension, measure.value)
        elif measure.dimension == "none":
            key = (dimension, value)
        else:
            key = ("", "")
        has_row = (unit, spec.section, measure.measure, *key) in report.figures
        for index, which in enumerate(COLUMNS):
            if has_row and not (which == "year" and about.kind in {"count", "rate"}):
                figure = report.figure(spec.section, measure.measure, *key, unit=unit, column=which)
                writer.put(sheet, top + offset, column + index, figure, **form, **style)
            else:
                writer.put(
                    sheet,
                    top + offset,
                    column + index,
                    "—",
                    align="center",
                    font_color="#A6A6A6",
                    font_size=9,
                    **style,
                )


def table(
    writer: Writer,
    sheet: Any,
    row: int,
    heads: Sequence[tuple[str, str]],
    body: Sequence[Sequence[object]],
    *,
    places: Sequence[int | None] = (),
    wrap: Sequence[int] = (),
    widths: Sequence[float] = (),
) -> int:
    """Write a ruled table; returns the row after it. `places` of a column: decimal places of its numbers; `widths`: those of the columns,
    by which a row is made as high as its wrapped text.
    """
    for column, (zh, en) in enumerate(heads):
        sheet.write_string(
            row, column, f"{zh}\n{en}",
            writer.cell(bold=True, align="center", text_wrap=True, bg_color="#DDEBF7", font_size=9),
        )  # fmt: skip
    sheet.set_row(row, 28)
    for offset, line in enumerate(body, start=1):
        for column, value in enumerate(line):
            style: dict[str, Any] = {"font_size": 9}
            if (
                column < len(places)
                and places[column] is not None
                and isinstance(value, (int, float, Decimal))
            ):
                style["num_format"] = writer.number_format(places[column] or 0)
            if column in wrap:
                style["text_wrap"] = True
            writer.put(sheet, row + offset, column, value, **style)
        lines = max((lines_of(str(line[c]), widths[c]) for c in wrap if c < len(widths)), default=1)
        if lines > 1:
            sheet.set_row(row + offset, 12.0 * lines + 5)
    return row + len(body) + 1


def lines_of(text: str, width: float) -> int:
    """Count the lines of 9 points that a text takes in a column; a Latin word is not broken, so a line is not quite filled."""
    room = max(1.0, 1.15 * width - 2)
    return sum(max(1, math.ceil(width_of(line) / room)) for line in text.splitlines() or [""])


def heading(writer: Writer, sheet: Any, row: int, text: str) -> int:
    """Write a heading within a sheet; returns the next row."""
    sheet.write_string(row, 0, text, writer.style(bold=True, font_size=12, font_color="#1F4E78"))
    sheet.set_row(row, 22)
    return row + 1


COVER_WIDTHS = (48, 20, 20, 20, 34)


def write_cover(writer: Writer) -> None:
    """Write the cover: what the month is, its first figures, what arrived, what was found, what is assumed and what lapses."""
    report = writer.report
    sheet = writer.book.add_worksheet("封面")
    for column, width in enumerate(COVER_WIDTHS):
        sheet.set_column(column, column, width)
    writer.title(sheet, 0, 0, 4, TITLE, TITLE_EN)
    state = DRAFT_MARK if report.is_draft else "已审核 reviewed"
    sheet.merge_range(2, 0, 2, 4, f"期间 Period：{report.period}    范围 Scope：{report.province_name}    状态 State：{state}",
                      writer.style(align="center", bold=True, font_color="#C00000" if report.is_draft else "#375623"))  # fmt: skip
    writer.lines(sheet, 3, 0, 4)
    row = 5
    if report.incomplete:
        row = heading(writer, sheet, row, "数据不完整 Incomplete")
        for zh, en in report.incomplete:
            sheet.merge_range(row, 0, row, 4, f"{zh}\n{en}", writer.cell(text_wrap=True, bg_color="#FCE4D6"))
            sheet.set_row(row, 30)
            row += 1
        row += 1
    row = heading(writer, sheet, row, "主要数据 Headline figures")
    row = table(
        writer, sheet, row, [("指标", "Measure"), ("数值", "Figure")],
        [(f"{zh}\n{en}", text) for zh, en, text in headlines(report)], wrap=(0,), widths=COVER_WIDTHS,
    ) + 1  # fmt: skip
    row = write_validation(writer, sheet, row)
    row = write_lapsing(writer, sheet, row)
    row = heading(writer, sheet, row, "数据接收 What arrived")
    row = table(
        writer, sheet, row,
        [("数据源", "Source"), ("文件数", "Files"), ("读取行数", "Rows read"), ("接收行数", "Accepted"), ("拒收行数", "Rejected")],
        [
            (source_name(source), *(report.figure("quality", m, "item", source) for m in ("files", "rows_read", "rows_accepted", "rows_rejected")))
            for source in report.dimension_values("quality", "files", "item")
        ]
        + [("合计 Total", *(report.figure("quality", m) for m in ("files", "rows_read", "rows_accepted", "rows_rejected")))],
        places=(None, 0, 0, 0, 0),
    ) + 1  # fmt: skip
    assumptions = report.figure("parameters", "assumptions")
    sheet.merge_range(row, 0, row, 4, f"使用中的参数见“参数”页，其中假设 {shown(assumptions)} 项。 Parameters in use: sheet 参数.",
                      writer.style(text_wrap=True))  # fmt: skip
    writer.page(sheet, landscape=False)
    sheet.fit_to_pages(1, 0)
    sheet.freeze_panes(3, 0)
    sheet.repeat_rows(0, 2)
    sheet.print_area(0, 0, row, 4)


def source_name(source: str) -> str:
    """Name a source in both languages, from its contract."""
    from wengang.contracts import load_contracts

    contract = load_contracts().get(source)
    return (
        f"{contract.title_zh} {contract.title_en}"
        if contract
        else ("未识别 Unknown" if source == "unknown" else source)
    )


def write_validation(writer: Writer, sheet: Any, row: int) -> int:
    """Write how the expectations ended; returns the next row."""
    report = writer.report
    row = heading(writer, sheet, row, "数据校验 Validation")
    met = sum(r["outcome"] == "met" for r in report.validation)
    words = (
        f"共 {len(report.validation)} 项，符合 {met} 项，严重 {len(report.critical())} 项，警告 {len(report.warnings())} 项。 "
        f"{met} of {len(report.validation)} met, {len(report.critical())} critical, {len(report.warnings())} warnings."
        if report.validation
        else "尚未校验 Not evaluated yet"
    )
    sheet.merge_range(row, 0, row, 4, words, writer.style())
    row += 1
    failed = [*report.critical(), *report.warnings()]
    if failed:
        row = table(
            writer, sheet, row,
            [("发现", "Found"), ("级别", "Severity"), ("结果", "Outcome"), ("行数", "Rows"), ("校验编号", "Expectation")],
            [
                (f"{r['title_zh']}\n{r['title_en']}" + (f"\n{r['detail']}" if r["outcome"] == "failed" and r["detail"] else ""),
                 {"critical": "严重 critical"}.get(r["severity"], "警告 warning"),
                 {"failed": "不符 failed"}.get(r["outcome"], "无法评估 not evaluated"), r["failing_rows"], r["expectation_id"])
                for r in failed
            ],
            places=(None, None, None, 0), wrap=(0, 4), widths=COVER_WIDTHS,
        )  # fmt: skip
    return row + 1


def write_lapsing(writer: Writer, sheet: Any, row: int) -> int:
    """Write which values and windows are about to end; returns the next row."""
    report = writer.report
    row = heading(writer, sheet, row, "60天内到期的参数和执行期 Values and windows about to lapse")
    if not report.lapsing:
        sheet.merge_range(row, 0, row, 4, "无 None", writer.style())
        return row + 2
    kinds = {"window": "执行期 window", "parameter": "参数 parameter"}
    return table(
        writer, sheet, row,
        [("名称", "Name"), ("类别", "Kind"), ("现值", "Value"), ("最后一天", "Last day"), ("其后", "Followed by")],
        [
            (lapsing_name(report, r), kinds[r["kind"]], value_words(report, r["value"]), f"{r['last_day']:%Y-%m-%d}",
             value_words(report, r["next_value"]) if r["next_value"] else "无后续 nothing follows")
            for r in report.lapsing
        ],
        wrap=(0, 2, 4), widths=COVER_WIDTHS,
    ) + 1  # fmt: skip


TREND_WIDTHS = (19, 16, 16, 17, 13, 10, 10, 17, 17)


def lapsing_name(report: Report, row: dict[str, Any]) -> str:
    """Name a parameter or a programme's window."""
    if row["kind"] == "parameter":
        return parameter_name(row["name"])
    label = report.label("programme", row["name"])
    return f"{label.zh}\n{label.en}"


def parameter_name(name: str) -> str:
    """Give a parameter's title, its name beneath."""
    known = registry().get(name)
    return f"{known.title_zh}\n{name}" if known else name


def value_words(report: Report, value: str) -> str:
    """Give a parameter's value with the words of its codes."""
    parts = [(part, report.value_label(part)) for part in value.split(";")]
    return "；".join(label.zh if label else part for part, label in parts)


def write_trend(writer: Writer) -> None:
    """Write the fund's last 24 months and the projection, with charts of the balance, the reserve period and the refund by unit."""
    report = writer.report
    sheet = writer.book.add_worksheet("趋势")
    for column, width in enumerate(TREND_WIDTHS):
        sheet.set_column(column, column, width)
    writer.title(sheet, 0, 0, 8, "基金运行趋势和预测", "Fund: the last 24 months and the months ahead")
    least, target = report.figure("fund", "reserve_months_min"), report.figure("fund", "pooling_target")
    body: list[tuple[object, ...]] = [
        (
            f"{r['month']:%Y-%m}",
            r["income"],
            r["expenditure"],
            r["balance"],
            r["rolling_reserve_months"],
            least,
            target,
            "",
            "",
        )
        for r in report.fund_months
    ]
    ahead = [r for r in report.projection if r["scenario"] == "base"]
    body += [
        (
            f"{r['month']:%Y-%m}（预测）",
            r["income"],
            r["expenditure"],
            r["balance"],
            r["reserve_months"],
            least,
            target,
            r["low"],
            r["high"],
        )
        for r in ahead
    ]
    heads = [
        ("月份", "Month"), ("收入（元）", "Income, yuan"), ("支出（元）", "Expenditure, yuan"), ("滚存结余（元）", "Balance, yuan"),
        ("备付期限（月）", "Reserve, months"), ("下限", "Least"), ("目标线", "Target"), ("预测下界", "Low"), ("预测上界", "High"),
    ]  # fmt: skip
    top = 3
    end = table(writer, sheet, top, heads, body, places=(None, 2, 2, 2, 1, 1, 1, 2, 2))
    first, last = top + 1, end - 1
    end = write_backtest(writer, sheet, end + 1)
    charts = []
    if body:
        balance = writer.book.add_chart({"type": "column"})
        balance.add_series(series(sheet, "滚存结余（元）", first, last, 3, "#5B9BD5"))
        reserve = writer.book.add_chart({"type": "line"})
        for name, column, colour, dash in (
            ("备付期限（月）", 4, "#C55A11", "solid"), ("下限", 5, "#C00000", "dash"), ("目标线", 6, "#548235", "dash"),
        ):  # fmt: skip
            about = series(sheet, name, first, last, column, colour)
            about |= {
                "y2_axis": True,
                "line": {"color": colour, "width": 1.75, "dash_type": dash},
                "marker": {"type": "none"},
            }
            del about["fill"]
            reserve.add_series(about)
        balance.combine(reserve)
        balance.set_title(
            {"name": "滚存结余与备付期限 Balance and reserve period", "name_font": {"size": 12}}
        )
        balance.set_x_axis({"num_font": {"rotation": -90, "size": 8}, "label_position": "low"})
        balance.set_y_axis({"name": "元 yuan", "num_format": "#,##0", "major_gridlines": GRID})
        reserve.set_y2_axis({"name": "个月 months", "num_format": "0"})
        balance.set_legend({"position": "bottom"})
        balance.set_size(CHART_SIZE)
        charts.append(balance)
    writer.page(sheet, landscape=False, head_rows=(0, top))
    sheet.fit_to_pages(1, 0)
    sheet.freeze_panes(top + 1, 1)
    sheet.print_area(0, 0, end, 8)
    write_charts(writer, charts)


CHART_SIZE, CHART_ROWS = {"width": 980, "height": 560}, 29
GRID = {"visible": True, "line": {"color": "#E0E0E0", "width": 0.75}}


def write_charts(writer: Writer, charts: list[Any]) -> None:
    """Write the charts on a sheet of their own, so that none is cut by the end of a page."""
    sheet = writer.book.add_worksheet("趋势图")
    sheet.set_column(0, 13, 10)
    writer.title(sheet, 0, 0, 13, "基金运行与稳岗返还图", "Charts of the fund and the refund")
    for number, chart in enumerate([*charts, refund_chart(writer)]):
        sheet.insert_chart(3 + number * CHART_ROWS, 0, chart)
    writer.page(sheet, landscape=False)
    sheet.fit_to_pages(1, 1)
    sheet.freeze_panes(2, 0)
    sheet.print_area(0, 0, 3 + (len(charts) + 1) * CHART_ROWS, 13)


BACKTEST_WORDS = {
    "premium": "保费收入 Premium", "other_income": "其他收入 Other income", "living_benefits": "保生活待遇 Living benefits",
    "other_expenditure": "其他支出 Other", "all": "全部 All", "theta": "Theta", "seasonal_naive": "上年同月 Last year",
    "last_year_mean": "平均数 Mean", "none": "不预测 None",
}  # fmt: skip


def write_backtest(writer: Writer, sheet: Any, row: int) -> int:
    """Write how the forecasts did in the last year beside the seasonal-naive ones, and by what method; returns the next row."""
    tests = writer.report.backtest
    if not tests:
        return row
    row = heading(writer, sheet, row, "预测的回测 Back-test of the projection")
    for zh, en in dict.fromkeys((t["note_zh"], t["note_en"]) for t in tests):
        sheet.write_string(row, 0, f"{zh} {en}", writer.style(font_size=9))
        row += 1
    heads = [
        ("项目", "Item"), ("方法", "Method"), ("历史月数", "Months of history"), ("回测点数", "Points"), ("平均误差（元）", "Mean error, yuan"),
        ("上年同月误差", "Naive error"), ("区间水平", "Interval"), ("覆盖率", "Coverage"),
    ]  # fmt: skip
    body = [
        (
            BACKTEST_WORDS.get(t["item"], t["item"]),
            BACKTEST_WORDS.get(t["method"], t["method"]),
            t["history_months"],
            t["points"],
            t["error"],
            t["naive_error"],
            t["interval_level"],
            t["interval_coverage"],
        )
        for t in tests
    ]
    return (
        table(
            writer,
            sheet,
            row,
            heads,
            body,
            places=(None, None, 0, 0, 2, 2, 2, 2),
            wrap=(0, 1),
            widths=TREND_WIDTHS,
        )
        + 1
    )


def write_items(writer: Writer) -> None:
    """Write the province's income and expenditure by item of the ledger, and the plan to the year's end."""
    report = writer.report
    sheet = writer.book.add_worksheet("基金科目")
    for column, width in enumerate((18, 46, 20, 20, 22)):
        sheet.set_column(column, column, width)
    writer.title(sheet, 0, 0, 4, "失业保险基金收支科目表", "Fund by item of the ledger")
    sides = {"income": "收入 income", "expenditure": "支出 expenditure"}
    heads = [
        ("收支", "Side"), ("科目", "Item"), ("本月（元）", "This month, yuan"), ("本年累计（元）", "Year so far, yuan"),
        ("上年同月（元）", "Same month last year, yuan"),
    ]  # fmt: skip
    body: list[tuple[object, ...]] = []
    for side, name in sides.items():
        for item in report.dimension_values("fund", side, "item"):
            label = report.label("item", item)
            figures = (report.figure("fund", side, "item", item, column=which) for which in COLUMNS)
            body.append((name, f"{label.zh} {label.en}", *figures))
        body.append((name, "合计 Total", *(report.figure("fund", side, column=which) for which in COLUMNS)))
    row = table(writer, sheet, 3, heads, body, places=(None, None, 2, 2, 2)) + 1
    row = heading(
        writer, sheet, row, "至年末资金需求和保障顺序 Required to the year's end, and covered in order"
    )
    names = {
        "living_benefits": "保生活待遇 Living benefits",
        "refund": "稳岗返还 Refund",
        "skill_subsidy": "技能提升补贴 Skill subsidy",
    }
    plan = [
        (
            order,
            words,
            *(
                report.figure("fund", measure, "item", programme)
                for measure in ("required", "covered", "shortfall")
            ),
        )
        for order, (programme, words) in enumerate(names.items(), start=1)
        if (report.province, "fund", "required", "item", programme) in report.figures
    ]
    heads = [
        ("顺序", "Order"),
        ("项目", "Programme"),
        ("资金需求（元）", "Required"),
        ("可保障（元）", "Covered"),
        ("缺口（元）", "Short"),
    ]
    row = table(writer, sheet, row, heads, plan, places=(0, None, 2, 2, 2))
    writer.lines(sheet, row + 1, 0, 4)
    writer.page(sheet, landscape=False, head_rows=(0, 3))
    sheet.fit_to_pages(1, 0)
    sheet.freeze_panes(4, 2)
    sheet.print_area(0, 0, row + 1, 4)


def series(sheet: Any, name: str, first: int, last: int, column: int, colour: str) -> dict[str, Any]:
    """Describe a series of a chart over rows of a sheet, months as categories."""
    return {
        "name": name,
        "categories": [sheet.get_name(), first, 0, last, 0],
        "values": [sheet.get_name(), first, column, last, column],
        "fill": {"color": colour},
    }


def refund_chart(writer: Writer) -> Any:
    """Draw the refund by unit: decided and paid, from the refund's own sheet."""
    spec = SHEETS[0]
    positions = {m.measure: 1 + 3 * i for i, m in enumerate(spec.measures) if m.dimension == "none"}
    chart = writer.book.add_chart({"type": "column"})
    last = 6 + len(writer.report.units) - 2
    for name, measure, colour in (
        ("返还金额（元）", "refund_amount", "#5B9BD5"),
        ("已拨付（元）", "paid_amount", "#70AD47"),
    ):
        chart.add_series(
            {
                "name": name,
                "categories": [spec.name, 6, 0, last, 0],
                "values": [spec.name, 6, positions[measure], last, positions[measure]],
                "fill": {"color": colour},
            }
        )
    chart.set_title({"name": "稳岗返还：各报送单位 Refund by unit", "name_font": {"size": 12}})
    chart.set_x_axis({"num_font": {"rotation": -60, "size": 8}})
    chart.set_y_axis({"name": "元 yuan", "num_format": "#,##0", "major_gridlines": GRID})
    chart.set_legend({"position": "bottom"})
    chart.set_size(CHART_SIZE)
    return chart


def write_rules(writer: Writer) -> None:
    """Write how many decisions each rule stood against."""
    report = writer.report
    sheet = writer.book.add_worksheet("核定规则")
    widths = (27, 30, 16, 16, 16, 16)
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    writer.title(
        sheet, 0, 0, 5, "未通过和无法判断的规则", "Rules that decisions failed, or that could not be judged"
    )
    body = [
        (rule, f"{report.label('rule_id', rule).zh}\n{report.label('rule_id', rule).en}",
         report.figure(section, "failed_rules", "rule_id", rule), report.figure(section, "failed_rules", "rule_id", rule, column="year"),
         report.figure(section, "unknown_rules", "rule_id", rule), report.figure(section, "unknown_rules", "rule_id", rule, column="year"))
        for section in ("refund", "skill")
        for rule in report.dimension_values(section, "failed_rules", "rule_id")
    ]  # fmt: skip
    heads = [
        ("规则", "Rule"), ("名称", "Title"), ("未通过：本期", "Failed, this report"), ("未通过：本年", "Failed, this year"),
        ("无法判断：本期", "Unknown, this report"), ("无法判断：本年", "Unknown, this year"),
    ]  # fmt: skip
    end = table(writer, sheet, 3, heads, body, places=(None, None, 0, 0, 0, 0), wrap=(1,), widths=widths)
    note = (
        "稳岗返还按单位计，为期末状态；技能提升补贴按申领件计，为本月申领。 "
        "The refund counts units as they stand; the skill subsidy counts the month's applications."
    )
    sheet.merge_range(end, 0, end, 5, note, writer.style(text_wrap=True, font_size=9))
    sheet.set_row(end, 28)
    writer.lines(sheet, end + 1, 0, 5)
    writer.page(sheet, landscape=False, head_rows=(0, 3))
    sheet.fit_to_pages(1, 0)
    sheet.freeze_panes(4, 0)
    sheet.print_area(0, 0, end + 1, 5)


def write_quality(writer: Writer) -> None:
    """Write what was rejected and why, and the reconciliations with both figures."""
    report = writer.report
    sheet = writer.book.add_worksheet("数据质量")
    widths = (34, 62, 24, 20, 18, 24)
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    writer.title(sheet, 0, 0, 5, "数据质量", "Data quality")
    row = heading(writer, sheet, 3, "账实勾稽（元） Reconciliations, yuan")
    outcomes = {
        "match": "一致 match",
        "mismatch": "不一致 mismatch",
        "not_comparable": "无法比对 not comparable",
    }
    row = table(
        writer, sheet, row,
        [("项目", "Check"), ("两边", "Sides"), ("左", "Left"), ("右", "Right"), ("差额", "Difference"), ("结果", "Outcome")],
        [
            (f"{report.label('check', r['check_id']).zh}\n{report.label('check', r['check_id']).en}", sides_of(report, r["check_id"]),
             r["left_amount"], r["right_amount"], r["difference"], outcomes[r["outcome"]])
            for r in report.reconciliations
        ],
        places=(None, None, 2, 2, 2), wrap=(0, 1), widths=widths,
    ) + 1  # fmt: skip
    row = heading(writer, sheet, row, "拒收原因 Why rows were rejected")
    if report.rejects:
        row = table(
            writer, sheet, row,
            [("数据源", "Source"), ("原因", "Reason"), ("代码", "Code"), ("行数", "Rows")],
            [
                (source_name(r["source"] or "unknown"), f"{r['reason_zh']}\n{r['reason_en']}", r["reason_code"], r["rows_rejected"])
                for r in report.rejects
            ],
            places=(None, None, None, 0), wrap=(0, 1), widths=widths,
        ) + 1  # fmt: skip
    else:
        sheet.write_string(row, 0, "无 None", writer.style())
        row += 2
    row = heading(writer, sheet, row, "未装入的文件 Files not loaded")
    odd = [f for f in report.files if f["status"] != "loaded"]
    states = {
        "replaced": "已被替换 replaced", "duplicate": "重复 duplicate", "refused": "拒收 refused", "unreadable": "无法读取 unreadable",
        "unknown_source": "来源不明 unknown", "missing": "缺失 missing",
    }  # fmt: skip
    if odd:
        row = table(
            writer, sheet, row, [("文件", "File"), ("说明", "Message"), ("状态", "State")],
            [(f["file_name"], f["message"] or "", states.get(f["status"], f["status"])) for f in odd], wrap=(0, 1), widths=widths,
        ) + 1  # fmt: skip
    else:
        sheet.write_string(row, 0, "无 None", writer.style())
        row += 2
    writer.lines(sheet, row, 0, 5)
    writer.page(sheet, head_rows=(0, 2))
    sheet.fit_to_pages(1, 0)
    sheet.freeze_panes(3, 0)
    sheet.print_area(0, 0, row, 5)


def sides_of(report: Report, check: str) -> str:
    """Name the two sides of a reconciliation, one a line."""
    return "\n".join(
        f"{side_zh}：{report.label(kind, check).zh} {report.label(kind, check).en}"
        for side_zh, kind in (("左", "check_left"), ("右", "check_right"))
    )


def write_parameters(writer: Writer) -> None:
    """Write the parameters in force with what they rest on; assumptions stand out."""
    report = writer.report
    sheet = writer.book.add_worksheet("参数")
    widths = (34, 36, 17, 26, 34, 9, 48)
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    writer.title(sheet, 0, 0, 6, "本期使用的参数和假设", "Parameters and assumptions in use")
    bases = {"fixed": "明文 fixed", "cap": "上限 cap", "floor": "下限 floor", "assumption": "假设 assumption"}
    body = [
        (parameter_name(r["parameter"]), value_words(report, r["value"]),
         "沿用 carried forward" if r["carried_forward"] else bases.get(r["basis"], r["basis"]),
         f"{r['valid_from']:%Y-%m-%d} 至 " + ("—" if r["valid_to"].year == 9999 else f"{r['valid_to']:%Y-%m-%d}"),
         " ".join(filter(None, (r["document"], r["article"]))), r["confidence"] or "", r["reason"] or "")
        for r in sorted(report.parameters, key=lambda r: (not r["carried_forward"], r["basis"] != "assumption", r["parameter"]))
    ]  # fmt: skip
    heads = [
        ("参数", "Parameter"), ("值", "Value"), ("性质", "Basis"), ("有效期", "In force"), ("依据", "Rests on"), ("可信度", "Grade"),
        ("理由", "Reason"),
    ]  # fmt: skip
    end = table(writer, sheet, 3, heads, body, wrap=(0, 1, 4, 6), widths=widths)
    writer.lines(sheet, end, 0, 6)
    writer.page(sheet, head_rows=(0, 3))
    sheet.fit_to_pages(1, 0)
    sheet.freeze_panes(4, 1)
    sheet.print_area(0, 0, end, 6)


NOTES = (
    ("“未知 not known”表示相关数据没有交付或无法得出，不是零；“—”表示该指标不分此类。",
     "'not known' means that the data were not delivered or the figure cannot be had: never zero; '—' means that the measure has no such part."),
    ("人数按不重复人员计；同一人在两个单位出现时各计一次，全省只计一次，差额列在下表。",
     "Persons are counted once in each unit and once in the province; the difference is stated below."),
    ("全省基金收支为合并数，上下级往来（上解、补助）已抵销，差额列在下表。",
     "The province's fund figures are consolidated: money between levels is left out, and the difference stated below."),
    ("期末数为截至报告期末的状态，含尚未结束的各返还年度；“其中：本年度”为本年返还年度，或本年发生的部分。",
     "States are as at the period's end, over all programme years shown; 'of this year' is the programme year, or what happened in the year."),
    ("降费率的本年累计为本年各月报告之和；有月份没有报告时为未知。",
     "The premium cut's year so far is the sum of its months' reports, not known where one of them was not made."),
    ("上年同月取自上年同月的报告；基金取自财务月报。", "The same month of last year is as reported then; for the fund as the ledger has it."),
)  # fmt: skip


def units_note(report: Report) -> tuple[str, str]:
    """Say which units report and that they add up to the province, in Chinese and English."""
    names = [
        unit.name_zh for unit in report.units if unit.code not in {OWN_ACCOUNT, UNKNOWN_UNIT, report.province}
    ]
    return (
        f"报送单位共{len(names)}个：{'、'.join(names)}；“省本级”为省级账户及全省性事项，“未归属”为行政区划不明的数据。各行合计等于全省。",
        f"The {len(names)} units, the province's own account and what is in no unit add up to the province.",
    )


def restated_name(report: Report, row: dict[str, Any]) -> str:
    """Name a restated figure: month, revision, title, its part and which of the three figures."""
    columns = {
        "value": "本月 value",
        "value_year_to_date": "本年 year",
        "value_same_month_last_year": "上年同月 last year",
    }
    about = report.measures.get((row["section"], row["measure"].removesuffix("_bridge")))
    part = report.label(row["dimension"], row["dimension_value"]).zh if row["dimension_value"] else ""
    title = f"{about.title_zh} {about.title_en}" if about else row["measure"]
    return " ".join(
        filter(
            None,
            (f"{row['period']:%Y-%m} r{row['revision']}", title, part, columns.get(row["figure_column"], "")),
        )
    )


def write_notes(writer: Writer) -> None:
    """Write how to read the figures, the bridges between units and province, and what was restated."""
    report = writer.report
    sheet = writer.book.add_worksheet("说明")
    widths = (44, 30, 20, 20, 40)
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    writer.title(sheet, 0, 0, 4, "编制说明", "Notes")
    row = 3
    for number, (zh, en) in enumerate([units_note(report), *NOTES], start=1):
        sheet.merge_range(row, 0, row, 4, f"{number}. {zh}\n{en}", writer.style(text_wrap=True))
        sheet.set_row(row, 44)
        row += 1
    row = heading(writer, sheet, row + 1, "全省与各单位合计之差 Province less the sum of its units")
    bridges = [
        (section, measure, dimension, value)
        for (unit, section, measure, dimension, value) in report.figures
        if unit == report.province
        and measure.endswith("_bridge")
        and any(report.figures[(unit, section, measure, dimension, value)][:2])
    ]
    sections = {spec.section: spec.name for spec in SHEETS}
    if bridges:
        row = table(
            writer, sheet, row,
            [("指标", "Measure"), ("分类", "Part"), ("本期", "This report"), ("本年", "This year"), ("上年同月", "Same month last year")],
            [
                (f"{sections.get(s, s)}：{report.measures[(s, m.removesuffix('_bridge'))].title_zh}", report.label(d, v).zh if v else "—",
                 *(report.figure(s, m, d, v, column=which) for which in COLUMNS))
                for s, m, d, v in bridges
            ],
            places=(None, None, 2, 2, 2), wrap=(0,), widths=widths,
        ) + 1  # fmt: skip
    else:
        sheet.write_string(row, 0, "无 None", writer.style())
        row += 2
    row = heading(writer, sheet, row, "对以前报告的更正 Restatements")
    units = {u.code: f"{u.name_zh} {u.name_en}" for u in report.units}
    if report.restatements:
        row = table(
            writer, sheet, row,
            [("指标", "Measure"), ("报送单位", "Unit"), ("原值", "Old"), ("现值", "New"), ("原因", "Cause")],
            [
                (restated_name(report, r), units.get(r["reporting_unit"], r["reporting_unit"]), r["old_value"], r["new_value"],
                 "\n".join(f"{c.zh} {c.en}" if c.zh != c.en else c.zh for c in map(report.cause, r["cause"].split(";"))))
                for r in report.restatements
            ],
            places=(None, None, 2, 2), wrap=(0, 1, 4), widths=widths,
        ) + 1  # fmt: skip
    else:
        sheet.write_string(row, 0, "无 None", writer.style())
        row += 2
    writer.lines(sheet, row, 0, 4)
    writer.page(sheet, landscape=False)
    sheet.fit_to_pages(1, 0)
    sheet.freeze_panes(3, 0)
    sheet.print_area(0, 0, row, 4)
