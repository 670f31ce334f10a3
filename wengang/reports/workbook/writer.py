"""What writes cells, titles, tables and page settings into the workbook: in Chinese alone or in both languages, in 万元 or in yuan."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any, Literal

from wengang.core.text import width_of
from wengang.reports.figures import (
    NOT_KNOWN,
    Report,
)

TITLE = "失业保险援企稳岗政策执行情况月报表"

TITLE_EN = "Monthly report on the unemployment-insurance support programmes"

DRAFT_MARK = "草稿·未审核"
DRAFT_MARK_EN = "DRAFT, not reviewed"
UNITS = {
    "yuan": ("元", "yuan"),
    "units": ("户", "units"),
    "persons": ("人", "persons"),
    "applications": ("件", "applications"),
    "person-months": ("人月", "person-months"),
    "months": ("个月", "months"),
    "cases": ("件", "cases"),
    "leads": ("条", "leads"),
    "incidents": ("件", "incidents"),
}
WAN, CENT = Decimal(10_000), Decimal("0.01")


@dataclass(frozen=True)
class Shape:
    """How a workbook is written: in which languages, and whether amounts stand in 万元 or in yuan."""

    language: Literal["zh", "both"] = "zh"
    money: Literal["wan", "yuan"] = "wan"


class Writer:
    """Writes one report into one XlsxWriter workbook."""

    def __init__(self, report: Report, target: Path, shape: Shape = Shape()) -> None:
        import xlsxwriter

        self.report = report
        self.shape = shape
        self.index: list[tuple[str, str, tuple[str, str, str, str, str]]] = []
        self.book = xlsxwriter.Workbook(
            str(target), {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
        )
        created = dt.datetime.combine(report.period.last_day, dt.time())
        self.book.set_properties(
            {
                "title": f"{TITLE} {report.period}",
                "subject": TITLE_EN,
                "author": "wengang",
                "comments": self.state(),
                "created": created,
            }
        )
        self.book.set_calc_mode("manual")
        self._formats: dict[str, Any] = {}

    def say(self, zh: str, en: str, between: str = " ") -> str:
        """Return a text in the languages of the workbook."""
        return zh if self.shape.language == "zh" or zh == en else f"{zh}{between}{en}"

    def not_known(self) -> str:
        """Return the words for a figure that is not known."""
        zh, en = NOT_KNOWN.split(" ", 1)
        return self.say(zh, en)

    def state(self) -> str:
        """Return whether the report was reviewed."""
        return self.say(DRAFT_MARK, DRAFT_MARK_EN) if self.report.is_draft else self.say("已审核", "reviewed")

    def unit(self, unit: str) -> tuple[str, str]:
        """Return the unit of measure in words: of money that in which this workbook writes it."""
        if unit == "yuan":
            return ("万元", "10,000 yuan") if self.shape.money == "wan" else ("元", "yuan")
        return UNITS.get(unit, ("", unit))

    def amount(self, value: Decimal | None) -> Decimal | None:
        """Return an amount of yuan as this workbook writes it: in 万元 with two places, half up, or exactly."""
        if value is None or self.shape.money == "yuan":
            return value
        return (Decimal(value) / WAN).quantize(CENT, ROUND_HALF_UP)

    def money_word(self, zh: str, en: str) -> tuple[str, str]:
        """Return a heading of an amount with the unit that it stands in."""
        unit = self.unit("yuan")
        return f"{zh}（{unit[0]}）", f"{en}, {unit[1]}"

    def style(self, **given: Any) -> Any:
        """Return a cell format, made once."""
        key = repr(sorted(given.items()))
        if key not in self._formats:
            self._formats[key] = self.book.add_format(
                {"font_name": "宋体", "font_size": 10, "valign": "vcenter", **given}
            )
        return self._formats[key]

    def cell(self, **given: Any) -> Any:
        """Return the format of a ruled table cell."""
        return self.style(border=1, border_color="#7F7F7F", **given)

    def put(self, sheet: Any, row: int, column: int, value: object, **style: Any) -> None:
        """Write a cell: text always as text, whatever it begins with; what is not known in words."""
        if value is None:
            sheet.write_string(
                row,
                column,
                self.not_known(),
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
        marks = [self.state()] if self.report.is_draft else []
        if self.report.revision:
            marks.append(self.report.revision.mark_zh)
        mark = f'&C&"宋体"&12&KC00000{"　".join(marks)}' if marks else ""
        sheet.set_header(f'{mark}&R&"宋体"&9{TITLE} {self.report.period}')
        sheet.set_footer(f'&L&"宋体"&9{self.report.province_name}&C&"宋体"&9第 &P 页 共 &N 页')
        if head_rows:
            sheet.repeat_rows(*head_rows)
        sheet.hide_gridlines(2)
        sheet.center_horizontally()

    def title(self, sheet: Any, row: int, first: int, last: int, zh: str, en: str) -> None:
        """Write a table's title, in the second line the state of the report, with English where the workbook has both."""
        sheet.merge_range(row, first, row, last, zh, self.style(bold=True, font_size=16, align="center"))
        state = "　".join([self.state(), *([self.report.revision.mark_zh] if self.report.revision else [])])
        beneath = state if self.shape.language == "zh" else f"{en}    {state}"
        colour = "#C00000" if self.report.is_draft or self.report.revision else "#595959"
        sheet.merge_range(
            row + 1,
            first,
            row + 1,
            last,
            beneath,
            self.style(font_size=10, align="center", font_color=colour),
        )
        sheet.set_row(row, 26)
        sheet.set_row(row + 1, 16)

    def lines(self, sheet: Any, row: int, first: int, last: int) -> None:
        """Write the lines for who fills in and who reviews."""
        signing = self.report.signing
        parts = (
            (self.say("填报单位", "Reported by"), self.report.province_name),
            (self.say("填报人", "Prepared by"), signing.preparer or "____________"),
            (self.say("审核人", "Reviewed by"), signing.reviewer or "____________"),
            (self.say("日期", "Date"), signing.signed_on or "____________"),
        )
        text = "    ".join(f"{name}：{value}" for name, value in parts)
        if first == last:
            sheet.write_string(row, first, text, self.style(font_size=10))
        else:
            sheet.merge_range(row, first, row, last, text, self.style(font_size=10))
        sheet.set_row(row, 22)

    def close(self) -> None:
        """Write the file."""
        self.book.close()


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
    plain: Sequence[int] = (),
    row_places: Sequence[int] = (),
) -> int:
    """Write a ruled table; returns the row after it. `places` of a column: decimal places of its numbers (`row_places`: of a row's); `widths`:
    those of the columns, by which a row is made as high as its wrapped text.
    """
    for column, (zh, en) in enumerate(heads):
        sheet.write_string(
            row, column, writer.say(zh, en, "\n"),
            writer.cell(bold=True, align="center", text_wrap=True, bg_color="#DDEBF7", font_size=9),
        )  # fmt: skip
    sheet.set_row(row, 28)
    for offset, line in enumerate(body, start=1):
        for column, value in enumerate(line):
            style: dict[str, Any] = {"font_size": 9, **({"align": "center"} if column in plain else {})}
            wanted = (
                row_places[offset - 1] if row_places else places[column] if column < len(places) else None
            )
            if wanted is not None and isinstance(value, (int, float, Decimal)):
                style["num_format"] = writer.number_format(wanted)
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


def heading(writer: Writer, sheet: Any, row: int, zh: str, en: str) -> int:
    """Write a heading within a sheet; returns the next row."""
    sheet.write_string(
        row, 0, writer.say(zh, en), writer.style(bold=True, font_size=12, font_color="#1F4E78")
    )
    sheet.set_row(row, 22)
    return row + 1
