"""Typed cells (of workbooks and Parquet) to the text that a cell of a text file would have."""

from __future__ import annotations

import datetime as dt
import math
from decimal import Decimal

from wengang.contracts import Column
from wengang.ingest.marks import marked

LOST_DIGITS = 1e15  # a number cell of 16 digits or more has lost the last of them: 15 are kept
DAY_1904 = 1462  # days from the 1900 calendar's beginning to that of 1904
# First two digits of the industry codes that begin with a zero (agriculture: 011 to 054), without it.
_AFTER_NOUGHT = {*range(11, 20), *range(21, 26), 31, 32, 33, 39, 41, 42, *range(51, 55)}


def number_text(number: float | Decimal) -> str:
    """Write a number as a workbook shows it: 15 significant digits, no exponent, no needless zeros."""
    if isinstance(number, float):
        if not math.isfinite(number):
            return str(number)
        number = Decimal(f"{number:.15g}")
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def is_identifier(column: Column | None) -> bool:
    """Return whether a column holds identifiers: ids, and codes that are not from a list."""
    return column is not None and (column.type == "id" or (column.type == "code" and not column.codes))


def float_text(number: float, column: Column | None) -> str:
    """Write a floating-point cell; an identifier that may have lost digits or a leading zero is marked."""
    text = number_text(number)
    if column is not None and is_identifier(column):
        if not abs(number) < LOST_DIGITS:
            return marked("rounded_number", text)
        if column.name == "industry_code" and _may_lack_nought(text):
            return marked("lost_nought", text)
    return text


def _may_lack_nought(text: str) -> bool:
    """Return whether an industry's number may be one of agriculture without its leading zero: 111 may be 0111."""
    return len(text) == 1 or (len(text) == 3 and text.isdigit() and int(text[:2]) in _AFTER_NOUGHT)


def date_text(day: dt.date | dt.datetime, column: Column | None) -> str:
    """Write a date cell: a month for a month column if it is a first day; with its time if it is not midnight.

    In a column of identifiers a date is what a spreadsheet made of one: it is marked.
    """
    if isinstance(day, dt.datetime):
        if day.time() != dt.time():
            return day.isoformat(sep=" ")
        day = day.date()
    if is_identifier(column):
        return marked("date_cell", day.isoformat())
    return (
        f"{day:%Y-%m}" if column is not None and column.type == "month" and day.day == 1 else day.isoformat()
    )


def cell_text(value: object, column: Column | None, is_1904: bool = False) -> str | None:
    """Bring a workbook's cell to the text that a cell of a text file would have; None for an empty one."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (dt.date, dt.datetime)):
        return date_text(value, column)
    if isinstance(value, (int, float)):
        if isinstance(value, int) and abs(value) > LOST_DIGITS:
            return marked("rounded_number", str(value)) if is_identifier(column) else str(value)
        text = float_text(float(value), column)
    else:
        text = value if isinstance(value, str) else str(value)
    if is_1904 and column is not None and column.type == "day":
        return _by_1904(text)
    return text


def _by_1904(text: str) -> str:
    """Return the day of a serial of the 1904 calendar; any other text as it is."""
    serial = text.strip()
    if serial.isascii() and serial.isdigit() and len(serial) == 5 and 20000 <= int(serial) <= 80000:
        return (dt.date(1904, 1, 1) + dt.timedelta(int(serial))).isoformat()
    return text
