"""The page of recovery: money by age, the small counts of persons hidden, bars as long as their sums."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import duckdb
import pytest

from wengang.reports.site.charts import Bars, Series, stacked_bars
from wengang.reports.site.recovery import ages, chart
from wengang.reports.site.rings import picture, rings


def context(con: Any) -> Any:
    label = SimpleNamespace(zh="项目", en="programme")
    report = SimpleNamespace(label=lambda *_: label)
    tables = {"marts.risk_rings"}
    return SimpleNamespace(con=con, day=dt.date(2024, 6, 1), least=3, report=report, tables=tables)


@pytest.fixture
def con() -> Any:
    with duckdb.connect() as made:
        made.execute("create schema marts")
        yield made


def test_money_by_age(con):
    con.execute(
        "create table marts.recovery_balance as select * from (values"
        " (date '2024-06-01', '620102', 'refund', '0-30', 10000.00, 1, 0.00, 0),"
        " (date '2024-06-01', '620102', 'refund', 'over_365', 30000.00, 2, 500.00, 1),"
        " (date '2024-06-01', '621024', 'refund', '0-30', 5000.00, 1, 0.00, 0),"
        " (date '2024-05-01', '620102', 'refund', '0-30', 999.00, 9, 0.00, 0),"
        " (date '2024-06-01', '620102', 'living_benefits', '0-30', 1800.00, 1, 70.00, 4),"
        " (date '2024-06-01', '620102', 'living_benefits', '31-90', 2000.00, 5, 0.00, 0),"
        " (date '2024-06-01', '620102', 'living_benefits', '91-365', 3000.00, 7, 0.00, 0)"
        ") as t(period, region_code, programme, age_band, closing, owing_cases, not_yet_demanded, undemanded_subjects)"
    )
    found = ages(context(con))
    refund, benefits = found[0]["rows"], found[3]["rows"]
    # 10,000 + 5,000 in two counties; May's row is another report's.
    assert [r["owed"].value for r in refund] == [15000, 0, 0, 30000, 45000]
    assert [r["cases"].value for r in refund] == [2, 0, 0, 2, 4]
    assert [r["undemanded"].value for r in refund] == [0, 0, 0, 500, 500]
    # One person in the youngest band: hidden, and with it the next smallest, so that the total does not tell it.
    assert [r["owed"].hidden for r in benefits] == [True, True, False, False, False]
    assert benefits[4]["owed"].value == 6800
    assert [r["undemanded"].hidden for r in benefits] == [False] * 5
    drawn = chart(found, "owed", "head")
    # Refund 1.5 and 3 万元, benefits 0.3; what is hidden is in no bar.
    titles = re.findall(r"<title>项目 programme ([0-9.]+)</title>", drawn)
    assert titles == ["1.5", "0.3", "3"]


def test_bars_are_as_long_as_their_sums():
    labels = [("甲", "a"), ("乙", "b")]
    drawn = stacked_bars(
        Bars(labels, [Series("一", "one", [1, 4], "s0"), Series("二", "two", [3, 0], "s1")]), "t"
    )
    widths = [float(w) for w in re.findall(r'class="part s\d" x="[\d.]+" y="\d+" width="([\d.]+)"', drawn)]
    # 1 and 3 of the first, 4 of the second: the same length together.
    assert widths[0] + widths[1] == pytest.approx(widths[2], abs=0.2)
    assert widths[1] == pytest.approx(3 * widths[0], abs=0.3)
    assert stacked_bars(Bars(labels, [Series("一", "one", [0, 0], "s0")]), "t") == ""


LINK = {"hub_kind": "account", "hub_label": "账户", "holder_kind": "person"}


def test_rings_show_no_person(con):
    con.execute(
        "create table marts.risk_rings as select * from (values"
        " (date '2024-06-01', 'RING-A', 0, 2, 1, 0, 2, 2, 3000.00, 3000.00),"
        " (date '2024-06-01', 'RING-B', 3, 0, 1, 0, 3, 3, 9000.00, 0.00)"
        ") as t(period, ring_id, employers, persons, accounts, phones, subjects, leads, amount_at_stake, still_recoverable)"
    )
    con.execute(
        "create table marts.risk_ring_links as select * from (values"
        " (date '2024-06-01', 'RING-A', 'account', 'N1', '账户', 'person', 'N2', '6201************01'),"
        " (date '2024-06-01', 'RING-A', 'account', 'N1', '账户', 'person', 'N3', '6201************02'),"
        " (date '2024-06-01', 'RING-B', 'account', 'N4', '账户', 'employer', 'N5', 'E1（测试一）')"
        ") as t(period, ring_id, hub_kind, hub_node, hub_label, holder_kind, holder_node, holder_label)"
    )
    found = rings(context(con))
    assert [(r["id"], r["amount"].value) for r in found["rows"]] == [
        ("RING-B", Decimal(9000)),
        ("RING-A", None),
    ]
    # With the total and one amount shown the other would be told.
    assert (found["count"], found["amount"].hidden) == (2, True)
    drawn = found["rows"][1]["picture"]
    # Two persons are fewer than three: one node stands for them, and one for the account.
    assert drawn.count("<circle") == 2 and "个人" in drawn and "6201" not in drawn
    assert "E1（测试一）" in found["rows"][0]["picture"]


def test_persons_who_hang_on_the_same_are_one_node():
    links = [LINK | {"hub_node": "A", "holder_node": n, "holder_label": "6201**"} for n in "BCD"]
    # three of A, and one of A and F
    links += [LINK | {"hub_node": hub, "holder_node": "E", "holder_label": "6201**"} for hub in "AF"]
    drawn = picture(links, "t", 3)
    assert drawn.count("<circle") == 4 and drawn.count("<line") == 3
    assert "个人 3 人" in drawn and "个人 1 人" not in drawn
    assert picture([], "t", 3) == ""
