"""The intake's speed beside DuckDB's own typed copy of the same file.

    .venv/bin/python benchmarks/intake.py --rows 2000000

Makes one month of premium rows (made-up people, fixed seed) as UTF-8 and as GB18030, then runs, each in a process of its own and
in turn: DuckDB's typed COPY of the UTF-8 file to Parquet (zstd), and our reader (check digits, codes, rejects, line numbers) on
both files. Prints rows/s, MB/s, the ratio of the times (the target: at most 2.5 for UTF-8, 3.5 for GB18030) and peak memory;
the best of `--repeat` runs counts for each. Reading the digest of the file and every start-up are inside the times.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

HEADINGS = "单位编号,社会保障号码,费款所属期,缴费类型,缴费凭证号,缴费基数,单位应缴,个人应缴,单位实缴,个人实缴,滞纳金,入库日期"
TYPES = {
    "employer_id": "varchar",
    "person_id": "varchar",
    "fee_month": "varchar",
    "pay_kind": "varchar",
    "voucher_no": "varchar",
    "pay_base": "decimal(18,2)",
    "employer_due": "decimal(18,2)",
    "person_due": "decimal(18,2)",
    "employer_paid": "decimal(18,2)",
    "person_paid": "decimal(18,2)",
    "late_fee": "decimal(18,2)",
    "received_on": "date",
}
WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])


def generate(folder: Path, rows: int) -> tuple[Path, Path]:
    """Write the month twice, as UTF-8 and as GB18030; persons are numbers that nobody bears (region 629999)."""
    rng = np.random.default_rng(20240603)
    utf8, gb = folder / "contributions__utf8.csv", folder / "contributions__gb18030.csv"
    with (
        utf8.open("w", encoding="utf-8", newline="") as one,
        gb.open("w", encoding="gb18030", newline="") as two,
    ):
        for out in (one, two):
            out.write(HEADINGS + "\n")
        done = 0
        while done < rows:
            n = min(200_000, rows - done)
            order = rng.integers(0, 1000, n)
            birth = (
                rng.integers(1960, 2005, n) * 10000 + rng.integers(1, 13, n) * 100 + rng.integers(1, 29, n)
            )
            body = 629999 * 10**11 + birth.astype(np.int64) * 1000 + order
            digits = (body[:, None] // 10 ** np.arange(16, -1, -1)) % 10
            check = np.array(list("10X98765432"))[(digits @ WEIGHTS) % 11]
            base = rng.integers(300_000, 2_500_000, n)
            unit, person = (base * 7 + 500) // 1000, (base * 3 + 500) // 1000
            employer = 629999000000 + (np.arange(done, done + n) // 25)
            lines = [
                f"{e},{b}{c},2024-06,正常缴费,{v},{x / 100:.2f},{u / 100:.2f},{p / 100:.2f},{u / 100:.2f},{p / 100:.2f},,2024-06-{d:02d}\n"
                for e, b, c, v, x, u, p, d in zip(
                    employer,
                    body,
                    check,
                    20240600000000 + employer % 10**6,
                    base,
                    unit,
                    person,
                    1 + employer % 28,
                    strict=True,
                )
            ]
            text = "".join(lines)
            one.write(text)
            two.write(text)
            done += n
    return utf8, gb


def run_duckdb(path: Path, home: Path, threads: int) -> None:
    """Copy with DuckDB's own reader, types given."""
    import duckdb

    con = duckdb.connect(config={"threads": threads})
    columns = ", ".join(f"'{n}': '{t}'" for n, t in TYPES.items())
    con.execute(
        f"copy (select * from read_csv('{path}', header = true, delim = ',', columns = {{{columns}}})) "
        f"to '{home / 'copy.parquet'}' (format parquet, compression zstd)"
    )


def run_ours(path: Path, home: Path, threads: int) -> None:
    """Ingest a landing folder that holds this file alone."""
    from wengang.core.periods import Period
    from wengang.core.progress import Progress
    from wengang.core.settings import Settings
    from wengang.ingest import ingest

    folder = home / "landing" / "2024-06"
    folder.mkdir(parents=True)
    (folder / "contributions.csv").symlink_to(path)
    result = ingest(Settings(home=home, threads=threads), Period(2024, 6), Progress(quiet=True))
    if [f.status for f in result.files] != ["loaded"] or result.rows_rejected:
        raise SystemExit(f"not loaded whole: {result.counts}, {result.rows_rejected} rejected")


def timed(what: str, path: Path, threads: int) -> tuple[float, float]:
    """Run one of the two in a fresh process; seconds inside it after its imports, and its peak memory in MiB."""
    with tempfile.TemporaryDirectory(dir=path.parent) as home:
        command = [sys.executable, __file__, "--worker", what, str(path), home, "--threads", str(threads)]
        out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    answer = json.loads(out.splitlines()[-1])
    return answer["seconds"], answer["peak_mib"]


def main() -> None:
    """Read the arguments, run, print."""
    parser = argparse.ArgumentParser(description="The intake beside DuckDB's typed copy of the same file.")
    parser.add_argument("--rows", type=int, default=2_000_000)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeat", type=int, default=2)
    parser.add_argument("--worker", nargs=3, metavar=("WHAT", "FILE", "HOME"), help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.worker:
        what, path, home = args.worker
        begun = time.perf_counter()
        (run_duckdb if what == "duckdb" else run_ours)(Path(path), Path(home), args.threads)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps({"seconds": time.perf_counter() - begun, "peak_mib": peak}))
        return
    with tempfile.TemporaryDirectory() as folder:
        utf8, gb = generate(Path(folder), args.rows)
        results: dict[str, tuple[float, float]] = {}
        for _ in range(args.repeat):
            for name, what, path in (
                ("duckdb copy", "duckdb", utf8),
                ("wengang utf-8", "ours", utf8),
                ("wengang gb18030", "ours", gb),
            ):
                results[name] = min(results.get(name, (float("inf"), 0.0)), timed(what, path, args.threads))
        size = {"wengang gb18030": gb.stat().st_size}
        base = results["duckdb copy"][0]
        print(
            f"{args.rows:,} rows, {utf8.stat().st_size / 1e6:.0f} MB, {args.threads} threads, best of {args.repeat}"
        )
        for name, (seconds, peak) in results.items():
            mb = size.get(name, utf8.stat().st_size) / 1e6
            print(
                f"{name:16} {seconds:7.2f} s {args.rows / seconds:12,.0f} rows/s {mb / seconds:8.1f} MB/s "
                f"x{seconds / base:5.2f} {peak:7.0f} MiB"
            )


if __name__ == "__main__":
    main()
