"""A year and a further month through the system, step by step, beside DuckDB's floor and a plain pandas script, in one run.

    .venv/bin/python -m benchmarks [small|county|province|three-years|five-years] [--memory-limit 2GiB] [--backfill] [--folder DIR]

Deliveries are made by `wengang sample` in a temporary folder and removed (or kept in `--folder` for the next run). The floor is DuckDB's
own typed copy of the same CSV files to Parquet, nothing checked. Steps of the first year are processes of their own, so seconds hold the
start-up, and peak memory is that of the step; the month after is one command. CPU seconds count both threads: on a shared machine compare
these. The table is Markdown, for docs/performance.md; nothing is timed in a test.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
# employers, first and last month delivered before the month after, first month of premium: what lies before the first delivery comes with it
SCALES = {
    "small": (300, "2024-01", "2024-12", "2022-01"),
    "county": (10_000, "2024-01", "2024-12", "2022-01"),
    "province": (100_000, "2024-01", "2024-12", "2022-01"),
    "three-years": (100_000, "2022-01", "2024-12", "2022-01"),
    "five-years": (100_000, "2022-01", "2024-12", "2020-01"),
}
LAST, NEXT = "2024-12", "2025-01"
COMPLETE_OR_NOT = (0, 3)


@dataclass
class Spent:
    """What a step took: elapsed and CPU seconds, the most memory it held (MiB)."""

    seconds: float = 0.0
    cpu: float = 0.0
    peak: float = 0.0

    def __add__(self, other: Spent) -> Spent:
        """Add times; of memory the greater counts."""
        return Spent(self.seconds + other.seconds, self.cpu + other.cpu, max(self.peak, other.peak))


def row(name: str, spent: Spent, note: str = "") -> None:
    """Print one line of the table."""
    print(f"| {name} | {spent.seconds:.1f} | {spent.cpu:.1f} | {spent.peak:.0f} | {note} |", flush=True)


def step(
    name: str, command: list[str], log: Path, allowed: tuple[int, ...] = COMPLETE_OR_NOT, note: str = ""
) -> Spent:
    """Run one command and print its line; ends the run with the log's end where the exit code is not allowed."""
    begun = time.perf_counter()
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out)
        _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in allowed:
        raise SystemExit(f"{name}: exit {process.returncode}\n{log.read_text(errors='replace')[-2000:]}")
    spent = Spent(time.perf_counter() - begun, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)
    row(name, spent, note)
    return spent


def floor(landing: Path, first: str, last: str) -> None:
    """Copy every CSV file of the deliveries to Parquet with DuckDB's own reader, types given or found, nothing checked."""
    import duckdb
    from intake import TYPES

    columns = ", ".join(f"'{n}': '{t}'" for n, t in {**TYPES, "is_valid": "varchar"}.items())
    con = duckdb.connect(config={"threads": 2})
    with tempfile.TemporaryDirectory(dir=landing.parent) as target:
        files = [p for folder in delivered(landing, first, last) for p in sorted(folder.glob("*.csv"))]
        for number, path in enumerate(files):
            types = (
                f"columns = {{{columns}}}" if path.name.startswith("contributions") else "auto_detect = true"
            )
            con.execute(
                f"copy (select * from read_csv('{path}', header = true, {types})) "
                f"to '{Path(target) / f'{number}.parquet'}' (format parquet, compression zstd)"
            )


def delivered(landing: Path, first: str, last: str) -> list[Path]:
    """Return the folders of the deliveries of a range of months."""
    return sorted(p for p in landing.glob("20*") if first <= p.name <= last)


def volume(landing: Path, first: str, last: str) -> str:
    """Return how many files, bytes and premium rows a range of deliveries holds."""
    files = [p for folder in delivered(landing, first, last) for p in folder.iterdir()]
    rows = 0
    for path in files:
        if path.name.startswith("contributions"):
            with path.open("rb") as content:
                rows += sum(block.count(b"\n") for block in iter(lambda: content.read(1 << 24), b"")) - 1
    return f"{len(files)} files, {sum(p.stat().st_size for p in files) / 1e6:,.0f} MB, {rows:,} premium rows"


def an_employer(home: Path) -> str:
    """Return the eligible employer with the greatest refund: the longest explanation."""
    import duckdb

    with duckdb.connect(str(home / "warehouse" / "wengang.duckdb"), read_only=True) as con:
        found = con.execute(
            "select employer_id from marts.refund_decisions where decision = 'eligible' order by refund_amount desc, employer_id limit 1"
        ).fetchone()
    if not found:
        raise SystemExit("no eligible employer in the deliveries")
    return str(found[0])


SCENARIO = """name: ratios-50-90
title: 返还比例提高到 50% / 90%
parameters:
  - {parameter: refund_ratio_sme, value: "0.90"}
  - {parameter: refund_ratio_large, value: "0.50"}
"""


def parts(log: Path) -> dict[str, float]:
    """Read the seconds of each step from what a command said of its progress."""
    said = re.findall(
        r"^✓ +([0-9.]+) s .* · (\w[\w ]*\w)(?: \d{4}-\d{2})?(?:  .*)?$", log.read_text(encoding="utf-8"), re.M
    )
    return {name: float(seconds) for seconds, name in said}


def without_pages(label: str, whole: Spent, log: Path) -> Spent:
    """Show the web pages as a row of their own, and give the rest."""
    pages = parts(log)["pages"]
    print(f"| {label}: of which web pages | {pages:.1f} | | | not in the bound |", flush=True)
    return Spent(whole.seconds - pages, whole.cpu, whole.peak)


def first_month(cli: list[str], at_home: list[str], limits: list[str], log: Path) -> Spent:
    """Build, validate and report the last month of the year, each by itself; returns what the three took without the pages."""
    built = step("build as of December", [*cli, "build", LAST, "--only", *at_home, "--quiet", *limits], log)
    built += step("validation", [*cli, "validate", LAST, *at_home, "--quiet"], log)
    return built + without_pages("report", step("report", [*cli, "report", LAST, *at_home], log), log)


def month_after(cli: list[str], there: list[str], limits: list[str], log: Path) -> Spent:
    """Run the next month by one command; returns what it took without the pages."""
    whole = step("month after, one command", [*cli, "run", NEXT, "--only", *there, *limits], log)
    for name in ("intake", "build", "validate", "report"):
        print(f"| of which {name} | {parts(log)[name]:.1f} | | | |", flush=True)
    return without_pages("report", whole, log)


def run(scale: str, folder: Path, limits: list[str], *, backfill: bool, pandas: bool) -> None:
    """Make the deliveries where they are not there yet, run everything once, print the table."""
    employers, first, last, history = SCALES[scale]
    home, log = folder / "home", folder / "bench.log"
    landing = folder / "landing"
    shutil.rmtree(home, ignore_errors=True)
    at_home = ["--home", str(home)]
    there = [*at_home, "--landing", str(landing)]
    cli = [str(Path(sys.executable).with_name("wengang"))]
    me = [sys.executable, str(HERE / "__main__.py"), "--worker"]
    print(
        f"{scale}: {employers:,} employers, deliveries {first} to {NEXT}, premium from {history}\n\n"
        "| step | s | CPU s | MiB | |\n| --- | --: | --: | --: | --- |"
    )
    if not landing.exists():
        size = ["--employers", str(employers), "--months", f"{first}..{NEXT}", "--history", history]
        step("deliveries made", [*cli, "sample", *size, *there, "--quiet"], log)
    of_year, of_month = volume(landing, first, last), volume(landing, NEXT, NEXT)
    base = step("floor: typed copy", [*me, str(landing), first, last], log, note=of_year)
    base_next = step("floor: typed copy, month after", [*me, str(landing), NEXT, NEXT], log, note=of_month)
    whole = step(
        f"{len(delivered(landing, first, last))} intakes",
        [*cli, "ingest", f"{first}..{last}", *there, "--quiet"],
        log,
    )
    whole += first_month(cli, at_home, limits, log)
    bound = 3 * base.seconds + 60
    row(
        "first year, without pages",
        whole,
        f"{whole.seconds / base.seconds:.1f} × floor; bound 3 × floor + 60 s = {bound:.0f} s",
    )
    after = month_after(cli, there, limits, log)
    row(
        "month after, without pages",
        after,
        f"bound 3 × its floor + 30 s = {3 * base_next.seconds + 30:.0f} s",
    )
    who = an_employer(home)
    step("explain refund", [*cli, "explain", "refund", who, "--period", NEXT, "--home", str(home)], log)
    scenario = folder / "scenario.yml"
    scenario.write_text(SCENARIO, encoding="utf-8")
    step(
        "simulate, one scenario",
        [*cli, "simulate", str(scenario), "--period", LAST, *at_home, "--quiet"],
        log,
    )
    alone = [sys.executable, str(HERE / "refund_only.py"), str(home), LAST]
    decided = step("the refund decisions only, from the lake", alone, log, (0,))
    if pandas:
        script = [sys.executable, str(HERE / "by_pandas.py"), str(landing), LAST, "--check", str(home)]
        slow = step("pandas: contributions to refund decisions, checked", script, log, (0,))
        row(
            "pandas beside ours",
            slow,
            f"{slow.seconds / decided.seconds:.1f} × the decisions only, {slow.seconds / whole.seconds:.1f} × the whole first year",
        )
    if backfill:
        step("backfill of twelve periods", [*cli, "run", f"2024-01..{LAST}", *there, "--quiet"], log)


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="A year through the system, beside the floor and pandas.")
    parser.add_argument("scale", nargs="?", choices=SCALES, default="small")
    parser.add_argument("--folder", type=Path, help="keep the deliveries and the home here")
    parser.add_argument("--memory-limit", help="the database's memory while building, such as 2GiB")
    parser.add_argument("--backfill", action="store_true", help="build the twelve periods one by one as well")
    parser.add_argument("--no-pandas", action="store_true", help="leave the pandas script out")
    parser.add_argument("--worker", nargs=3, metavar=("LANDING", "FROM", "TO"), help=argparse.SUPPRESS)
    args = parser.parse_args()
    sys.path.insert(0, str(HERE))
    if args.worker:
        floor(Path(args.worker[0]), args.worker[1], args.worker[2])
        return
    limits = ["--memory-limit", args.memory_limit] if args.memory_limit else []
    with tempfile.TemporaryDirectory() as scratch:
        folder = args.folder or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        run(args.scale, folder, limits, backfill=args.backfill, pandas=not args.no_pandas)


if __name__ == "__main__":
    main()
