"""The bytes of a month's tables are those of its rows: what else the warehouse holds, or has held, leaves no mark in them."""

from __future__ import annotations

import duckdb
import pytest

from wengang.core.periods import Period
from wengang.reports.table_files import export_tables

JUNE = "(date '2024-06-01', 'a', 1.50, ['r01']), (date '2024-06-01', 'b', 2.50, ['r02'])"


@pytest.mark.parametrize(
    "before",
    [
        "select 1",
        "insert into marts.fund_months values (date '2024-05-01', null, null, null)",
        "insert into marts.fund_months values (date '2024-06-01', null, null, null); delete from marts.fund_months",
    ],
)
def test_bytes_do_not_hang_on_other_months(tmp_path, before):
    written = []
    for statements in ("select 1", before):
        with duckdb.connect() as con:
            con.execute("create schema marts")
            con.execute(
                "create table marts.fund_months (period date, region_code varchar, balance decimal(18, 2), rules varchar[])"
            )
            con.execute(statements)
            con.execute(f"insert into marts.fund_months values {JUNE}")
            assert export_tables(con, Period(2024, 6), tmp_path) == ["fund_months"]
        file = tmp_path / "fund_months.parquet"
        written.append(file.read_bytes())
        assert (
            duckdb.connect().execute(f"from '{file}' order by region_code").fetchall()
            == duckdb.connect().execute(f"values {JUNE}").fetchall()
        )
    assert written[0] == written[1]
