"""Reading a folder of parameters and checking it; every fault is found before anything is built."""

from __future__ import annotations

import difflib
import re
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from wengang.policy.bounds import check_bounds
from wengang.policy.conflicts import (
    check_conflicts,
    check_parameter_condition,
    check_window_condition,
    check_windows,
    read_applies_to,
)
from wengang.policy.registry import parse_day, registry
from wengang.policy.resolve import PolicySet, holds
from wengang.policy.rows import Document, ParameterRow, PolicyError, ProgrammeRow
from wengang.policy.tables import HEADERS, Findings, choice_fault, day_fault, read_days, read_table

BASES = ("fixed", "cap", "floor", "assumption")
CONFIDENCES = ("A", "B", "C", "D")


def load_policy(folder: Path, jurisdiction: str) -> PolicySet:
    """Read documents.csv, programmes.csv and parameters.csv of a folder for a jurisdiction (six digits).

    Raises PolicyError (exit 4) naming every faulty file and row.
    """
    findings = Findings()
    tables = {name: read_table(folder / name, findings) for name in HEADERS}
    documents = read_documents(tables["documents.csv"], findings)
    known = {document.document_id for document in documents} if tables["documents.csv"] is not None else None
    programmes = read_programmes(tables["programmes.csv"] or [], known, findings)
    parameters = read_parameters(tables["parameters.csv"] or [], known, findings)
    check_bounds(parameters, findings)
    note_rows_of_cities(parameters, jurisdiction, findings)
    if findings.faults:
        raise PolicyError.of(findings.faults, str(folder))
    return PolicySet(
        folder=str(folder),
        jurisdiction=jurisdiction,
        documents=tuple(documents),
        programme_rows=tuple(programmes),
        parameter_rows=tuple(parameters),
        notes=tuple(findings.notes),
    )


def read_documents(table: list[tuple[int, dict[str, str]]] | None, findings: Findings) -> list[Document]:
    """Read documents.csv; a document without a date is noted, one without or with a repeated id is a fault."""
    file = "documents.csv"
    documents: list[Document] = []
    seen: dict[str, list[int]] = defaultdict(list)
    for line, row in table or []:
        seen[row["document_id"]].append(line)
        dated = parse_day(row["dated"]) if row["dated"] else None
        if row["dated"] and dated is None:
            day_fault(file, line, "dated", row["dated"], findings)
        if not row["dated"]:
            findings.note(
                "document_undated",
                f"{file}:{line}",
                f"文件 {row['document_id']} 没有日期",
                f"document {row['document_id']} has no date",
            )
        documents.append(
            Document(
                line,
                row["document_id"],
                row["issuer"],
                row["number"],
                dated,
                row["title"],
                row["url_or_file"],
            )
        )
    for document_id, lines in seen.items():
        if not document_id or len(lines) > 1:
            findings.fault(
                "document_id",
                file,
                lines,
                (
                    f"文件标识“{document_id}”重复" if document_id else "文件标识为空",
                    f"document_id {document_id!r} is repeated" if document_id else "empty document_id",
                ),
                ("每个文件一个不重复的标识", "one id a document, not repeated"),
                ("合并或改名", "merge the rows or rename one"),
            )
    return documents


def programme_names() -> tuple[str, ...]:
    """Return the programmes that have windows: those of parameters that a decision or an open window needs."""
    needing = (k for k in registry().values() if k.needed_on in {"refund_decision", "window"})
    return tuple(dict.fromkeys(kind.programme for kind in needing))


def read_programmes(
    table: list[tuple[int, dict[str, str]]], known: set[str] | None, findings: Findings
) -> list[ProgrammeRow]:
    """Read programmes.csv: at most one window a programme, jurisdiction, year and condition."""
    file = "programmes.csv"
    programmes: list[ProgrammeRow] = []
    for line, row in table:
        if row["programme"] not in programme_names():
            choice_fault(file, line, ("programme", row["programme"]), programme_names(), findings)
        check_citation(file, line, row, known, findings)
        year = int(row["programme_year"]) if re.fullmatch(r"[0-9]{4}", row["programme_year"]) else None
        if year is None:
            findings.fault(
                "programme_year",
                file,
                [line],
                (f"programme_year“{row['programme_year']}”不是年份", f"{row['programme_year']!r} is no year"),
                ("四位年份，如 2024", "four digits such as 2024"),
                ("改正该行", "correct the row"),
            )
        first, last = read_days(file, line, row, ("window_from", "window_to"), findings, may_be_open=False)
        condition = read_applies_to(file, line, row["applies_to"], findings)
        if year is None or first is None or last is None or condition is None:
            continue
        check_window_condition(file, line, row["programme"], condition, findings)
        programmes.append(
            ProgrammeRow(
                line,
                row["programme"],
                row["jurisdiction"],
                year,
                first,
                last,
                row["document_id"],
                row["article"],
                row["basis"],
                row["reason"],
                str(condition),
            )
        )
    check_windows(programmes, findings)
    return programmes


def read_parameters(
    table: list[tuple[int, dict[str, str]]], known: set[str] | None, findings: Findings, layer: int = 0
) -> list[ParameterRow]:
    """Read the rows of parameters.csv (or of a scenario, layer 1); rows whose days are faulty are left out."""
    file = "parameters.csv" if layer == 0 else "scenario"
    parameters: list[ParameterRow] = []
    for line, row in table:
        check_citation(file, line, row, known, findings)
        if not row["confidence"]:
            findings.note(
                "confidence_missing",
                f"{file}:{line}",
                "没有写明可信程度（A至D）",
                "no confidence given (A to D)",
            )
        elif row["confidence"] not in CONFIDENCES:
            choice_fault(file, line, ("confidence", row["confidence"]), CONFIDENCES, findings)
        value = ";".join(part.strip() for part in row["value"].split(";"))
        check_value(file, line, row["parameter"], value, findings)
        first, last = read_days(
            file, line, row, ("effective_from", "effective_to"), findings, may_be_open=True
        )
        condition = read_applies_to(file, line, row.get("applies_to", ""), findings)
        if first is None or last is None or condition is None:
            continue
        check_parameter_condition(file, line, row["parameter"], condition, findings)
        parameters.append(
            ParameterRow(
                line,
                row["parameter"],
                row["jurisdiction"],
                first,
                last,
                value,
                row["basis"],
                row["document_id"],
                row["article"],
                row["confidence"],
                row["reason"],
                layer,
                str(condition),
            )
        )
    check_conflicts(parameters, file, findings)
    return parameters


def check_citation(
    file: str, line: int, row: Mapping[str, str], known: set[str] | None, findings: Findings
) -> None:
    """Check what every value carries: jurisdiction, basis, document."""
    if not re.fullmatch(r"[0-9]{6}", row["jurisdiction"]):
        findings.fault(
            "jurisdiction",
            file,
            [line],
            (
                f"地区“{row['jurisdiction']}”不是行政区划代码",
                f"jurisdiction {row['jurisdiction']!r} is no region code",
            ),
            ("六位代码，全国为 000000", "six digits; 000000 is the nation"),
            ("改正该行", "correct the row"),
        )
    if row["basis"] not in BASES:
        choice_fault(file, line, ("basis", row["basis"]), BASES, findings)
    if row["basis"] == "assumption" and not row["reason"]:
        findings.note(
            "assumption_without_reason",
            f"{file}:{line}",
            "假设没有写明理由",
            "an assumption without a reason",
        )
    if known is not None and row["document_id"] not in known:
        near = difflib.get_close_matches(row["document_id"], sorted(known), n=1)
        findings.fault(
            "document_unknown",
            file,
            [line],
            (
                f"documents.csv 中没有文件“{row['document_id']}”",
                f"document {row['document_id']!r} is not in documents.csv",
            ),
            (
                "documents.csv 中的 document_id" + (f"，相近的有 {near[0]}" if near else ""),
                "a document_id of documents.csv" + (f", perhaps {near[0]}" if near else ""),
            ),
            (
                "改正标识，或在 documents.csv 中登记该文件",
                "correct the id, or enter the document in documents.csv",
            ),
        )


def check_value(file: str, line: int, parameter: str, value: str, findings: Findings) -> None:
    """Check a value against the registry; a name that it does not hold is reported loudly, and refused in a scenario."""
    known = registry().get(parameter)
    if known is None:
        unknown_name(file, line, parameter, findings)
        return
    if not known.accepts(value):
        findings.fault(
            "parameter_value",
            file,
            [line],
            (
                f"{parameter}（{known.title_zh}）的值“{value}”无效",
                f"{parameter}: {value!r} is not a valid value",
            ),
            known.expectation(),
            ("按所引文件改正该值", "correct the value by the document cited"),
        )


def note_rows_of_cities(rows: list[ParameterRow], jurisdiction: str, findings: Findings) -> None:
    """Add a loud remark on rows of a city or county that change nothing: fund, premium and other parameters are the run's place's."""
    for row in rows:
        kind = registry().get(row.parameter)
        is_below = holds(jurisdiction, row.jurisdiction) and row.jurisdiction != jurisdiction
        # Subjects of programmes, and claims of living benefits, take the rows of their own region.
        if kind is None or kind.programme in {*programme_names(), "benefits"} or not is_below:
            continue
        findings.note(
            "parameter_of_city",
            row.place,
            f"{row.parameter} 按统筹区 {jurisdiction} 取值，{row.jurisdiction} 的这一行不起作用",
            f"{row.parameter} is taken for {jurisdiction} as a whole: this row of {row.jurisdiction} changes nothing",
            is_loud=True,
        )


def unknown_name(file: str, line: int, parameter: str, findings: Findings) -> None:
    """Report a parameter that no rule uses: a fault in a scenario, where it would change nothing; else a loud remark."""
    near = difflib.get_close_matches(parameter, list(registry()), n=1, cutoff=0.8)
    zh = f"没有规则使用参数“{parameter}”" + (f"；是否应为 {near[0]}" if near else "")
    en = f"no rule uses a parameter {parameter!r}" + (f"; is {near[0]} meant" if near else "")
    if file != "scenario":
        findings.note("parameter_unknown", f"{file}:{line}", zh, en, is_loud=True)
        return
    findings.fault(
        "parameter_unknown",
        file,
        [line],
        (zh, en),
        ("docs/reference/parameters.md 中的参数名", "a name of docs/reference/parameters.md"),
        ("改正参数名", "correct the name"),
    )
