"""The lists of a package: what only the owner may read lies in the closed folder, and the review list comes back."""

from __future__ import annotations

import csv
import datetime as dt
import stat

import duckdb
import openpyxl
import pytest

from wengang.core.periods import Period
from wengang.core.settings import Settings
from wengang.reports.lists import HEADINGS, OPEN_LISTS, REVIEW_LIST, write_lists

PRIVATE = {"account_no", "contact_phone", "person_id", "person_no", "_person_no"}


@pytest.fixture(scope="module")
def warehouse(province):
    with duckdb.connect(str(Settings(home=province.home).warehouse_file), read_only=True) as con:
        yield con


def columns_of(con) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for name, column in con.execute(
        "select table_name, column_name from information_schema.columns where table_schema = 'lists'"
    ).fetchall():
        found.setdefault(name, set()).add(column)
    return found


def test_every_list_is_in_the_package_and_the_private_ones_are_closed(province, warehouse):
    package = province.home / "drafts" / "2024-06"
    columns = columns_of(warehouse)
    closed = package / "restricted"
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    assert {p.stem for p in (package / "lists").iterdir()} == {*OPEN_LISTS, "review-2024-06", "review"}
    assert {p.stem for p in (closed / "lists").iterdir()} == set(columns) - {*OPEN_LISTS, REVIEW_LIST}
    for name in OPEN_LISTS:
        assert not columns[name] & PRIVATE, name
    for path in (closed / "lists").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path.name


def test_a_list_holds_all_rows_under_chinese_headings(province, warehouse):
    package = province.home / "drafts" / "2024-06"
    for name, columns in columns_of(warehouse).items():
        if name == REVIEW_LIST:
            continue
        assert columns <= set(HEADINGS), name
        folder = package / ("lists" if name in OPEN_LISTS else "restricted/lists")
        with (folder / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
        count = warehouse.execute(f"select count(*) from lists.{name}").fetchone()
        assert len(rows) == count[0], name
        assert all(row["期间"] == "2024-06" for row in rows), name


def test_the_review_workbook_holds_the_review_list(province, warehouse):
    book = openpyxl.load_workbook(province.home / "drafts" / "2024-06" / "lists" / "review-2024-06.xlsx")
    sheet = book["审核结论"]
    subjects = [row[1] for row in sheet.iter_rows(min_row=2, values_only=True)]
    expected = [s for (s,) in warehouse.execute("select subject_id from lists.review_list").fetchall()]
    assert sorted(subjects) == sorted(expected)


def test_an_earlier_month_takes_over_what_its_draft_held(province, warehouse, tmp_path):
    checked = tmp_path / "checked"
    (checked / "restricted" / "lists").mkdir(parents=True)
    (checked / "restricted" / "lists" / "refund_transfers.csv").write_text("as signed\n")
    (checked / "lists").mkdir()
    (checked / "lists" / "skill_recipients.csv").write_text("as signed\n")
    target = tmp_path / "target"
    target.mkdir()
    write_lists(warehouse, Period(2024, 5), checked, target)
    assert {str(p.relative_to(target)) for p in target.rglob("*.csv")} == {
        "lists/skill_recipients.csv", "restricted/lists/refund_transfers.csv",
    }  # fmt: skip
    assert stat.S_IMODE((target / "restricted").stat().st_mode) == 0o700


def test_a_text_is_never_a_formula(tmp_path):
    with duckdb.connect() as con:
        con.execute("create schema run; create schema lists")
        con.execute("create table run.context as select date '2024-06-01' as period")
        con.execute(
            "create view lists.refund_to_contact as select date '2024-06-01' as period, '=1+1' as employer_name,"
            " '+86931' as contact_phone, -5.00 as refund_amount"
        )
        target = tmp_path / "package"
        target.mkdir()
        write_lists(con, Period.of(dt.date(2024, 6, 1)), tmp_path, target)
    text = (target / "restricted" / "lists" / "refund_to_contact.csv").read_text(encoding="utf-8-sig")
    assert text.splitlines() == ["期间,单位名称,联系电话,返还金额（元）", "2024-06,'=1+1,'+86931,-5.00"]
