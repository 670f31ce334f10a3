"""`make demo`: a sample month through the monthly DAG, under Airflow on its embedded defaults, and where to look afterwards."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

from wengang.core.periods import Period
from wengang.core.progress import Progress
from wengang.core.settings import ROOT, Settings


def airflow_environment(home: Path) -> dict[str, str]:
    """Return the environment of an Airflow of one's own: SQLite metadata under the home, our DAGs, no telemetry."""
    airflow_home = (home / "airflow").resolve()
    return {
        **os.environ,
        "AIRFLOW_HOME": str(airflow_home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "dags"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__PARALLELISM": "4",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{airflow_home / 'airflow.db'}",
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
        "AIRFLOW__COSMOS__ENABLE_TELEMETRY": "False",
        "AIRFLOW__LOGGING__LOGGING_LEVEL": "WARNING",
        "WENGANG_HOME": str(home.resolve()),
        "PYTHONWARNINGS": "ignore",
    }


def run_airflow(environment: dict[str, str], log: Path, *arguments: str) -> None:
    """Run one airflow command, its talk going to a log except for our own step lines; leaves with its code if it fails."""
    log.parent.mkdir(parents=True, exist_ok=True)
    command = [str(Path(sys.executable).parent / "airflow"), *arguments]
    with log.open("a", encoding="utf-8") as out:
        process = subprocess.Popen(  # noqa: S603 - our own command
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        for line in process.stdout or ():
            out.write(line)
            if line[:1] in "✓✗" and line.strip():
                print(line, end="", flush=True)
    if process.wait() != 0:
        print(f"✗ airflow {arguments[0]} {arguments[1]}: {log}", file=sys.stderr)
        sys.exit(process.returncode)


def main() -> None:
    """Write the sample, run the DAG, say where everything is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, default=Path("var/demo"))
    parser.add_argument("--period", default="2024-06")
    options = parser.parse_args()
    settings = Settings(home=options.home)
    period = Period.parse(options.period)
    progress = Progress(out=sys.stdout)
    begun = time.perf_counter()
    if not (settings.landing_dir / str(period)).exists():
        from wengang.sample import write_sample

        with progress.step("生成合成数据（测试用）", "write the synthetic sample"):
            write_sample(settings.landing_dir, [period], employers=300, seed=1)
    environment = airflow_environment(options.home)
    log = options.home / "logs" / "airflow.log"
    with progress.step("准备 Airflow", "prepare Airflow (SQLite)"):
        run_airflow(environment, log, "db", "migrate")
        run_airflow(environment, log, "pools", "set", "warehouse", "1", "one writer of the warehouse")
    with progress.step("运行月度流程 monthly_report", "run the monthly DAG"):
        run_airflow(environment, log, "dags", "test", "monthly_report", "--conf", f'{{"period": "{period}"}}')
    from wengang.reports.summary import summary

    print()
    print(summary(settings, period))
    print(f"用时 {time.perf_counter() - begun:.0f} s")


if __name__ == "__main__":
    main()
