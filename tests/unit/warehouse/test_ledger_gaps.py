"""What of the fund's ledger was delivered and not taken, as a build sees it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import duckdb
import pytest

from wengang.core.periods import Period
from wengang.core.settings import Settings
from wengang.lake.deliveries import Delivery, LakeState
from wengang.warehouse.ledger_gaps import register_ledger_gaps

MAY, JUNE = Period(2024, 5), Period(2024, 6)


def delivery(seq: int, status: str, name: str = "fund_ledger.csv", period: Period = JUNE) -> Delivery:
    return Delivery(seq, period, "fund_ledger", name, f"digest{seq}", "", status, message_zh="无法读取")


def files(tmp_path: Path, *deliveries: Delivery) -> list[tuple[object, ...]]:
    with duckdb.connect() as con:
        con.execute("create schema run")
        register_ledger_gaps(con, Settings(home=tmp_path), LakeState(tuple(deliveries)))
        return con.execute("select file_name, kind from run.ledger_files_not_taken order by all").fetchall()


@pytest.mark.parametrize("status", ["refused", "unreadable", "missing"])
def test_a_file_that_was_not_taken_counts_until_it_is_delivered_again(tmp_path: Path, status: str) -> None:
    bad = delivery(1, status)
    assert files(tmp_path, bad) == [("fund_ledger.csv", status)]
    assert files(tmp_path, bad, delivery(2, "loaded", "fund_ledger__b.csv")) == [("fund_ledger.csv", status)]
    assert files(tmp_path, bad, delivery(2, "loaded")) == []


def test_rejected_rows_come_with_the_keys_that_could_be_read(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    path = settings.lake_dir / "_rejects" / "r.parquet"
    path.parent.mkdir(parents=True)
    loaded = Delivery(1, MAY, "fund_ledger", "a.csv", "d", "", "loaded", rejects_file="_rejects/r.parquet")
    with duckdb.connect() as con:
        con.execute(
            """copy (
                select '' as sheet, 2 as line_no, '科目不在代码表内' as reason_zh, 'item not in the list' as reason_en,
                    '{"region_code": "620100", "month": "2024-05-01"}' as keys
                union all select '', 2, '金额不是数字', 'amount is no number', '{"region_code": "620100", "month": "2024-05-01"}'
                union all select '', 3, '月份有误', 'bad month', '{}'
            ) to '"""
            + str(path)
            + "' (format parquet)"
        )
        con.execute("create schema run")
        register_ledger_gaps(con, settings, LakeState((loaded,)))
        rows = con.execute(
            "select line_no, region_code, month, item, reason_en from run.ledger_rejects order by line_no"
        ).fetchall()
        assert con.execute("from run.ledger_first_delivery").fetchall() == [(dt.date(2024, 5, 1),)]
    assert rows == [
        (2, "620100", dt.date(2024, 5, 1), None, "amount is no number; item not in the list"),
        (3, None, None, None, "bad month"),
    ]
