"""The rejected rows of the newest files, as the rules that exclude search them for names."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from wengang.core.periods import Period
from wengang.core.settings import Settings
from wengang.warehouse.run_context import rejects_view

CODE = "91620102MA90000027"


@pytest.mark.parametrize(
    "written",
    [
        CODE,
        CODE.lower(),
        "９１６２０１０２ＭＡ９０００００２７",
        "9162 0102 MA90 0000 27",
        "91620102\u200bMA90000027",
        f'="{CODE}"',
        f"\t{CODE}",
    ],
)
def test_a_code_is_found_however_it_was_written(tmp_path: Path, written: str) -> None:
    """Whatever the contract takes for the code, a rejected row names too: a list that excludes fails closed."""
    settings = Settings(home=tmp_path)
    settings.lake_dir.mkdir(parents=True)
    with duckdb.connect() as con:
        con.execute("create schema lake")
        con.execute(
            "create table r as select date '2024-06-01' as period, 'sanctions' as source, 'sanctions.csv' as file_name, '' as sheet,"
            " 2 as line_no, 'listed_on' as column_name, 'bad_day' as reason_code, '' as reason_zh, '' as reason_en, ? as raw",
            [f"{written},2024年5月,,失信"],
        )
        con.execute(f"copy r to '{settings.lake_dir}/r.parquet' (format parquet)")
        rejects_view(con, settings, "rejects_of_newest", Period(2024, 6), ["r.parquet"])
        assert con.execute(
            "select position(? in raw) > 0 from lake.rejects_of_newest", [CODE]
        ).fetchall() == [(True,)]
        rejects_view(con, settings, "rejects", Period(2024, 6), ["r.parquet"])
        assert con.execute("select raw from lake.rejects").fetchall() == [(f"{written},2024年5月,,失信",)]
