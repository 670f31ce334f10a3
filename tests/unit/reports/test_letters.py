"""Letters of recovery: a document for each, closed, the same bytes for the same rows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

from wengang.core.periods import Period
from wengang.reports.letters import write_letters

JUNE = Period(2024, 6)
COLUMNS = (
    "letter_no bigint, letter_kind varchar, case_no varchar, programme varchar, reference_no varchar, programme_year int, region_code varchar,"
    " employer_id varchar, employer_name varchar, person_id varchar, amount decimal(18, 2), demanded decimal(18, 2), repaid decimal(18, 2),"
    " first_demanded_on date, due_on date, last_paid_on date, account_name varchar, account_no varchar"
)
DEMAND = (
    1,
    "demand",
    None,
    "refund",
    None,
    2024,
    "620102",
    "E1",
    "测试<一>厂",
    None,
    12345.6,
    None,
    None,
    None,
    None,
    "2024-05-30",
    "甲",
    "62",
)
REMINDER = (
    2, "reminder", "AJ7", "living_benefits", "HD7", None, "620102", None, None, "62010219900101001X", 50, 80, 30, "2024-04-01", "2024-05-01",
    None, None, "63",
)  # fmt: skip


@pytest.fixture
def con() -> Any:
    with duckdb.connect() as made:
        made.execute("create schema lists")
        made.execute("create schema reference")
        made.execute(f"create table lists.recovery_letters ({COLUMNS})")
        made.execute("create table reference.office (item varchar, item_order int, text_zh varchar)")
        made.execute(
            "insert into reference.office values ('agency', 1, '测试机构'), ('telephone', 2, '0931-000')"
        )
        made.execute("create table reference.operations (name varchar, value decimal(18, 6))")
        made.execute("insert into reference.operations values ('demand_due_days', 30)")
        yield made


def fill(con: Any, *rows: tuple[Any, ...]) -> None:
    for row in rows:
        con.execute(f"insert into lists.recovery_letters values ({', '.join('?' * len(row))})", list(row))


def text_of(path: Path) -> str:
    import docx

    return "\n".join(p.text for p in docx.Document(str(path)).paragraphs)


def test_a_demand_and_a_reminder(con, tmp_path):
    fill(con, DEMAND, REMINDER)
    demand, reminder = write_letters(con, JUNE, tmp_path / "letters")
    assert (demand.name, reminder.name) == ("demand-0001.docx", "reminder-0002.docx")
    said = text_of(demand)
    assert "责令退回通知书" in said and "测试<一>厂" in said and "编号（2024-06-0001）" in said
    assert (
        "你单位2024年度失业保险稳岗返还已付金额多于应付金额，应退回12,345.60元。请自收到本通知之日起30日内"
        in said
    )
    said = text_of(reminder)
    # 80 demanded, 30 came back: 50 are open
    assert "催缴通知书" in said and "社会保障号码62010219900101001X" in said and "核定编号HD7" in said
    assert (
        "于2024年4月1日下达追回通知（案件编号AJ7），累计要求退回80.00元，已退回30.00元，退回期限2024年5月1日已过。尚有50.00元没有退回。"
        in said
    )
    assert "WG" not in said
    assert [p.stat().st_mode & 0o777 for p in (demand, reminder, demand.parent)] == [0o600, 0o600, 0o700]


def test_the_same_rows_are_the_same_bytes_and_none_are_no_folder(con, tmp_path):
    assert write_letters(con, JUNE, tmp_path / "none") == []
    assert not (tmp_path / "none").exists()
    fill(con, DEMAND)
    first, second = (write_letters(con, JUNE, tmp_path / name)[0].read_bytes() for name in "ab")
    assert first == second
