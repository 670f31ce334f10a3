"""Text as it can be written and shown."""

from __future__ import annotations

import os
import re
import unicodedata

# What a spreadsheet takes for a formula: also full-width, which it reads like the narrow signs.
FORMULA_STARTS = "=+@＝＋－＠\t\r\n-"
NUMBER = re.compile(r"[+-]?[0-9][0-9,]*(\.[0-9]+)?")
STEERING = {"Cc", "Cf", "Zl", "Zp"}


def shown_name(name: str) -> str:
    """Return a file's name as text that can be written: bytes that are no UTF-8 (a name in GBK) as `\\xba`."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def width_of(text: str, *, wide: str = "WF") -> int:
    """Return the places that a text takes on a terminal or in a cell: wide characters take two.

    `wide`: the classes of East Asian width that count as wide; a font of Chinese type shows ambiguous ones (`A`) wide too.
    """
    return sum(2 if unicodedata.east_asian_width(c) in wide else 1 for c in text)


def safe_cell(value: object) -> object:
    """Return a value as it may stand in a CSV that a spreadsheet opens: a text that would be a formula after an apostrophe."""
    is_formula = isinstance(value, str) and value[:1] in tuple(FORMULA_STARTS) and not NUMBER.fullmatch(value)
    return f"'{value}" if is_formula else value


def safe_cell_sql(column: str) -> str:
    """Return the SQL that does to a text column what `safe_cell` does; a number among texts gets the apostrophe as well."""
    starts = FORMULA_STARTS.replace("\t", r"\t").replace("\r", r"\r").replace("\n", r"\n")
    return f"case when regexp_matches({column}, '^[{starts}]') then concat('''', {column}) else {column} end"


def one_line(text: str) -> str:
    """Return a text as one line of a terminal: what would steer it, break the line or forge another one, as escapes."""
    return "".join(
        c.encode("unicode_escape").decode() if unicodedata.category(c) in STEERING else c for c in text
    )


def shown_text(text: str) -> str:
    """Return a text for a terminal: characters that steer it or turn the direction of writing as escapes; line breaks and tabs stay."""
    return "".join(
        c.encode("unicode_escape").decode() if c not in "\n\t" and unicodedata.category(c) in STEERING else c
        for c in text
    )
