"""The same models on Spark: the lake's Parquet files as they are, the run's context beside them, the months built in order.

`python -m wengang.warehouse.engines.spark --home HOME --folder FOLDER 2024-05 2024-06` builds what `wengang.warehouse.build` builds on DuckDB.
Where Spark runs is for its own settings to say (`spark-defaults.conf`, `spark-submit`); without any it is this machine.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

import duckdb

from wengang.contracts import Contract, load_contracts
from wengang.core.errors import UsageError, WengangError
from wengang.core.periods import Period
from wengang.core.settings import Settings
from wengang.lake.deliveries import LakeState, in_force, lake_columns, open_clause, read_lake
from wengang.policy import PolicySet, check_needed, load_policy
from wengang.publication.restate import register_restatement
from wengang.warehouse.build import LEFT_OUT_TESTS, REPORT_MODELS, compute_back, prepare_back
from wengang.warehouse.dbt_runner import Dbt
from wengang.warehouse.run_context import (
    FACTS_TABLE,
    PERSON_FACTS_TABLE,
    changed_files,
    register_policy,
    register_run,
    rejects_columns,
    rejects_files,
    remember_facts,
)

# What the models' meaning rests on; everything else is the cluster's business.
MEANING = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.legacy.createHiveTableByDefault": "false",
    "spark.sql.sources.partitionColumnTypeInference.enabled": "false",
}
# For one small machine, where nothing else is said.
BEFORE_START = {"MASTER": "local[2]", "SPARK_DRIVER_MEMORY": "3g"}
LOCAL = {
    "spark.sql.shuffle.partitions": "2",
    "spark.sql.adaptive.enabled": "false",
    "spark.ui.enabled": "false",
    "spark.sql.catalogImplementation": "in-memory",
    # Hundreds of small queries: compiling each costs more than running it.
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
}
SCHEMAS = ("run", "lake", "policy", "back", "reference", "staging", "intermediate", "marts", "lists")
# What the projection and the recount look at.
READ_BACK = (
    "intermediate.int_expansion_parameters",
    "intermediate.int_refund_decided",
    "intermediate.int_refund_profiles",
    "intermediate.int_refund_settings",
    "intermediate.int_skill_applications",
    "marts.expansion_decisions",
    "marts.expansion_rule_outcomes",
    "marts.fund_gaps",
    "marts.fund_months",
    "marts.refund_decisions",
    "marts.refund_rule_outcomes",
    "marts.risk_leads",
    "marts.skill_decisions",
    "marts.skill_rule_outcomes",
)
SPARK_TYPES = {"varchar": "string", "integer": "int"}


class SparkDbt(Dbt):
    """dbt on the Spark session of this process."""

    options: ClassVar[tuple[str, ...]] = ("--target", "spark")


class SparkWarehouse:
    """Tables of one home on Spark; `folder` holds what is handed to it, and its tables where no catalogue says otherwise."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self.settings = settings
        self.folder = folder.resolve()
        self.context_file = self.folder / "context.duckdb"
        self.given = self.folder / "given"
        self.tables = self.folder / "tables"
        self.catalogue = self.folder / "catalogue.json"
        self.seconds: dict[str, float] = {}
        self.folder.mkdir(parents=True, exist_ok=True)
        os.environ["WENGANG_DBT_TARGET"] = str(self.folder / "dbt")
        self.spark = self._session()
        for schema in SCHEMAS:
            self.spark.sql(f"create schema if not exists {schema}")
        self._find_tables()
        self.dbt = SparkDbt(settings, self.context_file)
        self.is_seeded = False

    def _session(self) -> Any:
        from pyspark import SparkContext
        from pyspark.conf import SparkConf
        from pyspark.sql import SparkSession

        # What the cluster says is known only once a JVM has read it; what must be said before that has variables of its own, which
        # `spark-defaults.conf` and `spark-submit` go before.
        for name, value in BEFORE_START.items():
            os.environ.setdefault(name, value)
        SparkContext._ensure_initialized()
        given = SparkConf(_jvm=SparkContext._jvm)
        builder = SparkSession.builder.appName("wengang")
        for key, value in {**LOCAL, "spark.sql.warehouse.dir": str(self.tables)}.items():
            if not given.contains(key):
                builder = builder.config(key, value)
        for key, value in MEANING.items():
            builder = builder.config(key, value)
        session = builder.getOrCreate()
        session.sparkContext.setLogLevel("ERROR")
        return session

    def settings_of_spark(self) -> dict[str, str]:
        """Return the settings that the session runs with, of those that this module names."""
        names = ["spark.master", "spark.driver.memory", *LOCAL, *MEANING]
        return {name: str(self.spark.conf.get(name, None)) for name in names}

    def _find_tables(self) -> None:
        """Show the tables of an earlier process to this one, where the catalogue is this process's own.

        A table that grows by period is shown as it was made, with its partitions; one that every build makes anew is removed.
        """
        made = json.loads(self.catalogue.read_text(encoding="utf-8")) if self.catalogue.exists() else {}
        for place in sorted(self.tables.glob("*.db/*")):
            name = f"{place.parent.stem}.{place.name}"
            if self.spark.catalog.tableExists(name):
                continue
            if name not in made:
                shutil.rmtree(place)
                continue
            # Spark makes no table where files are: they stand aside meanwhile.
            aside = place.with_name(f"{place.name}__aside")
            place.rename(aside)
            self.spark.sql(made[name])
            shutil.rmtree(place, ignore_errors=True)
            aside.rename(place)
            is_by_period = "PARTITIONED BY" in made[name]
            self.spark.sql(
                f"alter table {name} recover partitions" if is_by_period else f"refresh table {name}"
            )

    def _note_tables(self) -> None:
        """Note how the tables that grow by period were made."""
        growing = [
            f"{node.schema}.{node.name}"
            for node in self.dbt.manifest.nodes.values()
            if node.resource_type == "model" and node.config.materialized == "incremental"
        ]
        made = {
            name: self.spark.sql(f"show create table {name}").collect()[0][0]
            for name in sorted(growing)
            if self.spark.catalog.tableExists(name)
        }
        self.catalogue.write_text(json.dumps(made, indent=1), encoding="utf-8")

    def build(self, period: Period, policy: PolicySet, state: LakeState) -> None:
        """Build one month: marts, then what Python computes from them, then the report's models, then every test."""
        with duckdb.connect(str(self.context_file)) as con:
            register_run(con, self.settings, period, state)
            register_policy(con, policy)
            prepare_back(con)
            register_restatement(con, self.settings, period)
            self._give(con, ("run", "policy", "back"))
            self._show_lake(con, period, state.through(period))
        if not self.is_seeded:
            self._timed("seed", lambda: self.dbt.invoke("seed"))
            self.is_seeded = True
        self._timed(f"{period} models", lambda: self.dbt.invoke("run", exclude=[REPORT_MODELS]))
        with duckdb.connect(str(self.context_file)) as con:
            self._show_models(con)
            compute_back(con, self.settings, period)
            self._give(con, ("back",))
        self._timed(f"{period} report", lambda: self.dbt.invoke("run", REPORT_MODELS))
        self._timed(f"{period} tests", lambda: self.dbt.invoke("test", exclude=LEFT_OUT_TESTS))
        with duckdb.connect(str(self.context_file)) as con:
            remember_facts(con, period, state)
            con.execute(f"create table if not exists {FACTS_TABLE} (period date)")
        self._note_tables()

    def write_lists(self, period: Period) -> None:
        """Write what the month's package contains, one folder per list."""
        views = self.spark.sql("show views in lists").collect()
        for row in (v for v in views if not v.isTemporary):
            target = self.folder / "lists" / str(period) / row.viewName
            self.spark.table(f"lists.{row.viewName}").write.mode("overwrite").parquet(str(target))

    def _timed(self, name: str, step: Any) -> None:
        started = time.monotonic()
        step()
        self.seconds[name] = round(time.monotonic() - started, 1)

    def _give(self, con: duckdb.DuckDBPyConnection, schemas: Sequence[str]) -> None:
        """Hand over what was written for the run, as tables over Parquet files."""
        for schema in schemas:
            names = con.execute(
                "select table_name from information_schema.tables where table_schema = ? and table_type = 'BASE TABLE' order by table_name",
                [schema],
            ).fetchall()
            for (name,) in names:
                place = self.given / schema / name
                shutil.rmtree(place, ignore_errors=True)
                place.mkdir(parents=True)
                con.execute(f"copy {schema}.{name} to '{place}/rows.parquet' (format parquet)")
                self.spark.sql(f"drop table if exists {schema}.{name}")
                self.spark.sql(f"create table {schema}.{name} using parquet location '{place}'")

    def _show_lake(self, con: duckdb.DuckDBPyConnection, period: Period, known: LakeState) -> None:
        """Show the lake's files in force as views, and those that the facts have not seen; facts of a later month are dropped."""
        contracts = load_contracts()
        for contract in contracts.values():
            paths = [d.lake_file for d in in_force(contract, known) if d.lake_file]
            self._view(f"lake.{contract.source}", contract, paths, open_clause(contract, known))
        self._view("run.changed_contributions", contracts["contributions"], changed_files(con, period, known))
        found = con.execute(
            "select 1 from information_schema.tables where table_name = 'int_employer_months'"
        ).fetchall()
        if not found:
            for table in (FACTS_TABLE, PERSON_FACTS_TABLE):
                self.spark.sql(f"drop table if exists {table}")
        columns = con.execute("describe lake.rejects").fetchall()
        own = ", ".join(name for name, *_ in columns if name != "period")
        empty = ", ".join(f"cast(null as {spark_type(kind)}) as {name}" for name, kind, *_ in columns)
        for name, files in rejects_files(period, known).items():
            bodies = [
                f"select date '{period.first_day}' as period, {rejects_columns(name, own)} from parquet.`{self._path(f)}`"
                for f in files
            ]
            self.spark.sql(
                f"create or replace view lake.{name} as {' union all '.join(bodies) or f'select {empty} where false'}"
            )

    def _view(self, name: str, contract: Contract, files: Sequence[str], where: str = "") -> None:
        columns = lake_columns(contract)
        names = ", ".join(column for column, _ in columns)
        bodies = [f"select {names} from parquet.`{self._path(f)}`{where}" for f in files]
        empty = ", ".join(f"cast(null as {spark_type(kind)}) as {column}" for column, kind in columns)
        self.spark.sql(
            f"create or replace view {name} as {' union all '.join(bodies) or f'select {empty} where false'}"
        )

    def _path(self, file: str) -> Path:
        return (self.settings.lake_dir / file).resolve()

    def _show_models(self, con: duckdb.DuckDBPyConnection) -> None:
        """Show the models that Python computes from where it can query them: read back from Spark's own files."""
        for name in READ_BACK:
            rows = self.spark.table(name).toArrow()  # noqa: F841 - named in the statement below
            con.execute(f"create or replace table {name} as select * from rows")


def spark_type(kind: str) -> str:
    """Return Spark's name of a lake type."""
    return SPARK_TYPES.get(kind.lower(), kind)


def check_folder(folder: Path) -> None:
    """Raise UsageError where the folder is an address: `Path` would make a local folder of it."""
    if re.match(r"[a-z][a-z0-9+.-]*:/", str(folder)):
        raise UsageError("spark_folder_address", folder=folder)


def main(arguments: Sequence[str] | None = None) -> int:
    """Build months of a home on Spark; FOLDER/steps.json says the seconds by step and the settings."""
    parser = argparse.ArgumentParser(prog="python -m wengang.warehouse.engines.spark", description=__doc__)
    parser.add_argument("periods", nargs="+", metavar="PERIOD")
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument(
        "--folder", type=Path, required=True, help="for Spark's tables, lists and what is handed to it"
    )
    parser.add_argument("--policy", type=Path)
    options = parser.parse_args(arguments)
    settings = Settings(home=options.home, **({"policy": options.policy} if options.policy else {}))
    try:
        check_folder(options.folder)
        state = read_lake(settings)
        policy = load_policy(settings.policy, settings.jurisdiction)
        periods = [Period.parse(text) for text in options.periods]
        for period in periods:
            check_needed(policy, period, state.months[0] if state.months else None)
        warehouse = SparkWarehouse(settings, options.folder)
        for period in periods:
            warehouse.build(period, policy, state)
            warehouse.write_lists(period)
    except WengangError as error:
        print(error, file=sys.stderr)
        return 1
    done = {"seconds": warehouse.seconds, "settings": warehouse.settings_of_spark()}
    (options.folder / "steps.json").write_text(json.dumps(done, indent=2), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
