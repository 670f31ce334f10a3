"""Writes one file of an extract, tidy or in any of the shapes that the agencies' systems deliver."""

from __future__ import annotations

import codecs
import datetime as dt
import gzip
import random
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from wengang.contracts import Column, Contract
from wengang.core.sql import quote

NOTICE = "本表为合成测试数据，人员、单位和金额均为虚构 Synthetic test data"
WORKBOOK_ROWS = 4_000
PARQUET_ROWS = 500_000
_FULL = {ord(c): chr(ord(c) + 0xFEE0) for c in "0123456789.ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
_DAYS = ("%Y-%m-%d", "%Y%m%d", "%Y/%-m/%-d", "%Y年%-m月%-d日", "serial")
_MONTHS = ("%Y%m", "%Y-%m", "%Y/%-m", "%Y年%-m月", "%Y.%m")
_FLAGS = (("1", "0"), ("是", "否"), ("Y", "N"), ("true", "false"))


@dataclass(frozen=True)
class Form:
    """The shape of one file."""

    container: str = "csv"
    gzipped: bool = False
    encoding: str = "utf-8"
    delimiter: str = ","
    quoted: bool = False
    headings: str = "zh"
    days: str = "%Y-%m-%d"
    months: str = "%Y%m"
    money: str = "plain"
    flags: tuple[str, str] = ("1", "0")
    codes: str = "label"
    ids: str = "plain"
    texts: str = "plain"
    extra: tuple[str, ...] = ()
    blank_lines: bool = False
    two_line_heading: bool = False
    two_sheets: bool = False

    @property
    def suffix(self) -> str:
        """File name ending."""
        return "." + self.container + (".gz" if self.gzipped else "")


def draw_form(rng: random.Random, mess: float, rows: int) -> Form:
    """Draw a shape; `mess` is the chance that a file is anything but a tidy CSV in UTF-8."""
    if rng.random() >= mess:
        return Form()
    containers = ["csv"] * 6 + ["txt"] * 3
    if rows <= WORKBOOK_ROWS:
        containers += ["xlsx"] * 3
    if rows <= PARQUET_ROWS:
        containers += ["parquet"] * 2
    container = rng.choice(containers)
    return Form(
        container=container,
        gzipped=rng.random() < 0.3,
        encoding=rng.choice(["utf-8", "utf-8-sig", "gb18030", "gb18030"]),
        delimiter=rng.choice(["\t", "|", ";"] if container == "txt" else [",", ",", ",", ";", "\t"]),
        quoted=rng.random() < 0.3,
        headings=rng.choice(["zh", "zh", "lb101", "english", "padded", "full"]),
        days=rng.choice(_DAYS),
        months=rng.choice(_MONTHS),
        money=rng.choice(["plain", "plain", "comma", "full", "yuan"]),
        flags=rng.choice(_FLAGS),
        codes=rng.choice(["label", "label", "code"]),
        ids=rng.choice(["plain", "plain", "tick", "formula", "full", "lower"]),
        texts=rng.choice(["plain", "padded"]),
        extra=rng.choice([(), (), ("备注栏",), ("经办机构", "备注栏")]),
        blank_lines=rng.random() < 0.3,
        two_line_heading=rng.random() < 0.4,
        two_sheets=rng.random() < 0.3,
    )


def heading(column: Column, form: Form) -> str:
    """Return the heading of a column in a file of this form."""
    if form.headings == "english":
        return column.name
    if form.headings == "lb101":
        return column.lb101 or column.heading
    if form.headings == "padded":
        return f" {column.heading[:1]} {column.heading[1:]}　"
    if form.headings == "full":
        return column.heading.replace("(", "（").replace(")", "）")
    return column.heading


def cell_sql(column: Column, form: Form) -> str:  # noqa: PLR0911 (one return a type)
    """Return SQL that writes a typed cell as text in the file's way."""
    name = f'"{column.name}"'
    if column.type in ("day", "month"):
        pattern = form.days if column.type == "day" else form.months
        if pattern == "serial":
            return f"cast({name} - date '1899-12-30' as varchar)"
        return f"strftime({name}, {quote(pattern)})"
    if column.type == "money":
        plain = f"cast({name} as varchar)"
        shapes = {
            "comma": f"format('{{:,.2f}}', cast({name} as double))",
            "yuan": f"'￥' || {plain}",
            "full": f"translate({plain}, '0123456789.', '０１２３４５６７８９．')",
        }
        shape = shapes.get(form.money)
        return plain if shape is None else f"case when {name} < 0 then {plain} else {shape} end"
    if column.type == "flag":
        yes, no = form.flags
        return f"case {name} when true then '{yes}' when false then '{no}' end"
    if column.codes and form.codes == "label":
        branches = " ".join(
            f"when {quote(code)} then {quote(labels[0] if labels else code)}"
            for code, labels in column.codes.items()
        )
        return f"case {name} {branches} else {name} end"
    if column.type == "id":
        return {
            "tick": f"'''' || {name}",
            "formula": f"'=\"' || {name} || '\"'",
            "full": f"translate({name}, {quote(''.join(map(chr, _FULL)))}, {quote(''.join(_FULL.values()))})",
            "lower": f"lower({name})",
        }.get(form.ids, name)
    if column.type == "text" and form.texts == "padded":
        return f"' ' || {name} || '　'"
    return f"cast({name} as varchar)"


def write_file(con: duckdb.DuckDBPyConnection, contract: Contract, sql: str, path: Path, form: Form) -> int:
    """Write the rows of a query (typed columns of the contract) to one file; gives the number of rows."""
    columns = contract.read_columns
    if form.container == "parquet":
        return _parquet(con, columns, sql, path, form)
    if form.container == "xlsx":
        return _workbook(con, contract, sql, path, form)
    cells = [f'{cell_sql(c, form)} as "{heading(c, form)}"' for c in columns]
    cells += [f"'测试' as \"{name}\"" for name in form.extra]
    tidy = form.encoding == "utf-8" and not form.gzipped and not form.blank_lines
    target = path if tidy else path.with_name(path.name + ".part")
    quoting = ", force_quote *" if form.quoted else ""
    delimiter = form.delimiter.replace("\t", "\\t")
    escaped = f"e'{delimiter}'" if form.delimiter == "\t" else f"'{delimiter}'"
    done = con.execute(
        f"copy (select {', '.join(cells)} from ({sql}) as wanted) "
        f"to {quote(str(target))} (format csv, header true, delimiter {escaped}{quoting})"
    ).fetchone()
    if not tidy:
        _recode(target, path, form)
        target.unlink()
    return int(done[0]) if done else 0


def _recode(source: Path, target: Path, form: Form) -> None:
    """Return a text file its encoding, blank lines and compression, by streaming; no file time is kept."""
    with target.open("wb") as raw:
        out: Any = gzip.GzipFile(filename="", mode="wb", compresslevel=6, fileobj=raw, mtime=0) if form.gzipped else raw  # fmt: skip
        try:
            if form.encoding == "utf-8-sig":
                out.write(codecs.BOM_UTF8)
            with source.open(encoding="utf-8", newline="") as text:
                if form.blank_lines:
                    out.write(("\n" + text.readline() + "\n").encode(_plain(form)))
                while chunk := text.read(1 << 20):
                    out.write(chunk.encode(_plain(form)))
            if form.blank_lines:
                out.write("\n\n".encode(_plain(form)))
        finally:
            if form.gzipped:
                out.close()


def _plain(form: Form) -> str:
    return "gb18030" if form.encoding == "gb18030" else "utf-8"


def _compress(path: Path) -> None:
    packed = path.with_name(path.name + ".gz")
    with path.open("rb") as source, packed.open("wb") as raw, gzip.GzipFile(
        filename="", mode="wb", compresslevel=6, fileobj=raw, mtime=0
    ) as out:  # fmt: skip
        shutil.copyfileobj(source, out, 1 << 20)
    path.unlink()


def _parquet(
    con: duckdb.DuckDBPyConnection, columns: Sequence[Column], sql: str, path: Path, form: Form
) -> int:
    """Write Parquet with real dates, decimals, integers and flags under the file's headings."""
    import pyarrow.parquet as pq

    typed = ("day", "month", "money", "int", "flag")
    cells = [f'{_quoted(c) if c.type in typed else cell_sql(c, form)} as "{heading(c, form)}"' for c in columns]  # fmt: skip
    table = con.cursor().sql(f"select {', '.join(cells)} from ({sql}) as wanted").to_arrow_table()
    plain = path.with_suffix("") if form.gzipped else path
    pq.write_table(table, plain, compression="zstd", row_group_size=50_000)
    if form.gzipped:
        _compress(plain)
    return int(table.num_rows)


def _quoted(column: Column) -> str:
    return f'"{column.name}"'


def _workbook(con: duckdb.DuckDBPyConnection, contract: Contract, sql: str, path: Path, form: Form) -> int:
    """Write a workbook as offices do: title rows, merged headings, a total, and the signatures below."""
    import xlsxwriter

    columns = contract.read_columns
    typed = ("day", "month", "money", "int") if form.money == "plain" else ("int",)
    cells = [_quoted(c) if c.type in typed else cell_sql(c, form) for c in columns]
    rows = con.execute(f"select {', '.join(cells)} from ({sql}) as wanted").fetchall()
    plain = path.with_suffix("") if form.gzipped else path
    book = xlsxwriter.Workbook(str(plain))
    book.set_properties({"created": dt.datetime(2000, 1, 1), "comments": NOTICE})  # noqa: DTZ001 (no clock)
    styles = {
        "title": book.add_format({"bold": True, "align": "center"}),
        "day": book.add_format({"num_format": "yyyy-mm-dd"}),
        "month": book.add_format({"num_format": "yyyy-mm"}),
        "money": book.add_format({"num_format": "#,##0.00"}),
    }
    half = (len(rows) + 1) // 2
    parts = [rows[:half], rows[half:]] if form.two_sheets and len(rows) > 1 else [rows]
    for number, part in enumerate(parts, start=1):
        _sheet(book.add_worksheet(f"表{number}"), contract, columns, part, form, styles)
    book.close()
    if form.gzipped:
        _compress(plain)
    return len(rows)


def _sheet(  # noqa: PLR0912 (one branch per kind of cell)
    sheet: Any,
    contract: Contract,
    columns: Sequence[Column],
    rows: list[tuple[Any, ...]],
    form: Form,
    styles: dict[str, Any],
) -> None:
    width = len(columns)
    sheet.merge_range(0, 0, 0, width - 1, NOTICE, styles["title"])
    sheet.merge_range(1, 0, 1, width - 1, f"{contract.title_zh}（合成测试数据）", styles["title"])
    first = 2
    if form.two_line_heading and width > 3:
        for i, column in enumerate(columns[:-2]):
            sheet.merge_range(first, i, first + 1, i, heading(column, form), styles["title"])
        sheet.merge_range(first, width - 2, first, width - 1, "登记内容", styles["title"])
        for i in (width - 2, width - 1):
            sheet.write_string(first + 1, i, heading(columns[i], form), styles["title"])
        first += 1
    else:
        for i, column in enumerate(columns):
            sheet.write_string(first, i, heading(column, form), styles["title"])
    line = first + 1
    for values in rows:
        for i, (column, value) in enumerate(zip(columns, values, strict=True)):
            if value is None:
                continue
            if isinstance(value, str):
                sheet.write_string(line, i, value)
            elif isinstance(value, dt.date):
                sheet.write_datetime(line, i, value, styles[column.type])
            else:
                sheet.write_number(line, i, float(value), styles.get(column.type))
        line += 1
    _merge_equal(sheet, rows, first + 1, styles, bool(columns) and columns[0].type == "id")
    sheet.write_string(line, 0, "合计")
    for i, column in enumerate(columns):
        if i and column.type == "money" and form.money == "plain":
            sheet.write_number(line, i, float(sum(r[i] or 0 for r in rows)), styles["money"])
    sheet.write_string(line + 1, 0, "填报人：测试甲")
    sheet.write_string(line + 2, 0, "审核人：测试乙")


def _merge_equal(
    sheet: Any, rows: list[tuple[Any, ...]], top: int, styles: dict[str, Any], wanted: bool
) -> None:
    """Merge the cells of the first column where neighbours are equal, as offices do."""
    begin = 0
    for i in range(1, len(rows) + 1):
        if i == len(rows) or rows[i][0] != rows[begin][0]:
            if wanted and i - begin > 1 and rows[begin][0] is not None:
                sheet.merge_range(top + begin, 0, top + i - 1, 0, rows[begin][0], styles["title"])
            begin = i
