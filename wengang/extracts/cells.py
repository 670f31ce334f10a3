"""From the text of a cell to its value: SQL made from the contract, run over whole columns.

Three steps a column: `t` (blanks and marks taken off, half-width, upper case), `v` (the value, null if there is none
to be had), and the reasons for which a row is refused.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from wengang.contracts import Column, Contract

_WIDE = "".join(chr(c) for c in range(0xFF01, 0xFF5F)) + "\uffe5\u3000\u00a0"
_HALF = "".join(chr(c) for c in range(0x21, 0x7F)) + "\u00a5  "
_BLANKS = " \t\r\n\v\f\u00a0\u3000\ufeff"
PERSON_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
USCC_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)


@dataclass(frozen=True)
class Check:
    """One reason to refuse a row: SQL over the columns of the typed relation, true for a bad one."""

    column: str
    code: str
    condition: str
    zh: str
    en: str


def quoted(text: str) -> str:
    """Write a text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def _trimmed(x: str) -> str:
    return f"trim({x}, {quoted(_BLANKS)})"


def clean(column: Column, x: str) -> str:
    """Write SQL for the cleaned text of a cell: null if nothing is there."""
    if column.type == "text":
        return f"nullif({_trimmed(x)}, '')"
    half = f"translate({x}, {quoted(_WIDE)}, {quoted(_HALF)})"
    if column.type == "id" or (column.type == "code" and not column.codes):
        # Excel writes ="620…" or '620… to keep a number from being rounded.
        bare = f"regexp_replace({_trimmed(half)}, '^(?:=\"(.*)\"|''(.*))$', '\\1\\2', 's')"
        return f"nullif(upper({_trimmed(bare)}), '')"
    return f"nullif({_trimmed(half)}, '')"


def value(column: Column, t: str) -> str:
    """Write SQL for the value of a cleaned text: null if it has none."""
    kind = column.type
    if kind == "code" and column.codes:
        pairs = " ".join(f"when {quoted(label)} then {quoted(code)}" for label, code in column.labels.items())
        return f"case lower({t}) {pairs} end"
    if kind in ("id", "text", "code"):
        return t
    if kind in ("money", "rate"):
        places = 2 if kind == "money" else 6
        pattern = f"^(-?\u00a5?|\u00a5-)([0-9]+|[0-9]{{1,3}}(,[0-9]{{3}})+)(\\.[0-9]{{1,{places}}})?$"
        return (
            f"case when regexp_matches({t}, {quoted(pattern)}) "
            f"then try_cast(translate({t}, '\u00a5,', '') as {column.sql_type}) end"
        )
    if kind == "int":
        return f"case when regexp_matches({t}, '^-?[0-9]+$') then try_cast({t} as integer) end"
    if kind == "month":
        pattern = "^([0-9]{4})(?:([0-9]{2})|[-/.]([0-9]{1,2})|年([0-9]{1,2})月)$"
        return f"try_cast(regexp_replace({t}, {quoted(pattern)}, '\\1-\\2\\3\\4-01') as date)".replace(
            f"try_cast(regexp_replace({t}",
            f"try_cast(regexp_replace(case when regexp_matches({t}, {quoted(pattern)}) then {t} end",
        )
    if kind == "day":
        pattern = (
            "^([0-9]{4})(?:([0-9]{2})([0-9]{2})|-([0-9]{1,2})-([0-9]{1,2})|/([0-9]{1,2})/([0-9]{1,2})"
            "|年([0-9]{1,2})月([0-9]{1,2})日)$"
        )
        return (
            f"case when regexp_matches({t}, '^[2-8][0-9]{{4}}$') and {t} <= '80000' "
            f"then date '1899-12-30' + cast({t} as integer) "
            f"when regexp_matches({t}, {quoted(pattern)}) "
            f"then try_cast(regexp_replace({t}, {quoted(pattern)}, '\\1-\\2\\4\\6\\8-\\3\\5\\7\\9') as date) end"
        )
    if kind == "flag":
        return (
            f"case lower({t}) when '是' then true when '1' then true when 'y' then true when 'true' then true "
            f"when '否' then false when '0' then false when 'n' then false when 'false' then false end"
        )
    raise AssertionError(kind)


def person_check(t: str) -> str:
    """Write SQL that is true where 17 digits and a digit or X have the right GB 11643 check digit."""
    number = f"cast(left({t}, 17) as bigint)"
    total = " + ".join(f"{number} // {10 ** (16 - i)} % 10 * {w}" for i, w in enumerate(PERSON_WEIGHTS))
    return f"right({t}, 1) = substr('10X98765432', cast(({total}) % 11 + 1 as integer), 1)"


def uscc_check(t: str) -> str:
    """Write SQL that is true where 18 characters have the right GB 32100 check character."""
    values = [
        f"(strpos('{USCC_ALPHABET}', substr({t}, {i + 1}, 1)) - 1) * {w}" for i, w in enumerate(USCC_WEIGHTS)
    ]
    letters = f"regexp_matches({t}, '^[{USCC_ALPHABET}]{{18}}$')"
    total = " + ".join(values)
    return (
        f"({letters} and right({t}, 1) = "
        f"substr('{USCC_ALPHABET}', cast((31 - ({total}) % 31) % 31 + 1 as integer), 1))"
    )


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
    if column.pattern:
        add(
            column.pattern_code,
            f"{given} and not regexp_full_match({t}, {quoted(column.pattern)})",
            f"“{head}”{column.pattern_zh}",
            f"{name}: {column.pattern_en}",
        )
    if column.check_digit == "person":
        shape = f"regexp_full_match({t}, '[0-9]{{17}}[0-9X]')"
        add(
            "bad_person_number",
            f"{given} and not {shape}",
            f"“{head}”应为十七位数字加一位数字或 X",
            f"{name} must be 17 digits and a digit or X",
        )
        add(
            "check_digit",
            f"case when {given} and {shape} then not ({person_check(t)}) else false end",
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


def typed_sql(contract: Contract, positions: dict[str, int], relation: str) -> str:
    """Write SQL that gives the cleaned texts `t_…`, the values `v_…` and again the values under their own names."""
    names = [c for c in contract.read_columns]
    texts, values, plain = [], [], []
    for column in names:
        if column.name in positions:
            texts.append(f"{clean(column, f'''{relation}.c{positions[column.name]}''')} as t_{column.name}")
        else:
            texts.append(f"cast(null as varchar) as t_{column.name}")
        v = f"cast({value(column, f't_{column.name}')} as {column.sql_type})"
        if column.empty_means is not None:
            v = f"case when t_{column.name} is null then {value(column, quoted(column.empty_means))} else {v} end"
        values.append(f"{v} as v_{column.name}")
        plain.append(f"v_{column.name} as {column.name}")
    return (
        f"select *, {', '.join(plain)} from (select *, {', '.join(values)} "
        f"from (select rowid_ as row_index, {', '.join(texts)} from {relation}))"
    )
