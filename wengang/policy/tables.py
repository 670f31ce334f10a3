"""The CSV files of a folder of parameters as rows of cells, and the faults found while they are read."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from wengang.policy.registry import parse_day
from wengang.policy.rows import OPEN_END, Fault, Note

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
# Columns that a folder may leave out: they are then empty.
OPTIONAL = {"documents.csv": (), "programmes.csv": ("applies_to",), "parameters.csv": ("applies_to",)}


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

    def note(self, code: str, place: str, zh: str, en: str, *, is_loud: bool = False) -> None:
        """Add a remark that stops nothing; a loud one is reported by every command that uses the set."""
        self.notes.append(Note(code, place, zh, en, is_loud))


def read_table(path: Path, findings: Findings) -> list[tuple[int, dict[str, str]]] | None:
    """Read a CSV into (line, cells by heading), blanks trimmed; None if it cannot be read at all."""
    name, headings = path.name, HEADERS[path.name]
    expected = f"UTF-8 CSV，表头为 {','.join(headings)}", f"UTF-8 CSV headed {','.join(headings)}"
    try:
        if not path.is_file():  # a folder, a device or a pipe that nobody writes to would be waited for
            raise FileNotFoundError(path)
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
            empty = dict.fromkeys(OPTIONAL[name], "")
            table.append((line, empty | dict(zip(head, cells, strict=True))))
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
    """Return whether a heading row has every column once; other columns are only noted."""
    headings = HEADERS[name]
    allowed = (*headings, *OPTIONAL[name])
    missing = [column for column in headings if column not in head]
    doubled = sorted({column for column in head if head.count(column) > 1})
    extra = [column for column in head if column not in allowed]
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
