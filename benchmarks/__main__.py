"""A month through the system, step by step, beside DuckDB's floor and a plain pandas script, in one run.

    .venv/bin/python -m benchmarks [small|county|province]

Deliveries are made by `wengang.sample` in a temporary folder and removed. Every step is a process of its own, so seconds hold the
start-up, and peak memory is that of the step. CPU seconds count both threads: on a shared machine compare these.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SCALES = {"small": 300, "county": 10_000, "province": 100_000}
FIRST, SECOND = "2024-06", "2024-07"


def step(name: str, command: list[str], home: Path, allowed: tuple[int, ...] = (0,)) -> float:
    """Run one command, print its seconds, CPU seconds and peak memory; returns the CPU seconds."""
    begun = time.perf_counter()
    log = home / "bench.log"
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out)
        _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in allowed:
        raise SystemExit(f"{name}: exit {process.returncode}\n{log.read_text(errors='replace')[-2000:]}")
    cpu = used.ru_utime + used.ru_stime
    seconds = time.perf_counter() - begun
    print(f"{name:24} {seconds:8.2f} s {cpu:8.2f} s CPU {used.ru_maxrss / 1024:7.0f} MiB", flush=True)
    return cpu


def floor(folder: Path, target: Path) -> None:
    """Copy the month's contribution files to Parquet with DuckDB's own reader, types given, nothing checked."""
    import duckdb
    from intake import TYPES

    columns = ", ".join(f"'{n}': '{t}'" for n, t in {**TYPES, "is_valid": "varchar"}.items())
    con = duckdb.connect(config={"threads": 2})
    for number, path in enumerate(sorted(folder.glob("contributions*.csv"))):
        con.execute(
            f"copy (select * from read_csv('{path}', header = true, columns = {{{columns}}})) "
            f"to '{target / f'{number}.parquet'}' (format parquet, compression zstd)"
        )


def by_pandas(folder: Path, home: Path) -> None:
    """Sum what each employer paid for each month, as an analyst would, and hold it against the warehouse."""
    from decimal import Decimal

    import duckdb
    import pandas as pd

    parts = [
        pd.read_csv(p, dtype=str, keep_default_na=False) for p in sorted(folder.glob("contributions*.csv"))
    ]
    rows = pd.concat(parts)
    rows = rows.drop_duplicates(
        ["单位编号", "社会保障号码", "费款所属期", "缴费类型", "缴费凭证号"], keep="last"
    )
    rows = rows[rows["入库日期"].str.replace("-", "").between("1", f"{FIRST.replace('-', '')}31")]
    rows = rows[rows["有效标志"].isin(["是", "", "1"])]
    month = rows["费款所属期"].str.replace("-", "")
    fen = sum(
        (rows[c].replace("", "0").astype(float) * 100).round().astype("int64")
        for c in ("单位实缴", "个人实缴")
    )
    found = {k: Decimal(int(v)) / 100 for k, v in fen.groupby([rows["单位编号"], month]).sum().items() if v}
    with duckdb.connect(str(home / "warehouse" / "wengang.duckdb"), read_only=True) as con:
        kept = con.execute(
            "select employer_id, strftime(fee_month, '%Y%m'), received from intermediate.int_employer_months where received <> 0"
        ).fetchall()
    ours = {(e, m): r for e, m, r in kept}
    if found != ours:
        wrong = {k for k in found.keys() | ours.keys() if found.get(k) != ours.get(k)}
        raise SystemExit(f"{len(wrong)} of {len(ours)} employer-months differ")
    print(f"{len(ours)} employer-months agree")


def main() -> None:
    """Make the deliveries, run, print."""
    parser = argparse.ArgumentParser(description="A month through the system, beside the floor and pandas.")
    parser.add_argument("scale", nargs="?", choices=SCALES, default="small")
    parser.add_argument("--worker", nargs=3, metavar=("WHAT", "FROM", "TO"), help=argparse.SUPPRESS)
    args = parser.parse_args()
    sys.path.insert(0, str(Path(__file__).parent))
    if args.worker:
        what, one, two = args.worker
        (floor if what == "floor" else by_pandas)(Path(one), Path(two))
        return
    with tempfile.TemporaryDirectory() as scratch:
        home, copies = Path(scratch) / "home", Path(scratch) / "copies"
        landing = home / "landing"
        home.mkdir()
        copies.mkdir()
        cli = [str(Path(sys.executable).with_name("wengang"))]
        there = ["--home", str(home), "--quiet"]
        size = ["--employers", str(SCALES[args.scale]), "--months", f"{FIRST}..{SECOND}"]
        step("make deliveries", [*cli, "sample", *size, *there], home)
        files = sorted(landing.glob("20*/*"))
        csv = sorted(landing.glob("20*/contributions*.csv"))
        rows = sum(p.read_bytes().count(b"\n") - 1 for p in csv)
        print(
            f"{len(files)} files, {sum(p.stat().st_size for p in files):,} bytes; contributions: {rows:,} rows"
        )
        me = [sys.executable, str(Path(__file__)), "--worker"]
        base = step("floor, first month", [*me, "floor", str(landing / FIRST), str(copies)], home)
        first = 0.0
        for month in (FIRST, SECOND):
            spent = 0.0
            for name in ("ingest", "build", "validate", "report"):
                spent += step(f"{name} {month}", [*cli, name, month, *there], home, (0, 3))
            first = first or spent
            if month == FIRST:
                plain = step("pandas, first month", [*me, "pandas", str(landing / FIRST), str(home)], home)
        print(
            f"first month {first / base:.1f} x floor; second {spent / first:.2f} x first; pandas {plain / first:.2f} x first (CPU)"
        )


if __name__ == "__main__":
    main()
