"""Staging models are what the contracts say: written from them, typed by them, one row per key."""

from __future__ import annotations

import re

import duckdb
import pytest

from tests.dbt.world import World
from wengang.contracts import load_contracts
from wengang.core.errors import ModelError
from wengang.devtools.staging_models import FILE, TAG, page
from wengang.warehouse.dbt_runner import Dbt

STAGING = f"tag:{TAG}"


def test_the_yaml_is_fresh():
    assert FILE.read_text(encoding="utf-8") == page(load_contracts().values()), (
        "run: python -m wengang.devtools.staging_models"
    )


def test_every_source_has_its_model_and_no_model_names_a_column():
    models = {p.stem: p.read_text(encoding="utf-8") for p in FILE.parent.glob("*.sql")}
    assert set(models) == {f"stg_{source}" for source in load_contracts()}
    # The key of review outcomes holds an expression: the one place where SQL says more than the contract, except for the column
    # that a snapshot's state goes by.
    saying = {name for name, text in models.items() if "key=" in text}
    assert saying == {"stg_review_outcomes"}
    for name, text in models.items():
        one_call = r"\{\{ staged_\w+\(source\('lake', '\w+'\)(?:, '\w+')?\) \}\}\n"
        assert name in saying or re.fullmatch(one_call, text)


@pytest.fixture
def world(tmp_path):
    """Two employers; a claim delivered in May and again in June, another voided in June."""
    made = World(tmp_path)
    made.add("employers", [{"employer_id": "E1"}, {"employer_id": "E2"}])
    claims = [
        {
            "claim_no": n,
            "person_id": p,
            "last_employer_id": "E1",
            "start_month": "2024-05-01",
            "entitled_months": m,
        }
        for n, p, m in (("C1", "P1", 4), ("C2", "P2", 6))
    ]
    made.add("benefit_claims", claims, period="2024-05")
    made.add("benefit_claims", [claims[0] | {"entitled_months": 5}, claims[1] | {"is_valid": False}])
    return made.build("2024-06", "staging.*")


def test_types_and_columns_are_the_contracts(world):
    for contract in load_contracts().values():
        found = world.query(
            "select column_name, data_type from duckdb_columns() where schema_name = 'staging' and table_name = ?"
            " order by column_index",
            f"stg_{contract.source}",
        )
        own = [
            (r["column_name"], r["data_type"].lower()) for r in found if not r["column_name"].startswith("_")
        ]
        assert own == [(c.name, c.sql_type) for c in contract.columns]


def test_the_newest_version_counts_and_a_void_takes_the_key_with_it(world):
    rows = world.query("select claim_no, entitled_months from staging.stg_benefit_claims")
    assert rows == [{"claim_no": "C1", "entitled_months": 5}]


def test_keys_and_required_values_are_tested(world):
    dbt = Dbt(world.settings)
    required = sum(column.required for contract in load_contracts().values() for column in contract.columns)
    assert len(dbt.invoke("test", STAGING)) == len(load_contracts()) + required
    for planted in (
        "select * from one union all select * from one",
        "select * replace (null as region_code) from one",
    ):
        with duckdb.connect(str(world.settings.build_file)) as con:
            con.execute("create or replace table staging.one as select * from staging.stg_employers")
            con.execute(
                f"create or replace view staging.stg_employers as {planted.replace('one', 'staging.one')}"
            )
        with pytest.raises(ModelError, match="stg_employers"):
            dbt.invoke("test", STAGING)
        dbt.invoke("run", "stg_employers")


def test_a_column_of_another_type_is_refused_when_the_model_is_built(world):
    """The contract is enforced: what a source delivers under another type never becomes a staging model."""
    with duckdb.connect(str(world.settings.build_file)) as con:
        con.execute(
            "create or replace table lake.typed as select * replace ('four' as entitled_months) from lake.benefit_claims"
        )
        con.execute("create or replace view lake.benefit_claims as select * from lake.typed")
    with pytest.raises(ModelError, match="entitled_months"):
        Dbt(world.settings).invoke("run", "stg_benefit_claims")
