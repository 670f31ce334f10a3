"""Each critical expectation is shown failing on the fault it is for, met on a sound month, and quiet on empty tables."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest

from wengang.contracts import load_contracts
from wengang.core.errors import ExpectationError
from wengang.core.periods import Period
from wengang.core.settings import Settings
from wengang.quality.suites import Expectation, expectations_of_contract, read_suites
from wengang.quality.validate import month_views, promised_expectations

SUITES = read_suites()
CONTRACTS = [e for c in load_contracts().values() for e in expectations_of_contract(c)]

# How each critical expectation is broken: one statement on a sound month. Those made from a short form (not_null, in_set, types,
# as_contracted, conserved) are broken by the same statement for every table, below.
BREAK = {
    "extract_files.key": "insert into extract_files select * from extract_files limit 1",
    "extract_files.conservation": "update extract_files set rows_read = rows_read + 1 where rowid = 0",
    "extract_files.rejects_listed": "update extract_files set rows_rejected = rows_rejected + 1 where status = 'loaded'",
    "fund_months.key": "insert into fund_months select * from fund_months limit 1",
    # 1 fen more on every December balance but no more income: the next month's... within the year the step from November fails.
    "fund_months.rolls_on": "update fund_months set balance = balance + 0.01 where month(month) = 3",
    "fund_months.items_add_up": "update fund_months set refund = refund + 0.01 where rowid = 0",
    "fund_reserve.key": "insert into fund_reserve select * from fund_reserve limit 1",
    "fund_reserve.gate": "update fund_reserve set gate_open = true, reserve_months = null",
    "premium_relief.key": "insert into premium_relief select * from premium_relief limit 1",
    "refund_decisions.key": "insert into refund_decisions select * from refund_decisions limit 1",
    "refund_decisions.as_outcomes_say": "update refund_decisions set decision = 'ineligible' where decision = 'eligible'",
    "refund_decisions.amount": "update refund_decisions set refund_amount = refund_amount + 0.01",
    "refund_decisions.payments": "update refund_decisions set payable_amount = payable_amount + 0.01",
    "refund_rule_outcomes.complete": "delete from refund_rule_outcomes where rowid = 0",
    "refund_allocations.key": "insert into refund_allocations select * from refund_allocations limit 1",
    "refund_allocations.adds_up": "update refund_allocations set allocated_amount = allocated_amount + 0.01 where rowid = 0",
    "skill_decisions.key": "insert into skill_decisions select * from skill_decisions limit 1",
    "skill_decisions.as_outcomes_say": "update skill_decisions set decision = 'eligible' where decision = 'ineligible'",
    "skill_decisions.payments": "update skill_decisions set recoverable_amount = recoverable_amount + 0.01",
    "skill_rule_outcomes.complete": "delete from skill_rule_outcomes where rowid = 0",
    "benefit_coverage.key": "insert into benefit_coverage select * from benefit_coverage limit 1",
    "benefit_coverage.sane": "update benefit_coverage set new_persons = persons + 1",
    "reconciliations.key": "insert into reconciliations select * from reconciliations limit 1",
    "reconciliations.critical": "update reconciliations set outcome = 'mismatch'; update reconciliation_checks set severity = 'critical'",
    "risk_leads.key": "insert into risk_leads select * from risk_leads limit 1",
    # A released amount above what has stood on a notice to its end.
    "refund_decisions.released": "update refund_decisions set releasable_amount = cleared_amount + 0.01",
    "expansion_decisions.key": "insert into expansion_decisions select * from expansion_decisions limit 1",
    "expansion_decisions.as_outcomes_say": "delete from expansion_rule_outcomes",
    "expansion_decisions.once": (
        "update expansion_decisions set decision = 'eligible', person_id = 'P';"
        "insert into expansion_decisions select * from expansion_decisions limit 1"
    ),
    "expansion_decisions.money": "update expansion_decisions set payable_amount = amount + 0.01",
    "expansion_decisions.funding_source": "update expansion_decisions set amount = 1500, funding_source = null",
    "expansion_rule_outcomes.complete": "delete from expansion_rule_outcomes where rowid = 0",
    "recovery_balance.key": "insert into recovery_balance select * from recovery_balance limit 1",
    "recovery_balance.adds_up": "update recovery_balance set closing = closing + 0.01",
    "recovery_cases.key": "insert into recovery_cases select * from recovery_cases limit 1",
    "recovery_cases.outstanding": "update recovery_cases set outstanding = outstanding + 0.01",
}


def breaking(expectation: Expectation) -> str:
    """Return the statement that breaks an expectation."""
    table = expectation.table
    kind = expectation.id.removeprefix(f"{table}.")
    if kind == "not_null":
        column = expectation.sql.rsplit("where ", 1)[1].split(" is null")[0]
        return f"update {table} set {column} = null"
    if kind.endswith("_accepted"):
        return f"update {table} set {kind.removesuffix('_accepted')} = 'nonsense'"
    return BREAK[expectation.id]


@pytest.fixture(scope="session")
def month(province, tmp_path_factory) -> Path:
    """A file of what the checkpoint sees of the sample month, its rows copied so that they can be broken."""
    settings = Settings(home=province.home)
    scratch = tmp_path_factory.mktemp("month") / "month.duckdb"
    views = month_views(settings, Period(2024, 6), settings.warehouse_file, sorted({e.table for e in SUITES}))
    with duckdb.connect(str(scratch)) as con:
        for statement in views:
            con.execute(statement.replace("create view", "create table") if " w." in statement else statement)
    return scratch


def offending(path: Path, expectation: Expectation, *statements: str) -> int:
    with duckdb.connect(str(path)) as con:
        for statement in statements:
            con.execute(statement)
        row = con.execute(f"select count(*) from ({expectation.sql})").fetchone()
        return row[0] if row else 0


@pytest.mark.parametrize("expectation", [e for e in SUITES if e.severity == "critical"], ids=lambda e: e.id)
def test_met_failing_and_empty(month, tmp_path, expectation):
    copy = tmp_path / "month.duckdb"
    shutil.copyfile(month, copy)
    assert offending(copy, expectation) == 0
    with duckdb.connect(str(copy)) as con:
        has_rows = con.execute(f"select count(*) from {expectation.table}").fetchone()[0] > 0
    if has_rows:
        assert offending(copy, expectation, breaking(expectation)) > 0
    shutil.copyfile(month, copy)
    with duckdb.connect(str(copy)) as con:
        tables = [t for (t,) in con.execute("select table_name from duckdb_tables()").fetchall()]
    assert offending(copy, expectation, *(f"delete from {t}" for t in tables)) == 0


@pytest.mark.parametrize("expectation", CONTRACTS, ids=lambda e: e.id)
def test_rows_as_loaded_keep_their_contract(month, expectation):
    assert offending(month, expectation) == 0


def test_a_row_that_breaks_its_contract_is_found(month, tmp_path):
    copy = tmp_path / "month.duckdb"
    shutil.copyfile(month, copy)
    expectation = next(e for e in CONTRACTS if e.id == "loaded_employers.as_contracted")
    with duckdb.connect(str(copy)) as con:
        con.execute(
            "create table broken as from loaded_employers; drop view loaded_employers; alter table broken rename to loaded_employers"
        )
        con.execute("update loaded_employers set unit_type = 'nonsense' where rowid = 0")
    assert offending(copy, expectation) == 1


def test_rows_that_went_missing_in_the_lake_are_found(month, tmp_path):
    copy = tmp_path / "month.duckdb"
    shutil.copyfile(month, copy)
    expectation = next(e for e in CONTRACTS if e.id == "loaded_employers.conserved")
    with duckdb.connect(str(copy)) as con:
        con.execute(
            "create table fewer as from loaded_employers; drop view loaded_employers; alter table fewer rename to loaded_employers"
        )
        con.execute("delete from loaded_employers where rowid = 0")
    assert offending(copy, expectation) == 1


def test_promised_types_are_held(month, tmp_path):
    copy = tmp_path / "month.duckdb"
    shutil.copyfile(month, copy)
    promised = promised_expectations(sorted({e.table for e in SUITES}))
    assert promised
    assert [e.id for e in promised if offending(copy, e)] == []
    expectation = next(e for e in promised if e.id == "premium_relief.types")
    with duckdb.connect(str(copy)) as con:
        con.execute("alter table premium_relief alter relief type double")
    assert offending(copy, expectation) == 1


def test_every_critical_expectation_has_its_fault():
    made = {e.id for e in SUITES if e.id.endswith(("not_null", "_accepted"))}
    assert {e.id for e in SUITES if e.severity == "critical"} - made == set(BREAK)


def test_a_faulty_suite_file_is_named(tmp_path):
    (tmp_path / "odd.yml").write_text("table: [", encoding="utf-8")
    with pytest.raises(ExpectationError) as fault:
        read_suites(tmp_path)
    assert fault.value.place == "odd.yml"
    assert fault.value.exit_code == 5
