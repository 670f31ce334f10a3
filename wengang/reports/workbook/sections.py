"""A sheet a section: the province, its units, and the province's breakdowns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wengang.core.text import width_of
from wengang.reports.figures import (
    Report,
)
from wengang.reports.workbook.sheets import COLUMNS, UNITS, Sheet, Shown, heads_of
from wengang.reports.workbook.writer import DRAFT_MARK, Writer

MEASURES_A_PAGE = 3

# Widths in characters of 11 points; figures are written in 9 points, so 15.5 holds 99,999,999,999.99.
MONEY_WIDTH, COUNT_WIDTH, LABEL_WIDTH = 15.5, 12.5, 36

ROW_HEIGHT, TWO_LINES, PAGE_HEIGHT, SCALE = 15.5, 25.0, 780.0, 62


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
    """Return the rows of a section: label in two languages, unit, (dimension, value), style."""
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
