"""What it costs to find each employer's own parameters: conditions, cities and counties, lists.

    .venv/bin/python benchmarks/parameters.py --employers 100000

Employers, lists and rows of parameters are made up: beside the rows shipped, every refund parameter gets rows for cities and for some units
only. The models that find rows are run on them, in a warehouse that is thrown away; their CPU seconds are added up.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
from pathlib import Path

import duckdb

from wengang.core.periods import Period
from wengang.core.settings import Settings
from wengang.lake.deliveries import read_lake
from wengang.policy import load_policy
from wengang.policy.registry import registry
from wengang.warehouse.build import prepare_back
from wengang.warehouse.dbt_runner import Dbt
from wengang.warehouse.run_context import register_policy, register_run

PERIOD = Period(2024, 6)
MODELS = (
    "int_refund_size_parameters",
    "int_refund_windows",
    "int_refund_profiles",
    "int_refund_parameters",
    "int_refund_settings",
)
PLACES = ("620100", "620200", "620400", "620900", "621000", "620102", "621024")
CONDITIONS = (
    "list=one",
    "list=two",
    "list=three",
    "unit_type=law_firm",
    "industry=C",
    "industry=51",
    "is_dispatch=yes",
)
# Relations that the models read, as an earlier month leaves them: one open programme year.
RELATIONS = """
create or replace table intermediate.int_refund_programmes as
select date '2024-06-01' as period, date '2024-06-30' as period_end, 2024 as programme_year, 2023 as base_year, '620000' as jurisdiction,
    date '2024-04-28' as window_from, date '2024-12-31' as window_to, true as is_open, 'GS-2024-165' as document_id, '一' as article;
create or replace table intermediate.int_refund_subjects as
select date '2024-06-01' as period, date '2024-06-30' as period_end, 2024 as programme_year, 'E' || n as employer_id, '2024 E' || n as subject,
    date '2024-06-30' as day, ['620102', '620202', '620402', '620902', '621002', '621024', '629900'][1 + n % 7] as region_code,
    ['enterprise', 'enterprise', 'enterprise', 'law_firm', 'social_service'][1 + n % 5] as unit_type,
    ['A', 'C', 'F', 'K'][1 + n % 4] as industry_section, ['01', '17', '51', '70'][1 + n % 4] as industry_division, n % 40 = 0 as is_dispatch,
    lpad(cast(n as varchar), 18, '9') as uscc
from range({employers}) as t(n);
create or replace table intermediate.int_refund_size as
select programme_year, employer_id, case when n % 9 = 0 then 'large' else 'sme' end as size_class
from (select *, row_number() over () as n from intermediate.int_refund_subjects);
create or replace table staging.stg_employer_lists as
select l.list_id, lpad(cast(n as varchar), 18, '9') as uscc, date '2024-01-01' as valid_from, cast(null as date) as valid_to
from range({employers}) as t(n) cross join (values ('one', 2), ('two', 3), ('three', 5)) as l(list_id, nth) where n % l.nth = 0;
"""


def write_folder(folder: Path, source: Path) -> int:
    """Write the shipped folder with rows for cities and some units; returns how many rows of parameters it has."""
    shutil.copytree(source, folder)
    file = folder / "parameters.csv"
    lines = file.read_text(encoding="utf-8").splitlines()
    for name, kind in registry().items():
        if kind.needed_on != "refund_decision":
            continue
        value = next(line.split(",")[5] for line in reversed(lines) if line.startswith(f"{name},"))
        for n, place in enumerate(PLACES):
            condition = CONDITIONS[n] if n % 2 else ""
            lines.append(
                f"{name},{place},{condition},2024-04-{10 + n},,{value},assumption,GS-2024-165,一,D,made up"
            )
        lines.append(f"{name},620000,list=one,2024-05-01,,{value},assumption,GS-2024-165,一,D,made up")
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return len(lines) - 1


def seconds_of(dbt: Dbt, model: str) -> float:
    """Run one model again; returns the CPU seconds of it, dbt's planning included: other work on the machine does not count."""
    begun = time.process_time()
    dbt.invoke("run", model)
    return time.process_time() - begun


def main() -> None:
    """Make, resolve, print the CPU seconds of each model and their sum."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--employers", type=int, default=100_000)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rows = write_folder(folder / "policy", Settings(home=folder).policy)
        settings = Settings(home=folder / "home", policy=folder / "policy", threads=options.threads)
        database = folder / "wengang.duckdb"
        with duckdb.connect(str(database)) as con:
            register_run(con, settings, PERIOD, read_lake(settings))
            register_policy(con, load_policy(settings.policy, settings.jurisdiction))
            prepare_back(con)
            con.execute("create schema if not exists intermediate; create schema if not exists staging")
            con.execute(RELATIONS.replace("{employers}", str(options.employers)))
        dbt = Dbt(settings, database)
        dbt.invoke("run", *MODELS)  # dbt itself and the project are loaded
        spent = {model: seconds_of(dbt, model) for model in MODELS}
        with duckdb.connect(str(database), read_only=True) as con:
            found = con.execute(
                "select count(*), count(distinct profile) from intermediate.int_refund_profiles"
            ).fetchone()
    for model, seconds in spent.items():
        print(f"{model}: {seconds:.2f} CPU s")
    print(
        f"{found[0] if found else 0} employers, {rows} rows, {found[1] if found else 0} profiles: {sum(spent.values()):.2f} CPU s"
    )


if __name__ == "__main__":
    main()
