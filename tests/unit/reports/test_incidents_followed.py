"""Incidents of earlier months: on the report until they are settled, and once when they are."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from tests.unit.reports.conftest import make_report
from wengang.core.periods import Period
from wengang.reports.figures import read_followed
from wengang.reports.incident import incident_data

MAY, JUNE, JULY = Period(2024, 5), Period(2024, 6), Period(2024, 7)


@pytest.fixture
def con() -> Any:
    """Incidents of May: E1 (case open in June, settled in July), E2 (lead dismissed in June), E3 (still one in June), P4 (a claim's case)."""
    with duckdb.connect() as made:
        for schema in ("marts", "intermediate"):
            made.execute(f"create schema {schema}")
        made.execute(
            "create table marts.incidents as select * from (values"
            " (date '2024-05-01', 'ordinary', 'employer', 'E1', '620102', 12000.00, ['L1']),"
            " (date '2024-05-01', 'major', 'employer', 'E2', '620102', 600000.00, ['L2']),"
            " (date '2024-05-01', 'ordinary', 'employer', 'E3', '620102', 20000.00, ['L3']),"
            " (date '2024-06-01', 'ordinary', 'employer', 'E3', '620102', 20000.00, ['L3']),"
            " (date '2024-05-01', 'ordinary', 'person', 'P4', '620102', 11000.00, ['L4'])"
            ") as t(period, grade, subject_kind, subject_id, region_code, amount, lead_ids)"
        )
        made.execute(
            "create table marts.risk_leads as select * from (values"
            " (date '2024-05-01', 'L1', 'open'), (date '2024-05-01', 'L2', 'open'), (date '2024-05-01', 'L4', 'open'),"
            " (date '2024-06-01', 'L1', 'gone'), (date '2024-06-01', 'L2', 'dismissed'), (date '2024-06-01', 'L3', 'open'),"
            " (date '2024-06-01', 'L4', 'confirmed'),"
            " (date '2024-07-01', 'L1', 'gone'), (date '2024-07-01', 'L2', 'dismissed'), (date '2024-07-01', 'L3', 'gone'),"
            " (date '2024-07-01', 'L4', 'confirmed')"
            ") as t(period, lead_id, status)"
        )
        made.execute(
            "create table marts.recovery_cases as select * from (values"
            " (date '2024-06-01', 'refund', 'E1', 12000.00, 5000.00, 7000.00, 'open'),"
            " (date '2024-07-01', 'refund', 'E1', 12000.00, 12000.00, 0.00, 'settled'),"
            " (date '2024-06-01', 'living_benefits', 'K4', 11000.00, 11000.00, 0.00, 'settled'),"
            " (date '2024-07-01', 'living_benefits', 'K4', 11000.00, 11000.00, 0.00, 'settled')"
            ") as t(period, programme, subject_id, demanded, repaid, outstanding, status)"
        )
        made.execute(
            "create table intermediate.int_benefit_claims as select 'K4' as claim_no, 'P4' as person_id"
        )
        made.execute(
            "create table intermediate.int_employers as select 'E1' as employer_id, '测试一' as employer_name"
        )
        yield made


def followed(con: Any, period: Period) -> list[tuple[Any, ...]]:
    return [(r["subject_id"], r["leads"], r["repaid"], r["is_settled"]) for r in read_followed(con, period)]


def test_each_is_followed_until_settled(con):
    # In June E1's case is open though its lead is gone; E2's lead was dismissed and P4's case settled: told once. E3 is June's own.
    assert followed(con, JUNE) == [
        ("E2", 0, None, True),
        ("E1", 0, Decimal("5000.00"), False),
        ("P4", 1, Decimal("11000.00"), True),
    ]
    # In July E3's lead is gone and E1 has paid: told once. E2 and P4 were settled in June.
    assert followed(con, JULY) == [("E3", 0, None, True), ("E1", 0, Decimal("12000.00"), True)]
    assert followed(con, MAY) == []


def test_the_report_tells_of_them(con):
    report = make_report()
    report.followed = read_followed(con, JUNE)
    part = incident_data(report)["parts"][-1]
    assert part["heading"] == "以前月份要情的进展"
    (e1,) = (row for row in part["rows"] if "测试一" in row[0])
    assert e1[1:3] == ["2024年05月", "一般，12,000.00元"]
    assert e1[5] == "办理中" and "未退回" in e1[4]
    # Persons stay masked: of ten characters or fewer nothing is shown.
    assert "P4" not in str(part) and any("**" in row[0] for row in part["rows"])
    assert dt.date(2024, 5, 1) == report.followed[0]["reported"]
