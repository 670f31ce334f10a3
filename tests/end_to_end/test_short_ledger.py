"""A province whose ledger is young: the projection falls back on a plainer method, names it, or says that it makes none."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import duckdb
import pytest
from openpyxl import load_workbook

from tests.end_to_end.test_run import wengang
from wengang.core.periods import Period
from wengang.sample import write_sample

JUNE = Period(2024, 6)
SAID = {
    "none": "历史不足6个月，不作预测",
    "last_year_mean": "历史不足12个月，按已有月份的平均数预测",
    "seasonal_naive": "历史不足30个月，按上年同月预测",
    "combined": "各方法按历史滚动回测，选用累计误差最小者",
}


@pytest.fixture(scope="module")
def landing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("short") / "landing"
    write_sample(folder, [JUNE], employers=20, seed=5)
    return folder


def keep_months(landing: Path, months: int) -> dict[str, Decimal]:
    """Leave only the last months in the ledger's file, headings in Chinese; gives the premium by month left."""
    (file,) = (landing / str(JUNE)).glob("fund_ledger*")
    with file.open(encoding="utf-8-sig", newline="") as given:
        heads, *rows = csv.reader(given)
    at = {name: heads.index(name) for name in ("会计期间", "科目", "金额(元)")}
    first = str(JUNE.plus(1 - months)).replace("-", "")
    kept = [r for r in rows if r[at["会计期间"]].replace("-", "") >= first]
    with file.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([heads, *kept])
    premium: dict[str, Decimal] = {}
    for row in kept:
        if row[at["科目"]] in ("失业保险费收入", "premium"):
            month = row[at["会计期间"]].replace("-", "")
            premium[month] = premium.get(month, Decimal(0)) + Decimal(row[at["金额(元)"]])
    return premium


def texts(workbook: Path) -> Iterator[str]:
    for sheet in load_workbook(workbook, read_only=True):
        for row in sheet.iter_rows(values_only=True):
            yield from (str(cell) for cell in row if cell is not None)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("months", "method"),
    [(5, "none"), (11, "last_year_mean"), (12, "seasonal_naive"), (30, "combined")],
)
def test_the_method_that_the_history_allows(landing, tmp_path, months, method):

    own = Path(shutil.copytree(landing, tmp_path / "landing"))
    premium = keep_months(own, months)
    assert len(premium) == months
    done = wengang("run", "2024-06", "--home", tmp_path / "home", "--landing", own)
    assert done.returncode in (0, 3), done.stderr
    draft = tmp_path / "home" / "drafts" / "2024-06"
    with duckdb.connect() as con:
        path = draft / "tables"
        projected = con.execute(
            f"select premium, method from '{path / 'fund_projection.parquet'}' where scenario = 'base' order by month"
        ).fetchall()
        tested = con.execute(
            f"select distinct method, note_zh from '{path / 'fund_backtest.parquet'}' order by method"
        ).fetchall()
    methods = ["combined", "seasonal_naive", "smoothing", "theta"] if method == "combined" else [method]
    assert tested == [(m, SAID[method]) for m in methods]
    assert any(SAID[method] in text for text in texts(draft / "workbook-2024-06.xlsx"))
    if method == "none":
        assert projected == []
        return
    assert len(projected) == 24
    if method == "combined":  # which of the methods is taken is for the back-test of each item to say
        return
    assert {m for _, m in projected} == {method}
    fen = Decimal("0.01")
    if method == "last_year_mean":
        mean = (sum(premium.values()) / months).quantize(fen, ROUND_HALF_UP)
        assert {p for p, _ in projected} == {mean}
    if method == "seasonal_naive":
        # July 2024 repeats July 2023, and so on; a month that the history lacks cannot be: twelve months hold each of them once.
        same = [premium[str(JUNE.plus(k - 12)).replace("-", "")] for k in range(1, 13)]
        assert [p for p, _ in projected] == same + same
