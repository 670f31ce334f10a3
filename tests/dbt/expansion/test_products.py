"""Job expansion in the report, the records behind it, and the lists of the month."""

from __future__ import annotations

import pytest

from tests.dbt.expansion.test_expansion import SPRING, application, ledger, months, person
from tests.dbt.world import World


@pytest.fixture(scope="module")
def june(tmp_path_factory: pytest.TempPathFactory) -> World:
    """One application to pay, one that waits for two more months of premium."""
    world = World(tmp_path_factory.mktemp("june"))
    account = {
        "account_kind": "corporate",
        "account_name": "测试单位",
        "account_no": "990001",
        "bank_name": "测试银行",
    }
    world.add("employers", [{"employer_id": "E1", "contact_phone": "13900000000", **account}])
    world.add("contributions", months("E1", person(1), *SPRING) + months("E1", person(2), "2024-06"))
    world.add(
        "hiring_subsidies",
        [{"person_id": person(5), "employer_id": "E9", "paid_on": "2024-05-01", "amount": 1000}],
    )
    world.add("sanctions", [{"uscc": "91620000MA0000000X", "listed_on": "2024-01-05"}])
    world.add("fund_ledger", ledger())
    world.add(
        "expansion_applications",
        [application("A1", person(1)), application("A2", person(2), hired_on="2024-06-02")],
    )
    world.add(
        "programme_payments",
        [{"batch_no": "B1", "line_no": 1, "programme": "job_expansion", "payee_id": "A1", "amount": 1000}],
    )
    return world.build("2024-06", "*")


def test_the_section_of_the_report(june):
    rows = june.query(
        "select measure, value from marts.report_figures"
        " where section = 'expansion' and reporting_unit = '620000' and dimension = 'none'"
    )
    figures = {r["measure"]: r["value"] for r in rows}
    # Two applications of 1,500; 1,000 of the first paid, 500 to pay; the second in review.
    assert figures["applications"] == figures["persons"] == 2
    assert (figures["approved"], figures["in_review"], figures["amount"]) == (1, 1, 3000)
    assert (figures["paid_amount"], figures["payable_amount"], figures["paid_in_month"]) == (1000, 500, 1000)


def test_every_figure_is_the_sum_of_its_records(june):
    june.build("2024-06", "report_figures", command="test")


def test_lists(june):
    # First eligible in June: its notice is not over.
    assert june.query("select * from lists.expansion_transfers") == []
    (message,) = june.query("select message from lists.expansion_messages")
    assert "一次性扩岗补助" in message["message"]
    (waiting,) = june.query("select * from lists.review_list where programme = 'job_expansion'")
    assert (waiting["subject_id"], waiting["amount"]) == ("A2", 1500)
    assert person(2) not in str(waiting)


def test_what_was_on_a_notice_is_paid_in_the_month_after(june):
    june.build("2024-07", "+expansion_transfers")
    rows = june.query(
        "select application_no, payable_amount from lists.expansion_transfers where period = '2024-07-01'"
    )
    # On the notice of June with 1,500; 1,000 of it paid: 500.
    assert [(r["application_no"], r["payable_amount"]) for r in rows] == [("A1", 500)]
