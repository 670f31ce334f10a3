"""The recount's statements on rows written by hand: job expansion apart from skill, every item of the ledger, applications decided again."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from wengang.contracts import load_contracts
from wengang.recount import programmes, statements
from wengang.recount.count import run_statement

GIVEN = {"period": dt.date(2024, 6, 1), "last": dt.date(2024, 6, 30)}


@pytest.fixture
def con() -> Any:
    with duckdb.connect() as made:
        made.execute("create schema marts")
        made.execute("create schema intermediate")
        yield made


def figures(con: Any, statement: str) -> dict[tuple[str, str], Decimal]:
    return {(r[0], r[1]): r[4] for r in run_statement(con, statement, GIVEN)}


def payments(con: Any) -> None:
    con.execute(
        "create table lake_programme_payments as select * from (values"
        " ('refund', 'E1', 'paid', 100.00, date '2024-06-01', true), ('skill_subsidy', 'SQ1', 'paid', 20.00, date '2024-06-30', null),"
        " ('job_expansion', 'KG1', 'paid', 1500.00, date '2024-06-10', true), ('job_expansion', 'KG2', 'returned', 900.00, date '2024-06-10', true),"
        " ('hiring', 'XN1', 'paid', 40.00, date '2024-06-10', true),"
        " ('job_expansion', 'KG1', 'paid', 3.00, date '2024-06-11', false), ('job_expansion', 'KG3', 'paid', 700.00, date '2024-05-31', true)"
        ") as t(programme, payee_id, result, amount, paid_on, is_valid)"
    )


def test_lines_of_each_programme_stand_apart(con):
    payments(con)
    found = figures(con, statements.PAID)
    assert (found["refund", "paid_in_month"], found["skill", "paid_in_month"]) == (100, 20)
    # A voided line and May's are none of June's; a programme that the recount does not know is in no section.
    assert (found["expansion", "paid_in_month"], found["expansion", "returned_in_month"]) == (1500, 900)
    assert found["skill", "returned_in_month"] == 0


def test_the_items_are_those_of_the_ledgers_contract(con):
    ledger = load_contracts()["fund_ledger"]
    (item,) = (c for c in ledger.columns if c.name == "item")
    counted = {
        name
        for (name,) in con.execute(
            f"{statements.KINDS.rstrip().rstrip(',')} select item from kinds"
        ).fetchall()
    }
    between_levels = {"from_superior", "from_subordinate", "to_superior", "to_subordinate"}
    assert counted == set(item.codes) - between_levels - {"opening_balance"}


def test_every_item_of_the_ledger_counts(con):
    items = [
        ("opening_balance", 1, 1000), ("premium", 6, 50), ("recovered", 6, 7), ("job_expansion", 6, 15), ("pension", 6, 4), ("assistance", 6, 3),
        ("expanded_use", 6, 2), ("from_superior", 6, 500),
    ]  # fmt: skip
    con.execute(
        "create table lake_fund_ledger (region_code varchar, item varchar, month date, amount decimal(18, 2), is_valid boolean)"
    )
    for item, month, amount in [*items, *(("benefit", m, 10) for m in range(1, 7))]:
        con.execute(
            "insert into lake_fund_ledger values ('620100', ?, ?, ?, true)",
            [item, dt.date(2024, month, 1), amount],
        )
    found = figures(con, statements.FUND)
    # June: 50 + 7 in; 15 + 4 + 3 + 2 + 10 out; money between levels cancels. 1000 + 57 − 24 − 6 × 10 = 973.
    assert (found["fund", "income"], found["fund", "expenditure"], found["fund", "balance"]) == (57, 34, 973)


def test_applications_for_job_expansion_decided_again(con):
    payments(con)
    con.execute(
        "create table lake_expansion_applications as select * from (values"
        " ('KG1', 'P1', date '2024-06-05', true), ('KG2', 'P2', date '2024-06-30', true), ('KG3', 'P3', date '2024-05-20', true),"
        " ('KG4', 'P1', date '2024-06-06', true), ('KG5', 'P5', date '2024-07-01', true), ('KG6', 'P6', date '2024-06-06', false)"
        ") as t(application_no, person_id, applied_on, is_valid)"
    )
    con.execute(
        "create table marts.expansion_rule_outcomes as select date '2024-06-01' as period, * from (values"
        " ('KG1', 'expansion.unit', 'pass'), ('KG2', 'expansion.once', 'unknown'), ('KG3', 'expansion.contract', 'fail'),"
        " ('KG4', 'expansion.notice', 'unknown'), ('KG4', 'expansion.review', 'pass')"
        ") as t(application_no, rule_id, outcome)"
    )
    con.execute(
        "create table intermediate.int_expansion_parameters as select application_no, 'expansion_amount' as parameter, '1500' as value"
        " from (values ('KG1'), ('KG2'), ('KG3'), ('KG4')) as t(application_no)"
    )
    con.execute(
        "create table lake_recoveries as select 'job_expansion' as programme, 'KG3' as subject_id, 'repaid' as kind, 200.00 as amount,"
        " date '2024-06-20' as on_date, true as is_valid"
    )
    found = {measure: figure for (_, measure), figure in figures(con, programmes.EXPANSION).items()}
    # Approved: KG1, and KG4 by a person. KG2 waits. KG3, of May, is refused: 700 paid, 200 back, 500 to recover.
    assert (found["approved"], found["approved_persons"], found["in_review"]) == (2, 1, 1)
    assert found["amount"] == 4500
    assert found["paid_amount"] == 2200
    assert (found["payable_amount"], found["recoverable_amount"]) == (1500, 500)
    counted = figures(con, statements.EXPANSION)
    assert (counted["expansion", "applications"], counted["expansion", "persons"]) == (3, 2)
