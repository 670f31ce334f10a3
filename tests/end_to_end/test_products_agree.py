"""The finished workbook, document and pages, opened as a reader opens them: every figure in them is a row of report_figures."""

from __future__ import annotations

import csv
import re
import shutil
import subprocess
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from html import unescape
from pathlib import Path

import duckdb
import openpyxl
import pytest

from wengang.core.settings import ROOT
from wengang.reports.figures import NOT_KNOWN

REFERENCE = ROOT / "seeds" / "reference"
SHEETS = {
    "稳岗返还": "refund", "技能提升补贴": "skill", "保生活待遇": "benefits", "降费率": "premium", "基金收支": "fund", "风险线索": "risk",
}  # fmt: skip
HEAD, TOP = 4, 7
Key = tuple[str, str, str, str, str]
Triple = tuple[Decimal | None, Decimal | None, Decimal | None]


@pytest.fixture(scope="module")
def draft(province) -> Path:
    return province.home / "drafts" / "2024-06"


@pytest.fixture(scope="module")
def figures(draft) -> dict[Key, Triple]:
    rows = (
        duckdb.connect()
        .execute(
            "select section, measure, dimension, dimension_value, reporting_unit, value, value_year_to_date, value_same_month_last_year"
            " from read_parquet(?)",
            [str(draft / "tables" / "report_figures.parquet")],
        )
        .fetchall()
    )
    return {r[:5]: r[5:] for r in rows}


def reference(name: str) -> list[dict[str, str]]:
    with (REFERENCE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def cells(draft: Path) -> Iterator[tuple[str, str, int, str, object]]:
    """Yield sheet, heading of the measure, which of its three columns, label of the row, and what stands there."""
    book = openpyxl.load_workbook(draft / "workbook-2024-06.xlsx")
    for name in SHEETS:
        sheet = book[name]
        for column in range(2, sheet.max_column + 1):
            first = column - (column - 2) % 3
            title = str(sheet.cell(HEAD, first).value).split("\n")[0]
            for row in range(TOP, sheet.max_row + 1):
                label = sheet.cell(row, 1).value
                if label:
                    yield name, title, (column - 2) % 3, str(label), sheet.cell(row, column).value


def test_every_cell_of_the_workbook_is_a_figure(draft, figures):
    measures = {(m["section"], m["title_zh"]): m["measure"] for m in reference("report_measures")}
    units = {u["name_zh"]: u["reporting_unit"] for u in reference("reporting_units")}
    units |= {"省本级": "own_account", "未归属": "unknown", "全省": "620000"}
    codes = {(c["list"], c["label_zh"]): c["code"] for c in reference("codes")}
    seen, unknown = set(), 0
    for name, title, which, label, content in cells(draft):
        if content in {None, "—"}:
            continue
        section, zh = SHEETS[name], re.split(r"[ \n]", label)[0]
        measure, _, part = (title, "", "") if (section, title) in measures else title.partition("：")
        dimension, value = ("decision", codes["decision", part]) if part else ("none", "")
        unit = units.get(zh, "620000")
        if zh not in units:  # a part of the province, beneath the units
            keys = [k for k in figures if k[:2] == (section, measures[section, measure]) and k[4] == unit]
            kinds = {k[2] for k in keys} - {"none"}
            found = [(d, codes[d, zh]) for d in kinds if (d, zh) in codes]
            found = found or [
                (d, zh) for d in kinds if (section, measures[section, measure], d, zh, unit) in figures
            ]
            found = found or [("unit_type", "unknown")] if zh in {"未登记", "未知"} and not found else found
            if (
                len(found) != 1
            ):  # a name that two lists share, such as 未知, is recognised by its place: left to the other rows
                continue
            dimension, value = found[0]
        key = (section, measures[section, measure], dimension, value, unit)
        figure = figures[key][which]
        seen.add((key, which))
        if content == NOT_KNOWN:
            assert figure is None, key
            unknown += 1
        else:
            assert figure is not None and Decimal(str(content)) == figure, key
    assert len(seen) > 2500
    assert unknown > 0  # no report of last year was made of this province
    assert {k for k, _ in seen if k[4] == "620000"} >= {
        ("refund", "payable_amount", "none", "", "620000"),
        ("fund", "balance", "none", "", "620000"),
        ("risk", "still_open", "none", "", "620000"),
    }


def test_every_figure_of_the_pages_is_that_of_the_table(draft, figures):
    places = {(m["section"], m["measure"]): int(m["places"]) for m in reference("report_measures")}
    html = (draft / "site" / "index.html").read_text(encoding="utf-8")
    found = re.findall(r'<button type="button" class="fig" data-trace="([^"]+)">([^<]+)</button>', html)
    assert len(found) > 200
    for trace, text in found:
        section, measure, unit, *rest = unescape(trace).split()
        options = dict(zip(rest[::2], rest[1::2], strict=True))
        key = (section, measure, options.get("--dimension", "none"), options.get("--value", ""), unit)
        figure = figures[key][0]
        assert figure is not None, key
        assert text == f"{figure:,.{places[section, measure]}f}", key


def numbers_in(text: str) -> set[tuple[str, str]]:
    """Return each number of a text with the unit behind it."""
    return set(re.findall(r"(?<![\d.〔])(-?\d[\d,]*(?:\.\d+)?)(万元|户|人|件|个月|条|项|个|行)", text))


def test_every_figure_of_the_document_is_one_of_the_table(draft, figures):
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not on this machine: apt-get install poppler-utils")
    done = subprocess.run(
        ["pdftotext", str(draft / "document-2024-06.pdf"), "-"], capture_output=True, text=True, check=True
    )
    text = re.sub(r"\s", "", done.stdout)
    values = {v for triple in figures.values() for v in triple if v is not None}
    # The reserve period on the 31 Decembers that decide stands in a published table of its own, with two places.
    file = draft / "tables" / "fund_gate_forecast.parquet"
    with duckdb.connect() as con:
        gates = con.execute(f"select reserve_months, limit_months from read_parquet('{file}')").fetchall()
    months = {f"{v:,.2f}" for pair in gates for v in pair if v is not None}
    amounts = {f"{(v / 10000).quantize(Decimal('0.01'), ROUND_HALF_UP):,.2f}" for v in values}
    counts = {f"{v:,.{places}f}" for v in values for places in (0, 1) if places or v == int(v)}
    found = numbers_in(text)
    assert len(found) > 30
    known = {"万元": amounts, "个月": counts | months}
    strange = {n for n in found if n[0] not in known.get(n[1], counts)}
    assert strange == set()

    def whole(measure: str) -> str:
        return f"{(figures['refund', measure, 'none', '', '620000'][0] or Decimal(0)) / 10000:,.2f}万元"

    assert {whole("refund_amount"), whole("payable_amount")} <= {f"{n}{u}" for n, u in found}
    assert NOT_KNOWN.split(" ")[0] in text
