"""The notes: how figures are made; and the sheet of what a restatement changed."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from wengang.reports.figures import (
    OWN_ACCOUNT,
    UNKNOWN_UNIT,
    Column,
    Report,
)
from wengang.reports.workbook.sheets import COLUMNS, SHEETS
from wengang.reports.workbook.writer import Writer, heading, table

FIGURE_COLUMNS = {
    "value": ("本月", "value"),
    "value_year_to_date": ("本年", "year"),
    "value_same_month_last_year": ("上年同月", "last year"),
}
CHANGE_WIDTHS = (44, 16, 18, 18, 18, 44)
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
    ("以万元列示的金额经四舍五入，各单位之和与全省可能相差末位一个数；精确到分的数见名称以“-yuan”结尾的工作簿。",
     "Amounts in 10,000 yuan are rounded: units may differ from the province in the last place; the workbook ending in -yuan is exact to the cent."),
    ("上年同月取自上年同月的报告；基金取自财务月报。", "The same month of last year is as reported then; for the fund as the ledger has it."),
)  # fmt: skip


def units_note(report: Report) -> tuple[str, str]:
    """Return which units report and that they add up to the province, in Chinese and English."""
    names = [
        unit.name_zh for unit in report.units if unit.code not in {OWN_ACCOUNT, UNKNOWN_UNIT, report.province}
    ]
    return (
        f"报送单位共{len(names)}个：{'、'.join(names)}；“省本级”为省级账户及全省性事项，“未归属”为行政区划不明的数据。各行合计等于全省。",
        f"The {len(names)} units, the province's own account and what is in no unit add up to the province.",
    )


def restated_name(writer: Writer, row: dict[str, Any]) -> str:
    """Name a restated figure: month, revision, title, its part and which of the three figures."""
    report = writer.report
    about = report.measures.get((row["section"], row["measure"].removesuffix("_bridge")))
    part = report.label(row["dimension"], row["dimension_value"]).zh if row["dimension_value"] else ""
    title = writer.say(about.title_zh, about.title_en) if about else row["measure"]
    which = FIGURE_COLUMNS.get(row["figure_column"], ("", ""))
    parts = (f"{row['period']:%Y-%m} r{row['revision']}", title, part, writer.say(*which))
    return " ".join(filter(None, parts))


def write_notes(writer: Writer) -> None:
    """Write how to read the figures, and the bridges between units and province."""
    report = writer.report
    sheet = writer.book.add_worksheet("说明")
    widths = (44, 30, 20, 20, 40)
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    writer.title(sheet, 0, 0, 4, "编制说明", "Notes")
    row = 3
    for number, (zh, en) in enumerate([units_note(report), *NOTES], start=1):
        sheet.merge_range(
            row, 0, row, 4, f"{number}. {writer.say(zh, en, chr(10))}", writer.style(text_wrap=True)
        )
        sheet.set_row(row, 44 if writer.shape.language == "both" else 30)
        row += 1
    row = heading(writer, sheet, row + 1, "全省与各单位合计之差", "Province less the sum of its units")
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
                 *(bridge(writer, (s, m, d, v), which) for which in COLUMNS))
                for s, m, d, v in bridges
            ],
            places=(None, None, 2, 2, 2), wrap=(0,), widths=widths,
        ) + 1  # fmt: skip
    else:
        sheet.write_string(row, 0, writer.say("无", "None"), writer.style())
        row += 2
    writer.lines(sheet, row, 0, 4)
    writer.page(sheet, landscape=False)
    sheet.fit_to_pages(1, 0)
    sheet.freeze_panes(3, 0)
    sheet.print_area(0, 0, row, 4)


def bridge(writer: Writer, key: tuple[str, str, str, str], which: Column) -> Decimal | None:
    """Return by how much the province differs from the sum of its units, as the workbook writes it."""
    section, measure, dimension, value = key
    figure = writer.report.figure(section, measure, dimension, value, column=which)
    about = writer.report.measures[(section, measure.removesuffix("_bridge"))]
    return writer.amount(figure) if about.unit == "yuan" else figure


def write_changes(writer: Writer) -> None:
    """Write what this report restates of its own month, and of the months before."""
    report = writer.report
    sheet = writer.book.add_worksheet("变更")
    for column, width in enumerate(CHANGE_WIDTHS):
        sheet.set_column(column, column, width)
    writer.title(sheet, 0, 0, 5, "数据更正情况表", "What is restated")
    row = 3
    if report.revision:
        words = writer.say(
            f"本报告为第{report.revision.revision}版，更正第{report.revision.revision - 1}版"
            f"{report.revision.number}。{report.revision.reason}",
            f"This is revision {report.revision.revision}.",
        )
        sheet.merge_range(row, 0, row, 5, words, writer.style(text_wrap=True, font_color="#C00000"))
        row += 2
    for zh, en, rows in (
        ("对本期报告的更正", "What this report restates of its own month", report.restated_here),
        ("对以前报告的更正", "Restatements of earlier reports", report.restatements),
    ):
        row = write_restated(writer, sheet, heading(writer, sheet, row, zh, en), rows, CHANGE_WIDTHS)
    writer.lines(sheet, row, 0, 5)
    writer.page(sheet)
    sheet.fit_to_pages(1, 0)
    sheet.freeze_panes(3, 0)
    sheet.print_area(0, 0, row, 5)


def write_restated(
    writer: Writer, sheet: Any, row: int, rows: Sequence[dict[str, Any]], widths: Sequence[float]
) -> int:
    """Write the figures that were restated, old and new, with what moved them; returns the row after."""
    report = writer.report
    if not rows:
        sheet.write_string(row, 0, writer.say("无", "None"), writer.style())
        return row + 2
    units = {u.code: writer.say(u.name_zh, u.name_en) for u in report.units}
    heads = [
        ("指标", "Measure"), ("报送单位", "Unit"), ("原值", "Old"), ("现值", "New"), ("增减", "Difference"), ("原因", "Cause"),
    ]  # fmt: skip
    body = []
    for r in rows:
        about = report.measures.get((r["section"], r["measure"].removesuffix("_bridge")))
        is_money = about is not None and about.unit == "yuan"
        old, new = (writer.amount(r[side]) if is_money else r[side] for side in ("old_value", "new_value"))
        causes = "\n".join(writer.say(c.zh, c.en) for c in map(report.cause, r["cause"].split(";")))
        difference = None if old is None or new is None else new - old
        unit = units.get(r["reporting_unit"], r["reporting_unit"])
        body.append((restated_name(writer, r), unit, old, new, difference, causes))
    places = (None, None, 2, 2, 2)
    return table(writer, sheet, row, heads, body, places=places, wrap=(0, 1, 5), widths=widths) + 1
