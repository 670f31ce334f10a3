"""Cells that a reader could not give as text: the mark that stands in their place, and the reason that it becomes.

A marked cell is `\x00<code>\x00<what the file shows>`; a chunk names its columns that have one, so that nobody looks for marks elsewhere.
"""

from __future__ import annotations

from wengang.contracts import Column

MARK = "\x00"

_REASONS = {
    "uncalculated": (
        "是没有计算结果的公式；请在表格软件中重新计算并保存",
        "is a formula without a calculated value; recalculate and save the workbook",
    ),
    "error_cell": ("是错误值，不是空", "is an error value, which is not an empty cell"),
    "rounded_number": (
        "是数字单元格，位数过多，末几位已丢失；请按文本填写",
        "is a number cell of more digits than it can hold: the last are lost; write it as text",
    ),
    "merged_money": (
        "是跨多行合并的金额，不知道属于哪一行；请逐行填写",
        "is an amount merged over several rows; write each row's own amount",
    ),
    "broken_text": ("含有不是文字的字节", "holds bytes that are no text"),
    "date_cell": (
        "被表格软件变成了日期；请按文本填写",
        "was turned into a date by the spreadsheet; write it as text",
    ),
    "lost_nought": (
        "是数字单元格，前面的 0 可能已丢失；请按文本填写",
        "is a number cell whose leading zero may be lost; write it as text",
    ),
}


def marked(code: str, shown: str) -> str:
    """Return the text that stands for a cell which could not be read; `shown` is what the file shows there."""
    return f"{MARK}{code}{MARK}{shown}"


def shown(text: str | None) -> str:
    """Return a cell as the file shows it, marked or not; an empty cell is an empty text."""
    if not text:
        return ""
    return text.split(MARK, 2)[2] if text.startswith(MARK) and text.count(MARK) >= 2 else text


def reason(text: str, column: Column) -> tuple[str, str, str]:
    """Return the code and the sentences in Chinese and English of a marked cell of a column."""
    code = text.split(MARK, 2)[1] if text.count(MARK) >= 2 else ""
    if code not in _REASONS:
        code = "broken_text"
    zh, en = _REASONS[code]
    return code, f"“{column.heading}”{zh}", f"{column.name} {en}"
