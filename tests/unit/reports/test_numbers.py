"""Numbers of persons inside keys, remarks and file names do not leave what is restricted: lists, pages, rows of reports, tables."""

from __future__ import annotations

import stat
from pathlib import Path

import duckdb
import pytest

from tests.unit.core.test_numbers_masked import MASK, PERSON
from wengang.core.number_patterns import STARS
from wengang.core.periods import Period
from wengang.reports.figures import rows_of
from wengang.reports.lists import write_list
from wengang.reports.package import close_restricted
from wengang.reports.site.data import write_piece
from wengang.reports.table_files import export_tables
from wengang.reviews.workbook import ReviewItem, without_numbers

JUNE = Period(2024, 6)
COLUMNS = [("payee_id", "VARCHAR"), ("return_reason", "VARCHAR")]


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def con():
    with duckdb.connect() as made:
        made.execute("create schema lists; create schema marts")
        yield made


@pytest.mark.parametrize(
    ("name", "is_open"), [("refund_returned_transfers", True), ("refund_transfers", False)]
)
def test_an_open_list_masks_keys_and_remarks(con, tmp_path, name, is_open):
    con.execute(
        f"create table lists.{name} as select 'JN{PERSON}' as payee_id, '账号6222021234567890123，{PERSON}' as return_reason"
    )
    write_list(con, name, COLUMNS, tmp_path / "list.csv")
    row = (tmp_path / "list.csv").read_text(encoding="utf-8-sig").splitlines()[1]
    expected = f"JN{MASK},账号{STARS}，{MASK}" if is_open else f"JN{PERSON},账号6222021234567890123，{PERSON}"
    assert row == expected
    assert mode(tmp_path / "list.csv") == (0o644 if is_open else 0o600)


@pytest.mark.parametrize(("key", "expected"), [(f"JN{PERSON}", 0o600), ("JN20240000001", 0o644)])
def test_a_table_that_carries_a_number_is_closed(con, tmp_path, key, expected):
    con.execute(
        "create table marts.skill_rule_outcomes as"
        f" select date '2024-06-01' as period, '{key}' as application_no, 'a' as rule_id"
        # of another month: it is not in this month's file
        f" union all select date '2024-05-01', 'JN{PERSON}', 'a'"
    )
    export_tables(con, JUNE, tmp_path)
    assert mode(tmp_path / "skill_rule_outcomes.parquet") == expected


def test_pages_and_rows_of_reports_mask_them(con, tmp_path):
    assert rows_of(con, f"select 'sanctions__{PERSON}.csv' as f, 7 as n, null as x") == [
        {"f": f"sanctions__{MASK}.csv", "n": 7, "x": None}
    ]
    write_piece(tmp_path, "files", f'["unknown_{PERSON}.csv"]')
    assert (tmp_path / "data" / "files.js").read_text(
        encoding="utf-8"
    ) == f'WG.put("files",["unknown_{MASK}.csv"]);\n'


def test_a_matter_to_review_keeps_its_key_and_masks_its_texts():
    from decimal import Decimal

    item = ReviewItem(
        "skill",
        "技能",
        f"JN{PERSON}",
        None,
        None,
        PERSON,
        f"见{PERSON}",
        f"电话13893012345，{PERSON}",
        Decimal(1),
    )
    shown = without_numbers(item)
    assert (shown.subject_id, shown.who, shown.why) == (f"JN{PERSON}", MASK, f"见{MASK}")
    assert shown.to_decide == f"电话{STARS}，{MASK}"


def test_what_is_restricted_is_its_owners_whatever_the_umask(tmp_path):
    folder = tmp_path / "restricted" / "validation"
    folder.mkdir(parents=True)
    (folder / "rows.parquet").write_bytes(b"x")
    for path in (folder, folder.parent):
        path.chmod(0o755)
    (folder / "rows.parquet").chmod(0o644)
    close_restricted(tmp_path)
    assert [mode(p) for p in (folder.parent, folder, folder / "rows.parquet")] == [0o700, 0o700, 0o600]
