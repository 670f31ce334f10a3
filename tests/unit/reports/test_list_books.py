"""Lists as workbooks: what a notice says, how it counts, and accounts that keep their digits."""

from __future__ import annotations

import stat
from decimal import Decimal
from pathlib import Path

import docx
import duckdb
import openpyxl
import pytest

from wengang.core.periods import Period
from wengang.reports.list_books import write_notices, write_transfers

JUNE = Period(2024, 6)


@pytest.fixture
def con() -> duckdb.DuckDBPyConnection:
    """Two units on a first notice in Chengguan, one supplement in Yongchang."""
    con = duckdb.connect()
    con.execute("create schema run; create schema lists; create schema reference; create schema policy")
    con.execute("create table run.context as select date '2024-06-01' as period, '620000' as jurisdiction")
    con.execute(
        "create table reference.regions as select * from (values ('620102', '城关区'), ('620321', '永昌县')) as r(region_code, region_name)"
    )
    con.execute(
        "create table reference.office as select * from (values ('agency', 1, '甘肃省失业保险经办机构'), ('telephone', 2, '0931-0000000'))"
        " as o(item, item_order, text_zh)"
    )
    con.execute(
        "create table policy.parameters as select 'notice_working_days' as parameter, '5' as value, date '2024-01-01' as valid_from,"
        " date '9999-12-31' as valid_to"
    )
    con.execute(
        "create table policy.documents as select 'D1' as document_id, '甘人社通〔2024〕165号' as number"
    )
    con.execute(
        "create table policy.windows as select 'refund' as programme, 2024 as programme_year, '620000' as jurisdiction,"
        " 2 as jurisdiction_rank, 0 as conditions, 'D1' as document_id"
    )
    con.execute(
        """
        create table lists.refund_public_notice as select date '2024-06-01' as period, 2024 as programme_year, * from (values
            ('620102', '甲公司', '91620102MA0000001X', 10.5, 0.36416667, 0.6, 1234567.89, 'first', null, 1234567.89),
            ('620102', '乙公司', '91620102MA0000002X', 3.0, null, 0.6, 100.00, 'first', null, 100.00),
            ('620321', '丙公司', '91620321MA0000003X', 4.0, 0.0, 0.9, 500.00, 'supplement', 200.00, 300.00)
        ) as n(region_code, employer_name, uscc, average_insured, layoff_rate, refund_ratio, refund_amount, notice_kind, noticed_before,
               notice_difference)
        """
    )
    return con


def test_a_notice_can_be_printed_and_counts_its_rows(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    write_notices(con, JUNE, tmp_path)
    book = openpyxl.load_workbook(tmp_path / "refund_public_notice.xlsx")
    assert book.sheetnames == ["首次公示", "补差公示"]
    sheet = book["首次公示"]
    assert sheet["A2"].value == (
        "根据甘人社通〔2024〕165号规定，现将2024年度失业保险稳岗返还符合条件的单位名单予以公示。公示期为5个工作日。"
        "如有异议，请在公示期内向甘肃省失业保险经办机构反映，联系电话：0931-0000000。"
    )
    assert [c.value for c in sheet[4]][:4] == ["1", "甲公司", "91620102MA0000001X", "城关区"]
    # 0.36416667 is shown as 36.42%; what is not known is words.
    assert (sheet["F4"].value, sheet["F4"].number_format) == (pytest.approx(0.36416667), "0.00%")
    assert sheet["F5"].value == "未知"
    # 1,234,567.89 + 100.00
    assert (sheet["H6"].value, sheet["H6"].number_format) == (1234667.89, "#,##0.00")
    supplement = book["补差公示"]
    assert [supplement.cell(4, n).value for n in (8, 9, 10)] == [500, 200, 300]


def test_each_county_has_a_notice_of_its_own(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    write_notices(con, JUNE, tmp_path)
    assert {p.stem for p in (tmp_path / "refund_public_notice").iterdir()} == {"620102", "620321"}
    book = openpyxl.load_workbook(tmp_path / "refund_public_notice" / "620321.xlsx")
    assert book.sheetnames == ["补差公示"]
    assert [book["补差公示"].cell(n, 2).value for n in (4, 5)] == ["丙公司", "合计"]
    said = "".join(p.text for p in docx.Document(str(tmp_path / "refund_public_notice.docx")).paragraphs)
    # 1,234,567.89 + 100.00 + 500.00
    assert "本次公示3户，金额1,235,167.89元" in said


def test_nobody_on_notice_writes_nothing(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    con.execute("delete from lists.refund_public_notice")
    assert write_notices(con, JUNE, tmp_path) == [] and list(tmp_path.iterdir()) == []


def test_an_account_keeps_all_its_digits(tmp_path: Path) -> None:
    rows = [("6228480000000000001", Decimal("1234.50"), None)]
    path = write_transfers(["银行账号", "金额（元）", "派遣单位编号"], rows, JUNE, tmp_path / "t.xlsx")
    sheet = openpyxl.load_workbook(path).active
    assert sheet is not None
    assert [c.value for c in sheet[2]][:2] == ["6228480000000000001", 1234.5]
    assert (sheet["A2"].data_type, sheet["A2"].number_format) == ("s", "@")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
