"""Count the headline figures again: the files in force are read here anew, and each figure is one statement of its own.

Business rules are written a second time on purpose. Nothing here may use a model, a macro or a staging view.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from wengang.lake import Delivery, read_lake
from wengang.periods import Period
from wengang.recount import statements
from wengang.settings import Settings

COLUMNS = "period date, section varchar, measure varchar, dimension varchar, dimension_value varchar, recounted decimal(18, 6)"

# What the statements read: the key that a later row of an event source supersedes an earlier one by; none: a snapshot.
KEYS = {
    "benefit_payments": "payment_no",
    "contributions": "employer_id, person_id, fee_month, pay_kind, voucher_no",
    "fund_ledger": "region_code, month, item",
    "programme_payments": "batch_no, line_no",
    "skill_applications": "application_no",
}


def recount_tables(con: duckdb.DuckDBPyConnection) -> None:
    """Make the empty table that the recount fills."""
    con.execute("create schema if not exists back")
    con.execute(f"create or replace table back.recounts ({COLUMNS})")


def recount(con: duckdb.DuckDBPyConnection, settings: Settings, period: Period) -> None:
    """Count the month's headline figures from the lake into `back.recounts`.

    A figure whose source was never delivered is not known. Parameters are read as data, from `policy`.
    """
    recount_tables(con)
    known = read_lake(settings).through(period).current()
    register_files(con, settings, known)
    delivered = {d.source for d in known}
    rows: list[tuple[object, ...]] = []
    for sources, statement in statements.ALL:
        if all(s in delivered for s in sources):
            given = {"period": period.first_day, "last": period.last_day}
            used = {name: day for name, day in given.items() if f"${name}" in statement}
            rows += con.execute(statement, used).fetchall()
    for section, measure, dimension, value, figure in rows:
        con.execute(
            "insert into back.recounts values (?, ?, ?, ?, ?, ?)",
            [period.first_day, section, measure, dimension, value, figure],
        )
    for name in [*KEYS, "employers"]:
        con.execute(f"drop view if exists temp.lake_{name}")


def register_files(con: duckdb.DuckDBPyConnection, settings: Settings, known: list[Delivery]) -> None:
    """Show the files in force as they are: an event source's last word on each key, the employers of each region's newest period."""
    for source, key in KEYS.items():
        files = paths(settings, known, source)
        if files:
            con.execute(
                f"create or replace temp view lake_{source} as select * from read_parquet([{files}], union_by_name = true)"
                f" qualify row_number() over (partition by {key} order by _period desc, _file desc, _seq desc) = 1"
            )
    files = paths(settings, known, "employers")
    if files:
        con.execute(
            f"""
            create or replace temp view lake_employers as
            with files as (select * from read_parquet([{files}], union_by_name = true)),
            newest as (select region_code, max(_period) as _period from files group by region_code)
            select f.* from files as f join newest as n on f.region_code = n.region_code and f._period = n._period
            qualify row_number() over (partition by f.employer_id order by f._period desc, f._file desc, f._seq desc) = 1
            """
        )


def paths(settings: Settings, known: list[Delivery], source: str) -> str:
    """List a source's lake files for SQL."""
    files: list[Path] = [settings.lake_dir / d.lake_file for d in known if d.source == source and d.lake_file]
    return ", ".join("'" + str(f.resolve()).replace("'", "''") + "'" for f in files)
