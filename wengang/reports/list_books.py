"""Lists as workbooks: the public notice ready to print, for the province and for each county, and transfers that keep their accounts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from wengang.core.periods import Period
from wengang.reports.figures import read_notices, read_office, rows_of
from wengang.reports.word import write_word

NOTICE = "refund_public_notice"
FACE = "宋体"


@dataclass(frozen=True)
class NoticeColumn:
    """A column of the notice: heading, field of the list, width, and number format (empty: text)."""

    heading: str
    field: str
    width: int
    form: str = ""


FIRST = (
    NoticeColumn("序号", "", 6),
    NoticeColumn("单位名称", "employer_name", 34),
    NoticeColumn("统一社会信用代码", "uscc", 22),
    NoticeColumn("县（市、区）", "region_name", 14),
    NoticeColumn("月均参保人数", "average_insured", 12, "#,##0.00"),
    NoticeColumn("裁员率", "layoff_rate", 10, "0.00%"),
    NoticeColumn("返还比例", "refund_ratio", 10, "0.00%"),
    NoticeColumn("返还金额（元）", "refund_amount", 16, "#,##0.00"),
)
SUPPLEMENT = (
    *FIRST,
    NoticeColumn("此前已公示金额（元）", "noticed_before", 18, "#,##0.00"),
    NoticeColumn("本次公示差额（元）", "notice_difference", 18, "#,##0.00"),
)
TOTALLED = frozenset({"refund_amount", "noticed_before", "notice_difference"})
KINDS = (("first", "首次公示", FIRST), ("supplement", "补差公示", SUPPLEMENT))


@dataclass(frozen=True)
class NoticeWords:
    """What stands above a notice: its title, its text, who publishes it, and on which day its month ends."""

    title: str
    text: str
    agency: str
    day: dt.date


def write_notices(con: duckdb.DuckDBPyConnection, period: Period, folder: Path) -> list[Path]:
    """Write the notice of the month's refunds: a workbook and a document for the province, a workbook for each county; returns the paths.

    Nothing is written where nobody is on the notice.
    """
    rows = rows_of(
        con,
        f"select n.*, coalesce(r.region_name, n.region_code, '未知') as region_name from lists.{NOTICE} as n"
        " left join reference.regions as r on n.region_code = r.region_code order by n.programme_year, n.region_code, n.uscc, n.employer_name",
    )
    if not rows:
        return []
    words = notice_words(con, period, sorted({r["programme_year"] for r in rows}))
    written = [write_notice(words, rows, folder / f"{NOTICE}.xlsx")]
    parts = [
        {
            "heading": "",
            "paragraphs": [
                words.text,
                f"本次公示{len(rows)}户，金额{sum(r['refund_amount'] for r in rows):,.2f}元，名单见附件。",
            ],
        }
    ]
    data = {
        "head": "", "number": "", "signer": "", "draft_mark": "", "addressee": "", "title": words.title, "parts": parts,
        "attachments": [f"公示名单（{NOTICE}.xlsx）"], "issuer": words.agency, "dated": "", "footnote": "", "imprint": [],
    }  # fmt: skip
    made = dt.datetime.combine(period.last_day, dt.time(), dt.UTC)
    written.append(write_word(data, folder / f"{NOTICE}.docx", made))
    apart = folder / NOTICE
    for region in sorted({r["region_code"] or "unknown" for r in rows}):
        apart.mkdir(exist_ok=True)
        own = [r for r in rows if (r["region_code"] or "unknown") == region]
        written.append(write_notice(words, own, apart / f"{region}.xlsx"))
    return written


def notice_words(con: duckdb.DuckDBPyConnection, period: Period, years: Sequence[int]) -> NoticeWords:
    """Return the words of the notice: programme and year, the notices it rests on, the days it stands, whom to tell of objections."""
    office = read_office(con)
    days = rows_of(
        con,
        "select value from policy.parameters where parameter = 'notice_working_days' and ? between valid_from and valid_to",
        period.last_day,
    )
    year = "、".join(str(y) for y in years)
    basis = "、".join(read_notices(con, period))
    stands = f"公示期为{days[0]['value']}个工作日。" if days else ""
    reach = f"，联系电话：{office['telephone']}" if office.get("telephone") else ""
    agency = office.get("agency", "失业保险经办机构")
    text = (
        f"根据{basis or '失业保险援企稳岗政策'}规定，现将{year}年度失业保险稳岗返还符合条件的单位名单予以公示。{stands}"
        f"如有异议，请在公示期内向{agency}反映{reach}。"
    )
    return NoticeWords(f"关于{year}年度失业保险稳岗返还单位名单的公示", text, agency, period.last_day)


def write_notice(words: NoticeWords, rows: Sequence[dict[str, Any]], path: Path) -> Path:
    """Write a notice: a sheet of first notices and, where there are any, one of supplements (补差). The same rows give the same bytes."""
    import xlsxwriter

    with xlsxwriter.Workbook(str(path)) as book:
        book.set_properties(
            {"title": words.title, "created": dt.datetime.combine(words.day, dt.time(), dt.UTC)}
        )
        for kind, name, columns in KINDS:
            own = [r for r in rows if r["notice_kind"] == kind]
            if own:
                write_sheet(book, name, words, own, columns)
    return path


def write_sheet(
    book: Any, name: str, words: NoticeWords, rows: Sequence[dict[str, Any]], columns: Sequence[NoticeColumn]
) -> None:
    """Write one sheet: title, text, headings on every printed page, numbered rows, the total, who publishes it."""
    sheet = book.add_worksheet(name)
    text = {"font_name": FACE, "font_size": 11, "valign": "vcenter"}
    ruled = {**text, "border": 1}
    last = len(columns) - 1
    sheet.merge_range(
        0,
        0,
        0,
        last,
        f"{words.title}（{name}）",
        book.add_format({**text, "font_size": 16, "bold": True, "align": "center"}),
    )
    sheet.merge_range(1, 0, 1, last, words.text, book.add_format({**text, "text_wrap": True}))
    sheet.set_row(0, 30)
    sheet.set_row(1, 50)
    head = book.add_format(
        {**ruled, "bold": True, "text_wrap": True, "align": "center", "bg_color": "#E7EDF3"}
    )
    plain = book.add_format({**ruled, "num_format": "@", "text_wrap": True})
    forms = {c.form: book.add_format({**ruled, "num_format": c.form}) for c in columns if c.form}
    for place, column in enumerate(columns):
        sheet.set_column(place, place, column.width)
        sheet.write_string(2, place, column.heading, head)
    for number, row in enumerate(rows, start=1):
        for place, column in enumerate(columns):
            value = str(number) if not column.field else row[column.field]
            if column.form and value is not None:
                sheet.write_number(2 + number, place, value, forms[column.form])
            else:
                sheet.write_string(2 + number, place, "未知" if value is None else str(value), plain)
    end = 3 + len(rows)
    for place, column in enumerate(columns):
        if column.field in TOTALLED:
            total = sum((row[column.field] or Decimal(0) for row in rows), Decimal(0))
            sheet.write_number(end, place, total, forms[column.form])
        else:
            sheet.write_string(end, place, "合计" if place == 1 else "", plain)
    sheet.merge_range(end + 2, 0, end + 2, last, words.agency, book.add_format({**text, "align": "right"}))
    sheet.repeat_rows(2)
    sheet.freeze_panes(3, 2)
    page(sheet)


def page(sheet: Any) -> None:
    """Set a sheet up for A4: all columns on one page wide, numbered pages."""
    sheet.set_paper(9)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_footer(f'&C&"{FACE}"&9第 &P 页 共 &N 页')


def write_transfers(heads: Sequence[str], rows: Sequence[Sequence[Any]], period: Period, path: Path) -> Path:
    """Write a transfer list for the bank: every cell text but amounts, so that an account keeps all its digits when the file is saved."""
    import xlsxwriter

    with xlsxwriter.Workbook(str(path)) as book:
        book.set_properties({"created": dt.datetime.combine(period.last_day, dt.time(), dt.UTC)})
        sheet = book.add_worksheet("拨付清单")
        ruled = {"font_name": FACE, "font_size": 11, "border": 1}
        head = book.add_format({**ruled, "bold": True, "bg_color": "#E7EDF3"})
        plain = book.add_format({**ruled, "num_format": "@"})
        money = book.add_format({**ruled, "num_format": "#,##0.00"})
        for place, heading in enumerate(heads):
            sheet.set_column(place, place, 24)
            sheet.write_string(0, place, heading, head)
        for number, row in enumerate(rows, start=1):
            for place, value in enumerate(row):
                if isinstance(value, Decimal):
                    sheet.write_number(number, place, value, money)
                else:
                    sheet.write_string(number, place, "" if value is None else str(value), plain)
        sheet.freeze_panes(1, 0)
        sheet.repeat_rows(0)
        page(sheet)
    path.chmod(0o600)
    return path
