"""Text files: encodings, delimiters, quotes, line numbers."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path

import pytest

from wengang.contracts import load_contracts
from wengang.ingest.readers import text
from wengang.ingest.readers.encoding import REAL_CHARACTERS, gb18030_to_utf8
from wengang.ingest.table import Told

from .conftest import PERSONS, World, premium, table

SANCTION = {
    "统一社会信用代码": "91512081MA62K0260E",
    "列入日期": "20240101",
    "移出日期": "",
    "列入事由": "拖欠工资𠂇㛃",
}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", "\t", "|", ";"])
@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
def test_encodings_delimiters_and_quotes(world: World, encoding: str, delimiter: str, quoting: int) -> None:
    data = table([SANCTION], delimiter, quoting, "\r\n").encode(encoding)
    world.put("sanctions.csv", data)
    world.put("sanctions__2.txt.gz", gzip.compress(data + b"\r\n"))
    world.ingest()
    for name in ("sanctions.csv", "sanctions__2.txt.gz"):
        (row,) = world.rows(name)
        assert (row["uscc"], row["reason"], row["_line_no"]) == ("91512081MA62K0260E", "拖欠工资𠂇㛃", 2)


def test_the_codes_that_tables_disagree_on() -> None:
    # GB 18030-2022, with the six characters of the extension whose codes older tables kept private.
    real = {
        "a6d9": 0xFE10, "a6da": 0xFE12, "a6db": 0xFE11, "a6dc": 0xFE13, "a6dd": 0xFE14, "a6de": 0xFE15,
        "a6df": 0xFE16, "a6ec": 0xFE17, "a6ed": 0xFE18, "a6f3": 0xFE19, "a8bc": 0x1E3F, "fe51": 0x20087,
        "fe52": 0x20089, "fe53": 0x200CC, "fe59": 0x9FB4, "fe61": 0x9FB5, "fe66": 0x9FB6, "fe67": 0x9FB7,
        "fe6c": 0x215D7, "fe6d": 0x9FB8, "fe76": 0x2298F, "fe7e": 0x9FB9, "fe90": 0x9FBA, "fe91": 0x241FE,
        "fea0": 0x9FBB,
    }  # fmt: skip
    assert len(real) == 25
    for code, point in real.items():
        for library in (True, False):
            assert gb18030_to_utf8(bytes.fromhex(code), library).decode() == chr(point)


def test_both_decoders_agree_on_every_character() -> None:
    pairs = [bytes([a, b]) for a in range(0x81, 0xFF) for b in (*range(0x40, 0x7F), *range(0x80, 0xFF))]
    four = [chr(c).encode("gb18030") for c in (0xA0, 0x9FB4, 0x20087, 0x3400, 0x1F600)]
    data = b"\n".join(pairs + four)
    assert gb18030_to_utf8(data, True) == gb18030_to_utf8(data, False)
    assert not set(map(chr, REAL_CHARACTERS)) & set(gb18030_to_utf8(data).decode())


def test_bytes_of_neither_encoding_cost_their_row(world: World) -> None:
    world.put("sanctions.csv", table([SANCTION]).encode() + b"\xff\xff\xff")
    world.put("sanctions__2.csv", b"\xff\xfe\xff\xff,\xff\xff\n" * 3)
    world.ingest()
    assert world.last("sanctions.csv")["rows_accepted"] == 1
    assert world.rejects("sanctions.csv")[0]["reason_code"] == "broken_text"
    assert world.last("sanctions__2.csv")["status"] in ("unreadable", "refused")


def test_encoding_is_settled_by_the_whole_file(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text, "CHUNK_BYTES", 200)
    rows = [{"uscc": "91512081MA62K0260E", "listed_on": "20240101", "reason": f"r{i}"} for i in range(50)]
    rows[-1]["reason"] = "拖欠"
    world.put("sanctions.csv", table(rows).encode("gb18030"))
    world.ingest()
    assert [r["reason"] for r in world.rows("sanctions.csv")] == [r["reason"] for r in rows]
    assert [r["_line_no"] for r in world.rows("sanctions.csv")] == list(range(2, 52))


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("size", [40, 100, 1 << 20])
def test_physical_lines(tmp_path: Path, end: str, size: int) -> None:
    lines = [
        "",
        '"uscc",listed_on,"rea\nson"'.replace("\n", ""),
        "A,20240101,plain",
        "",
        'B,20240101,"two',
        'lines, and a ""mark"""',
        "   ",
        ",,",
        "C,20240101",
        "D,20240101,x,y",
        "E,20240101,x,,",
        "F,20240101,last",
    ]
    path = tmp_path / "sanctions.csv"
    path.write_bytes(end.join(lines).encode())
    sheet = text.read_text(path, load_contracts()["sanctions"], Told(), tmp_path, size)
    taken, bad = [], []
    for make in sheet.chunks:
        chunk = make()
        for i, line in enumerate(chunk.line_no.to_pylist()):
            if any(c[i].as_py() for c in chunk.cells.columns):
                taken.append((line, chunk.cells["c0"][i].as_py(), chunk.cells["c2"][i].as_py(), chunk.raw(i)))
        bad += [(b.line_no, b.code, b.raw) for b in chunk.bad]
    assert taken == [
        (3, "A", "plain", "A,20240101,plain"),
        (5, "B", f'two{end}lines, and a "mark"', f'B,20240101,"two{end}lines, and a ""mark"""'),
        (9, "C", "", "C,20240101"),
        (11, "E", "x", "E,20240101,x,,"),
        (12, "F", "last", "F,20240101,last"),
    ]
    assert bad == [(10, "field_count", "D,20240101,x,y")]


def test_a_quote_that_is_never_closed_costs_its_line_alone(world: World) -> None:
    good = "91512081MA62K0260E,20240101,ok\n"
    world.put(
        "sanctions.csv", "uscc,listed_on,reason\n" + good + '91512081MA62K0260E,20240102,"open\n' + good * 3
    )
    world.ingest()
    assert world.reasons("sanctions.csv") == [(3, None, "unclosed_quote")]
    assert [(r["_line_no"], r["_seq"]) for r in world.rows("sanctions.csv")] == [
        (2, 1),
        (4, 3),
        (5, 4),
        (6, 5),
    ]


def test_a_quotation_mark_inside_a_cell_is_text(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text, "CHUNK_BYTES", 100)
    rows = [f'91512081MA62K0260E;20240101;5"管{i}' for i in range(20)]
    world.put("sanctions.txt", "uscc;listed_on;reason\n" + "\n".join(rows))
    world.ingest()
    assert [r["reason"] for r in world.rows("sanctions.txt")] == [f'5"管{i}' for i in range(20)]


@pytest.mark.parametrize(
    "headings",
    [
        ["统一社会信用代码", "列入日期", "移出日期", "列入事由"],
        ["ａａｂ９９８", " Listed_On ", "REMOVED_ON", "列入 事由\u3000"],
        ["aab998", "listed_on", "removed_on", "reason"],
    ],
)
def test_headings(world: World, headings: list[str]) -> None:
    world.put(
        "sanctions.csv", ",".join([*headings, "备注", "", ""]) + "\n91512081MA62K0260E,20240101,,x,y,,\n"
    )
    world.ingest()
    (row,) = world.rows("sanctions.csv")
    assert (row["uscc"], row["reason"]) == ("91512081MA62K0260E", "x")
    assert world.last("sanctions.csv")["extra_columns"] == ["备注"]


def test_amount_has_a_second_heading(world: World) -> None:
    heads = "支付流水号,核定编号,社会保障号码,待遇所属期,待遇类型,金额,发放日期,AAB301,aae010,发放结果\n"
    world.put(
        "benefit_payments.csv",
        heads + f"F1,S1,{PERSONS[0]},202406,失业保险金,1503.00,20240603,620621,62,成功\n",
    )
    world.ingest()
    (row,) = world.rows("benefit_payments.csv")
    assert (str(row["amount"]), row["region_code"], row["account_no"]) == ("1503.00", "620621", "62")


def test_two_columns_for_one_field(world: World) -> None:
    world.put("sanctions.csv", "统一社会信用代码,AAB998,列入日期\nA,B,20240101\n")
    world.ingest()
    record = world.last("sanctions.csv")
    assert (record["status"], record["rows_read"]) == ("refused", 0)
    assert "统一社会信用代码 与 AAB998" in record["message_zh"] and "two columns" in record["message_en"]


def test_missing_required_column_names_the_nearest(world: World) -> None:
    world.put("headcount_changes.csv", "单位编号,社会保障号码,变动类型,变动时间,变更原因\n1,2,3,4,5\n")
    world.ingest()
    record = world.last("headcount_changes.csv")
    assert record["status"] == "refused"
    assert "变动日期" in record["message_zh"] and "变动时间" in record["message_zh"]
    assert "change_date" in record["message_en"]


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf", b" \r\n"])
def test_a_file_of_nothing(world: World, content: bytes) -> None:
    world.put("sanctions.csv", content)
    world.ingest()
    assert world.last("sanctions.csv")["status"] == "unreadable"


def test_headings_alone_make_an_empty_delivery(world: World) -> None:
    world.put("sanctions.csv", "uscc,listed_on\n")
    world.ingest()
    record = world.last("sanctions.csv")
    assert (record["status"], record["rows_read"], world.rows("sanctions.csv")) == ("loaded", 0, [])


def test_same_bytes_whatever_the_threads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text, "CHUNK_BYTES", 4000)
    rows = [premium(voucher_no=f"V{i}", pay_base="x" if i % 97 == 0 else f"{i}.5") for i in range(300)]
    homes = []
    for threads in (1, 3):
        world = World(tmp_path / str(threads))
        world.put("contributions.csv", table(rows))
        from wengang.core.periods import Period
        from wengang.core.progress import Progress
        from wengang.ingest import ingest

        settings = world.settings.model_copy(update={"threads": threads})
        ingest(settings, Period(2024, 6), Progress(quiet=True))
        homes.append(world.files())
    assert homes[0] == homes[1]
    assert len(world.rejects("contributions.csv")) == 4  # 0, 97, 194, 291
