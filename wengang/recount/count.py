"""Count the headline figures again: the files in force are read here anew, and each figure is one statement of its own.

Business rules are written a second time on purpose. Nothing here may use a macro or a staging view; the few published rows that are
taken as they are (outcomes of rules, size classes, leads raised) are named in `programmes`.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

import duckdb

from wengang.contracts import load_contracts
from wengang.core.periods import Period
from wengang.core.settings import Settings
from wengang.lake.deliveries import Delivery, files_relation, read_lake
from wengang.recount import programmes, statements

COLUMNS = "period date, section varchar, measure varchar, dimension varchar, dimension_value varchar, recounted decimal(18, 6)"

# What the statements read: the key that a later row of a source supersedes an earlier one by.
KEYS = {
    "benefit_payments": "payment_no",
    "deferrals": "employer_id, from_month",
    "expansion_applications": "application_no",
    "contributions": "employer_id, person_id, fee_month, pay_kind, voucher_no",
    "fund_ledger": "region_code, month, item",
    "programme_payments": "batch_no, line_no",
    "recoveries": "case_no, entry_no",
    "review_outcomes": "programme, subject_id, case when programme = 'refund' then programme_year end, decided_on",
    "skill_applications": "application_no",
}
# Snapshots: the newest period's files are the whole state.
SNAPSHOTS = {
    "certificates": "cert_no",
    "dispatch_assignments": "dispatch_employer_id, person_id, start_month",
}
VIEWS = (*KEYS, *SNAPSHOTS, "contribution_rows", "employers")


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
    given = {"period": period.first_day, "last": period.last_day}
    recount_refunds(con, given)
    rows: list[tuple[object, ...]] = []
    for sources, statement in statements.ALL:
        if all(s in delivered for s in sources):
            rows += run_statement(con, statement, given)
    for section, measure, dimension, value, figure in rows:
        con.execute(
            "insert into back.recounts values (?, ?, ?, ?, ?, ?)",
            [period.first_day, section, measure, dimension, value, figure],
        )
    con.execute("drop table temp.recounted_refunds")
    for name in VIEWS:
        con.execute(f"drop view if exists temp.lake_{name}")


def recount_refunds(con: duckdb.DuckDBPyConnection, given: dict[str, dt.date]) -> None:
    """Decide every employer's refund again, year by year, into the temporary table `recounted_refunds`."""
    run_statement(con, programmes.REFUNDS, given)
    for year, base_from, base_to, upto in run_statement(con, programmes.OPEN_YEARS, given):
        own = {"year": year, "base_from": base_from, "base_to": base_to, "upto": upto}
        run_statement(con, programmes.REFUND_YEAR, given | own)


def run_statement(
    con: duckdb.DuckDBPyConnection, statement: str, given: Mapping[str, object]
) -> list[tuple[Any, ...]]:
    """Run a statement with those of the values that it names."""
    names = set(re.findall(r"\$(\w+)", statement))
    return con.execute(statement, {name: given[name] for name in names}).fetchall()


def register_files(con: duckdb.DuckDBPyConnection, settings: Settings, known: list[Delivery]) -> None:
    """Show the files in force as they are, as views `lake_…`: the last word on each key, the employers of each region's newest period.

    A source that was never delivered is a view of no rows.
    """
    contracts = load_contracts()
    for source, key in {**KEYS, **SNAPSHOTS}.items():
        files = [d for d in known if d.source == source]
        newest = max((d.period for d in files), default=None)
        if source in SNAPSHOTS:
            files = [d for d in files if d.period == newest]
        rows = files_relation(settings, contracts[source], [d.lake_file for d in files if d.lake_file])
        con.execute(
            f"create or replace temp view lake_{source} as select * from ({rows})"
            f" qualify row_number() over (partition by {key} order by _period desc, _file desc, _seq desc) = 1"
        )
        if source == "contributions":
            con.execute(f"create or replace temp view lake_contribution_rows as {rows}")
    registers = [d.lake_file for d in known if d.source == "employers" and d.lake_file]
    con.execute(
        f"""
        create or replace temp view lake_employers as
        with files as ({files_relation(settings, contracts["employers"], registers)}),
        newest as (select region_code, max(_period) as _period from files group by region_code)
        select f.* from files as f join newest as n on f.region_code = n.region_code and f._period = n._period
        qualify row_number() over (partition by f.employer_id order by f._period desc, f._file desc, f._seq desc) = 1
        """
    )
