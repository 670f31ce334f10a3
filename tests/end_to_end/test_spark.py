"""Both engines on one lake: what Spark's tables hold is what DuckDB's hold, cell by cell. Run by `make test-spark`."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

ROOT = Path(__file__).resolve().parents[2]
PERIODS = ("2024-05", "2024-06")

pytestmark = [
    pytest.mark.spark,
    pytest.mark.skipif(
        shutil.which("java") is None and "JAVA_HOME" not in os.environ,
        reason="Spark needs Java 17, and there is none here",
    ),
    pytest.mark.skipif(
        importlib.util.find_spec("pyspark") is None, reason="PySpark is not installed: run `make test-spark`"
    ),
]


def run(*command: object, **variables: str) -> None:
    done = subprocess.run(
        [*map(str, command)], env=os.environ | variables, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-6000:]


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A made-up province with planted faults: two months built on DuckDB, and on Spark from the same lake.

    The second month is built by another process, which `spark-submit` starts, and with a configuration of the cluster's.
    """
    home = tmp_path_factory.mktemp("engines") / "home"
    # the system's own environment: Spark's holds no validation and no report
    wengang = ROOT / ".venv" / "bin" / "wengang"
    months = ("--months", "..".join(PERIODS), "--employers", 60, "--faults")
    run(wengang, "sample", "--home", home, *months, "--quiet")
    for period in PERIODS:
        run(wengang, "run", period, "--home", home, "--quiet")
    folder = home / "spark"
    where = ("--home", home, "--folder", folder)
    run(sys.executable, "-m", "wengang.warehouse.engines.spark", PERIODS[0], *where)
    configuration = home / "spark-conf"
    configuration.mkdir()
    (configuration / "spark-defaults.conf").write_text(
        "spark.sql.shuffle.partitions 3\nspark.sql.session.timeZone Asia/Shanghai\n", encoding="utf-8"
    )
    engine = ROOT / "wengang" / "warehouse" / "engines" / "spark.py"
    submit = (Path(sys.executable).parent / "spark-submit", "--master", "local[1]", engine)
    run(*submit, PERIODS[1], *where, SPARK_CONF_DIR=str(configuration), PYSPARK_PYTHON=sys.executable)
    return home, folder


def test_the_clusters_settings_are_kept_but_for_what_the_meaning_rests_on(built):
    _, folder = built
    settings = json.loads((folder / "steps.json").read_text(encoding="utf-8"))["settings"]
    assert settings["spark.master"] == "local[1]"
    assert settings["spark.sql.shuffle.partitions"] == "3"
    assert settings["spark.sql.session.timeZone"] == "UTC"


def names_and_types(con: duckdb.DuckDBPyConnection, schema: str, table: str) -> list[tuple[str, str]]:
    return con.execute(
        "select column_name, data_type from duckdb_columns() where database_name = 'duck' and schema_name = ? and table_name = ?"
        " order by column_index",
        [schema, table],
    ).fetchall()


def differing(
    con: duckdb.DuckDBPyConnection, schema: str, table: str, folder: Path, period: str | None
) -> list[str]:
    """Rows that only one engine has, of one table and period; a row counts as often as it occurs. Bytes of text, not collation, decide."""
    columns = names_and_types(con, schema, table)
    assert columns, f"{schema}.{table} has no columns"
    casts = ", ".join(f"cast({name} as {kind}) as {name}" for name, kind in columns)
    names = ", ".join(name for name, _ in columns)
    where = f"where period = date '{period}-01'" if period else ""
    files = sorted(folder.rglob("*.parquet"))
    assert folder.exists(), f"{schema}.{table} is missing on Spark"
    con.execute(f"create or replace temp table ours as select {names} from duck.{schema}.{table} {where}")
    if files:
        source = f"read_parquet('{folder}/**/*.parquet', hive_partitioning = true)"
        con.execute(f"create or replace temp table theirs as select {casts} from {source} {where}")
    else:
        con.execute("create or replace temp table theirs as select * from ours where false")
    found = []
    for side, one, other in (("DuckDB", "ours", "theirs"), ("Spark", "theirs", "ours")):
        rows = con.execute(
            f"select * from {one} except all select * from {other} order by all limit 3"
        ).fetchall()
        found += [f"{schema}.{table} {period or ''} only {side}: {row}" for row in rows]
    return found


@pytest.fixture(scope="module")
def duck(built):
    home, _ = built
    with duckdb.connect(":memory:") as con:
        con.execute(f"attach '{home / 'warehouse' / 'wengang.duckdb'}' as duck (read_only)")
        yield con


def relations(con: duckdb.DuckDBPyConnection, schema: str) -> list[str]:
    rows = con.execute(
        "select table_name from information_schema.tables where table_catalog = 'duck' and table_schema = ? order by 1",
        [schema],
    ).fetchall()
    return [name for (name,) in rows]


def test_every_cell_of_every_published_table(built, duck):
    _, folder = built
    tables = relations(duck, "marts")
    assert "refund_decisions" in tables and "report_figures" in tables
    found = [
        line
        for table in tables
        for period in PERIODS
        for line in differing(duck, "marts", table, folder / "tables" / "marts.db" / table, period)
    ]
    assert not found, "\n".join(found)
    # The comparison has something to compare: every employer insured in the base year, twice; leads; the report.
    for table in (
        "refund_decisions",
        "refund_rule_outcomes",
        "skill_decisions",
        "risk_leads",
        "report_figures",
        "fund_projection",
    ):
        (months,) = duck.execute(f"select count(distinct period) from duck.marts.{table}").fetchone()
        assert months == len(PERIODS), table


def test_every_cell_of_every_list_of_the_last_month(built, duck):
    _, folder = built
    lists = relations(duck, "lists")
    assert "refund_transfers" in lists
    found = [
        line
        for name in lists
        for line in differing(duck, "lists", name, folder / "lists" / PERIODS[-1] / name, None)
    ]
    assert not found, "\n".join(found)
