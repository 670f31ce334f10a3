"""No message of the intake quotes what stands in a file: every source, every reason that a stranger's numbers can raise."""

from __future__ import annotations

import csv
import io
import json
import re

import pyarrow.parquet as pq
import pytest
import xlsxwriter

from wengang.contracts import load_contracts
from wengang.core.periods import Period
from wengang.core.progress import Progress
from wengang.ingest import ingest
from wengang.ingest.intake_report import write_intake_report

from .conftest import PERSONS, World

ACCOUNT, MOBILE, LANDLINE = "6222020000000012345", "13912345678", "0931-8812345"
NUMBERS = [PERSONS[0], ACCOUNT, MOBILE, LANDLINE, "139 1234 5678", "139-1234-5678", "１３９１２３４５６７８"]


def lines(rows: list[list[str]]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue()


def workbook(sheets: dict[str, list[list[str]]]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        for number, (name, rows) in enumerate(sheets.items()):
            sheet = book.add_worksheet(name)
            if number:
                sheet.hide()
            for at, row in enumerate(rows):
                sheet.write_row(at, 0, row)
            sheet.write_formula(len(rows), 0, f'=IF(1,"{MOBILE}","")', None, "")
    return out.getvalue()


def deliver_numbers_everywhere(world: World) -> None:
    """Lay files of every source; those whose messages hardly differ by source for some."""
    for place, (source, contract) in enumerate(load_contracts().items()):
        heads = [c.heading for c in contract.read_columns]
        rows = [[number] * len(heads) for number in NUMBERS]
        rows.append([NUMBERS[0]] * (len(heads) + 2))  # more cells than headings
        rows.append([NUMBERS[0]])
        below = [[f"填报人：{MOBILE}"], rows[0]]
        world.put(f"{source}__rows.csv", lines([heads, *rows]) + f'"{ACCOUNT},{MOBILE}\n' + lines(below))
        world.put(f"{source}__headings.csv", lines([[*heads, *NUMBERS], [*rows[0], *NUMBERS]]))
        if place % 4:
            continue
        world.put(f"{source}__{PERSONS[0]}.csv", lines([heads, *rows]))
        world.put(f"{source}__{MOBILE}.csv", "x,y\n1,2\n")
        sheets = {f"甲 {LANDLINE}": [heads, *rows, *below], MOBILE: [heads, *rows]}
        world.put(f"{source}__rows.xlsx", workbook(sheets))
        world.put(f"{source}__headless.csv", lines(rows))
        world.put(f"{source}__required.csv", lines([[heads[0], heads[-1], *NUMBERS], *rows]))


def test_no_message_quotes_a_number(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    deliver_numbers_everywhere(world)
    ingest(world.settings, Period(2024, 6), Progress())
    pages = write_intake_report(world.settings, Period(2024, 6), world.root / "pages")
    out = capsys.readouterr()
    told = [out.out, out.err, *(p.read_text(encoding="utf-8") for p in pages)]
    codes = set()
    for record in world.journal():
        told.append(json.dumps({k: v for k, v in record.items() if not re.search("sha256|chain|file", k)}))
        codes |= {w["code"] for w in record.get("warnings", ())}
    for file in (world.root / "home" / "lake" / "_rejects").rglob("*.parquet"):
        for row in pq.ParquetFile(file).read(["reason_zh", "reason_en", "reason_code"]).to_pylist():
            told += [row["reason_zh"], row["reason_en"]]
            codes.add(row["reason_code"])
    # The numbers must have raised what there is to raise, or the test shows nothing.
    assert codes >= {
        "bad_identifier", "bad_number", "bad_day", "bad_month", "bad_int", "bad_flag", "unknown_code", "field_count",
        "unclosed_quote", "bad_length", "missing_required", "rows_below", "sheets_passed",
    }  # fmt: skip
    text = re.sub(r"[0-9]{4}-[0-9]{2}-[0-9]{2}|20240603", "", "\n".join(told))
    for number in NUMBERS:
        assert number not in text and json.dumps(number).strip('"') not in text, number
    assert not re.findall(
        r"(?<![0-9A-Za-z])[0-9][0-9 -]{8,}[0-9Xx]", re.sub(r"\"(?:bytes|seq)\": [0-9]+", "", text)
    )
