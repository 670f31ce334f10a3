"""The month's lists for the people who act on them: transfers, notice, outreach, comparison, review.

They are views of the newest month built. A package of an earlier month takes over the lists that were written with its draft.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import duckdb

from wengang.core.identifiers import masked_numbers_sql, masked_remark_sql
from wengang.core.periods import Period
from wengang.core.sql import quote
from wengang.core.text import safe_cell_sql
from wengang.reports.letters import LETTERS, write_letters
from wengang.reports.list_books import NOTICE, write_notices, write_transfers

OPEN_LISTS = (
    "expansion_public_notice",
    "recovery_demands",
    "refund_public_notice",
    "refund_returned_transfers",
    "refund_to_confirm",
    "skill_recipients",
)
"""Lists without account, phone or whole person number. Every other one is restricted: a new list is closed until somebody opens it."""

REVIEW_LIST = "review_list"
REMARKS = frozenset({"return_reason"})
"""Columns in which somebody outside wrote freely."""

HEADINGS = {
    "account_kind": "账户类别", "account_name": "账户名称", "account_no": "银行账号", "account_status": "账户状态", "amount": "金额（元）",
    "application_no": "申领编号", "apply_by": "最后申领日", "average_insured": "月均参保人数", "bank_name": "开户银行", "batch_no": "批次号",
    "case_no": "案件编号", "demanded": "累计下达（元）", "due_on": "期限", "first_demanded_on": "首次下达日期", "last_paid_on": "最后拨付日期",
    "letter_kind": "函件类别", "letter_no": "函件序号", "programme": "项目", "repaid": "累计退回（元）",
    "cert_no": "证书编号", "contact_phone": "联系电话", "contribution_base": "缴费基数（元）", "employer_id": "单位编号",
    "employer_name": "单位名称", "funding_source": "资金来源", "persons": "人数",
    "is_paid_again": "其后已再拨付", "issued_on": "发证日期", "last_due_month": "最后应缴月份", "layoff_rate": "裁员率",
    "level": "等级", "line_no": "序号", "lost_on": "离职日期", "message": "短信内容",
    "notice_difference": "本次公示差额（元）", "notice_kind": "公示类别",
    "noticed_before": "此前已公示金额（元）", "notice_status": "公示状态", "occupation_code": "职业编码",
    "occupation_name": "职业名称", "on_behalf_of": "派遣单位编号", "paid_on": "拨付日期",
    "payable_amount": "应拨金额（元）", "payee_id": "收款方编号",
    "payee_name": "收款方名称", "period": "期间", "person_id": "社会保障号码", "person_masked": "社会保障号码（脱敏）", "programme_year": "返还年度",
    "purpose": "用途", "reason": "原因代码", "reason_en": "原因（英文）", "reason_zh": "原因", "reference_no": "业务编号",
    "refund_amount": "返还金额（元）", "refund_ratio": "返还比例", "region_code": "行政区划代码", "return_reason": "退回原因",
    "returned_on": "退回日期",
    "size_class": "企业规模", "size_source": "规模来源", "uscc": "统一社会信用代码",
}  # fmt: skip


CODED = frozenset({
    "account_kind", "account_status", "funding_source", "letter_kind", "notice_kind", "notice_status", "programme", "size_class",
    "size_source",
})  # fmt: skip
"""Columns of codes, each with a list of labels of its own name."""


def write_lists(con: duckdb.DuckDBPyConnection, period: Period, checked: Path, target: Path) -> None:
    """Write `lists/` and, readable by their owner alone, `restricted/lists/` into the package `target`.

    CSV in UTF-8 with a mark, Chinese headings, labels in place of codes, one order, so that the same rows are the same bytes at any
    setting of threads. Transfers and the public notice are workbooks besides. The review list is the workbook that is filled in and
    delivered back, for the province and for each county. `checked`: the package whose lists hold where a later month was built since.
    """
    standing = con.execute("select c.period from run.context as c").fetchone()
    if standing is None or Period.of(standing[0]) != period:
        take_over(checked, target)
        return
    folder = target / "lists"
    folder.mkdir(parents=True, exist_ok=True)
    for closed in (target / "restricted", target / "restricted" / "lists"):
        closed.mkdir(exist_ok=True)
        closed.chmod(0o700)
    columns: dict[str, list[tuple[str, str]]] = {}
    for name, column, kind in con.execute(
        "select table_name, column_name, data_type from information_schema.columns where table_schema = 'lists'"
        " order by table_name, ordinal_position"
    ).fetchall():
        columns.setdefault(name, []).append((column, kind))
    for name, described in columns.items():
        if name == REVIEW_LIST:
            write_review(con, period, folder)
        else:
            place = folder if name in OPEN_LISTS else target / "restricted" / "lists"
            write_list(con, name, described, place / f"{name}.csv")
            if name.endswith("_transfers") and name not in OPEN_LISTS:
                heads, rows = listed(con, name, described)
                write_transfers(heads, rows, period, place / f"{name}.xlsx")
    if NOTICE in columns:
        write_notices(con, period, folder)
    if LETTERS in columns:
        write_letters(con, period, target / "restricted" / "letters")


def take_over(checked: Path, target: Path) -> None:
    """Copy the lists of the package `checked`, where it has any."""
    for part in ("lists", "restricted/lists", "restricted/letters"):
        if (checked / part).exists():
            shutil.copytree(checked / part, target / part)
    if (target / "restricted").exists():
        (target / "restricted").chmod(0o700)


def write_review(con: duckdb.DuckDBPyConnection, period: Period, folder: Path) -> None:
    """Write the review workbooks of the province and of each county."""
    from wengang.reviews.workbook import review_items, write_review_workbooks

    for path in write_review_workbooks(review_items(con, period), period, folder):
        path.chmod(0o600)  # its keys are whole, since they come back


def listed(
    con: duckdb.DuckDBPyConnection, name: str, columns: list[tuple[str, str]]
) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Return a list's Chinese headings and its rows, labels in place of codes."""
    chosen = ", ".join(_cell(column, kind) for column, kind in columns)
    rows = con.execute(f"select {chosen} from (select * from lists.{name} order by all)").fetchall()
    return [HEADINGS.get(column, column) for column, _ in columns], rows


def write_list(con: duckdb.DuckDBPyConnection, name: str, columns: list[tuple[str, str]], path: Path) -> None:
    """Write one list. A text that a spreadsheet would take for a formula gets an apostrophe before it."""
    is_open = name in OPEN_LISTS
    chosen = ", ".join(
        f"""{_cell(column, kind, is_open=is_open)} as "{HEADINGS.get(column, column)}" """
        for column, kind in columns
    )
    part = path.with_suffix(".part")
    quoted = quote(str(part))
    con.execute(
        f"copy (select {chosen} from (select * from lists.{name} order by all)) to {quoted} (format csv, header)"
    )
    with path.open("wb") as out, part.open("rb") as rows:
        out.write(b"\xef\xbb\xbf")
        shutil.copyfileobj(rows, out)
    part.unlink()
    path.chmod(0o644 if is_open else 0o600)


def _cell(column: str, kind: str, *, is_open: bool = False) -> str:
    if column == "period" or column.endswith("_month"):
        return f"strftime({column}, '%Y-%m')"
    if column in CODED:
        label = f"select k.label_zh from reference.codes as k where k.list = '{column}' and k.code = {column}"
        return f"coalesce(({label}), {column})"
    if kind == "VARCHAR":
        masked = masked_remark_sql if column in REMARKS else masked_numbers_sql
        return safe_cell_sql(masked(column) if is_open else column)
    return column
