"""Conditions of rows as they load: readable, allowed on the parameter, and never two rows of equal standing for one subject."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import combinations

from wengang.policy.conditions import Condition, ConditionError, read_condition
from wengang.policy.registry import registry
from wengang.policy.rows import ParameterRow, ProgrammeRow
from wengang.policy.tables import Findings

CONDITIONAL_PROGRAMMES = ("refund", "job_expansion")
FORM = (
    "空，或用 & 连接的条件：list=名单标识、unit_type=单位类型、size_class=large 或 sme、industry=门类字母或两位大类、is_dispatch=yes",
    "empty, or conditions joined by &: list=<list_id>, unit_type=<code>, size_class=large or sme, "
    "industry=<section letter or two digits>, is_dispatch=yes",
)


def read_applies_to(file: str, line: int, text: str, findings: Findings) -> Condition | None:
    """Read a row's condition; None, with a fault added, for one that cannot be read."""
    try:
        return read_condition(text)
    except ConditionError as error:
        findings.fault(
            "parameter_applies_to",
            file,
            [line],
            (f"applies_to：{error.zh}", f"applies_to: {error.en}"),
            FORM,
            ("改正条件", "correct the condition"),
        )
        return None


def check_parameter_condition(
    file: str, line: int, parameter: str, condition: Condition, findings: Findings
) -> None:
    """Add a fault for a condition on a parameter that cannot depend on it."""
    kind = registry().get(parameter)
    if kind is None or not condition.count:
        return
    if kind.programme not in CONDITIONAL_PROGRAMMES:
        zh, en = "该参数不因单位而异", "the parameter cannot depend on an employer"
        expected = (
            "applies_to 为空：只有稳岗返还和扩岗补助的参数可以带条件",
            "applies_to empty: only parameters of the refund and the job expansion can have a condition",
        )
    elif condition.size_class is not None and kind.decides_size:
        zh, en = "该参数本身用于划型，不能以划型为条件", "the parameter decides the size class itself"
        expected = ("不含 size_class 的条件", "a condition without size_class")
    elif condition.size_class is not None and kind.programme == "job_expansion":
        zh, en = "扩岗补助不划型", "the job expansion knows no size class"
        expected = ("不含 size_class 的条件", "a condition without size_class")
    else:
        return
    findings.fault(
        "parameter_condition",
        file,
        [line],
        (
            f"{parameter} 带有条件“{condition}”：{zh}",
            f"{parameter} has the condition {str(condition)!r}: {en}",
        ),
        expected,
        ("删去条件，或改用其他参数", "take the condition out, or use another parameter"),
    )


def check_window_condition(
    file: str, line: int, programme: str, condition: Condition, findings: Findings
) -> None:
    """Add a fault for a condition on a window that cannot depend on it."""
    is_sized = condition.size_class is not None and programme == "job_expansion"
    if not condition.count or (programme in CONDITIONAL_PROGRAMMES and not is_sized):
        return
    findings.fault(
        "programme_condition",
        file,
        [line],
        (
            f"{programme} 的窗口期带有条件“{condition}”，该项目的窗口期不能依此区分",
            f"the window of {programme} has the condition {str(condition)!r}, on which it cannot depend",
        ),
        (
            "refund 的窗口期可带任何条件，job_expansion 的不含 size_class，skill_subsidy 的为空",
            "any condition for refund, one without size_class for job_expansion, none for skill_subsidy",
        ),
        ("改正条件", "correct the condition"),
    )


def check_conflicts(parameters: Sequence[ParameterRow], file: str, findings: Findings) -> None:
    """Add a fault for rows of equal standing: the same row twice, or two that one subject can meet with different values."""
    groups: dict[tuple[object, ...], list[ParameterRow]] = defaultdict(list)
    for row in parameters:
        groups[row.parameter, row.jurisdiction, row.effective_from, row.condition.count].append(row)
    for group in groups.values():
        check_repeated(group, file, findings)
        for first, second in combinations(group, 2):
            if (
                first.applies_to != second.applies_to
                and first.value != second.value
                and first.condition.can_meet_with(second.condition)
                and not any(settles(row, first, second) for row in parameters)
            ):
                conflict(first, second, file, findings)


def settles(row: ParameterRow, first: ParameterRow, second: ParameterRow) -> bool:
    """Return whether a more exact row decides for every subject that meets both of two others, on all their common days."""
    both = first.condition.joined(second.condition)
    return (
        (row.parameter, row.jurisdiction) == (first.parameter, first.jurisdiction)
        and row.condition.count > first.condition.count
        and both is not None
        and both.implies(row.condition)
        and row.effective_from <= first.effective_from
        and row.effective_to >= min(first.effective_to, second.effective_to)
    )


def check_repeated(group: Sequence[ParameterRow], file: str, findings: Findings) -> None:
    """Add a fault for rows of one parameter, jurisdiction, start and condition."""
    lines: dict[str, list[int]] = defaultdict(list)
    for row in group:
        lines[row.applies_to].append(row.line)
    row = group[0]
    for applies_to, found in lines.items():
        if len(found) < 2:
            continue
        who = (f"、条件 {applies_to}", f", condition {applies_to}") if applies_to else ("", "")
        findings.fault(
            "parameter_duplicate",
            file,
            found,
            (
                f"参数 {row.parameter}、地区 {row.jurisdiction}、生效日 {row.effective_from}{who[0]} 有{len(found)}行",
                f"{len(found)} rows of {row.parameter}, jurisdiction {row.jurisdiction}, "
                f"effective from {row.effective_from}{who[1]}",
            ),
            (
                "同一参数、地区、条件和生效日只有一行",
                "one row per parameter, jurisdiction, condition and first day",
            ),
            ("删去多余的行，或改其生效日", "delete the surplus row or change its first day"),
        )


def conflict(first: ParameterRow, second: ParameterRow, file: str, findings: Findings) -> None:
    """Add the fault of two rows of equal standing for one subject."""
    findings.fault(
        "parameter_conflict",
        file,
        [first.line, second.line],
        (
            f"参数 {first.parameter}、地区 {first.jurisdiction}、生效日 {first.effective_from}：同时符合“{first.applies_to}”"
            f"（值 {first.value}）与“{second.applies_to}”（值 {second.value}）的单位无法确定用哪一行",
            f"{first.parameter}, jurisdiction {first.jurisdiction}, from {first.effective_from}: for a unit that meets both "
            f"{first.applies_to!r} (value {first.value}) and {second.applies_to!r} (value {second.value}) "
            "neither row goes before the other",
        ),
        (
            "条件互斥，或条件数、生效日不同",
            "conditions that exclude each other, or a different number of conditions or first day",
        ),
        (
            "为同时符合的单位另加一行（两项条件用 & 连接），或改其中一行的条件或生效日",
            "add a row for units that meet both (both conditions joined by &), or change a row's condition or first day",
        ),
    )


def check_windows(programmes: Sequence[ProgrammeRow], findings: Findings) -> None:
    """Add a fault for windows of one programme, jurisdiction and year of equal standing for one subject."""
    groups: dict[tuple[object, ...], list[ProgrammeRow]] = defaultdict(list)
    for row in programmes:
        groups[row.programme, row.jurisdiction, row.programme_year, row.condition.count].append(row)
    for group in groups.values():
        lines = {
            row.line
            for one, other in combinations(group, 2)
            if one.applies_to == other.applies_to
            or (
                one.condition.can_meet_with(other.condition)
                and (one.window_from, one.window_to) != (other.window_from, other.window_to)
            )
            for row in (one, other)
        }
        if not lines:
            continue
        row = group[0]
        findings.fault(
            "programme_duplicate",
            "programmes.csv",
            lines,
            (
                f"{row.programme}、{row.jurisdiction}、{row.programme_year}年有{len(lines)}行",
                f"{len(lines)} rows for {row.programme}, {row.jurisdiction}, {row.programme_year}",
            ),
            (
                "每个项目、地区、年度和条件一个窗口期，条件互斥",
                "one window a programme, jurisdiction, year and condition, the conditions excluding each other",
            ),
            ("只保留一行，延长时改其截止日", "keep one row; to extend it, change its last day"),
        )
