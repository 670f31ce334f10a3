"""Evaluate a month's expectations on views that show the month's rows alone, and keep the results as rows and pages."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

import duckdb

from wengang.contracts import Contract, load_contracts
from wengang.contracts.models import published_columns
from wengang.core.periods import Period
from wengang.core.settings import Settings
from wengang.core.sql import quote
from wengang.lake.deliveries import files_relation, read_lake
from wengang.months.validated import not_passed, note_outcome
from wengang.quality.suites import (
    Expectation,
    expectation_of_types,
    expectations_of_contract,
    read_suites,
)

Outcome = Literal["met", "failed", "not_evaluated"]


@dataclass(frozen=True)
class Result:
    """How one expectation ended; `failing_rows` counts the offending rows (null where it could not be evaluated)."""

    expectation_id: str
    table_name: str
    severity: str
    title_zh: str
    title_en: str
    outcome: Outcome
    failing_rows: int | None
    detail: str


@dataclass
class Verdict:
    """All results of a month."""

    results: list[Result] = field(default_factory=list)

    def failed(self, severity: str) -> list[Result]:
        """Results of one severity that are not met: failed, or could not be evaluated."""
        return [r for r in self.results if r.severity == severity and r.outcome != "met"]

    @property
    def is_critical(self) -> bool:
        """Return a critical expectation failed or could not be evaluated."""
        return bool(self.failed("critical"))

    @property
    def notes(self) -> list[tuple[str, str]]:
        """Sentences about the critical ones that are not met."""
        state = {"failed": ("不符", "failed"), "not_evaluated": ("无法评估", "could not be evaluated")}
        return [
            (
                f"[校验 {r.expectation_id}] {r.title_zh}：{state[r.outcome][0]} {r.failing_rows or ''} {r.detail}".strip(),
                f"[Expectation {r.expectation_id}] {r.title_en}: {state[r.outcome][1]} {r.failing_rows or ''} {r.detail}".strip(),
            )
            for r in self.failed("critical")
        ]

    @property
    def summary(self) -> str:
        """Return one line: how many were met, how many failed."""
        met = sum(r.outcome == "met" for r in self.results)
        return f"{met}/{len(self.results)} met, critical {len(self.failed('critical'))}, warning {len(self.failed('warning'))}"


def validate(settings: Settings, period: Period) -> Verdict:
    """Evaluate the month in the build file (or, where nothing is being built, in the published warehouse), and record the results."""
    verdict = examine(settings, period)
    record(settings, period, verdict)
    return verdict


def examine(settings: Settings, period: Period) -> Verdict:
    """Evaluate the month without changing anything that is validated.

    Writes `drafts/<period>/validation/` (Data Docs with counts only), and the offending rows under
    `drafts/<period>/restricted/validation/`.
    """
    suites = read_suites()
    contracts = list(load_contracts().values())
    expectations = [*suites, *(e for c in contracts for e in expectations_of_contract(c))]
    expectations += promised_expectations(sorted({e.table for e in suites}))
    month = month_views(settings, period, database_of(settings), sorted({e.table for e in suites}))
    folder = settings.drafts_dir / str(period) / "validation"
    restricted = settings.drafts_dir / str(period) / "restricted" / "validation"
    results = [*evaluate(month, expectations, folder, restricted, period), earlier_months(settings, period)]
    return Verdict(sorted(results, key=lambda r: (r.severity != "critical", r.table_name, r.expectation_id)))


def record(settings: Settings, period: Period, verdict: Verdict) -> None:
    """Write the results beside the draft (results.json, results.parquet), into the validated file's table
    `quality.validation_results`, and the outcome into the journal.
    """
    keep(verdict, period, database_of(settings), settings.drafts_dir / str(period) / "validation")
    note_outcome(settings, period, [r.expectation_id for r in verdict.failed("critical")])


def database_of(settings: Settings) -> Path:
    """Return the file that is validated: what is being built, else what is published."""
    return settings.build_file if settings.build_file.exists() else settings.warehouse_file


def promised_expectations(tables: Sequence[str]) -> list[Expectation]:
    """Return the expectations that the models' contracts imply for the published tables."""
    return [expectation_of_types(table, columns) for table, columns in promised_types(tables)]


def promised_types(tables: Sequence[str]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Read from the models' contracts which columns and types the published tables promise."""
    promised = published_columns()
    return [(table, promised[table]) for table in tables if table in promised]


def month_views(settings: Settings, period: Period, database: Path, tables: Sequence[str]) -> list[str]:
    """Return the statements by which an empty database shows the month: its rows of the published tables, and its lake files, as views.

    Nothing is copied: the warehouse file is attached for reading.
    """
    with duckdb.connect(str(database), read_only=True) as con:
        found = {
            name
            for (name,) in con.execute(
                "select table_name from duckdb_tables() where schema_name = 'marts'"
            ).fetchall()
        }
    of_month = f"where period = date '{period.first_day}'"
    known = read_lake(settings).through(period)

    def loaded(contract: Contract) -> str:
        files = [d.lake_file for d in known.current(contract.source) if d.period == period and d.lake_file]
        return f"create view loaded_{contract.source} as {files_relation(settings, contract, files)}"

    return [
        f"attach {quote(str(database))} as w (read_only)",
        f"create view run_deliveries as select * from w.run.deliveries {of_month}",
        "create view reconciliation_checks as from w.reference.reconciliation_checks",
        *(f"create view {t} as select * from w.marts.{t} {of_month}" for t in tables if t in found),
        *map(loaded, load_contracts().values()),
    ]


def evaluate(
    month: Sequence[str], expectations: Sequence[Expectation], folder: Path, restricted: Path, period: Period
) -> list[Result]:
    """Let Great Expectations evaluate each; list the offending rows of what failed; tell what raised apart from what failed."""
    from wengang.quality.expectations_engine import run_checkpoint

    found = run_checkpoint(month, expectations, folder, period)
    failed = [e for e in expectations if found[e.id] == (False, "")]
    counts = list_offending(month, failed, restricted)
    results = []
    for expectation in expectations:
        is_met, error = found[expectation.id]
        outcome: Outcome = "not_evaluated" if error else "met" if is_met else "failed"
        results.append(
            Result(
                expectation.id,
                expectation.table,
                expectation.severity,
                expectation.zh,
                expectation.en,
                outcome,
                None if error else counts.get(expectation.id, 0),
                error,
            )
        )
    return results


def earlier_months(settings: Settings, period: Period) -> Result:
    """Return which earlier months did not pass: their decisions are remembered by this one, so its readers must know."""
    failed = not_passed(settings, before=period)
    return Result(
        "validation_results.earlier_months_passed",
        "validation_results",
        "warning",
        "较早月份均已通过严重级校验",
        "Every earlier month has passed its critical expectations",
        "failed" if failed else "met",
        len(failed),
        ", ".join(map(str, failed)),
    )


def keep(verdict: Verdict, period: Period, database: Path, folder: Path) -> None:
    """Write the results as JSON, as Parquet and into the warehouse file."""
    folder.mkdir(parents=True, exist_ok=True)
    rows: list[dict[str, Any]] = [asdict(r) for r in verdict.results]
    (folder / "results.json").write_text(json.dumps(rows, ensure_ascii=False, indent=1), encoding="utf-8")
    columns = (
        "period date, expectation_id varchar, table_name varchar, severity varchar, title_zh varchar, title_en varchar,"
        " outcome varchar, failing_rows bigint, detail varchar"
    )
    with duckdb.connect(str(database)) as con:
        con.execute("create schema if not exists quality")
        con.execute(f"create table if not exists quality.validation_results ({columns})")
        con.execute("delete from quality.validation_results where period = ?", [period.first_day])
        con.executemany(
            "insert into quality.validation_results values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [[period.first_day, *r.values()] for r in rows],
        )
        target = quote(str(folder / "results.parquet"))
        # A case without else: whether a column may be null in the file must not hang on the other months in the table.
        names = ", ".join(
            f"case when period = $day then {c.split()[0]} end as {c.split()[0]}" for c in columns.split(", ")
        )
        con.execute(
            f"copy (select {names} from quality.validation_results where period = $day order by all) to {target} (format parquet)",
            {"day": period.first_day},
        )


def list_offending(month: Sequence[str], failed: Sequence[Expectation], folder: Path) -> dict[str, int]:
    """Write all offending rows of what failed, by the same query, where only those who may see persons can read; returns counts."""
    for old in folder.glob("*.parquet*") if folder.exists() else ():
        old.unlink()
    if not failed:
        return {}
    folder.mkdir(parents=True, exist_ok=True)
    folder.parent.chmod(0o700)
    counts: dict[str, int] = {}
    with duckdb.connect() as con:
        for statement in month:
            con.execute(statement)
        for expectation in failed:
            target = quote(str(folder / f"{expectation.id}.parquet"))
            con.execute(f"copy (select * from ({expectation.sql}) order by all) to {target} (format parquet)")
            row = con.execute(f"select count(*) from ({expectation.sql})").fetchone()
            counts[expectation.id] = int(row[0]) if row else 0
    return counts
