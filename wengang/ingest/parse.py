"""From the text of a cell to its value, over whole columns and never cell by cell.

First the text is cleaned (blanks and marks off, half-width, upper case) and check digits are computed; then SQL made from
the contract gives the value (null if there is none to be had) and the reasons for which a row is refused.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wengang.contracts import INVISIBLE, Column, Contract
from wengang.core.sql import quote

PERSON_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
PERSON_CHECKS = "10X98765432"
USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
USCC_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
YEAR = "(?:19[0-9]{2}|20[0-9]{2}|2100)"
BLANKS = " \t\r\n\v\f\u00a0\u3000\ufeff"
HALF_WIDTH = {
    **{chr(c): chr(c - 0xFEE0) for c in range(0xFF01, 0xFF5F)},
    "\uffe5": "\u00a5",
    "\u3000": " ",
    "\u00a0": " ",
    **dict.fromkeys(INVISIBLE, ""),
}
_TO_HALF = str.maketrans(HALF_WIDTH)
_PLAIN = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-"
_LETTERS = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_PLAIN_NUMBER = b"0123456789.-"
# A day where an identifier should be: what a spreadsheet makes of 4-07-05, by its settings 2004-07-05, 7/5/2004, 5-JUL-04 or JUL-05.
_MONTHS = "(?:JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)"
DAY_LIKE = (
    "(?:19|20)[0-9]{2}[-/](?:0?[1-9]|1[0-2])[-/](?:0?[1-9]|[12][0-9]|3[01])"
    "|(?:0?[1-9]|[12][0-9]|3[01])/(?:0?[1-9]|[12][0-9]|3[01])/(?:19|20)[0-9]{2}"
    f"|(?:[0-9]{{1,2}}-)?{_MONTHS}(?:-(?:[0-9]{{2}}|(?:19|20)[0-9]{{2}}))?"
)
LAST_DAY = dt.date(2100, 12, 31)
LONGEST_AMOUNT = len("-1234567890123456.00")
_MARKS = '^(?:="(.*)"|\'(.*))$'


@dataclass(frozen=True)
class Check:
    """One reason to refuse a row: SQL over the columns of the typed relation, true for a bad one."""

    column: str
    code: str
    condition: str
    zh: str
    en: str


def half_width(text: str) -> str:
    """Return a text with full-width characters at half-width, without characters that nobody sees."""
    return text.translate(_TO_HALF)


def _bytes_of(array: pa.Array) -> bytes:
    """Return all texts of an array, one after the other, as they lie in memory."""
    _, offsets, data = array.buffers()
    if data is None or not len(array):
        return b""
    ends = np.frombuffer(offsets, dtype=np.int32)[array.offset : array.offset + len(array) + 1]
    return bytes(memoryview(data)[int(ends[0]) : int(ends[-1])])


def _half_width(array: pa.Array, data: bytes) -> pa.Array:
    """Bring full-width digits, letters, marks and blanks to half-width."""
    if b"\x00" in data:
        return pa.array([x.translate(_TO_HALF) for x in array.to_pylist()], pa.string())
    joined = pc.binary_join(pa.ListArray.from_arrays([0, len(array)], array), "\x00")[0].as_py()
    return pa.array(joined.translate(_TO_HALF).split("\x00"), pa.string())


def is_plain_identifier(column: Column, array: pa.Array) -> bool:
    """Return whether a cleaned column of identifiers holds nothing but digits and capital letters."""
    return column.type == "id" and not column.is_lower and not _bytes_of(array).translate(None, _LETTERS)


def clean(column: Column, array: pa.Array) -> pa.Array:
    """Take blanks and marks off the texts of a column, bring codes and numbers to half-width; no text is null."""
    if not len(array):
        return array
    data = _bytes_of(array)
    if column.type == "text":
        return pc.utf8_trim(array, BLANKS)
    plain = _PLAIN_NUMBER if column.type in ("money", "rate") else _PLAIN
    if not column.is_lower and not data.translate(None, plain):
        return array
    if not data.isascii():
        array = _half_width(array, data)
    array = pc.utf8_trim(array, BLANKS)
    if column.type == "id" or (column.type == "code" and not column.codes):
        # Excel writes ="620…" or '620… to keep a number from being rounded.
        if b"'" in data or b"=" in data or not data.isascii():
            array = pc.utf8_trim(pc.replace_substring_regex(array, _MARKS, "\\1\\2"), BLANKS)
        array = pc.utf8_lower(array) if column.is_lower else pc.utf8_upper(array)
    return array


def _characters(array: pa.Array, length: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows that have so many bytes, and these as a table of bytes."""
    lengths = pc.binary_length(array).to_numpy(zero_copy_only=False)
    rows = np.flatnonzero(lengths == length)
    same = array if len(rows) == len(array) else array.take(pa.array(rows))
    return rows, np.frombuffer(_bytes_of(same), dtype=np.uint8).reshape(-1, length)


def has_person_check(array: pa.Array) -> pa.Array:
    """Return which texts are 17 digits and the digit or X that GB 11643 asks for."""
    right = np.zeros(len(array), dtype=bool)
    rows, table = _characters(array, 18)
    digits = table[:, :17] - 48
    total = np.zeros(len(rows), dtype=np.int32)
    sound = np.ones(len(rows), dtype=bool)
    for place, weight in enumerate(PERSON_WEIGHTS):
        digit = digits[:, place]
        sound &= digit <= 9
        total += digit.astype(np.int32) * weight
    wanted = np.frombuffer(PERSON_CHECKS.encode(), dtype=np.uint8)[total % 11]
    right[rows] = sound & (table[:, 17] == wanted)
    return pa.array(right)


def person_numbers(array: pa.Array) -> pa.Array:
    """Return the first 17 digits of sound citizen numbers as int64: one to one, since the 18th follows from them."""
    return pc.utf8_slice_codeunits(array, 0, 17).cast(pa.int64())


def has_uscc_check(array: pa.Array) -> pa.Array:
    """Return which texts are 18 characters with the check character that GB 32100-2015 asks for."""
    right = np.zeros(len(array), dtype=bool)
    value_of = np.full(256, -1, dtype=np.int32)
    alphabet = np.frombuffer(USCC_ALPHABET.encode(), dtype=np.uint8)
    value_of[alphabet] = np.arange(len(alphabet))
    rows, table = _characters(array, 18)
    values = value_of[table]
    total = values[:, :17] @ np.array(USCC_WEIGHTS, dtype=np.int32)
    right[rows] = (values >= 0).all(axis=1) & (values[:, 17] == (31 - total % 31) % 31)
    return pa.array(right)


CHECK_DIGITS = {"person": has_person_check, "uscc": has_uscc_check}


def plain_amounts(  # noqa: PLR0911 (one return a doubt)
    column: Column, array: pa.Array
) -> pa.Array | None:
    """Read a cleaned money column in which every amount is written plainly; None: some cell asks for a closer look.

    Plain are digits, minus signs and points, every point after a digit and one or two characters before the end of its cell:
    there a bare cast and the patterns of `value` agree. Empty cells are null; a required column with one is not plain.
    """
    if column.type != "money" or column.empty_means is not None or not len(array) or array.null_count:
        return None
    data = _bytes_of(array)
    if data.translate(None, _PLAIN_NUMBER):
        return None
    letters = np.frombuffer(data, dtype=np.uint8)
    offsets = np.frombuffer(array.buffers()[1], dtype=np.int32)[array.offset : array.offset + len(array) + 1]
    starts, ends = offsets[:-1] - offsets[0], offsets[1:] - offsets[0]
    if (ends - starts > LONGEST_AMOUNT).any():
        return None  # a cast of hundreds of digits does not fail: it gives some other number
    found = 0
    for back in (2, 3):
        points = ends[ends - starts > back] - back
        points = points[letters[points] == ord(".")]
        before = letters[points - 1]
        if not ((before >= ord("0")) & (before <= ord("9"))).all():
            return None
        found += len(points)
    if found != data.count(b"."):
        return None
    if (starts == ends).any():
        if column.required:
            return None
        array = pc.if_else(pc.equal(array, ""), pa.scalar(None, pa.string()), array)
    try:
        return array.cast(pa.decimal128(18, 2))
    except pa.ArrowInvalid:
        return None


def value(column: Column, t: str) -> str:  # noqa: PLR0911 (one return a type)
    """Write SQL for the value of a cleaned text: null if it has none."""
    kind = column.type
    if kind == "code" and column.codes:
        pairs = " ".join(f"when {quote(label)} then {quote(code)}" for label, code in column.labels.items())
        return f"case lower({t}) {pairs} end"
    if kind in ("id", "text", "code"):
        return t
    if kind in ("money", "rate"):
        # Most amounts are written plainly: a short look is enough for these.
        places = 2 if kind == "money" else 6
        plain = f"^-?[0-9]+(?:\\.[0-9]{{1,{places}}})?$"
        marked = f"^(?:-?\u00a5?|\u00a5-)(?:[0-9]+|[0-9]{{1,3}}(?:,[0-9]{{3}})+)(?:\\.[0-9]{{1,{places}}})?$"
        return (
            f"case when regexp_matches({t}, {quote(plain)}) then try_cast({t} as {column.sql_type}) "
            f"when regexp_matches({t}, {quote(marked)}) "
            f"then try_cast(translate({t}, '\u00a5,', '') as {column.sql_type}) end"
        )
    if kind == "int":
        return f"case when regexp_matches({t}, '^-?[0-9]+$') then try_cast({t} as integer) end"
    if kind == "month":
        pattern = (
            f"^({YEAR})(?:([0-9]{{2}})|\\.([0-9]{{2}})|[-/]([0-9]{{1,2}})(?:[-/]0?1)?|年([0-9]{{1,2}})月)$"
        )
        plain = f"regexp_replace({t}, '^([0-9]{{4}})[^0-9]?([0-9]{{1,2}}).*$', '\\1-\\2-01')"
        return f"case when regexp_matches({t}, {quote(pattern)}) then try_cast({plain} as date) end"
    if kind == "day":
        pattern = (
            f"^({YEAR})(?:([0-9]{{2}})([0-9]{{2}})|(?:-([0-9]{{1,2}})-([0-9]{{1,2}})|/([0-9]{{1,2}})/([0-9]{{1,2}}))"
            "(?:[ T]0?0:00(?::00(?:\\.0+)?)?)?|\\.([0-9]{1,2})\\.([0-9]{1,2})|年([0-9]{1,2})月([0-9]{1,2})日)$"
        )
        return (
            f"case when regexp_matches({t}, '^[2-8][0-9]{{4}}$') and {t} <= '80000' "
            f"then date '1899-12-30' + cast({t} as integer) "
            f"when regexp_matches({t}, {quote(pattern)}) "
            f"then try_cast(regexp_replace({t}, "
            "'^([0-9]{4})[^0-9]?([0-9]{1,2})[^0-9]?([0-9]{1,2}).*$', '\\1-\\2-\\3') as date) end"
        )
    if kind == "flag":
        return (
            f"case lower({t}) when '是' then true when '1' then true when 'y' then true when 'true' then true "
            f"when '否' then false when '0' then false when 'n' then false when 'false' then false end"
        )
    raise AssertionError(kind)


_FORMS = {
    "money": (
        "bad_number",
        "不是金额",
        "is no amount",
        "如 1234.50 或 1,234.50",
        "such as 1234.50 or 1,234.50",
    ),
    "rate": ("bad_number", "不是数", "is no number", "如 0.0055", "such as 0.0055"),
    "int": ("bad_int", "不是整数", "is no whole number", "如 12", "such as 12"),
    "month": (
        "bad_month",
        "不是月份",
        "is no month",
        "如 202406、2024-06 或 2024年6月",
        "such as 202406 or 2024-06",
    ),
    "day": ("bad_day", "不是日期", "is no day", "如 20240603、2024-06-03", "such as 20240603 or 2024-06-03"),
    "flag": ("bad_flag", "不是是否", "is neither yes nor no", "是/否、1/0、Y/N", "yes/no as 是/否, 1/0, Y/N"),
}


def cell_checks(column: Column) -> list[Check]:
    """List the reasons for which one cell refuses its row."""
    name, head = column.name, column.heading
    t, v = f"t_{name}", f"v_{name}"
    found: list[Check] = []

    def add(code: str, condition: str, zh: str, en: str) -> None:
        found.append(Check(name, code, condition, zh, en))

    if column.required:
        add("missing_required", f"{t} is null", f"必填的“{head}”为空", f"{name} is required and empty")
    given = f"{t} is not null"
    if column.codes:
        shown = "、".join(labels[0] if labels else code for code, labels in column.codes.items())
        add(
            "unknown_code",
            f"{given} and {v} is null",
            f"“{head}”不在代码表内，应为：{shown}",
            f"{name} is not in its list: {', '.join(column.codes)}",
        )
    elif column.type in _FORMS:
        code, zh, en, like_zh, like_en = _FORMS[column.type]
        bad = f"{given} and {v} is null"
        if column.type in ("money", "rate"):
            places = 2 if column.type == "money" else 6
            long = (
                f"regexp_matches({t}, '^(-?\u00a5?|\u00a5-)([0-9]+|[0-9]{{1,3}}(,[0-9]{{3}})+)"
                f"\\.[0-9]{{{places + 1},}}$')"
            )
            add(
                "too_many_decimals",
                f"{given} and {long}",
                f"“{head}”的小数超过 {places} 位",
                f"{name} has more than {places} decimal places",
            )
            bad += f" and not {long}"
        add(code, bad, f"“{head}”{zh}，应{like_zh}", f"{name} {en}; expected a value {like_en}")
    if column.type == "day":
        last = column.latest or LAST_DAY
        add(
            "day_out_of_bounds",
            f"{v} > date '{last}'",
            f"“{head}”晚于 {last}，不合情理",
            f"{name} is later than {last}, beyond sense",
        )
    if column.max_length:
        add(
            "too_long",
            f"length({t}) > {column.max_length}",
            f"“{head}”超过 {column.max_length} 个字符",
            f"{name} is longer than {column.max_length} characters",
        )
    if column.exact_length:
        add(
            "bad_length",
            f"length({t}) <> {column.exact_length}",
            f"“{head}”应为 {column.exact_length} 个字符",
            f"{name} must have {column.exact_length} characters",
        )
    if column.type == "id":
        add(
            "bad_identifier",
            f"{given} and regexp_full_match({t}, {quote(DAY_LIKE)})",
            f"“{head}”是日期，不是编号；可能被表格软件改写，请按文本填写",
            f"{name} is a day, not an identifier: a spreadsheet may have turned it into one; write it as text",
        )
    if column.pattern:
        add(
            column.pattern_code,
            f"{given} and not regexp_full_match({t}, {quote(column.pattern)})",
            f"“{head}”{column.pattern_zh}",
            f"{name}: {column.pattern_en}",
        )
    if column.check_digit == "person":
        shape = f"regexp_full_match({t}, '[0-9]{{17}}[0-9X]')"
        add(
            "bad_person_number",
            f"{given} and not k_{name} and not {shape}",
            f"“{head}”应为十七位数字加一位数字或 X",
            f"{name} must be 17 digits and a digit or X",
        )
        add(
            "check_digit",
            f"{given} and not k_{name} and {shape}",
            f"“{head}”的校验位不符（GB 11643）",
            f"{name} has a wrong check digit (GB 11643)",
        )
    return found


def checks(contract: Contract, present: Iterable[str]) -> list[Check]:
    """List all reasons for which a row of this source is refused, columns first, then the rules of the row."""
    there = set(present)
    found: list[Check] = []
    own: dict[str, list[str]] = {}
    for column in contract.read_columns:
        if column.name in there:
            for check in cell_checks(column):
                found.append(check)
                own.setdefault(column.name, []).append(check.condition)
    for rule in contract.rules:
        named = contract.rule_columns(rule)
        # A rule speaks only where every cell that it reads is sound.
        sound = [f"not coalesce({c}, false)" for n in named for c in own.get(n, ())]
        condition = " and ".join([*sound, f"({rule.violated})"])
        found.append(Check(rule.column, rule.code, condition, rule.zh, rule.en))
    return found


def values_sql(columns: Sequence[Column], relation: str) -> str:
    """Write SQL over texts `x_…` (and check-digit verdicts `k_…`) that adds `t_…` (null: empty) and the values `v_…`."""
    texts = ", ".join(f"nullif(x_{c.name}, '') as t_{c.name}" for c in columns)
    values = []
    for column in columns:
        v = f"cast({value(column, f't_{column.name}')} as {column.sql_type})"
        if column.empty_means is not None:
            v = f"case when t_{column.name} is null then {value(column, quote(column.empty_means))} else {v} end"
        values.append(f"{v} as v_{column.name}")
    return f"select *, {', '.join(values)} from (select *, {texts} from {relation})"


def _refuses(column: Column, is_plain: bool) -> str:
    """Write SQL that is true where any of the column's checks holds, as cheaply as may be.

    A plain column of identifiers holds digits and capital letters only: it needs no look at its shape.
    """
    t, v = f"t_{column.name}", f"v_{column.name}"
    found = [f"{v} is null" if column.required else f"({v} is null and {t} is not null)"]
    if column.max_length:
        found.append(f"length({t}) > {column.max_length}")
    if column.exact_length:
        found.append(f"length({t}) <> {column.exact_length}")
    if column.type == "day":
        found.append(f"{v} > date '{column.latest or LAST_DAY}'")
    if column.pattern and not is_plain:
        found.append(f"not regexp_full_match({t}, {quote(column.pattern)})")
    if column.type == "id" and not is_plain:
        found.append(f"regexp_full_match({t}, {quote(DAY_LIKE)})")
    if column.check_digit == "person":
        found.append(f"not k_{column.name}")
    if len(found) == 1:
        return found[0]
    return f"coalesce({' or '.join(found)}, false)"


def verdict_sql(columns: Sequence[Column], relation: str, plain: Collection[str] = ()) -> str:
    """Write SQL that gives for each text its value `v_…` and whether it refuses its row, `b_…`."""
    shown = ", ".join(f"v_{c.name}, {_refuses(c, c.name in plain)} as b_{c.name}" for c in columns)
    return f"select {shown} from ({values_sql(columns, relation)})"


def rules_sql(contract: Contract, relation: str) -> str:
    """Write SQL over typed columns that tells for each row whether a rule of the source refuses it."""
    bad = " or ".join(f"coalesce({r.violated}, false)" for r in contract.rules)
    return f"select {bad} as bad from {relation}"


def reasons_sql(
    contract: Contract, columns: Sequence[Column], reasons: Sequence[Check], relation: str
) -> str:
    """Write SQL that lists the numbers of all reasons for which each row is refused, then its key values; rows in their order."""
    there = {c.name for c in columns}
    plain = [
        f"v_{c.name} as {c.name}" if c.name in there else f"cast(null as {c.sql_type}) as {c.name}"
        for c in contract.read_columns
    ]
    which = ", ".join(f"case when {c.condition} then {i} end" for i, c in enumerate(reasons))
    keys = "".join(f", cast({name} as varchar)" for name in contract.key)
    return (
        f"select list_filter([{which}], lambda x: x is not null){keys} from "
        f"(select *, {', '.join(plain)} from ({values_sql(columns, relation)})) order by row_index"
    )
