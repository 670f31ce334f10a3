"""A sheet a section: blocks of measures one beneath the other, each a printed page: the units, then the province; then its breakdowns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wengang.core.text import width_of
from wengang.reports.figures import Report, trace_command
from wengang.reports.workbook.sheets import COLUMNS, SHEETS, Sheet, Shown, heads_of
from wengang.reports.workbook.writer import Writer

MEASURES_A_PAGE, ROWS_A_PAGE, HEAD_ROWS = 3, 42, 7
# Widths in characters of 11 points; figures are written in 9 points, so 14 holds 9,999,999,999.99.
FIGURE_WIDTH, LABEL_WIDTH, LAST = 14, 34, 3 * MEASURES_A_PAGE
ROW_HEIGHT, TWO_LINES, SCALE = 14.5, 25.0, 64
Row = tuple[str, str, str, tuple[str, str], dict[str, Any]]


def write_section(writer: Writer, spec: Sheet) -> None:
    """Write a section: for every three measures a page of the units and the province, and pages of the province's parts beneath."""
    report = writer.report
    sheet = writer.book.add_worksheet(spec.name)
    units, parts = unit_rows(report), part_rows(report, spec)
    labels = [writer.say(zh, en, "\n") for zh, en, *_ in (*units, *parts)]
    width = max(width_of(line) for label in labels for line in label.splitlines())
    sheet.set_column(0, 0, min(LABEL_WIDTH, max(16, 0.82 * width + 4)))
    sheet.set_column(1, LAST, FIGURE_WIDTH)
    row, breaks = 0, []
    for first in range(0, len(spec.measures), MEASURES_A_PAGE):
        measures = spec.measures[first : first + MEASURES_A_PAGE]
        whole = [m for m in measures if m.dimension == "none"]
        pieces: list[tuple[Sequence[Shown], list[Row]]] = [(measures, [*units, *parts])]
        if len(units) + len(parts) > ROWS_A_PAGE:
            pieces = [(measures, units)]
            pieces += [
                (whole, parts[at : at + ROWS_A_PAGE]) for at in range(0, len(parts), ROWS_A_PAGE) if whole
            ]
        for shown, rows in pieces:
            if row:
                breaks.append(row)
            row = write_block(writer, sheet, row, spec, shown, rows)
    writer.page(sheet)
    sheet.set_print_scale(SCALE)
    sheet.set_h_pagebreaks(breaks)
    sheet.freeze_panes(2, 1)
    sheet.print_area(0, 0, row - 1, LAST)


def write_block(
    writer: Writer, sheet: Any, row: int, spec: Sheet, measures: Sequence[Shown], rows: Sequence[Row]
) -> int:
    """Write one printed page: title, the lines of a statistical form, headings, a row a unit or part, who signs; returns the row after."""
    more = "（续表）" if row else ""
    writer.title(sheet, row, 0, LAST, f"{spec.title_zh}{more}", spec.title_en)
    form_lines(writer, sheet, row + 2, spec)
    kind = (
        ("报送单位", "Reporting unit") if rows[0][3] == ("none", "") else ("全省分项", "Part of the province")
    )
    head = writer.cell(bold=True, align="center", text_wrap=True, bg_color="#DDEBF7")
    sheet.merge_range(row + 4, 0, row + 6, 0, writer.say(*kind, between="\n"), head)
    top = row + HEAD_ROWS
    for place, measure in enumerate(measures):
        write_measure(writer, sheet, spec, measure, 1 + 3 * place, rows, top)
    for offset, (zh, en, *_, style) in enumerate(rows):
        label = writer.say(zh, en, "\n")
        sheet.write_string(
            top + offset, 0, label, writer.cell(text_wrap=True, font_size=9, indent=1, **style)
        )
        sheet.set_row(top + offset, TWO_LINES if "\n" in label else ROW_HEIGHT)
    sheet.set_row(row + 4, 30)
    end = top + len(rows)
    writer.lines(sheet, end, 0, LAST)
    return end + 2


def form_lines(writer: Writer, sheet: Any, row: int, spec: Sheet) -> None:
    """Write what stands at the head of a statistical form: its number, who issues it, by what approval and until when; whose figures these are."""
    report, office = writer.report, writer.report.office
    number = f"{office.get('form_prefix', '稳岗月报')}{SHEETS.index(spec) + 1:02d}表"
    first = [
        (("表号", "Form"), number),
        (("制表机关", "Issued by"), office.get("form_issuer") or office.get("agency") or "—"),
        (("批准文号", "Approval"), office.get("form_approval") or "—"),
        (("有效期至", "Valid until"), office.get("form_valid_to") or "—"),
    ]
    second = [
        (("填报单位", "Reported by"), report.province_name),
        (("期间", "Period"), f"{report.period.year}年{report.period.month}月"),
        (
            ("计量单位", "Units"),
            "金额为万元，其余见各栏" if writer.shape.money == "wan" else "金额为元，其余见各栏",
        ),
    ]
    for offset, items in enumerate((first, second)):
        text = "    ".join(f"{writer.say(*name)}：{value}" for name, value in items)
        sheet.merge_range(row + offset, 0, row + offset, LAST, text, writer.style(font_size=10))


def unit_rows(report: Report) -> list[Row]:
    """Return a row a unit, the province last: label in two languages, unit, (dimension, value), style."""
    return [
        (
            unit.name_zh, unit.name_en, unit.code, ("none", ""),
            {"bold": True, "bg_color": "#FFF2CC"} if unit.code == report.province else {},
        )
        for unit in report.units
    ]  # fmt: skip


def part_rows(report: Report, spec: Sheet) -> list[Row]:
    """Return a row a part of the province, in the order of the codes."""
    rows: list[Row] = []
    for dimension in spec.breakdowns:
        values = {
            value
            for measure in spec.measures
            if measure.dimension == "none"
            for value in report.dimension_values(spec.section, measure.measure, dimension)
        }
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
    rows: Sequence[Row],
    top: int,
) -> None:
    """Write the three columns of a measure beneath its heading; the first cell of each row says how to trace the figure."""
    report = writer.report
    about = report.measures[(spec.section, measure.measure)]
    zh, en = about.title_zh, about.title_en
    if measure.dimension != "none":
        label = report.label(measure.dimension, measure.value)
        zh, en = f"{zh}：{label.zh}", f"{en}: {label.en}"
    head = writer.cell(bold=True, align="center", text_wrap=True, bg_color="#DDEBF7")
    small = writer.cell(font_size=9, align="center", text_wrap=True, bg_color="#DDEBF7")
    sheet.merge_range(top - 3, column, top - 3, column + 2, writer.say(zh, en, "\n"), head)
    unit = writer.say(*writer.unit(about.unit))
    sheet.merge_range(top - 2, column, top - 2, column + 2, f"{writer.say('单位', 'unit')}：{unit}", small)
    for offset, words in enumerate(heads_of(spec, about.kind)):
        sheet.write_string(top - 1, column + offset, writer.say(*words, between=" "), small)
    is_money = about.unit == "yuan"
    form: dict[str, Any] = {
        "num_format": writer.number_format(2 if is_money else about.places),
        "font_size": 9,
    }
    for offset, (*_, unit_code, (dimension, value), style) in enumerate(rows):
        key = (measure.dimension, measure.value)
        if dimension != "none":
            key = (dimension, value) if measure.dimension == "none" else ("", "")
        has_row = (unit_code, spec.section, measure.measure, *key) in report.figures
        for index, which in enumerate(COLUMNS):
            at, across = top + offset, column + index
            if has_row and not (which == "year" and about.kind in {"count", "rate"}):
                figure = report.figure(spec.section, measure.measure, *key, unit=unit_code, column=which)
                writer.put(sheet, at, across, writer.amount(figure) if is_money else figure, **form, **style)
            else:
                writer.put(sheet, at, across, "—", align="center", font_color="#A6A6A6", font_size=9, **style)
        if has_row:
            noted(writer, sheet, top + offset, column, (spec.section, measure.measure, unit_code, *key))


def noted(writer: Writer, sheet: Any, row: int, column: int, key: tuple[str, str, str, str, str]) -> None:
    """Write beside a figure how to trace it, and keep its place for the index."""
    from xlsxwriter.utility import xl_rowcol_to_cell

    command = trace_command(writer.report.period, *key)
    sheet.write_comment(row, column, command, {"author": "", "x_scale": 2, "y_scale": 0.5})
    writer.index.append((sheet.get_name(), xl_rowcol_to_cell(row, column), key))
