"""Restatement: a published month is built again only on purpose, with a reason, and says what has changed and why."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from wengang.core.callers_files import read_callers_file
from wengang.core.errors import PublicationError, UsageError
from wengang.core.journal import append_journal, read_journal
from wengang.core.periods import Period
from wengang.core.settings import Settings
from wengang.core.sql import quote
from wengang.core.text import safe_cell
from wengang.months.changes_since import CODE_CAUSE, code_cause, published_record, since_published
from wengang.months.closed import RESTATEMENTS, open_restatement
from wengang.months.published import (
    checked_revision,
    latest_revision,
    newest_manifest,
    published_periods,
    revision_dir,
)
from wengang.months.published_tables import published_differences
from wengang.months.stale import changed_since_published

FIGURE_KEYS = ("reporting_unit", "section", "measure", "dimension", "dimension_value")
VALUES = ("value", "value_year_to_date", "value_same_month_last_year")
PUBLISHED_STEP = -1
# What is kept of each step of a replay: its figures, and of the decisions no person and no account.
REPLAYED_TABLES = {"figures": "report_figures", "refunds": "refund_decisions", "skills": "skill_decisions"}
REFUND_COLUMNS = (
    "programme_year", "employer_id", "region_code", "employer_name", "size_class", "average_insured", "claimants", "months_paid_in_full",
    "arrears", "contribution_base", "refund_ratio", "refund_amount", "decision", "failed_rules", "unknown_rules", "paid_amount",
    "returned_amount", "payable_amount", "recoverable_amount", "account_status", "notice_status",
)  # fmt: skip
SKILL_COLUMNS = (
    "application_no", "region_code", "applied_on", "level", "insured_months", "amount", "decision", "failed_rules", "unknown_rules",
    "paid_amount", "payable_amount", "recoverable_amount",
)  # fmt: skip
REPLAYED = {
    "figures": {**dict.fromkeys(FIGURE_KEYS, "varchar"), **dict.fromkeys(VALUES, "decimal(18, 6)")},
    "refunds": dict.fromkeys(REFUND_COLUMNS, "varchar"),
    "skills": dict.fromkeys(SKILL_COLUMNS, "varchar"),
}


@dataclass(frozen=True)
class Replayed:
    """A published month built again, one change after another: each step's cause, and the folders of the steps' tables.

    The last step, all changes made, is the build itself and has no folder.
    """

    steps: list[tuple[int, str]]
    folders: list[tuple[int, Path]]


def open_restatements(
    settings: Settings, periods: Sequence[Period], reason_file: Path, code: str
) -> list[dict[str, Any]]:
    """Open the restatement of published months, with its reason and causes, in the journal; returns the records. `code`: digest of today's.

    Raises UsageError without a reason, PublicationError where a month is not published, where nothing of it has changed, or where an
    earlier published month is stale and not among them: decisions remember, so months are restated in order.
    """
    try:
        reason = read_callers_file(reason_file, "no_reason_file", settings.home).decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        reason = ""
    if not reason:
        raise UsageError("no_reason_file", place=str(reason_file))
    stale = changed_since_published(settings)
    for period in periods:
        check_restatable(settings, period, stale)
    before = [m for m in stale if m < max(periods) and m not in periods]
    if before:
        names = ", ".join(map(str, before))
        first, last = min([*before, *periods]), max(periods)
        raise PublicationError("earlier_stale", names=names, first=first, last=last)
    reported_in = max(published_periods(settings)[-1], *periods).plus(1)
    records = [
        {
            "event": "opened",
            "period": str(period),
            "revision": (latest_revision(settings, period) or 0) + 1,
            "reason": reason,
            "reason_sha256": hashlib.sha256(reason.encode()).hexdigest(),
            "causes": causes_of(settings, period, code),
            "reported_in": str(reported_in),
            "at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        }
        for period in periods
    ]
    append_journal(settings.journal_dir / RESTATEMENTS, records)
    return records


def causes_of(settings: Settings, period: Period, code: str) -> list[str]:
    """Return what has changed since a month was published: the code where it is known to make other rows, files, parameters."""
    published = (newest_manifest(settings, period) or {}).get("code", {})
    is_code = period in published_differences(settings.warehouse_file)
    return [*([code_cause(published, code)] if is_code else []), *since_published(settings, period).causes]


def check_restatable(settings: Settings, period: Period, stale: Sequence[Period]) -> None:
    """Refuse a month that is not published, or of which nothing has changed."""
    if latest_revision(settings, period) is None:
        raise PublicationError("nothing_to_restate", period=period)
    if period not in stale:
        raise PublicationError("nothing_changed", period=period)


def back_tables(con: duckdb.DuckDBPyConnection) -> None:
    """Make the empty tables that a restatement fills inside the build."""
    keys = ", ".join(f"{k} varchar" for k in FIGURE_KEYS)
    con.execute("create schema if not exists back")
    con.execute(
        f"create or replace table back.restatements (period date, revision integer, {keys}, figure_column varchar,"
        " old_value decimal(18, 6), new_value decimal(18, 6), cause varchar, reported_in date)"
    )
    con.execute("create or replace table back.restating (period date, revision integer, reported_in date)")
    con.execute("create or replace table back.restating_steps (step integer, cause varchar)")
    for name, columns in REPLAYED.items():
        typed = ", ".join(f"{column} {kind}" for column, kind in columns.items())
        con.execute(f"create or replace table back.replayed_{name} (step integer, {typed})")


def register_restatement(
    con: duckdb.DuckDBPyConnection,
    settings: Settings,
    period: Period,
    replayed: Replayed | None = None,
) -> None:
    """Write for one month's build the revisions on record, and, where one is open, what was published before it and what each change made
    of that.

    Without a replay all that has changed is one cause.
    """
    back_tables(con)
    day = period.first_day
    rows = [
        (day, r["revision"], *figure, Period.parse(r["reported_in"]).first_day)
        for r in read_journal(settings.journal_dir / RESTATEMENTS)
        if r["period"] == str(period) and r["event"] == "published"
        for figure in r["figures"]
    ]
    if rows:
        con.executemany(f"insert into back.restatements values ({', '.join('?' * len(rows[0]))})", rows)
    opened = open_restatement(settings, period)
    published = latest_revision(settings, period)
    if opened is None or published is None:
        return
    reported_in = Period.parse(opened["reported_in"]).first_day
    con.execute("insert into back.restating values (?, ?, ?)", [day, opened["revision"], reported_in])
    steps = replayed.steps if replayed else [(1, ";".join(since_published(settings, period).causes))]
    con.executemany("insert into back.restating_steps values (?, ?)", steps)
    take_step(con, PUBLISHED_STEP, checked_revision(settings, period, published) / "tables")
    for step, folder in replayed.folders if replayed else ():
        take_step(con, step, folder)


def take_step(con: duckdb.DuckDBPyConnection, step: int, folder: Path) -> None:
    """Take a step's figures and decisions in from a folder of tables."""
    for name, table in REPLAYED_TABLES.items():
        names = ", ".join(f"cast({column} as {kind}) as {column}" for column, kind in REPLAYED[name].items())
        con.execute(
            f"insert into back.replayed_{name} by name select {step} as step, {names} from read_parquet(?)",
            [str(folder / f"{table}.parquet")],
        )


def write_step(con: duckdb.DuckDBPyConnection, period: Period, folder: Path) -> None:
    """Write a replayed month's tables into a folder, for `take_step`."""
    folder.mkdir()
    for name, table in REPLAYED_TABLES.items():
        target = quote(str(folder / f"{table}.parquet"))
        con.execute(
            f"copy (select {', '.join(REPLAYED[name])} from marts.{table} where period = date '{period.first_day}')"
            f" to {target} (format parquet)"
        )


def carried_cause(settings: Settings, period: Period) -> str:
    """Name what changed the months before, restated since this one was published: its figures of the year rest on theirs."""
    at = published_record(settings, period)["at"]
    found = {
        cause: None
        for r in read_journal(settings.journal_dir / RESTATEMENTS)
        if r["event"] == "opened" and r["period"] < str(period) and r["at"] >= at
        for cause in r["causes"]
    }
    return ";".join(found or since_published(settings, period).causes)


def restatement_extra(
    settings: Settings, period: Period, revision: int | None = None
) -> Callable[[duckdb.DuckDBPyConnection, Path], None] | None:
    """Return what a restated month's package holds besides: the reason, the causes, the employers and applications behind the change.

    `revision`: of a final package; None: of the draft. None is returned where the month is not being restated.
    """
    opened = open_restatement(settings, period)
    if opened is None or (revision is not None and revision != opened["revision"]):
        return None

    def write(con: duckdb.DuckDBPyConnection, folder: Path) -> None:
        target = folder / "restatement"
        target.mkdir(parents=True, exist_ok=True)
        (target / "reason.txt").write_text(opened["reason"] + "\n", encoding="utf-8")
        code = [c for c in opened["causes"] if c.startswith(CODE_CAUSE)]
        causes = [*code, *since_published(settings, period).causes]
        write_rows(target / "causes.csv", ["cause"], [[c] for c in causes])
        for name, programme in (("employers", "refund"), ("applications", "skill")):
            write_behind(con, period, opened["revision"], programme, target / f"{name}.csv")

    return write


BEHIND = (
    "programme_year",
    "subject_id",
    "region_code",
    "reporting_unit",
    "column_name",
    "old_value",
    "new_value",
    "cause",
)


def write_behind(
    con: duckdb.DuckDBPyConnection, period: Period, revision: int, programme: str, target: Path
) -> None:
    """Write one line for each column of each decision that is not what was published: key, unit, column, old, new, cause."""
    rows = con.execute(
        f"select {', '.join(BEHIND)} from marts.restated_decisions where period = ? and revision = ? and programme = ?"
        " order by all",
        [period.first_day, revision, programme],
    ).fetchall()
    write_rows(target, BEHIND, rows)
    target.chmod(0o600)


def write_rows(target: Path, names: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Write a CSV that Excel opens as UTF-8; a text that would be a formula stands after an apostrophe."""
    with target.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(names)
        writer.writerows([[safe_cell(v) for v in row] for row in rows])


def note_restated(settings: Settings, period: Period, revision: int) -> None:
    """Keep in the journal, once, the figures that a published restatement replaced."""
    path = settings.journal_dir / RESTATEMENTS
    records = [r for r in read_journal(path) if r["period"] == str(period) and r["revision"] == revision]
    opened = [r for r in records if r["event"] == "opened"]
    if not opened or any(r["event"] == "published" for r in records):
        return
    table = revision_dir(settings, period, revision) / "tables" / "restatements.parquet"
    names = ", ".join(
        (*FIGURE_KEYS, "figure_column", "cast(old_value as varchar)", "cast(new_value as varchar)", "cause")
    )
    with duckdb.connect() as connection:
        rows = connection.execute(
            f"select {names} from read_parquet(?) where revision = ? order by all", [str(table), revision]
        ).fetchall()
    known = {
        k: opened[-1][k] for k in ("period", "revision", "reason", "reason_sha256", "causes", "reported_in")
    }
    append_journal(path, [{**known, "event": "published", "figures": [list(r) for r in rows]}])
