"""Writing the review workbook: the headings of the return are the contract's own, so the filled file is delivered as it is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

import duckdb

from wengang.core.number_patterns import masked_numbers, masked_remark
from wengang.core.periods import Period
from wengang.core.text import width_of

RISK = "risk"
DECISIONS, LEADS = ("通过", "不通过"), ("属实", "排除")

# Heading, width, and whether the officer fills the column in. Headings of the contract come back; the others are there to read.
COLUMNS: tuple[tuple[str, int, bool], ...] = (
    ("项目", 14, False),
    ("业务编号", 26, False),
    ("返还年度", 10, False),
    ("审核对象", 26, False),
    ("对象地区", 12, False),
    ("县（市、区）", 14, False),
    ("规则", 8, False),
    ("提交审核的原因", 36, False),
    ("请审核", 60, False),
    ("涉及金额（元）", 16, False),
    ("审核结论", 12, True),
    ("审核日期", 14, True),
    ("审核人", 14, True),
    ("审核意见", 40, True),
)

AMOUNT, OUTCOME, DAY = (
    next(place for place, (heading, _, _) in enumerate(COLUMNS) if heading == wanted)
    for wanted in ("涉及金额（元）", "审核结论", "审核日期")
)

NOTES = (
    "一、请在“审核结论”表的绿色四列中填写：审核结论、审核日期、审核人、审核意见，四项都须填写。",
    "二、稳岗返还和各项补贴、补助填“通过”或“不通过”；风险线索填“属实”或“排除”。",
    "三、本次不审核的行请整行删除；留下未填的行会列入拒收清单，下月仍在待审名单中。",
    "四、不改动“项目”“业务编号”“返还年度”三列。",
    "五、填好后另存为 review_outcomes__审核.xlsx，放入下一次交付的期间文件夹即可，不需其他处理。",
    "六、不符合规则的（不通过项）审核不能改变；缺登记、规模不明、备付期不明的，审核通过也不能代替，须补齐数据。",
    "Fill in the four green columns of the sheet 审核结论 and delete the rows you do not decide;",
    "save as review_outcomes__审核.xlsx in the folder of the next delivery.",
)


@dataclass(frozen=True)
class ReviewItem:
    """One matter that waits for a person; `amount` in yuan."""

    programme: str
    programme_zh: str
    subject_id: str
    programme_year: int | None
    region_code: str | None
    who: str | None
    why: str
    to_decide: str
    amount: Decimal
    region_name: str | None = None
    rule_id: str | None = None


def review_items(con: duckdb.DuckDBPyConnection, period: Period) -> list[ReviewItem]:
    """Read the month's review list from a warehouse, most at stake first; empty where the list was last built for another month."""
    rows = con.execute(
        """select l.programme, coalesce(p.title_zh, c.label_zh), l.subject_id, l.programme_year, l.region_code, l.who, l.why, l.to_decide, l.amount,
            l.region_name, l.rule_id
        from lists.review_list as l
        left join reference.programmes as p on l.programme = p.programme
        left join reference.codes as c on c.list = 'programme' and c.code = l.programme
        where l.period = ? order by l.amount desc, l.programme, l.region_code, l.subject_id, l.programme_year""",
        [period.first_day],
    ).fetchall()
    return [without_numbers(ReviewItem(*row)) for row in rows]


def without_numbers(item: ReviewItem) -> ReviewItem:
    """Return a matter whose texts carry no citizen number, account or telephone; its key is whole, since it comes back."""
    return replace(
        item,
        who=item.who and masked_numbers(item.who),
        why=masked_remark(item.why),
        to_decide=masked_remark(item.to_decide),
    )


def write_review_workbooks(items: Sequence[ReviewItem], period: Period, folder: Path) -> list[Path]:
    """Write the workbook of the province, and one for each county under `review/`; any of them comes back. Returns the paths."""
    written = [write_review_workbook(items, period, folder / f"review-{period}.xlsx")]
    for region in sorted({i.region_code or "unknown" for i in items}):
        own = [i for i in items if (i.region_code or "unknown") == region]
        written.append(
            write_review_workbook(own, period, folder / "review" / f"review-{period}-{region}.xlsx")
        )
    return written


def lines(text: str, width: int) -> int:
    """Return lines that a text takes in a column of so many half-width characters: not every reader of workbooks works out the height of a row."""
    taken = width_of(text, wide="WFA")
    return max(1, -(-taken // (width - 1)))


def write_review_workbook(items: Sequence[ReviewItem], period: Period, path: Path) -> Path:
    """Write the workbook to `path` and return it. The same items give the same bytes."""
    import xlsxwriter

    path.parent.mkdir(parents=True, exist_ok=True)
    with xlsxwriter.Workbook(str(path), {"default_date_format": "yyyy-mm-dd"}) as book:
        day = period.last_day
        book.set_properties(
            {
                "title": f"{period} 待审名单",
                "created": dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC),
            }
        )
        text = {"font_name": "宋体", "font_size": 11, "valign": "top"}
        head = book.add_format({**text, "bold": True, "bg_color": "#DDE6F0", "border": 1, "text_wrap": True})
        fill_head = book.add_format({**text, "bold": True, "bg_color": "#C6E0B4", "border": 1})
        plain = book.add_format({**text, "border": 1, "text_wrap": True, "num_format": "@"})
        money = book.add_format({**text, "border": 1, "num_format": "#,##0.00"})
        fill = book.add_format(
            {
                **text,
                "border": 1,
                "bg_color": "#EAF4E2",
                "text_wrap": True,
                "num_format": "@",
                "locked": False,
            }
        )
        fill_day = book.add_format(
            {**text, "border": 1, "bg_color": "#EAF4E2", "num_format": "yyyy-mm-dd", "locked": False}
        )
        sheet = book.add_worksheet("审核结论")
        sheet.freeze_panes(1, 3)
        # On paper: all columns of a row on one page, the headings on each.
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        for column, (heading, width, is_filled_in) in enumerate(COLUMNS):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, heading, fill_head if is_filled_in else head)
        for number, item in enumerate(items, start=1):
            year = "" if item.programme_year is None else str(item.programme_year)
            words = (
                item.programme_zh, item.subject_id, year, item.who or "", item.region_code or "", item.region_name or "",
                item.rule_id or "", item.why, item.to_decide,
            )  # fmt: skip
            sheet.set_row(number, 17 * max(lines(w, COLUMNS[column][1]) for column, w in enumerate(words)))
            for column, value in enumerate(words):
                sheet.write_string(number, column, value, plain)
            sheet.write_number(number, AMOUNT, float(item.amount), money)
            for column in (OUTCOME, DAY + 1, DAY + 2):
                sheet.write_blank(number, column, None, fill)
            sheet.write_blank(number, DAY, None, fill_day)
            sheet.data_validation(
                number, OUTCOME, number, OUTCOME,
                {
                    "validate": "list", "source": list(LEADS if item.programme == RISK else DECISIONS),
                    "error_title": "审核结论", "error_message": "请从列表中选择",
                },
            )  # fmt: skip
            sheet.data_validation(
                number, DAY, number, DAY,
                {
                    "validate": "date", "criteria": ">=", "value": dt.date(2020, 1, 1),
                    "error_title": "审核日期", "error_message": "请填写日期，如 2024-06-28",
                },
            )  # fmt: skip
        sheet.autofilter(0, 0, max(1, len(items)), len(COLUMNS) - 1)
        notes = book.add_worksheet("填写说明")
        notes.set_column(0, 0, 110)
        notes.set_landscape()
        notes.set_paper(9)
        notes.fit_to_pages(1, 0)
        notes.write_string(
            0, 0, f"{period} 待审名单，共 {len(items)} 项", book.add_format({**text, "bold": True})
        )
        for row, note in enumerate(NOTES, start=2):
            notes.write_string(row, 0, note, book.add_format({**text, "text_wrap": True}))
    return path
