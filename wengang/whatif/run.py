"""Run scenarios over the published facts of a month and write what they change."""

from __future__ import annotations

import fcntl
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wengang.core.errors import UsageError
from wengang.core.periods import Period
from wengang.core.progress import Progress
from wengang.core.settings import Settings
from wengang.forecast.build_tables import read_history, read_known
from wengang.forecast.projection import BASE, Stress, outlook, path
from wengang.policy import PolicySet, check_needed, load_policy
from wengang.whatif.compare import (
    BREACH_COLUMNS,
    Table,
    decision_tables,
    first_month_below,
    fund_tables,
    remember_now,
)
from wengang.whatif.models import Chain, Model, changed_policy, compiled, copy_of, freeze, run_models
from wengang.whatif.output import summary_text, write_package
from wengang.whatif.scenario import LaidPolicy, Scenario, lay, read_scenarios

WORK, HELD = ".work-", "held"
JUST_MADE_SECONDS = 60

if TYPE_CHECKING:
    import duckdb

    from wengang.warehouse.dbt_runner import Dbt


@dataclass(frozen=True)
class Outcome:
    """What a scenario came to: where it was written, the tables, and what a person should know first."""

    scenario: Scenario
    period: Period
    folder: Path
    tables: tuple[Table, ...]
    models_run: tuple[str, ...]
    facts: dict[str, Any] = field(default_factory=dict)
    names: dict[tuple[str, str], str] = field(default_factory=dict)

    def table(self, name: str) -> Table:
        """Find a table by name."""
        return next(t for t in self.tables if t.name == name)


def simulate(
    settings: Settings, scenario_file: Path, period: Period, progress: Progress | None = None
) -> str:
    """Run every scenario of a file (or of the files of a folder) and return what to tell a person.

    Raises UsageError where the file is no scenario or the month was never published, ParameterError where its rows are faulty.
    """
    files = sorted(scenario_file.glob("*.y*ml")) if scenario_file.is_dir() else [scenario_file]
    scenarios = [s for file in files for s in read_scenarios(file)]
    return "\n\n".join(summary_text(o) for o in simulate_all(settings, scenarios, period, progress))


def simulate_all(
    settings: Settings, scenarios: Sequence[Scenario], period: Period, progress: Progress | None = None
) -> list[Outcome]:
    """Run scenarios one after another on one copy of the published warehouse, each rolled back before the next."""
    from wengang.warehouse.dbt_runner import Dbt

    progress = progress or Progress(quiet=True)
    if not scenarios:
        raise UsageError("no_scenario")
    policy = load_policy(settings.policy, settings.jurisdiction)
    laid = [lay(policy, s, period) for s in scenarios]
    for one in laid:
        check_needed(one.policy, period)
    is_stale = require_published(settings, policy, period)
    home = settings.home / "scenarios"
    home.mkdir(parents=True, exist_ok=True)
    with work_folder(home) as work:
        with progress.step("复制数据仓库", "copy the warehouse"):
            database = copy_of(settings.warehouse_file, work)
            dbt = Dbt(settings, database)
            facts_as_of(settings, dbt, database, period)
        with progress.step("编译模型", "compile the models") as step:
            chain = compiled(dbt, policy)
            step.note = f"{len(chain.models)} models"
        outcomes = run_scenarios(
            settings, database, chain, policy, list(zip(scenarios, laid, strict=True)), period, progress
        )
        for outcome in outcomes:
            outcome.facts["is_stale"] = is_stale
            write_package(outcome)
        return outcomes


@contextmanager
def work_folder(home: Path) -> Iterator[Path]:
    """Make a folder for one run's copy, and remove it in the end; a lock in it says that the run goes on."""
    remove_abandoned(home)
    work = Path(tempfile.mkdtemp(prefix=WORK, dir=home))
    try:
        with (work / HELD).open("w") as held:  # given up when this process ends, however it ends
            fcntl.flock(held, fcntl.LOCK_EX)
            yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


def remove_abandoned(home: Path) -> None:
    """Remove the copies that killed runs left: nobody holds their lock."""
    for work in home.glob(f"{WORK}*"):
        try:
            made = work.stat().st_mtime
            with (work / HELD).open("r") as held:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except FileNotFoundError:
            if not work.exists() or time.time() - made < JUST_MADE_SECONDS:
                continue  # another run removed it, or its lock is being made
        except BlockingIOError:
            continue
        shutil.rmtree(work, ignore_errors=True)


def require_published(settings: Settings, policy: PolicySet, period: Period) -> bool:
    """Refuse a month that the published warehouse does not hold; tells whether deliveries or parameters have changed since it was built."""
    import duckdb

    from wengang.lake.deliveries import read_lake
    from wengang.months.stale import inputs_digest

    built: dict[Period, str] = {}
    if settings.warehouse_file.exists():
        with duckdb.connect(str(settings.warehouse_file), read_only=True) as con:
            rows = con.execute("select period, inputs_digest from run.builds order by period").fetchall()
        built = {Period.of(day): digest for day, digest in rows}
    if period not in built:
        months = ", ".join(str(p) for p in built)
        raise UsageError(
            "not_built",
            place=str(settings.warehouse_file),
            period=period,
            built=(months or "无", months or "none"),
        )
    return built[period] != inputs_digest(read_lake(settings), policy, period)


def facts_as_of(settings: Settings, dbt: Dbt, database: Path, period: Period) -> None:
    """Make the copy's facts those of the period: they are already, unless a later month was built since."""
    import duckdb

    with duckdb.connect(str(database)) as con:
        row = con.execute("select c.period from run.context as c").fetchone()
    if row and Period.of(row[0]) == period:
        return
    from wengang.lake.deliveries import read_lake
    from wengang.warehouse.build import REPORT_MODELS, TABLES_AND_INCREMENTALS
    from wengang.warehouse.run_context import register_policy, register_run

    with duckdb.connect(str(database)) as con:
        register_run(con, settings, period, read_lake(settings))
        register_policy(con, load_policy(settings.policy, settings.jurisdiction))
    dbt.invoke("run", *TABLES_AND_INCREMENTALS, exclude=[REPORT_MODELS])


def run_scenarios(
    settings: Settings,
    database: Path,
    chain: Chain,
    policy: PolicySet,
    scenarios: Sequence[tuple[Scenario, LaidPolicy]],
    period: Period,
    progress: Progress,
) -> list[Outcome]:
    """Run each scenario in a transaction that is rolled back, and write its package."""
    import duckdb

    outcomes: list[Outcome] = []
    with duckdb.connect(
        str(database), config={"threads": str(settings.threads), "memory_limit": settings.memory_limit}
    ) as con:
        remember_now(con, period)
        names = names_of(con)
        with progress.step("备好事实", "ready the facts"):
            freeze(con, chain.inputs)
        with progress.step("预测基金走势", "project the fund"):
            view = outlook(read_history(con, period), period)
            paths_now = path(view, read_known(con, period), Stress(BASE)) if view.ahead else []
        for scenario, laid in scenarios:
            with progress.step(f"方案 {scenario.name}", f"scenario {scenario.name}") as step:
                con.execute("begin transaction")
                try:
                    ran = apply(con, chain.models, policy, laid.policy)
                    tables = decision_tables(con)
                    tables += fund_tables(con, scenario, view, paths_now, policy, laid.policy)
                finally:
                    con.execute("rollback")
                tables.append(breach_table(laid))
                folder = settings.home / "scenarios" / scenario.name / str(period)
                outcome = Outcome(
                    scenario, period, folder, tuple(tables), tuple(ran), facts_of(tables, scenario), names
                )
                step.note = f"{len(ran)} tables"
            outcomes.append(outcome)
    return outcomes


def names_of(con: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], str]:
    """Read the names of codes in Chinese, and of the reporting units."""
    rows = con.execute(
        "select list, code, label_zh from reference.codes union all select 'region', reporting_unit, name_zh from reference.reporting_units"
    ).fetchall()
    return {(kind, code): name for kind, code, name in rows}


def apply(
    con: duckdb.DuckDBPyConnection, models: Sequence[Model], now: PolicySet, then: PolicySet
) -> list[str]:
    """Put a scenario's parameters in force and work out again what they reach; everything where they are those in force."""
    from wengang.warehouse.policy_tables import register

    register(con, then)
    changed = changed_policy(now, then)
    everything = frozenset(name for model in models for name in model.reads)
    return run_models(con, models, changed or everything)


def breach_table(laid: LaidPolicy) -> Table:
    """List the national caps and floors that a scenario breaks: shown, not refused."""
    rows = sorted(
        (
            b.row.parameter,
            b.row.value,
            b.bound.basis,
            b.bound.value,
            b.bound.document_id,
            b.bound.article,
            b.first_day,
            b.last_day,
        )
        for b in laid.breaches
        if b.row.layer
    )
    return Table("breaches", "突破国家限值", BREACH_COLUMNS, tuple(rows))


def facts_of(tables: Sequence[Table], scenario: Scenario) -> dict[str, Any]:
    """Pick the headline facts: what it costs, who is touched, when the gate flips."""
    by_name = {t.name: t.records for t in tables}
    amounts = {r["programme"]: r["difference"] for r in by_name["summary"] if r["measure"] == "amount"}
    path_rows = by_name["fund_path"]
    flips = [r["programme_year"] for r in by_name["gate"] if r["flips"]]
    return {
        "scenario": scenario.name,
        "title": scenario.title,
        "cost": sum(amounts.values()),
        "cost_refund": amounts.get("refund", 0),
        "cost_skill_subsidy": amounts.get("skill_subsidy", 0),
        "cost_job_expansion": amounts.get("job_expansion", 0),
        "employers_gaining": sum(r["effect"] == "gains" for r in by_name["employers"]),
        "employers_losing": sum(r["effect"] == "loses" for r in by_name["employers"]),
        "applications_gaining": sum(r["effect"] == "gains" for r in by_name["applications"]),
        "applications_losing": sum(r["effect"] == "loses" for r in by_name["applications"]),
        "gate_flips": flips,
        "first_month_below_min_now": first_month_below(path_rows, "now"),
        "first_month_below_min_then": first_month_below(path_rows, "then"),
        "breaches": len(by_name["breaches"]),
    }
