"""The identities of the fund's tables: they hold on a build, and each break of one is found."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest

from wengang.core.errors import ModelError
from wengang.core.settings import Settings
from wengang.warehouse.dbt_runner import Dbt

BREAKS = [
    ("", ""),
    ("delete from marts.fund_months", "the province is not the sum of its accounts"),
    (
        "update marts.fund_months set balance = balance + 0.01 where month = date '2023-05-01'",
        "a balance that does not follow",
    ),
    ("update marts.fund_months set refund = refund + 0.01", "items that do not add up"),
    (
        "insert into marts.fund_months select * from marts.fund_months where period = date '2024-06-01' limit 1",
        "a month twice",
    ),
    ("update marts.fund_reserve set band = 'below_min'", "a gate and a band"),
    (
        "update marts.reconciliations set outcome = 'match' where outcome = 'not_comparable'",
        "a check that does not say",
    ),
    ("update marts.fund_priority_plan set shortfall = shortfall + 0.01", "a plan that does not add up"),
    (
        "update marts.fund_projection set balance = balance + 0.01 where month = date '2024-12-01'",
        "a projection that does not add up",
    ),
]


@pytest.mark.parametrize(("change", "fault"), BREAKS)
def test_a_break_is_found(home: Settings, tmp_path: Path, change: str, fault: str) -> None:
    database = Path(shutil.copyfile(home.warehouse_file, tmp_path / "wengang.duckdb"))
    dbt = Dbt(home, database)
    if not change:
        assert dbt.invoke("test", "test_name:fund_adds_up")
        return
    with duckdb.connect(str(database)) as con:
        con.execute(change)
    with pytest.raises(ModelError, match="fund_adds_up"):
        dbt.invoke("test", "test_name:fund_adds_up")
    compiled = next(
        n for n in dbt.manifest.nodes.values() if n.resource_type == "test" and "fund_adds_up" in n.name
    )
    text = next(r for r in dbt.invoke("compile", compiled.name)).node.compiled_code
    with duckdb.connect(str(database)) as con:
        assert any(found.startswith(fault) for found, _ in con.execute(text).fetchall())
