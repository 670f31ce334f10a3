"""Scenario files: a small YAML of parameter rows, windows and fund shocks."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from wengang.core.errors import UsageError
from wengang.core.periods import Period
from wengang.forecast.projection import ITEMS
from wengang.policy import Breach, PolicySet, overlay

LARGEST_FILE = 1_000_000
KEYS = {"name", "title", "parameters", "programmes", "shocks"}
PARAMETER_KEYS = {
    "parameter", "jurisdiction", "applies_to", "effective_from", "effective_to", "value", "basis", "document_id", "article", "confidence", "reason",
}  # fmt: skip
PROGRAMME_KEYS = {"programme", "programme_year", "window_from", "window_to"}
SHOCK_KEYS = {"factor", "from", "to"}
NAME = re.compile(r"[0-9A-Za-z\u4e00-\u9fff][0-9A-Za-z\u4e00-\u9fff._-]{0,59}")


@dataclass(frozen=True)
class Shock:
    """A factor on an item of the fund's path, for all months ahead or from one to another."""

    item: str
    factor: Decimal
    first: Period | None = None
    last: Period | None = None


@dataclass(frozen=True)
class Scenario:
    """One what-if: rows of parameters, windows of programmes, shocks to the fund."""

    name: str
    title: str = ""
    parameters: tuple[Mapping[str, str], ...] = ()
    programmes: tuple[Mapping[str, str], ...] = ()
    shocks: tuple[Shock, ...] = field(default=())


def fault(place: str, zh: str, en: str, expected_zh: str, expected_en: str) -> UsageError:
    """Return what is wrong with a scenario file."""
    return UsageError(
        "scenario", zh, en, place=place, expected_zh=expected_zh, expected_en=expected_en,
        next_zh="按说明 docs/how-to/what-if.md 更正方案文件后重试", next_en="correct the file by docs/how-to/what-if.md and try again",
    )  # fmt: skip


def read_scenarios(path: Path) -> list[Scenario]:
    """Read one file: a scenario, or several under `scenarios`. Raises UsageError for anything that is not one."""
    import yaml

    try:
        text = path.read_text(encoding="utf-8-sig")
        check_plain(text, path)
        content = yaml.safe_load(text)
    except FileNotFoundError:
        raise fault(
            str(path), "没有这个方案文件", "no such scenario file", "一个 YAML 文件", "a YAML file"
        ) from None
    except (yaml.YAMLError, UnicodeDecodeError, IsADirectoryError) as error:
        mark = getattr(error, "problem_mark", None)
        place = f"{path}:{mark.line + 1}" if mark else str(path)
        raise fault(
            place,
            "方案文件无法读取",
            "the scenario file cannot be read",
            "UTF-8 编码的 YAML",
            "YAML in UTF-8",
        ) from None
    given = content.get("scenarios") if isinstance(content, Mapping) and "scenarios" in content else [content]
    if not isinstance(given, list) or not given:
        raise fault(
            str(path),
            "scenarios 应为列表",
            "scenarios is no list",
            "scenarios: 下逐条列出方案",
            "scenarios: a list of scenarios",
        )
    found = [read_scenario(item, path, number) for number, item in enumerate(given, 1)]
    names = [s.name for s in found]
    twice = sorted({n for n in names if names.count(n) > 1})
    if twice:
        raise fault(
            str(path),
            f"方案名称重复：{'、'.join(twice)}",
            f"names given twice: {', '.join(twice)}",
            "各方案名称不同",
            "a name each",
        )
    return found


def check_plain(text: str, path: Path) -> None:
    """Refuse a file that is too large, or repeats itself by aliases: a few lines of those grow without end.

    Raises UsageError, or YAMLError where the text is no YAML.
    """
    import yaml

    is_too_large = len(text) > LARGEST_FILE
    if is_too_large or any(isinstance(token, yaml.AliasToken) for token in yaml.scan(text)):
        raise fault(
            str(path),
            "方案文件太大，或用了别名（*名称）",
            "the scenario file is too large, or uses aliases (*name)",
            "不超过 1 MB、不用别名的 YAML",
            "YAML of a megabyte at most, without aliases",
        )


def read_scenario(given: Any, path: Path, number: int) -> Scenario:
    """Read one scenario of a file; `number` places it in messages."""
    place = f"{path}#{number}"
    table = mapping(given, KEYS, place)
    name = text(table.get("name") or path.stem)
    if not NAME.fullmatch(name):
        raise fault(
            place, f"方案名称“{name}”不能用作文件夹名", f"{name!r} cannot name a folder",
            "字母、数字、汉字、点、横线和下划线，至多60个", "up to 60 letters, digits, Chinese characters, dots, dashes, underscores",
        )  # fmt: skip
    parameters = [
        {
            k: text(v)
            for k, v in mapping(
                row, PARAMETER_KEYS, f"{place}.parameters[{n}]", ("parameter", "value")
            ).items()
        }
        for n, row in enumerate(rows(table.get("parameters"), f"{place}.parameters"), 1)
    ]
    programmes = [
        {
            k: text(v)
            for k, v in mapping(
                row, PROGRAMME_KEYS, f"{place}.programmes[{n}]", tuple(sorted(PROGRAMME_KEYS))
            ).items()
        }
        for n, row in enumerate(rows(table.get("programmes"), f"{place}.programmes"), 1)
    ]
    shocks = mapping(table.get("shocks") or {}, set(ITEMS), f"{place}.shocks")
    return Scenario(
        name,
        text(table.get("title") or ""),
        tuple(parameters),
        tuple(programmes),
        tuple(read_shock(item, value, f"{place}.shocks.{item}") for item, value in sorted(shocks.items())),
    )


def mapping(given: Any, keys: set[str], place: str, required: tuple[str, ...] = ()) -> dict[str, Any]:
    """Check that a value is a mapping of known keys with the required ones."""
    expected = ", ".join(sorted(keys))
    if not isinstance(given, Mapping):
        raise fault(place, "应为“键: 值”", "not a mapping", f"键为 {expected}", f"keys {expected}")
    unknown = sorted(str(k) for k in given if k not in keys)
    missing = [k for k in required if given.get(k) is None]
    if unknown or missing:
        zh = "；".join(
            [f"不认识的键：{'、'.join(unknown)}"] * bool(unknown)
            + [f"缺少：{'、'.join(missing)}"] * bool(missing)
        )
        en = "; ".join(
            [f"unknown keys: {', '.join(unknown)}"] * bool(unknown)
            + [f"missing: {', '.join(missing)}"] * bool(missing)
        )
        raise fault(place, zh, en, f"键为 {expected}", f"keys {expected}")
    return dict(given)


def rows(given: Any, place: str) -> list[Any]:
    """Check that a value is a list, or absent."""
    if given is None:
        return []
    if not isinstance(given, list):
        raise fault(place, "应为列表", "not a list", "以“- ”开头逐条列出", "one item a dash")
    return given


def text(value: Any) -> str:
    """Return a YAML value as the text that a parameter file would hold."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None:
        return ""
    if isinstance(value, list):
        return ";".join(text(v) for v in value)
    if isinstance(value, float):
        return format(Decimal(repr(value)), "f")
    return value.isoformat() if isinstance(value, dt.date) else str(value).strip()


def read_shock(item: str, given: Any, place: str) -> Shock:
    """Read a shock: a factor, or a factor with its first and last month."""
    table = (
        mapping(given, SHOCK_KEYS, place, ("factor",)) if isinstance(given, Mapping) else {"factor": given}
    )
    try:
        factor = Decimal(text(table["factor"]))
    except InvalidOperation:
        factor = Decimal(-1)
    if isinstance(table["factor"], bool) or not factor.is_finite() or not 0 <= factor <= 100:
        raise fault(
            place, "倍数应为0至100的数", "the factor is no number from 0 to 100", "如 1.5", "such as 1.5"
        )
    first, last = (Period.parse(text(table[k])) if table.get(k) else None for k in ("from", "to"))
    return Shock(item, factor, first, last)


@dataclass(frozen=True)
class LaidPolicy:
    """A scenario's set of parameters and the bounds that it breaks: shown, not refused."""

    policy: PolicySet
    breaches: tuple[Breach, ...]


def lay(policy: PolicySet, scenario: Scenario, period: Period) -> LaidPolicy:
    """Lay a scenario over the parameters in force.

    A row without days holds on the days of the value that it replaces at the period's end. Raises PolicyError for rows faulty in
    themselves, UsageError for a window or days that cannot be.
    """
    given = [with_days(policy, row, scenario.name, period) for row in scenario.parameters]
    laid = overlay(policy, given, scenario.name)
    combined = laid.policy
    for row in scenario.programmes:
        combined = with_window(combined, row, scenario.name)
    return LaidPolicy(combined, laid.breaches)


def with_days(policy: PolicySet, row: Mapping[str, str], name: str, period: Period) -> dict[str, str]:
    """Return a row the days of the value in force at the period's end, where it names none."""
    if row.get("effective_from"):
        return dict(row)
    for stretch in policy.stretches():
        if (
            stretch.parameter == row["parameter"]
            and stretch.valid_from <= period.last_day <= stretch.valid_to
        ):
            last = "" if stretch.valid_to.year == dt.MAXYEAR else stretch.valid_to.isoformat()
            return {
                **row,
                "effective_from": stretch.valid_from.isoformat(),
                "effective_to": row.get("effective_to") or last,
            }
    raise fault(
        f"{name}.parameters", f"{period.last_day} 没有有效的 {row['parameter']}，须写明起止日期",
        f"{row['parameter']} has no value in force on {period.last_day}: give the days",
        "effective_from, effective_to", "effective_from, effective_to",
    )  # fmt: skip


def with_window(policy: PolicySet, row: Mapping[str, str], name: str) -> PolicySet:
    """Move the window of a programme year that exists."""
    place = f"{name}.programmes"
    try:
        year, first, last = (
            int(row["programme_year"]),
            dt.date.fromisoformat(row["window_from"]),
            dt.date.fromisoformat(row["window_to"]),
        )
    except ValueError:
        raise fault(
            place, "年度或日期有误", "a faulty year or day", "如 2024、2024-04-28", "such as 2024, 2024-04-28"
        ) from None
    if last < first:
        raise fault(
            place, "窗口止日早于起日", "the window ends before it begins", "起日在前", "the first day first"
        )
    held = [p for p in policy.programmes if p.programme == row["programme"] and p.programme_year == year]
    if not held:
        known = ", ".join(f"{p.programme} {p.programme_year}" for p in policy.programmes)
        raise fault(
            place, f"没有 {row['programme']} {year} 年度", f"no {row['programme']} of {year}", known, known
        )
    moved = tuple(
        replace(p, window_from=first, window_to=last) if p in held else p for p in policy.programme_rows
    )
    return replace(policy, programme_rows=moved)
