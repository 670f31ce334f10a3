"""dbt, its documentation and SQL by hand: dbt on a copy of a month's build, SQL on the published file, read-only."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wengang.core.errors import UsageError
from wengang.core.periods import Period
from wengang.core.settings import Settings
from wengang.core.text import one_line

if TYPE_CHECKING:
    import duckdb

    from wengang.warehouse.dbt_runner import Dbt

FOLDER = "dbt"
ORIGIN_NOTE = "copied-from"


def by_hand_dir(settings: Settings) -> Path:
    """Return the folder of the copy that dbt works on by hand, and of what dbt writes beside it."""
    return settings.home / FOLDER


def require_warehouse(settings: Settings) -> None:
    """Raise UsageError where no warehouse has been published in the data directory."""
    if not settings.warehouse_file.exists():
        raise UsageError("no_warehouse", place=str(settings.warehouse_file))


def prepare_copy(settings: Settings, period: Period | None, *, is_fresh: bool = False) -> tuple[Dbt, Period]:
    """Copy the published warehouse aside and set it to a period (the newest built, if none is named).

    The copy is kept from one command to the next, so that a test sees what a build before it made; it is made anew when the published
    file has changed, when the period is another, or when `is_fresh`. Raises UsageError where there is no such month.
    """
    import duckdb

    from wengang.warehouse.dbt_runner import Dbt

    require_warehouse(settings)
    with duckdb.connect(str(settings.warehouse_file), read_only=True) as con:
        built = [
            Period.of(day)
            for (day,) in con.execute("select period from run.builds order by period").fetchall()
        ]
    period = period or built[-1]
    if period not in built:
        raise UsageError("period_not_built", period=period, spans=f"{built[0]}…{built[-1]}")
    folder = by_hand_dir(settings)
    folder.mkdir(parents=True, exist_ok=True)
    # Views name the database by its file's name, so the copy bears the same.
    database = folder / settings.warehouse_file.name
    stat = settings.warehouse_file.stat()
    origin = f"{period} {stat.st_size} {stat.st_mtime_ns}"
    note = folder / ORIGIN_NOTE
    if is_fresh or not database.exists() or not note.exists() or note.read_text(encoding="utf-8") != origin:
        note.unlink(missing_ok=True)
        shutil.copyfile(settings.warehouse_file, database)
        show_period(settings, database, period)
        note.write_text(origin, encoding="utf-8")
    return Dbt(settings, database), period


def show_period(settings: Settings, database: Path, period: Period) -> None:
    """Write what a build of the period knows into the copy, as before any model runs."""
    import duckdb

    from wengang.lake.deliveries import read_lake
    from wengang.policy import load_policy
    from wengang.warehouse.run_context import register_policy, register_run

    with duckdb.connect(str(database)) as con:
        register_run(con, settings, period, read_lake(settings))
        register_policy(con, load_policy(settings.policy, settings.jurisdiction))


def run_dbt(
    settings: Settings, arguments: Sequence[str], period: Period | None = None, *, is_fresh: bool = False
) -> int:
    """Run a dbt command on the copy, with dbt's own output; returns dbt's exit code (0 done, 1 a node failed, 2 dbt could not run)."""
    from dbt.cli.main import dbtRunner

    from wengang.warehouse.dbt_runner import PROJECT_DIR, release_database

    dbt, _ = prepare_copy(settings, period, is_fresh=is_fresh)
    target = (by_hand_dir(settings) / "target").resolve()
    dbt.set_environment()
    os.environ["WENGANG_DBT_TARGET"] = str(target)
    given = list(arguments)
    if given and not given[0].startswith("-"):
        logs = ["--log-path", str((settings.home / "logs" / "dbt").resolve())]
        given = [*logs, *given, "--project-dir", str(PROJECT_DIR), "--profiles-dir", str(PROJECT_DIR)]
    try:
        outcome = dbtRunner().invoke(given)
    finally:
        release_database()
    if outcome.success:
        return 0
    return 1 if outcome.exception is None else 2


def write_docs(settings: Settings) -> Path:
    """Write dbt's documentation of the models, with lineage and dictionary, as one page; returns its path."""
    code = run_dbt(settings, ["docs", "generate", "--static"])
    page = by_hand_dir(settings) / "target" / "static_index.html"
    if code or not page.exists():
        raise UsageError("no_docs", place=str(settings.home / "logs" / "dbt"))
    return page


def open_published(settings: Settings) -> duckdb.DuckDBPyConnection:
    """Open the published warehouse for reading only. Raises UsageError where there is none."""
    import duckdb

    require_warehouse(settings)
    return duckdb.connect(str(settings.warehouse_file), read_only=True)


def query(settings: Settings, statement: str) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Return the column names and rows of a statement on the published warehouse.

    Raises UsageError with the database's own words where the statement fails.
    """
    import duckdb

    with open_published(settings) as con:
        try:
            cursor = con.execute(statement)
            return [d[0] for d in cursor.description or ()], cursor.fetchall()
        except duckdb.Error as fault:
            raise UsageError("sql", place=str(fault).strip()) from fault


def render(columns: Sequence[str], rows: Sequence[Sequence[Any]], form: str) -> str:
    """Lay rows out as a `table` for people, as `csv`, or as `json`."""
    import csv
    import io
    import json

    if form == "json":
        records = [dict(zip(columns, row, strict=True)) for row in rows]
        return json.dumps(records, ensure_ascii=False, indent=2, default=str)
    if form == "csv":
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)
        return out.getvalue().rstrip("\n")
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*columns, box=None, pad_edge=False)
    for row in rows:
        table.add_row(*(Text("" if value is None else one_line(str(value))) for value in row))
    console = Console(file=io.StringIO(), width=10_000, no_color=True)
    console.print(table)
    text = console.file.getvalue()  # type: ignore[attr-defined]
    return "\n".join(line.rstrip() for line in text.rstrip().split("\n"))


def shell(settings: Settings) -> None:
    """Read statements from the terminal, each ended by a semicolon, and print what they give, until the input ends."""
    print(
        f"{settings.warehouse_file}（只读 read-only）；语句以 ; 结束，Ctrl-D 退出 · end a statement with ; leave with Ctrl-D"
    )
    waiting = ""
    while True:
        try:
            line = input("D " if not waiting else "  ")
        except EOFError:
            print()
            return
        if line.strip() in {".exit", ".quit", "exit", "quit"}:
            return
        waiting += line + "\n"
        if line.rstrip().endswith(";"):
            statement, waiting = waiting, ""
            try:
                columns, rows = query(settings, statement)
                print(render(columns, rows, "table"))
            except UsageError as fault:
                print(fault)
