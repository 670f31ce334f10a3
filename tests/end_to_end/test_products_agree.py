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

from wengang.core.periods import Period
from wengang.core.settings import ROOT
from wengang.reports.by_unit import write_units
from wengang.reports.figures import NOT_KNOWN, read_report

REFERENCE = ROOT / "seeds" / "reference"
SHEETS = {
    "稳岗返还": "refund", "技能提升补贴": "skill", "保生活待遇": "benefits", "降费率": "premium", "基金收支": "fund", "风险线索": "risk",
}  # fmt: skip
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


Cell = tuple[str, str, str, int, Key, object]


def cells(path: Path) -> Iterator[Cell]:
    """Yield sheet, heading of the measure, label of the row, which of the three columns, the figure that is meant, and what stands there."""
    book = openpyxl.load_workbook(path)
    for name in SHEETS:
        sheet = book[name]
        for row in sheet.iter_rows():
            for cell in row:
                if cell.comment is None:
                    continue
                section, measure, unit, *rest = cell.comment.text.removeprefix("wengang trace ").split()
                options = dict(zip(rest[::2], rest[1::2], strict=True))
                key = (section, measure, options.get("--dimension", "none"), options.get("--value", ""), unit)
                # The heading of a block stands above the row of units, whose cells are merged and blank but the first.
                above = range(cell.row, 0, -1)
                top = next(r for r in above if str(sheet.cell(r, cell.column).value).startswith("单位："))
                title = str(sheet.cell(top - 1, cell.column).value)
                for which in range(3):
                    content = sheet.cell(cell.row, cell.column + which).value
                    yield name, title, str(sheet.cell(cell.row, 1).value), which, key, content


@pytest.mark.parametrize("twin", ["", "-yuan"])
def test_every_cell_of_the_workbook_is_a_figure(draft, figures, twin):
    """In 万元, half up to two places; in the twin to the cent. Heading and label are those of the figure that the cell names."""
    measures = {(m["section"], m["measure"]): m for m in reference("report_measures")}
    units = {u["reporting_unit"]: u["name_zh"] for u in reference("reporting_units")}
    units |= {"own_account": "省本级", "unknown": "未归属", "620000": "全省"}
    labels = {(c["list"], c["code"]): c["label_zh"] for c in reference("codes")}
    seen, unknown = set(), 0
    for name, title, label, which, key, content in cells(draft / f"workbook-2024-06{twin}.xlsx"):
        section, measure, dimension, value, unit = key
        about = measures[section, measure]
        assert SHEETS[name] == section
        part = title.removeprefix(about["title_zh"]).removeprefix("：")
        assert title.startswith(about["title_zh"]) and (not part or labels[dimension, value] == part), key
        if dimension == "none" or part:
            assert label == units[unit], key
        else:
            assert label == labels.get((dimension, value), label) and label != "全省", key
        if content == "—":
            continue
        figure = figures[key][which]
        seen.add((key, which))
        if figure is not None and about["unit"] == "yuan" and not twin:
            figure = (figure / 10000).quantize(Decimal("0.01"), ROUND_HALF_UP)
        if content == "未知":
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


def test_the_counties_add_up_to_their_units(draft, figures):
    """Units decided, their refund and the premium relieved of each unit are those of its counties."""
    found = (
        duckdb.connect()
        .execute(
            "select reporting_unit, sum(employers), sum(refund_amount), sum(skill_approved), sum(relief), sum(benefit_amount)"
            " from read_parquet(?) group by reporting_unit",
            [str(draft / "tables" / "report_counties.parquet")],
        )
        .fetchall()
    )
    assert len(found) > 5
    wanted = [
        ("refund", "employers"),
        ("refund", "refund_amount"),
        ("skill", "approved"),
        ("premium", "relief"),
        ("benefits", "amount"),
    ]
    for unit, *values in found:
        assert values == [figures[(*measure, "none", "", unit)][0] for measure in wanted], unit


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


def test_a_unit_gets_its_own_rows_alone(province, draft, figures, tmp_path):
    """Lanzhou's folder holds Lanzhou's figures, leads and lists; no name or code of another unit's county stands in any of its files."""
    with duckdb.connect(str(province.home / "warehouse" / "wengang.duckdb"), read_only=True) as con:
        report = read_report(con, Period(2024, 6))
        shutil.copytree(draft / "lists", tmp_path / "lists")
        folders = {f.name: f for f in write_units(con, report, tmp_path)}
        own = con.execute(
            "select region_code, region_name from reference.regions where reporting_unit = '620100'"
        ).fetchall()
        foreign = con.execute(
            "select region_name from reference.regions where reporting_unit <> '620100' and level = 'county'"
        ).fetchall()
        leads = con.execute(
            "select count(*), sum(amount_at_stake) from marts.risk_leads where period = '2024-06-01' and list_contains(?, region_code)",
            [[code for code, _ in own]],
        ).fetchone()
    assert len(folders) == 16
    lanzhou = folders["620100"]
    names = {name for _, name in own}
    others = {name for (name,) in foreign} - names
    book = openpyxl.load_workbook(lanzhou / "leads.xlsx")["风险线索"]
    rows = list(book.iter_rows(min_row=2, values_only=True))
    assert (len(rows), sum(Decimal(str(r[9] or 0)) for r in rows)) == (leads[0], leads[1] or 0)
    assert {r[4] for r in rows} <= names
    seen = 0
    for path in sorted(lanzhou.rglob("*.xlsx")):
        for sheet in openpyxl.load_workbook(path).worksheets:
            for row in sheet.iter_rows():
                for cell in row:
                    assert cell.value not in others, (path, sheet.title, cell.coordinate)
                    if cell.comment is not None and "-yuan" in path.name:
                        section, measure, unit, *rest = cell.comment.text.removeprefix(
                            "wengang trace "
                        ).split()
                        options = dict(zip(rest[::2], rest[1::2], strict=True))
                        key = (
                            section,
                            measure,
                            options.get("--dimension", "none"),
                            options.get("--value", ""),
                            unit,
                        )
                        assert unit == "620100"
                        figure = figures[key][0]
                        assert cell.value == "未知" if figure is None else Decimal(str(cell.value)) == figure
                        seen += 1
    assert seen > 80
    assert {p.stem for p in (lanzhou / "lists" / "refund_public_notice").glob("*.xlsx")} <= {
        code for code, _ in own
    }


def test_a_bi_tool_reads_the_figures_of_the_report(province, draft, figures):
    """The queries and scripts of the page for BI tools, run as they stand: they give the figures of report_figures."""
    page = (ROOT / "docs" / "how-to" / "bi.md").read_text(encoding="utf-8")
    named, headline = re.findall(r"```sql\n(.*?)```", page, re.DOTALL)
    with duckdb.connect(str(province.home / "warehouse" / "wengang.duckdb"), read_only=True) as con:
        rows = con.sql(named).to_arrow_table().to_pylist()
        first = con.sql(headline).to_arrow_table().to_pylist()
    found = {
        (r["section"], r["measure"], r["dimension"], r["dimension_value"], r["reporting_unit"]): (
            r["value"], r["value_year_to_date"], r["value_same_month_last_year"],
        )
        for r in rows
    }  # fmt: skip
    # Bridges between units and province are no measures of their own.
    assert found == {key: row for key, row in figures.items() if not key[1].endswith("_bridge")}
    assert len(rows) == len(found)
    assert {r["unit_name"] for r in rows} >= {"全省", "兰州市", "省本级", "未归属"}
    titles = {m["title_zh"] for m in reference("report_measures")}
    assert len(first) == 18 and {r["title_zh"] for r in first} <= titles
    fund = next(r for r in first if r["title_zh"] == "期末滚存结余")
    assert fund["value"] == figures["fund", "balance", "none", "", "620000"][0] and fund["unit"] == "yuan"
    for script in re.findall(r"```python\n(.*?)```", page, re.DOTALL):
        here: dict[str, object] = {}
        exec(
            script.replace("HOME/published/*/latest", "HOME/drafts/*").replace("HOME", str(province.home)),
            here,
        )
        table = here.get("table") or here["figures"]
        assert {"period", "value"} <= set(table.column_names) and table.num_rows > 100
