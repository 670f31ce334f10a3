"""The refund decisions of one month alone, from the lake and from nothing else: what the pandas script beside it does, by the models.

    .venv/bin/python benchmarks/refund_only.py HOME PERIOD

Premium rows to employer months, base year, rules and decisions, in a warehouse of its own that is thrown away. The lake must hold the
deliveries; nothing of HOME is changed.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

import duckdb

from wengang.core.periods import Period
from wengang.core.settings import Settings
from wengang.lake.deliveries import read_lake
from wengang.policy import load_policy
from wengang.warehouse.build import prepare_back
from wengang.warehouse.dbt_runner import Dbt
from wengang.warehouse.run_context import register_policy, register_run


def main() -> None:
    """Decide, and say how many employers were decided in how many seconds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path)
    parser.add_argument("period")
    options = parser.parse_args()
    settings, period = Settings(home=options.home), Period.parse(options.period)
    begun = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "wengang.duckdb"
        with duckdb.connect(str(database)) as con:
            register_run(con, settings, period, read_lake(settings))
            register_policy(con, load_policy(settings.policy, settings.jurisdiction))
            prepare_back(con)
        dbt = Dbt(settings, database)
        dbt.invoke("seed")
        dbt.invoke("run", "+refund_decisions")
        with duckdb.connect(str(database), read_only=True) as con:
            count = con.execute(
                "select count(*) from marts.refund_decisions where period = ?", [period.first_day]
            ).fetchone()
    print(f"{count[0] if count else 0} decisions, {time.perf_counter() - begun:.1f} s")


if __name__ == "__main__":
    main()
