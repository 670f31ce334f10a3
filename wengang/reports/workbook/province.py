"""The province on one sheet: every measure with its change on the month and on the year; and the index by which a figure is traced."""

from __future__ import annotations

from decimal import Decimal
from urllib.parse import quote

from wengang.reports.figures import trace_command
from wengang.reports.workbook.sheets import SHEETS, UNCHANGING
from wengang.reports.workbook.writer import Writer, heading, table

WIDTHS = (40, 10, 17, 17, 17, 17, 17, 17)


def write_province(writer: Writer) -> None:
    """Write the province's figures section by section: this month, the year, the month before, last year, and the two changes."""
    report = writer.report
    sheet = writer.book.add_worksheet("全省" if len(report.units) > 1 else "本单位")
    for column, width in enumerate(WIDTHS):
        sheet.set_column(column, column, width)
    writer.title(
        sheet,
        0,
        0,
        7,
        f"{report.province_name}主要指标及增减",
        "The province, with changes on the month and the year",
    )
    heads = [
        ("指标", "Measure"), ("单位", "Unit"), ("本期", "This report"), ("本年累计", "Year so far"), ("上月", "Month before"),
        ("比上月增减", "Change on the month"), ("上年同月", "Same month last year"), ("比上年同月增减", "Change on the year"),
    ]  # fmt: skip
    row = 3
    for spec in SHEETS:
        found = [
            (line, 2 if about.unit == "yuan" else about.places)
            for (section, measure), about in report.measures.items()
            if section == spec.section and about.unit != "flag"
            if (line := province_line(writer, section, measure)) is not None
        ]
        if found:
            row = heading(writer, sheet, row, spec.title_zh, spec.title_en)
            lines, places = zip(*found, strict=True)
            row = table(writer, sheet, row, heads, lines, plain=(1,), row_places=places) + 1
    writer.lines(sheet, row, 0, 7)
    writer.page(sheet, head_rows=(0, 1))
    sheet.fit_to_pages(1, 0)
    sheet.freeze_panes(2, 1)
    sheet.print_area(0, 0, row, 7)


def province_line(writer: Writer, section: str, measure: str) -> tuple[object, ...] | None:
    """Return a measure of the province as a row; None where the report has no such figure."""
    report = writer.report
    key = (report.province, section, measure, "none", "")
    if key not in report.figures:
        return None
    about = report.measures[(section, measure)]
    scale = writer.amount if about.unit == "yuan" else (lambda value: value)
    now, year, last = (scale(v) for v in report.figures[key])
    before = scale(report.before.get(key))
    so_far: object = "—" if about.kind in UNCHANGING else year
    return (
        writer.say(about.title_zh, about.title_en, "\n"), writer.say(*writer.unit(about.unit)), now, so_far, before,
        change(now, before), last, change(now, last),
    )  # fmt: skip


def change(now: Decimal | None, then: Decimal | None) -> Decimal | None:
    """Return by how much a figure differs; not known where either is not."""
    return None if now is None or then is None else now - then


def write_index(writer: Writer) -> None:
    """Write where each figure of the workbook stands, the command that lists its records and the page that shows them."""
    report = writer.report
    sheet = writer.book.add_worksheet("索引")
    widths = (12, 32, 24, 14, 8, 88, 8)
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    writer.title(sheet, 0, 0, 6, "数字索引", "Index of the figures")
    heads = [
        ("表", "Sheet"), ("指标", "Measure"), ("分项", "Part"), ("单位", "Unit"), ("位置", "Cell"), ("查询命令", "Command"), ("网页", "Page"),
    ]  # fmt: skip
    names = {u.code: writer.say(u.name_zh, u.name_en) for u in report.units}
    # The province first: it alone is printed.
    found = sorted(writer.index, key=lambda entry: entry[2][2] != report.province)
    printed = sum(entry[2][2] == report.province for entry in found)
    body = []
    for name, _, (section, measure, unit, dimension, value) in found:
        about, part = report.measures[(section, measure)], report.label(dimension, value)
        body.append(
            (
                name, writer.say(about.title_zh, about.title_en), writer.say(part.zh, part.en) if value else "",
                names.get(unit, unit), "", trace_command(report.period, section, measure, unit, dimension, value), "",
            )
        )  # fmt: skip
    end = table(writer, sheet, 3, heads, body)
    link = writer.cell(font_size=9, font_color="#1F4E78", underline=1)
    for row, (name, cell, key) in enumerate(found, start=4):
        command = trace_command(report.period, *key).removeprefix("wengang trace ")
        sheet.write_url(row, 4, f"internal:'{name}'!{cell}", link, cell)
        # A unit's workbook is sent by itself: the pages do not go with it.
        if len(report.units) > 1:
            page = f"external:site/index.html#trace={quote(command)}"
            sheet.write_url(row, 6, page, link, writer.say("打开", "open"))
    if body:
        sheet.autofilter(3, 0, end - 1, 6)
    writer.lines(sheet, end, 0, 6)
    writer.page(sheet, head_rows=(0, 3))
    sheet.fit_to_pages(1, 0)
    sheet.freeze_panes(4, 0)
    sheet.print_area(0, 0, 3 + printed, 6)


def write_counties(writer: Writer) -> None:
    """Write the main figures of each county, in the order of the units that they belong to."""
    report = writer.report
    if not report.counties:
        return
    sheet = writer.book.add_worksheet("县区")
    widths = (16, 18, *(14,) * 9)
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    writer.title(sheet, 0, 0, 10, "各县（市、区）主要指标", "Main figures of the counties")
    units = {u.code: writer.say(u.name_zh, u.name_en) for u in report.units}
    heads = [
        ("报送单位", "Unit"), ("县（市、区）", "County"), ("返还核定（户）", "Units decided"), ("符合条件（户）", "Eligible"),
        writer.money_word("返还金额", "Refund"), writer.money_word("已拨付", "Paid"), ("技能核准（件）", "Skill, approved"),
        writer.money_word("技能补贴", "Skill subsidy"), ("领取待遇（人）", "Persons on benefit"), writer.money_word("待遇金额", "Benefits"),
        writer.money_word("减征", "Relief"),
    ]  # fmt: skip
    body = [
        (
            units.get(c["reporting_unit"], c["reporting_unit"]), report.label("region", c["region_code"]).zh, c["employers"], c["eligible"],
            writer.amount(c["refund_amount"]), writer.amount(c["paid_amount"]), c["skill_approved"], writer.amount(c["skill_amount"]),
            c["benefit_persons"], writer.amount(c["benefit_amount"]), writer.amount(c["relief"]),
        )
        for c in report.counties
    ]  # fmt: skip
    end = table(writer, sheet, 3, heads, body, places=(None, None, 0, 0, 2, 2, 0, 2, 0, 2, 2))
    writer.lines(sheet, end, 0, 10)
    writer.page(sheet, head_rows=(0, 3))
    sheet.fit_to_pages(1, 0)
    sheet.freeze_panes(4, 2)
    sheet.print_area(0, 0, end, 10)
