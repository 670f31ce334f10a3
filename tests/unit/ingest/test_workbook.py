"""Workbooks as agencies make them, and Parquet."""

from __future__ import annotations

import datetime as dt
import gzip
import io
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from .conftest import PERSONS, World, premium

HEADS = [
    "支付流水号",
    "核定编号",
    "社会保障号码",
    "待遇所属期",
    "待遇类型",
    "金额(元)",
    "发放日期",
    "行政区划代码",
    "发放结果",
]


def payment(number: int, **changes: Any) -> list[Any]:
    row = dict(
        zip(
            HEADS,
            [f"F{number}", "S1", PERSONS[0], "2024年6月", "失业保险金", 1503, 45446, "620621", "成功"],
            strict=True,
        )
    )
    return list((row | changes).values())


def book(
    path: Path,
    sheets: dict[str, list[list[Any]]],
    merges: dict[str, list[tuple[int, int, int, int, Any]]] | None = None,
) -> None:
    with xlsxwriter.Workbook(str(path)) as out:
        day = out.add_format({"num_format": "yyyy-mm-dd"})
        for name, rows in sheets.items():
            sheet = out.add_worksheet(name)
            for r, row in enumerate(rows):
                for c, cell in enumerate(row):
                    if isinstance(cell, (dt.date, dt.datetime)):
                        sheet.write_datetime(r, c, cell, day)
                    elif cell is not None:
                        sheet.write(r, c, cell)
            for merge in (merges or {}).get(name, []):
                sheet.merge_range(*merge[:4], merge[4])


def test_title_totals_trailers_and_sheets(world: World) -> None:
    path = world.put("benefit_payments.xlsx", b"")
    title = [["失业保险待遇发放表"], ["填报单位：某市", None, None, "期间：2024年6月"]]
    first = [
        *title,
        HEADS,
        payment(1),
        [None] * 9,
        ["小计"],
        payment(2),
        ["合 计", None, None, None, None, 3006],
        ["填报人：甲", None, "审核人：乙"],
        payment(9),
    ]
    second = [HEADS[::-1], payment(3)[::-1], ["总计"], ["说明：以上"], payment(9)[::-1]]
    book(path, {"填表说明": [["填表说明"], ["单位：元"]], "一": first, "二": second})
    world.ingest()
    rows = world.rows("benefit_payments.xlsx")
    assert [(r["payment_no"], r["_line_no"], r["_seq"]) for r in rows] == [
        ("F1", 4, 1),
        ("F2", 7, 2),
        ("F3", 2, 3),
    ]
    assert [r["paid_on"] for r in rows] == [dt.date(2024, 6, 3)] * 3
    assert world.last("benefit_payments.xlsx")["rows_read"] == 3


@pytest.mark.parametrize(
    "word",
    [
        "填报人",
        "填表人",
        "制表人",
        "审核人",
        "复核人",
        "经办人",
        "负责人",
        "单位负责人",
        "填报日期",
        "备注",
        "注:",
        "注：",
        "说明:",
    ],
)
def test_every_trailer_ends_the_table(world: World, word: str) -> None:
    path = world.put("benefit_payments.xlsx", b"")
    book(path, {"一": [HEADS, payment(1), [word + "甲"], payment(2)]})
    world.ingest()
    assert [r["payment_no"] for r in world.rows("benefit_payments.xlsx")] == ["F1"]


def test_two_line_heading_and_merged_cells(world: World) -> None:
    path = world.put("benefit_payments.xlsx.gz", b"")
    rows: list[list[Any]] = [["表"], [None] * 9, [None] * 9, payment(1), payment(2), payment(3)]
    rows[2] = [None] * 4 + ["待遇类型", "金额(元)"] + [None] * 3
    merges = [(0, 0, 0, 8, "表"), (1, 4, 1, 5, "待遇")]
    merges += [(1, c, 2, c, h) for c, h in enumerate(HEADS) if c not in (4, 5)]
    for row in rows[4:]:
        row[1] = None
    merges.append((3, 1, 5, 1, "S7"))
    plain = world.root / "plain.xlsx"
    book(plain, {"一": rows}, {"一": merges})
    path.write_bytes(gzip.compress(plain.read_bytes()))
    world.ingest()
    taken = world.rows("benefit_payments.xlsx.gz")
    assert [(r["payment_no"], r["claim_no"], r["_line_no"]) for r in taken] == [
        ("F1", "S7", 4),
        ("F2", "S7", 5),
        ("F3", "S7", 6),
    ]


def test_cells_of_a_workbook(world: World) -> None:
    path = world.put("benefit_payments.xlsx", b"")
    cases = [
        {"金额(元)": 0.1 + 0.2},  # 0.30000000000000004, shown as 0.3
        {"金额(元)": 27.305},
        {"金额(元)": "27.300"},
        {"发放日期": dt.date(2024, 6, 3)},
        {"发放日期": dt.datetime(2024, 6, 3, 10, 30)},  # noqa: DTZ001 (a cell has no zone)
        {"发放日期": 45446.5},
        {"待遇所属期": dt.date(2024, 6, 1)},
        {"待遇所属期": dt.date(2024, 6, 2)},
        {"待遇所属期": 202406},
        {"行政区划代码": 620621},
    ]
    book(path, {"一": [HEADS, *(payment(i, **c) for i, c in enumerate(cases))]})
    world.ingest()
    taken = {r["payment_no"]: r for r in world.rows("benefit_payments.xlsx")}
    assert sorted(taken) == ["F0", "F3", "F6", "F8", "F9"]
    assert taken["F0"]["amount"] == Decimal("0.30") and taken["F9"]["region_code"] == "620621"
    assert {r["benefit_month"] for r in taken.values()} == {dt.date(2024, 6, 1)}
    assert world.reasons("benefit_payments.xlsx") == [
        (3, "amount", "too_many_decimals"),
        (4, "amount", "too_many_decimals"),
        (6, "paid_on", "bad_day"),
        (7, "paid_on", "bad_day"),
        (9, "benefit_month", "bad_month"),
    ]
    assert world.rejects("benefit_payments.xlsx")[0]["sheet"] == "一"


def test_no_heading_anywhere_is_refused(world: World) -> None:
    book(world.put("benefit_payments.xlsx", b""), {"一": [["甲", "乙"], [1, 2]]})
    world.ingest()
    record = world.last("benefit_payments.xlsx")
    assert record["status"] == "refused" and "支付流水号" in record["message_zh"]


@pytest.mark.parametrize(
    "name", ["employers.xlsx", "employers.parquet", "employers.csv.gz", "employers.xlsx.gz", "employers.pdf"]
)
def test_what_cannot_be_read(world: World, name: str) -> None:
    world.put(name, b"PK nothing of the kind")
    world.ingest()
    assert world.last(name)["status"] == "unreadable"


def test_gzip_cut_short(world: World) -> None:
    world.put(
        "sanctions.csv.gz", gzip.compress(b"uscc,listed_on\n" + b"91512081MA62K0260E,20240101\n" * 99)[:-20]
    )
    world.ingest()
    assert world.last("sanctions.csv.gz")["status"] == "unreadable"


def parquet(columns: dict[str, pa.Array]) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table(columns), out)
    return out.getvalue()


def test_parquet_typed_and_text(world: World) -> None:
    text = {k: pa.array([v, v]) for k, v in premium().items()}
    text["voucher_no"] = pa.array(["V1", "V2"])
    typed = text | {
        "fee_month": pa.array([dt.date(2024, 6, 1), dt.date(2024, 6, 2)]),
        "pay_base": pa.array([Decimal("4000.0000")] * 2),
        "employer_due": pa.array([28.0, 28.0]),
        "received_on": pa.array([dt.datetime(2024, 6, 15)] * 2, pa.timestamp("us")),  # noqa: DTZ001
        "ＡＡＥ１００": pa.array([True, None]),
        "employer_id": pa.array(["620104000001"] * 2).dictionary_encode(),
    }
    world.put("contributions.parquet", parquet(text))
    world.put("contributions__2.parquet.gz", gzip.compress(parquet(typed)))
    world.ingest()
    unlike = {"_file": "", "_delivery": "", "_block": None}
    want = [r | unlike for r in world.rows("contributions.parquet")]
    (got,) = world.rows("contributions__2.parquet.gz")
    assert got | unlike == want[0]
    assert [r["_line_no"] for r in want] == [1, 2]
    assert world.reasons("contributions__2.parquet.gz") == [(2, "fee_month", "bad_month")]


def test_an_error_in_a_cell_is_not_an_empty_cell(world: World) -> None:
    """A reference that failed shows #N/A: the row must not be taken as if nothing had been written there."""
    path = world.put("benefit_payments.xlsx", b"")
    with xlsxwriter.Workbook(str(path)) as out:
        out.add_worksheet("说明").write(0, 0, "查询结果")
        sheet = out.add_worksheet("发放 & 明细")
        sheet.write_row(0, 0, HEADS)
        sheet.write_row(1, 0, payment(1))
        sheet.write_row(2, 0, payment(2))
        sheet.write_formula(2, 5, "=NA()", None, "#N/A")
    world.ingest()
    assert [r["payment_no"] for r in world.rows("benefit_payments.xlsx")] == ["F1"]
    assert world.reasons("benefit_payments.xlsx") == [(3, "amount", "error_cell")]


def test_parquet_of_types_that_no_column_has(world: World) -> None:
    """Lists and structures are kept out as extra columns, and refuse the row where a value is wanted."""
    plain = {name: pa.array([value]) for name, value in premium().items()}
    cells = {
        "list": pa.array([[1, 2]]),
        "struct": pa.array([{"a": 1}]),
        "map": pa.array([[("a", 1)]], pa.map_(pa.string(), pa.int32())),
    }
    for name, array in cells.items():
        for column in ("more", "pay_base"):
            path = world.put(f"contributions__{name}_{column}.parquet", b"")
            pq.write_table(pa.table({**plain, column: array}), path)
    world.ingest()
    for name in cells:
        assert world.last(f"contributions__{name}_more.parquet")["extra_columns"] == ["more"]
        assert world.last(f"contributions__{name}_more.parquet")["rows_accepted"] == 1
        assert world.reasons(f"contributions__{name}_pay_base.parquet") == [(1, "pay_base", "bad_number")]


def test_parquet_text_that_is_no_utf8(world: World) -> None:
    """Some writers put GBK where Parquet asks for UTF-8: the row is rejected; none of a column kept out."""
    plain = {name: pa.array([value, value]) for name, value in premium().items()}
    _, offsets, data = pa.array(["V严".encode("gb18030"), b"V2"], pa.binary()).buffers()
    gbk = pa.StringArray.from_buffers(2, offsets, data)
    for kind in (pa.string(), pa.large_string(), pa.binary()):
        array = gbk if kind == pa.string() else gbk.cast(pa.binary()).cast(kind, safe=False)
        world.put(f"contributions__{kind}.parquet", parquet({**plain, "voucher_no": array}))
        world.put(f"contributions__more_{kind}.parquet", parquet({**plain, "more": array}))
    heads = parquet({**plain, "more_": pa.array(["", ""])})
    world.put("contributions__heads.parquet", heads.replace(b"more_", "m严重".encode("gb18030")))
    world.ingest()
    assert world.last("contributions__heads.parquet")["message_en"] == "the headings are not UTF-8"
    for kind in (pa.string(), pa.large_string(), pa.binary()):
        told = world.last(f"contributions__{kind}.parquet")
        assert (told["status"], told["rows_accepted"]) == ("loaded", 1)
        assert world.reasons(f"contributions__{kind}.parquet") == [(1, "voucher_no", "broken_text")]
        assert world.last(f"contributions__more_{kind}.parquet")["rows_accepted"] == 2


def test_parquet_days_beyond_the_calendar(world: World) -> None:
    plain = {name: pa.array([value, value]) for name, value in premium().items()}
    arrays = {
        "s": pa.array([1_718_409_600, 10**12], pa.int64()).cast(pa.timestamp("s")),
        "day": pa.array([19_889, 10**7], pa.int32()).cast(pa.date32()),
    }
    for name, array in arrays.items():
        world.put(f"contributions__{name}.parquet", parquet({**plain, "received_on": array}))
    world.ingest()
    for name in arrays:
        assert [r["received_on"] for r in world.rows(f"contributions__{name}.parquet")] == [
            dt.date(2024, 6, 15)
        ]
        assert world.reasons(f"contributions__{name}.parquet") == [(2, "received_on", "bad_day")]


def test_an_identifier_that_is_a_number(world: World) -> None:
    """A number cell keeps 15 digits; of 16 or more the last are lost, and with them the account or the person."""
    numbers = [622202000000012, 999999999999999, 1000000000000000, 6222020000000012345]
    path = world.put("benefit_payments.xlsx", b"")
    with xlsxwriter.Workbook(str(path)) as out:
        sheet = out.add_worksheet()
        sheet.write_row(0, 0, [*HEADS, "银行账号"])
        for row, number in enumerate(numbers, 1):
            sheet.write_row(row, 0, payment(row))
            sheet.write_number(row, len(HEADS), number)
    plain = {name: pa.array([value] * 6) for name, value in premium().items()}
    held = [*map(float, numbers), None, float("nan")]
    world.put("contributions.parquet", parquet(plain | {"voucher_no": pa.array(held, pa.float64())}))
    world.put("contributions__whole.parquet", parquet(plain | {"voucher_no": pa.array([*numbers, 7, 8])}))
    world.ingest()
    assert [r["account_no"] for r in world.rows("benefit_payments.xlsx")] == [str(n) for n in numbers[:2]]
    assert [(r["line_no"], r["reason_code"]) for r in world.rejects("benefit_payments.xlsx")] == [
        (4, "rounded_number"),
        (5, "rounded_number"),
    ]
    assert "6222020000000010000" in world.rejects("benefit_payments.xlsx")[1]["raw"]
    kept = world.rows("contributions.parquet")
    assert [(r["_line_no"], r["_seq"], r["voucher_no"]) for r in kept] == [
        (1, 1, str(numbers[0])),
        (2, 2, str(numbers[1])),
    ]
    assert world.reasons("contributions.parquet") == [
        (3, "voucher_no", "rounded_number"),
        (4, "voucher_no", "rounded_number"),
        (5, "voucher_no", "missing_required"),
        (6, "voucher_no", "rounded_number"),
    ]
    assert [r["voucher_no"] for r in world.rows("contributions__whole.parquet")] == [
        *map(str, numbers),
        "7",
        "8",
    ]
