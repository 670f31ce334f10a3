"""Reading a folder of parameters and checking it; every fault is found before anything is built."""

from __future__ import annotations

import csv
import datetime as dt
import difflib
import io
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from wengang.policy.registry import parse_day, registry
from wengang.policy.resolve import (
    NATION,
    OPEN_END,
    Document,
    Fault,
    Note,
    ParameterRow,
    PolicyError,
    PolicySet,
    ProgrammeRow,
    Stretch,
    settle,
)

HEADERS = {
    "documents.csv": ("document_id", "issuer", "number", "dated", "title", "url_or_file"),
    "programmes.csv": (
        "programme",
        "jurisdiction",
        "programme_year",
        "window_from",
        "window_to",
        "document_id",
        "article",
        "basis",
        "reason",
    ),
    "parameters.csv": (
        "parameter",
        "jurisdiction",
        "effective_from",
        "effective_to",
        "value",
        "basis",
        "document_id",
        "article",
        "confidence",
        "reason",
    ),
}
PROGRAMMES = ("refund", "skill_subsidy")
BASES = ("fixed", "cap", "floor", "assumption")
CONFIDENCES = ("A", "B", "C", "D")


@dataclass
class Findings:
    """Faults and notes gathered while a set is read."""

    faults: list[Fault] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    def fault(
        self,
        code: str,
        file: str,
        lines: Iterable[int],
        what: tuple[str, str],
        expected: tuple[str, str],
        step: tuple[str, str],
    ) -> None:
        """Add a fault; each pair is Chinese, English."""
        self.faults.append(Fault(code, file, tuple(sorted(lines)), *what, *expected, *step))

    def note(self, code: str, place: str, zh: str, en: str) -> None:
        """Add a remark that stops nothing."""
        self.notes.append(Note(code, place, zh, en))


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


def read_table(path: Path, findings: Findings) -> list[tuple[int, dict[str, str]]] | None:
    """Read a CSV into (line, cells by heading), blanks trimmed; None if it cannot be read at all."""
    name, headings = path.name, HEADERS[path.name]
    expected = f"UTF-8 CSV，表头为 {','.join(headings)}", f"UTF-8 CSV headed {','.join(headings)}"
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        findings.fault(
            "parameter_encoding",
            name,
            [line],
            ("不是UTF-8编码", "not UTF-8"),
            expected,
            ("另存为UTF-8编码的CSV", "save the file as UTF-8 CSV"),
        )
        return None
    except OSError:
        findings.fault(
            "parameter_file_missing",
            name,
            [],
            (
                f"文件夹 {path.parent} 中没有此文件，或无法读取",
                f"not in the folder {path.parent}, or not readable",
            ),
            expected,
            (
                "补上文件，或检查 --policy 与 WENGANG_POLICY",
                "add the file, or check --policy and WENGANG_POLICY",
            ),
        )
        return None
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    table: list[tuple[int, dict[str, str]]] = []
    head: list[str] | None = None
    start = 1
    try:
        for raw in lines:
            line, start = start, lines.line_num + 1
            cells = [cell.strip() for cell in raw]
            if not any(cells):
                continue
            if head is None:
                head = cells
                if not check_heading(name, line, head, findings):
                    return None
                continue
            if len(cells) != len(head):
                findings.fault(
                    "parameter_cells",
                    name,
                    [line],
                    (f"有{len(cells)}个单元格", f"{len(cells)} cells"),
                    (
                        f"{len(head)}个单元格；含逗号的内容加引号",
                        f"{len(head)} cells; text with commas in quotes",
                    ),
                    ("改正该行", "correct the row"),
                )
                continue
            table.append((line, dict(zip(head, cells, strict=True))))
    except csv.Error as error:
        findings.fault(
            "parameter_csv",
            name,
            [start],
            (f"CSV格式错误（{error}）", f"malformed CSV ({error})"),
            expected,
            ("检查引号是否成对", "check that quotes are paired"),
        )
        return None
    if head is None:
        check_heading(name, 1, [], findings)
        return None
    return table


def check_heading(name: str, line: int, head: list[str], findings: Findings) -> bool:
    """Say whether a heading row has every column once; other columns are only noted."""
    headings = HEADERS[name]
    missing = [column for column in headings if column not in head]
    doubled = sorted({column for column in head if head.count(column) > 1})
    extra = [column for column in head if column not in headings]
    if missing or doubled:
        what_zh = "；".join(
            part
            for part in (
                f"缺少列 {'、'.join(missing)}" if missing else "",
                f"重复的列 {'、'.join(doubled)}" if doubled else "",
            )
            if part
        )
        what_en = "; ".join(
            part
            for part in (
                f"missing columns {', '.join(missing)}" if missing else "",
                f"doubled columns {', '.join(doubled)}" if doubled else "",
            )
            if part
        )
        findings.fault(
            "parameter_heading",
            name,
            [line],
            (what_zh, what_en),
            (",".join(headings), ",".join(headings)),
            ("改正表头", "correct the heading row"),
        )
        return False
    if extra:
        findings.note(
            "parameter_extra_column",
            f"{name}:{line}",
            f"未使用的列：{'、'.join(extra)}",
            f"columns not used: {', '.join(extra)}",
        )
    return True


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


def read_programmes(
    table: list[tuple[int, dict[str, str]]], known: set[str] | None, findings: Findings
) -> list[ProgrammeRow]:
    """Read programmes.csv: at most one window a programme, jurisdiction and year."""
    file = "programmes.csv"
    programmes: list[ProgrammeRow] = []
    seen: dict[tuple[str, str, int], list[int]] = defaultdict(list)
    for line, row in table:
        if row["programme"] not in PROGRAMMES:
            choice_fault(file, line, ("programme", row["programme"]), PROGRAMMES, findings)
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
        if year is None or first is None or last is None:
            continue
        seen[row["programme"], row["jurisdiction"], year].append(line)
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
            )
        )
    for (programme, jurisdiction, year), lines in seen.items():
        if len(lines) > 1:
            findings.fault(
                "programme_duplicate",
                file,
                lines,
                (
                    f"{programme}、{jurisdiction}、{year}年有{len(lines)}行",
                    f"{len(lines)} rows for {programme}, {jurisdiction}, {year}",
                ),
                ("每个项目、地区和年度一个窗口期", "one window a programme, jurisdiction and year"),
                ("只保留一行，延长时改其截止日", "keep one row; to extend it, change its last day"),
            )
    return programmes


def read_parameters(
    table: list[tuple[int, dict[str, str]]], known: set[str] | None, findings: Findings, layer: int = 0
) -> list[ParameterRow]:
    """Read the rows of parameters.csv (or of a scenario, layer 1); rows whose days are faulty are left out."""
    file = "parameters.csv" if layer == 0 else "scenario"
    parameters: list[ParameterRow] = []
    seen: dict[tuple[str, str, dt.date], list[int]] = defaultdict(list)
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
        if first is None or last is None:
            continue
        seen[row["parameter"], row["jurisdiction"], first].append(line)
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
            )
        )
    for (parameter, jurisdiction, first), lines in seen.items():
        if len(lines) > 1:
            findings.fault(
                "parameter_duplicate",
                file,
                lines,
                (
                    f"参数 {parameter}、地区 {jurisdiction}、生效日 {first} 有{len(lines)}行",
                    f"{len(lines)} rows of {parameter}, jurisdiction {jurisdiction}, effective from {first}",
                ),
                ("同一参数、地区和生效日只有一行", "one row a parameter, jurisdiction and first day"),
                ("删去多余的行，或改其生效日", "delete the surplus row or change its first day"),
            )
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
    """Check a value against the registry; a name that it does not hold is only noted."""
    known = registry().get(parameter)
    if known is None:
        near = difflib.get_close_matches(parameter, list(registry()), n=1, cutoff=0.8)
        findings.note(
            "parameter_unknown",
            f"{file}:{line}",
            f"没有规则使用参数“{parameter}”" + (f"；是否应为 {near[0]}" if near else ""),
            f"no rule uses a parameter {parameter!r}" + (f"; is {near[0]} meant" if near else ""),
        )
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


def choice_fault(
    file: str, line: int, cell: tuple[str, str], allowed: tuple[str, ...], findings: Findings
) -> None:
    """Add the fault of a cell (column, value) that holds none of the words allowed."""
    column, value = cell
    findings.fault(
        f"parameter_{column}",
        file,
        [line],
        (f"{column}“{value}”无效", f"{column} {value!r} is not known"),
        ("、".join(allowed), ", ".join(allowed)),
        ("改正该行", "correct the row"),
    )


def day_fault(file: str, line: int, column: str, value: str, findings: Findings) -> None:
    """Add the fault of a cell that is no day."""
    findings.fault(
        "parameter_day",
        file,
        [line],
        (f"{column}“{value}”不是日期" if value else f"{column}为空", f"{column} {value!r} is no day"),
        ("年-月-日，如 2024-04-28", "year-month-day such as 2024-04-28"),
        ("改正日期", "correct the day"),
    )


def read_days(
    file: str,
    line: int,
    row: Mapping[str, str],
    columns: tuple[str, str],
    findings: Findings,
    *,
    may_be_open: bool,
) -> tuple[dt.date | None, dt.date | None]:
    """Read two days of a row, the second empty for open where that is allowed; None for a faulty one."""
    first_column, last_column = columns
    first, last = parse_day(row[first_column]), parse_day(row[last_column])
    if first is None:
        day_fault(file, line, first_column, row[first_column], findings)
    if last is None and may_be_open and not row[last_column]:
        last = OPEN_END
    elif last is None:
        day_fault(file, line, last_column, row[last_column], findings)
    if first is not None and last is not None and first > last:
        findings.fault(
            "parameter_days_reversed",
            file,
            [line],
            (
                f"{first_column} {first} 晚于 {last_column} {last}",
                f"{first_column} {first} is after {last_column} {last}",
            ),
            ("起始日不晚于截止日", "the first day not after the last"),
            ("对调或改正日期", "swap or correct the days"),
        )
        return None, None
    return first, last


def bounds(rows: Iterable[ParameterRow], basis: str) -> list[Stretch]:
    """Give the stretches of one parameter on which a national cap (or floor) is in force.

    A later national value that is no bound at all (fixed, assumption) ends the one before it; a later bound of the
    other kind does not: a cap and a floor may stand side by side.
    """
    held = [row for row in rows if row.jurisdiction == NATION and row.basis in {basis, "fixed", "assumption"}]
    return [stretch for stretch in settle(held, (NATION,)) if stretch.row.basis == basis]


def breaches(rows: Iterable[ParameterRow]) -> list[tuple[ParameterRow, ParameterRow, dt.date, dt.date]]:
    """Find values over a national cap or under a national floor: (row, bound, first day, last day) each."""
    by_parameter: dict[str, list[ParameterRow]] = defaultdict(list)
    for row in rows:
        by_parameter[row.parameter].append(row)
    found: list[tuple[ParameterRow, ParameterRow, dt.date, dt.date]] = []
    for parameter in sorted(by_parameter):
        known = registry().get(parameter)
        if known is None or not known.is_number:
            continue
        group = [row for row in by_parameter[parameter] if known.accepts(row.value)]
        for jurisdiction in sorted({row.jurisdiction for row in group} - {NATION}):
            own = settle(group, (jurisdiction,))
            for basis in ("cap", "floor"):
                for bound in bounds(group, basis):
                    for stretch in own:
                        first = max(stretch.valid_from, bound.valid_from)
                        last = min(stretch.valid_to, bound.valid_to)
                        if first <= last and beyond(stretch.row.value, bound.row.value, basis):
                            found.append((stretch.row, bound.row, first, last))
    return found


def beyond(value: str, bound: str, basis: str) -> bool:
    """Say whether a value breaks a bound; one exactly at it does not. `none` sets no number and breaks nothing."""
    if "none" in (value, bound):
        return False
    number, limit = Decimal(value), Decimal(bound)
    return number > limit if basis == "cap" else number < limit


def check_bounds(parameters: list[ParameterRow], findings: Findings) -> None:
    """Add a fault for every value over a national cap or under a national floor on a common day."""
    for row, bound, first, last in breaches(parameters):
        over_zh, over_en = (
            ("高于全国上限", "is over the national cap")
            if bound.basis == "cap"
            else (
                "低于全国下限",
                "is under the national floor",
            )
        )
        until = "" if last == OPEN_END else str(last)
        findings.fault(
            f"parameter_{'over_cap' if bound.basis == 'cap' else 'under_floor'}",
            "parameters.csv",
            [row.line, bound.line],
            (
                f"{row.parameter}：{row.jurisdiction} 的值 {row.value}（第{row.line}行）{over_zh} {bound.value}"
                f"（第{bound.line}行），{first} 起{('至 ' + until) if until else '长期'}",
                f"{row.parameter}: {row.value} of {row.jurisdiction} (line {row.line}) {over_en} {bound.value} "
                f"(line {bound.line}) from {first}{(' to ' + until) if until else ' on'}",
            ),
            (
                f"{'不高于' if bound.basis == 'cap' else '不低于'} {bound.value}",
                f"{'at most' if bound.basis == 'cap' else 'at least'} {bound.value}",
            ),
            (
                "按所引文件改正该值；若全国标准已变，先登记全国的行",
                "correct the value by its document; if the national one has changed, enter that row first",
            ),
        )
