"""dbt and SQL by hand: on a copy, and read-only."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from decimal import Decimal

import duckdb
import pytest

from wengang.core.errors import UsageError
from wengang.core.settings import ROOT, Settings
from wengang.warehouse.by_hand import query, render
from wengang.warehouse.model_reads import reads_of_statement


@pytest.fixture
def settings(tmp_path):
    home = Settings(home=tmp_path / "home")
    home.warehouse_file.parent.mkdir(parents=True)
    with duckdb.connect(str(home.warehouse_file)) as con:
        con.execute(
            "create schema marts; create table marts.t as select 1 as a, cast('0.50' as decimal(18, 2)) as b"
        )
    return home


def test_a_query_reads_the_published_file_and_cannot_change_it(settings):
    assert query(settings, "select a, b from marts.t") == (["a", "b"], [(1, Decimal("0.50"))])
    with pytest.raises(UsageError):
        query(settings, "drop table marts.t")
    with pytest.raises(UsageError):
        query(settings, "select nothing from marts.t")
    assert query(settings, "select count(*) from marts.t")[1] == [(1,)]


def test_rows_are_laid_out_as_table_csv_and_json():
    assert render(["a", "b"], [(1, None)], "csv") == "a,b\n1,"
    assert render(["a", "b"], [(1, None)], "json") == '[\n  {\n    "a": 1,\n    "b": null\n  }\n]'
    assert render(["单位", "b"], [("甲", None)], "table").split("\n")[1].strip() == "甲"


def test_without_a_warehouse_the_command_says_so(tmp_path):
    with pytest.raises(UsageError, match="no warehouse has been published"):
        query(Settings(home=tmp_path), "select 1")


def test_what_a_statement_reads_is_taken_from_its_parse():
    sql = """
        with p as (select value from "wengang"."policy"."parameters" where parameter = 'refund_ratio_sme') -- 'not_this'
        select 'x' as kind from p inner join marts.t on list_contains(['a', 'b'], t.a) where exists (select 1 from run.context)
    """
    with duckdb.connect() as con:
        reads = reads_of_statement(con, sql)
        assert {"policy.parameters", "marts.t", "run.context"} <= reads.relations
        assert reads.texts == {"refund_ratio_sme", "x", "a", "b"}
        with pytest.raises(ValueError):
            reads_of_statement(con, "select from where")


def test_a_copied_checkout_reads_its_own_seeds(tmp_path):
    """The parsed project holds absolute paths: in a copy, with what dbt had kept, it must be parsed anew."""
    from wengang.warehouse.dbt_runner import Dbt, manifest_file

    _ = Dbt(Settings(home=tmp_path / "home")).manifest
    copy = tmp_path / "copy"
    for folder in ("dbt_project", "seeds", "wengang"):
        shutil.copytree(
            ROOT / folder,
            copy / folder,
            symlinks=True,
            ignore=shutil.ignore_patterns("target", "logs", "__pycache__"),
        )
    kept = copy / "dbt_project" / "target" / manifest_file().name
    kept.parent.mkdir(parents=True)
    shutil.copy(manifest_file(), kept)
    code = (
        "from pathlib import Path\nfrom wengang.core.settings import Settings\nfrom wengang.warehouse.dbt_runner import Dbt\n"
        "m = Dbt(Settings(home=Path('home'))).manifest\nprint({n.root_path for n in m.nodes.values() if n.resource_type == 'seed'})"
    )
    environment = {k: v for k, v in os.environ.items() if k != "WENGANG_DBT_TARGET"} | {
        "PYTHONPATH": str(copy)
    }
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == str({str(copy / "dbt_project")})
