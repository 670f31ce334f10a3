"""Build the warehouse aside, month by month in order, from the lake and the parameters.

A run for a month first builds the months that were delivered and not yet built, or whose inputs have changed since, because
decisions remember when they were first taken. The published file is never touched here.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Sequence, Set
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import duckdb

from wengang.core.errors import PublicationError
from wengang.core.kill_points import kill_point
from wengang.core.periods import Period
from wengang.core.progress import Progress
from wengang.core.settings import Settings
from wengang.lake.deliveries import LakeState, read_lake
from wengang.lake.integrity import check_lake
from wengang.months.built import BUILD_NOTE, built_months
from wengang.months.changes_since import code_cause, since_published
from wengang.months.closed import closed_months, open_restatement
from wengang.months.complete import held_snapshots, manifest_faults, missing_base_months, missing_sources
from wengang.months.kept_files import check_warehouse_file
from wengang.months.published import newest_manifest
from wengang.months.published_tables import published_differences
from wengang.months.stale import inputs_digest, stale_published
from wengang.policy import PolicySet, check_needed, load_policy
from wengang.policy.registry import registry
from wengang.publication.restate import Replayed, carried_cause, register_restatement, write_step
from wengang.publication.restate import back_tables as restate_tables
from wengang.recount import recount, recount_tables
from wengang.warehouse.comments import write_comments
from wengang.warehouse.dbt_runner import Dbt, Watch, models_digest
from wengang.warehouse.model_reads import write_compiled_models
from wengang.warehouse.publish import sync_file
from wengang.warehouse.published_rows import note_differences, restore_published
from wengang.warehouse.reference import check_reference, code_digest, names_of_place, replace_reference
from wengang.warehouse.run_context import register_policy, register_run, remember_facts

TABLES_AND_INCREMENTALS = ("config.materialized:table", "config.materialized:incremental")
REPORT_MODELS = "tag:report"
REPLAY = "replay"
LEFT_OUT_TESTS = ("test_type:unit", "tag:staging")


@dataclass
class BuildResult:
    """What a build did: the months built in order, and what made a month incomplete (texts in Chinese and English).

    `differing`: tables of published months that today's code would make otherwise; the warehouse holds the published rows.
    """

    built: list[Period] = field(default_factory=list)
    incomplete: dict[Period, list[tuple[str, str]]] = field(default_factory=dict)
    differing: dict[Period, list[str]] = field(default_factory=dict)


def tell_policy(settings: Settings, policy: PolicySet) -> None:
    """Print to stderr, however quiet the run, what would otherwise pass unseen: parameters that nothing uses, a place without names."""
    told = [(f"{note.place}：{note.zh}", f"{note.place}: {note.en}") for note in policy.notes if note.is_loud]
    for zh, en in [*told, *names_of_place(settings)]:
        print(f"! {zh}\n  {en}", file=sys.stderr)


def closing_months(state: LakeState, policy: PolicySet, through: Period) -> set[Period]:
    """Return the last months of refund windows that later reports rest on, whether or not anything was delivered in them."""
    first = state.months[0] if state.months else None
    if first is None:
        return set()
    ends = {Period.of(w.window_to) for w in policy.windows if w.programme == "refund"}
    return {m for m in ends if first <= m < through}


def plan_periods(
    state: LakeState,
    policy: PolicySet,
    targets: Sequence[Period],
    built: dict[Period, str],
    *,
    only: bool = False,
    closed: Set[Period] = frozenset(),
) -> list[Period]:
    """Return the months to build, in order: the targets, and before them what is missing or stale.

    A closed month that is built already is left as it was published, however stale: only a restatement opens it.
    """
    if only:
        return sorted(targets)
    last = max(targets)
    candidates = {m for m in state.months if m <= last} | closing_months(state, policy, last)
    stale = {m for m in candidates if built.get(m) != inputs_digest(state, policy, m)}
    stale -= closed & set(built)
    return sorted(stale | set(targets))


def build(
    settings: Settings,
    targets: Sequence[Period],
    progress: Progress | None = None,
    *,
    dbt: Dbt | None = None,
    only: bool = False,
    watch: Watch | None = None,
) -> BuildResult:
    """Build `targets` (and what they rest on) into the build file, from the published warehouse as it stands.

    `only` leaves out the months before: for measuring one build. `watch` is called with how each model ends.

    Raises ParameterError before anything is built, ModelError when a
    model or a test fails; the build file is then left aside, and the next build starts again from the published one.
    """
    progress = progress or Progress(quiet=True)
    state = read_lake(settings)
    check_lake(settings, state.through(max(targets)).current())
    policy = load_policy(settings.policy, settings.jurisdiction)
    check_reference(settings)
    tell_policy(settings, policy)
    dbt = dbt or Dbt(settings, watch=watch)
    with progress.step("解析模型", "parse models"):
        digest = code_now(settings, dbt)
    is_same_code = start_build_file(settings, digest)
    built = built_months(settings.build_file) if is_same_code else {}
    former = [] if is_same_code else list(built_months(settings.warehouse_file))
    closed = closed_months(settings)
    stale = stale_published(settings) if closed else []
    refuse_closed(targets, closed & set(stale))
    plan = plan_periods(state, policy, sorted({*targets, *former}), built, only=only, closed=closed)
    for period in plan:
        check_needed(policy, period, state.months[0] if state.months else None)
    result = BuildResult()
    are_views_there = is_same_code and bool(built)
    for period in plan:
        dbt.is_last_month = period == plan[-1]
        with progress.step(f"建模 {period}", f"build {period}") as step:
            dbt.reached = step.reached
            replayed = None
            if open_restatement(settings, period) is not None:
                replayed = replay(settings, dbt, period, progress, are_views_there=are_views_there)
            step.rows = build_one(
                settings, dbt, policy, state, period, are_views_there=are_views_there, replayed=replayed,
                is_closed=period in closed,
            )  # fmt: skip
            shutil.rmtree(settings.build_dir / REPLAY, ignore_errors=True)
        keep_published(settings, dbt, period, is_closed=period in closed, is_stale=period in stale)
        are_views_there = True
        result.built.append(period)
        kill_point("build-month-done")
    with progress.step("检验模型", "test models") as step:
        dbt.reached = step.reached
        step.note = f"{len(dbt.invoke('test', exclude=LEFT_OUT_TESTS))} tests"
    for period in targets:
        reasons = incomplete_reasons(settings, state, period)
        if reasons:
            result.incomplete[period] = reasons
    finish_build_file(settings, dbt, plan, targets, result.incomplete)
    result.differing = published_differences(settings.build_file)
    kill_point("build-done")
    return result


def code_now(settings: Settings, dbt: Dbt | None = None) -> str:
    """Return the digest of the code that a warehouse is made with now: models, macros, seeds, and the reference data in their place."""
    return code_digest(models_digest((dbt or Dbt(settings)).manifest), settings)


def keep_published(settings: Settings, dbt: Dbt, period: Period, *, is_closed: bool, is_stale: bool) -> None:
    """Put the published rows of a closed month back after it was built by other code, and note which tables would have been others.

    Where deliveries or parameters have changed as well, the month is known to be stale, and the difference says nothing of the code.
    """
    with duckdb.connect(str(dbt.database)) as con:
        differing = restore_published(con, settings, period) if is_closed else []
        note_differences(con, period, [] if is_stale else differing)


def refuse_closed(targets: Sequence[Period], stale: Set[Period]) -> None:
    """Refuse to build a published month again where its inputs have changed since: that is a restatement."""
    for period in targets:
        if period in stale:
            raise PublicationError("closed", period=period)


def start_build_file(settings: Settings, digest: str) -> bool:
    """Begin from a copy of the published warehouse; from an empty file where the models have changed since. True: a copy."""
    settings.build_dir.mkdir(parents=True, exist_ok=True)
    for stale in settings.build_dir.iterdir():
        shutil.rmtree(stale) if stale.is_dir() else stale.unlink()
    check_warehouse_file(settings)
    if settings.warehouse_file.exists():
        with duckdb.connect(str(settings.warehouse_file), read_only=True) as con:
            row = con.execute("select models_digest from run.code").fetchone()
        if row and row[0] == digest:
            shutil.copyfile(settings.warehouse_file, settings.build_file)
            return True
    with duckdb.connect(str(settings.build_file)) as con:
        con.execute("create schema run")
        con.execute("create table run.code as select ? as models_digest", [digest])
        con.execute("create table run.builds (period date, inputs_digest varchar)")
    return False


def build_one(
    settings: Settings,
    dbt: Dbt,
    policy: PolicySet,
    state: LakeState,
    period: Period,
    *,
    are_views_there: bool,
    replayed: Replayed | None = None,
    is_replay: bool = False,
    is_closed: bool = False,
) -> int:
    """Build one month's facts and marts, then what Python computes, then the report's models; returns the rows of facts written.

    `replayed`: what each change made of a month that is restated. `is_replay`: the month is built for that, and nothing is recounted.
    `is_closed`: its published rows are put back, so that what was found of them holds.
    """
    with duckdb.connect(str(dbt.database)) as con:
        register_run(con, settings, period, state)
        register_policy(con, policy)
        prepare_back(con)
        if not is_replay:
            register_restatement(con, settings, period, replayed)
        if not is_closed:
            forget_outcome(con, period)
    if are_views_there:
        dbt.tell_standing()
    else:
        dbt.invoke("seed")
        with duckdb.connect(str(dbt.database)) as con:
            replace_reference(con, settings)
    selected = TABLES_AND_INCREMENTALS if are_views_there else ("*",)
    ran = dbt.invoke("run", *selected, exclude=[REPORT_MODELS])
    kill_point("build-marts-done")
    with duckdb.connect(str(dbt.database)) as con:
        compute_back(con, settings, period, is_recounted=not is_replay)
    if are_views_there:
        dbt.invoke("run", *(f"{REPORT_MODELS},{s}" for s in TABLES_AND_INCREMENTALS))
    else:
        ran += dbt.invoke("run", REPORT_MODELS)
    with duckdb.connect(str(dbt.database)) as con:
        if replayed is not None:
            # The models have taken what they need of the steps: the file need not carry them.
            restate_tables(con)
        if not are_views_there:
            write_compiled_models(con, ran, sorted(registry()))
        remember_facts(con, period, state)
        con.execute("delete from run.builds where period = ?", [period.first_day])
        con.execute(
            "insert into run.builds values (?, ?)", [period.first_day, inputs_digest(state, policy, period)]
        )
        row = con.execute(
            "select count(*) from marts.refund_decisions where period = ?", [period.first_day]
        ).fetchone()
    return int(row[0]) if row else 0


def replay(
    settings: Settings, dbt: Dbt, period: Period, progress: Progress, *, are_views_there: bool
) -> Replayed:
    """Build a published month again beside, as it was, then with one change after another, the months before it with it.

    Its figures then tell what each change did. What is not as published before any change came by the program, or by months before it.
    """
    since = since_published(settings, period)
    folder = settings.build_dir / REPLAY
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    aside = Dbt(settings, folder / settings.build_file.name)
    shutil.copyfile(settings.build_file, aside.database)
    published = (newest_manifest(settings, period) or {}).get("code", {})
    steps = [(0, first_cause(settings, period, published, code_now(settings, dbt)))]
    folders = []
    for step in range(len(since.causes)):
        state, policy = since.after(step)
        with progress.step(f"重演 {period} 第 {step} 步", f"replay {period}, step {step}"):
            for month in plan_periods(state, policy, [period], built_months(aside.database)):
                build_one(
                    settings, aside, policy, state, month, are_views_there=are_views_there, is_replay=True
                )
                are_views_there = True
            tables = folder / str(step)
            with duckdb.connect(str(aside.database), read_only=True) as con:
                write_step(con, period, tables)
        folders.append((step, tables))
        steps.append((step + 1, since.causes[step]))
    aside.database.unlink()
    return Replayed(steps, folders)


def first_cause(settings: Settings, period: Period, published: dict[str, Any], digest: str) -> str:
    """Name why a month built again as it was is not as it was published: other models, months restated before it, another version."""
    carried = carried_cause(settings, period)
    if published.get("models_sha256") == digest and carried:
        return carried
    return code_cause(published, digest)


def forget_outcome(con: duckdb.DuckDBPyConnection, period: Period) -> None:
    """Drop how the month's former rows were validated: it says nothing of the rows that take their place."""
    found = con.execute(
        "select 1 from duckdb_tables() where schema_name = 'quality' and table_name = 'validation_results'"
    ).fetchone()
    if found:
        con.execute("delete from quality.validation_results where period = ?", [period.first_day])


def prepare_back(con: duckdb.DuckDBPyConnection) -> None:
    """Make the tables that Python fills inside the build, so that report models can always be compiled."""
    from wengang.forecast import back_tables

    back_tables(con)
    restate_tables(con)
    recount_tables(con)


def compute_back(
    con: duckdb.DuckDBPyConnection, settings: Settings, period: Period, *, is_recounted: bool = True
) -> None:
    """Compute from the marts in `con` the projection of the fund with its back-test, and beside it from the lake the recount."""
    from wengang.forecast import project

    with ThreadPoolExecutor(max_workers=1) as beside:
        counting = beside.submit(recount, con.cursor(), settings, period) if is_recounted else None
        project(con, period)
        if counting is not None:
            counting.result()


def incomplete_reasons(settings: Settings, state: LakeState, period: Period) -> list[tuple[str, str]]:
    """Return why a month is incomplete: manifest faults, a required source, or a month of a base year that nobody delivered."""
    from wengang.contracts import load_contracts

    reasons = [
        *manifest_faults(state, period),
        *held_snapshots(state, period),
        *missing_sources(state, period, load_contracts().values()),
    ]
    with duckdb.connect(str(settings.build_file), read_only=True) as con:
        reasons += missing_base_months(con, period)
    return [(reason.message_zh, reason.message_en) for reason in reasons]


def finish_build_file(
    settings: Settings,
    dbt: Dbt,
    plan: Sequence[Period],
    targets: Sequence[Period],
    incomplete: dict[Period, list[tuple[str, str]]],
) -> None:
    """Note in the file why months are incomplete, write it out whole, and say beside it what it holds."""
    with duckdb.connect(str(settings.build_file)) as con:
        con.execute(
            "create table if not exists run.incomplete (period date, reason_zh varchar, reason_en varchar)"
        )
        for period in targets:
            con.execute("delete from run.incomplete where period = ?", [period.first_day])
            for zh, en in incomplete.get(period, []):
                con.execute("insert into run.incomplete values (?, ?, ?)", [period.first_day, zh, en])
        write_comments(con, dbt.manifest)
        con.execute("checkpoint")
    sync_file(settings.build_file)
    note = settings.build_dir / BUILD_NOTE
    note.write_text(
        json.dumps({"for": [str(p) for p in targets], "built": [str(p) for p in plan]}), encoding="utf-8"
    )
