"""The networked-data return: tables with sums, whole without the sources that no month must deliver."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import duckdb
import pytest

from wengang.core.data_directory import make_data_directory
from wengang.core.errors import DeliveryError
from wengang.core.periods import Period
from wengang.core.settings import Settings
from wengang.publication import network_return

JUNE = Period(2024, 6)


def package(folder: Path, *, without: str = "") -> Path:
    """Write tables of one row of 1.50 in every summed column; expansion_decisions has two, recovery_balance none."""
    (folder / "tables").mkdir(parents=True)
    (folder / "manifest.json").write_text("{}", encoding="utf-8")
    rows = {"expansion_decisions": 2, "recovery_balance": 0}
    with duckdb.connect() as con:
        for _, _, source, sums in network_return.TABLES:
            columns = ", ".join(f"cast(1.50 as decimal(18, 2)) as {name}" for name in sums)
            count = 0 if source == without else rows.get(source, 1)
            con.execute(
                f"copy (select '0' || i as key, {columns} from range({count}) as t(i)) to '{folder / 'tables' / source}.parquet' (format parquet)"
            )
    return folder


def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, **more: str) -> Path:
    make_data_directory(tmp_path)
    given = package(tmp_path / "r1", **more)
    monkeypatch.setattr(network_return, "checked_revision", lambda *_: given)
    return network_return.net_return(Settings(home=tmp_path), JUNE)


def test_expansion_and_recovery_are_in_it_and_may_be_empty(tmp_path, monkeypatch):
    folder = written(tmp_path, monkeypatch)
    content = json.loads((folder / "return.json").read_text(encoding="utf-8"))
    tables = {t["table"]: t for t in content["tables"]}
    assert content["is_complete"]
    # two applications of 1.50 each
    assert tables["SYBX09_expansion"]["rows"] == 2
    assert tables["SYBX09_expansion"]["sums"]["paid_amount"] == "3.00"
    assert (tables["SYBX10_recovery"]["rows"], tables["SYBX10_recovery"]["sums"]["closing"]) == (0, "0")
    with (folder / "SYBX09_expansion.csv").open(encoding="utf-8", newline="") as lines:
        assert [row[0] for row in csv.reader(lines)] == ["key", "00", "01"]


def test_a_table_that_every_month_has_makes_it_incomplete(tmp_path, monkeypatch):
    with pytest.raises(DeliveryError) as error:
        written(tmp_path, monkeypatch, without="premium_relief")
    assert error.value.code == "return_incomplete"
    content = json.loads((tmp_path / "return" / "2024-06" / "return.json").read_text(encoding="utf-8"))
    assert not content["is_complete"]
