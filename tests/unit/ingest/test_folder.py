"""Deliveries: manifests, digests, duplicates, redeliveries, order, and what a period needs."""

from __future__ import annotations

import hashlib
import os

import pyarrow.parquet as pq
import pytest

from wengang.core.periods import Period
from wengang.lake.deliveries import read_lake
from wengang.months.status import read_status

from .conftest import PERSONS, World, premium, table

ONE = table([premium()])
TWO = table([premium(voucher_no="V1"), premium(voucher_no="V2")])


def listing(
    world: World, entries: list[tuple[str, str, int]], encoding: str = "utf-8", period: str = "2024-06"
) -> None:
    text = "file,sha256,rows\r\n" + "".join(f"{f},{d},{n}\r\n" for f, d, n in entries)
    world.put("manifest.csv", text.encode(encoding), period)


def digest(content: str) -> str:
    return hashlib.sha256(content.encode()).hexdigest()


def status(world: World) -> dict[str, str]:
    return {d.file_name: d.status for d in read_lake(world.settings).deliveries}


def codes(world: World, period: str = "2024-06") -> list[str]:
    return [f["code"] for f in read_lake(world.settings).manifest_faults.get(Period.parse(period), ())]


def complete(world: World) -> None:
    """Deliver what a period cannot be without."""
    world.put("fund_ledger.csv", "统筹区,会计期间,科目,金额(元)\n620100,202406,premium,1.00\n")
    head = "employer_id,uscc,employer_name,unit_type,industry_code,region_code,insured_from,insured_status,is_dispatch\n"
    world.put("employers.csv", head + "E1,91512081MA62K0260E,甲,企业,C13,620100,20200101,正常参保,否\n")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_sound_manifest(world: World, encoding: str) -> None:
    complete(world)
    world.put("contributions.csv", ONE)
    listing(world, [(n, digest(c), 1) for n, c in contents(world).items()], encoding)
    result = world.ingest()
    assert set(status(world).values()) == {"loaded"} and result.incomplete == {} and codes(world) == []


def contents(world: World) -> dict[str, str]:
    folder = world.root / "landing" / "2024-06"
    return {
        p.name: p.read_text(encoding="utf-8") for p in sorted(folder.iterdir()) if p.name != "manifest.csv"
    }


def test_digest_and_rows_that_differ(world: World) -> None:
    world.put("contributions__1.csv", ONE)
    world.put("contributions__2.csv", TWO)
    world.put("contributions__3.csv", table([premium(voucher_no="V3")]))
    listing(
        world,
        [
            ("contributions__1.csv", "0" * 64, 1),
            ("contributions__2.csv", digest(TWO), 3),
            ("contributions__3.csv", digest(table([premium(voucher_no="V3")])).upper(), 1),
        ],
    )
    result = world.ingest()
    assert status(world) == {
        "contributions__1.csv": "refused",
        "contributions__2.csv": "refused",
        "contributions__3.csv": "loaded",
    }
    assert codes(world) == ["digest_differs", "rows_differ"]
    assert [r.code for r in result.incomplete[Period(2024, 6)]][:2] == ["digest_differs", "rows_differ"]
    assert world.last("contributions__2.csv")["rows_read"] == 0


def test_missing_and_unlisted(world: World) -> None:
    world.put("contributions.csv", ONE)
    world.put("contributions__2.csv", TWO)
    listing(world, [("contributions.csv", digest(ONE), 1), ("headcount_changes.csv", "a" * 64, 5)])
    result = world.ingest()
    assert status(world) == {
        "contributions.csv": "loaded",
        "contributions__2.csv": "refused",
        "headcount_changes.csv": "missing",
    }
    assert world.last("headcount_changes.csv")["source"] == "headcount_changes"
    assert world.last("headcount_changes.csv")["rows_read"] == 0
    assert codes(world) == ["missing_file"]
    assert "missing_file" in [r.code for r in result.incomplete[Period(2024, 6)]]


def test_a_manifest_mended_clears_the_fault(world: World) -> None:
    world.put("contributions.csv", ONE)
    listing(world, [("contributions.csv", "0" * 64, 1)])
    world.ingest()
    listing(world, [("contributions.csv", digest(ONE), 1)])
    world.ingest()
    assert status(world) == {"contributions.csv": "loaded"} and codes(world) == []
    listing(world, [("contributions.csv", digest(ONE), 2)])
    world.ingest()
    assert status(world) == {"contributions.csv": "refused"} and codes(world) == ["rows_differ"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "manifest_headings"),
        (b"name,digest\na,b\n", "manifest_headings"),
        (b"\xff\xff\xff", "manifest_unreadable"),
        (b'file,sha256,rows\n"a', "manifest_row"),
        (b"file,sha256,rows\ncontributions.csv,xyz,1\n", "manifest_row"),
        (b"file,sha256,rows\ncontributions.csv\n", "manifest_row"),
        (b"file,sha256,rows\na,%b,1\na,%b,2\n" % (b"0" * 64, b"0" * 64), "manifest_twice"),
    ],
)
def test_a_faulty_manifest_is_told(world: World, content: bytes, code: str) -> None:
    world.put("contributions.csv", ONE)
    world.put("manifest.csv", content)
    result = world.ingest()
    assert code in codes(world) and code in [r.code for r in result.incomplete[Period(2024, 6)]]
    assert status(world)["contributions.csv"] == "refused"


def test_nothing_is_loaded_twice(world: World) -> None:
    world.put("contributions.csv", ONE)
    world.ingest()
    before = world.files()
    result = world.ingest()
    assert world.files() == before and result.counts == {} and result.rows_accepted == 0


def test_the_later_named_of_two_equal_files_is_a_duplicate(world: World) -> None:
    world.put("contributions__b.csv", ONE)
    world.put("contributions__a.csv", ONE)
    world.put("contributions__a.csv", ONE, "2024-05")
    world.ingest()
    found = {
        (str(d.period), d.file_name): (d.status, d.rows_read) for d in read_lake(world.settings).deliveries
    }
    assert found == {
        ("2024-05", "contributions__a.csv"): ("loaded", 1),
        ("2024-06", "contributions__a.csv"): ("loaded", 1),
        ("2024-06", "contributions__b.csv"): ("duplicate", 0),
    }


def test_redelivery_replaces_and_both_stay_on_record(world: World) -> None:
    def in_force() -> list[str]:
        return [d.sha256 for d in read_lake(world.settings).current("contributions")]

    world.put("contributions.csv", ONE)
    world.ingest()
    world.put("contributions.csv", TWO)
    world.ingest()
    assert [d.status for d in read_lake(world.settings).deliveries] == ["replaced", "loaded"]
    assert in_force() == [digest(TWO)]
    world.put("contributions.csv", ONE)  # the first content again: in force again, and read only once
    world.ingest()
    assert in_force() == [digest(ONE)]
    before = world.files()
    world.ingest()
    assert world.files() == before


def test_same_bytes_under_a_new_name_after_a_redelivery(world: World) -> None:
    world.put("contributions__b.csv", ONE)
    world.ingest()
    world.put("contributions__b.csv", TWO)
    world.put("contributions__c.csv", ONE)
    world.ingest()
    assert [r["_file"] for r in world.rows("contributions__c.csv")] == ["contributions__c.csv"]
    assert sorted(d.file_name for d in read_lake(world.settings).current()) == [
        "contributions__b.csv",
        "contributions__c.csv",
    ]


def test_a_redelivery_equal_to_another_part_takes_its_own_rows_out(world: World) -> None:
    world.put("contributions__a.csv", ONE)
    world.put("contributions__b.csv", TWO)
    world.ingest()
    world.put(
        "contributions__b.csv", ONE
    )  # b brings what a holds: a duplicate, and what b brought before is replaced
    world.ingest()
    statuses = {(d.file_name, d.sha256): d.status for d in read_lake(world.settings).deliveries}
    assert statuses == {
        ("contributions__a.csv", digest(ONE)): "loaded",
        ("contributions__b.csv", digest(TWO)): "replaced",
        ("contributions__b.csv", digest(ONE)): "duplicate",
    }
    before = world.files()
    world.ingest()
    assert world.files() == before
    world.put("contributions__a.csv", TWO)  # now b alone holds its rows
    world.ingest()
    assert {(d.file_name, d.sha256) for d in read_lake(world.settings).current()} == {
        ("contributions__a.csv", digest(TWO)),
        ("contributions__b.csv", digest(ONE)),
    }


def test_two_parts_that_change_places_are_both_redelivered(world: World) -> None:
    world.put("contributions__a.csv", ONE)
    world.put("contributions__b.csv", TWO)
    world.ingest()
    world.put("contributions__a.csv", TWO)
    world.put("contributions__b.csv", ONE)
    world.ingest()
    assert {(d.file_name, d.sha256) for d in read_lake(world.settings).current()} == {
        ("contributions__a.csv", digest(TWO)),
        ("contributions__b.csv", digest(ONE)),
    }
    # Which part is later named decides between versions of a key, so each row says the part that holds it now.
    assert [r["_file"] for r in world.rows("contributions__b.csv")] == ["contributions__b.csv"]


def test_a_missing_file_is_no_longer_missing(world: World) -> None:
    world.put("contributions.csv", ONE)
    listing(world, [("contributions.csv", digest(ONE), 1), ("employers.csv", "a" * 64, 5)])
    world.ingest()
    listing(world, [("contributions.csv", digest(ONE), 1)])  # struck off the list
    world.ingest()
    assert [(d.file_name, d.status) for d in read_lake(world.settings).deliveries] == [
        ("contributions.csv", "loaded")
    ]


def test_a_file_taken_and_then_cleared_from_the_folder_is_not_missing(world: World) -> None:
    path = world.put("contributions.csv", ONE)
    listing(world, [("contributions.csv", digest(ONE), 1)])
    world.ingest()
    path.unlink()
    world.ingest()
    assert status(world) == {"contributions.csv": "loaded"} and codes(world) == []


def test_a_part_may_have_points_and_a_link_to_nothing_is_told(world: World) -> None:
    world.put("contributions__2024.06.03.csv", ONE)
    world.put("contributions.2024.csv", TWO)
    (world.root / "landing/2024-06/contributions__gone.csv").symlink_to(world.root / "nowhere")
    world.ingest()
    assert status(world) == {
        "contributions__2024.06.03.csv": "loaded",
        "contributions.2024.csv": "unreadable",
        "contributions__gone.csv": "unreadable",
    }


def test_names_that_are_no_source(world: World) -> None:
    for name in (
        "social_relief.csv",
        "值班表.txt",
        "contributions_1.csv",
        "Employer.csv",
        "sub/employers.csv",
        ".hidden",
    ):
        world.put(name, "x")
    world.ingest()
    assert set(status(world).values()) == {"unknown_source"} and len(status(world)) == 6


def test_a_name_in_another_encoding_is_told_and_loaded(world: World) -> None:
    """An archive packed under GBK leaves names that are no UTF-8: the run goes on, and every byte of the name is shown."""
    world.put("contributions__b.csv", ONE)
    for name, content in (("contributions__兰州.csv", TWO), ("兰州.csv", "x")):
        world.put(os.fsdecode(name.encode("gb18030")), content)
    (world.root / "landing" / os.fsdecode("六月".encode("gb18030"))).mkdir()
    result = world.ingest()
    assert status(world) == {
        "contributions__b.csv": "loaded",
        r"contributions__\xc0\xbc\xd6\xdd.csv": "loaded",
        r"\xc0\xbc\xd6\xdd.csv": "unknown_source",
    }
    assert result.stray == [r"\xc1\xf9\xd4\xc2"]
    assert read_status(world.settings).waiting == {}
    assert world.ingest().counts == {}


@pytest.mark.parametrize("separator", ["\u2028", "\u2029", "\x85", "\x1e"])
def test_a_separator_in_a_name_does_not_cut_the_journal(world: World, separator: str) -> None:
    name = f"contributions__a{separator}b.csv"
    world.put(name, ONE)
    world.ingest()
    assert status(world) == {name: "loaded"}
    assert world.ingest().counts == {}


def test_folders_of_no_month_are_told(world: World) -> None:
    """A year that no report can be of, and digits that only look like one."""
    for name in ("0000-01", "9999-12", "２０２４-06", "2024-13"):
        world.put("contributions.csv", ONE, period=name)
    result = world.ingest()
    assert result.stray == ["0000-01", "2024-13", "9999-12", "２０２４-06"] and not result.files


def test_late_months_and_months_to_come(world: World) -> None:
    world.put("contributions.csv", ONE, "2024-07")
    world.put("contributions.csv", ONE, "2024-06")
    world.ingest("2024-06")
    assert [str(d.period) for d in read_lake(world.settings).deliveries] == ["2024-06"]
    world.ingest("2024-07")
    world.put("contributions.csv", TWO, "2024-05")
    world.ingest("2024-07")
    assert [(d.seq, str(d.period)) for d in read_lake(world.settings).deliveries] == [
        (1, "2024-06"),
        (2, "2024-07"),
        (3, "2024-05"),
    ]


def test_required_sources(world: World) -> None:
    world.put("sanctions.csv", "uscc,listed_on\n", "2024-05")
    complete(world)
    result = world.ingest("2024-06")
    lacking = {(str(p), r.source) for p, reasons in result.incomplete.items() for r in reasons}
    assert lacking == {("2024-05", "contributions"), ("2024-06", "contributions")}
    empty = World(world.root / "empty").ingest()
    assert {r.source for r in empty.incomplete[Period(2024, 6)]} == {
        "contributions",
        "employers",
        "fund_ledger",
    }


def test_snapshots_carry_no_validity_flag(world: World) -> None:
    world.put("sanctions.csv", "uscc,listed_on,有效标志\n91512081MA62K0260E,20240101,0\n")
    world.ingest()
    assert world.last("sanctions.csv")["extra_columns"] == ["有效标志"]
    assert "is_valid" not in world.rows("sanctions.csv")[0]


def test_messages_carry_no_citizen_number(world: World) -> None:
    world.put(
        "contributions.csv", table([premium(person_id=PERSONS[0][:17] + "1", pay_base=PERSONS[1] + ".123")])
    )
    world.ingest()
    told = "".join(r["reason_zh"] + r["reason_en"] for r in world.rejects("contributions.csv"))
    assert len(world.rejects("contributions.csv")) == 2
    assert PERSONS[0][:17] not in told + str(world.journal()) and PERSONS[1] not in told + str(
        world.journal()
    )


def test_a_lake_file_lost_or_of_older_columns_is_made_again(world: World) -> None:
    world.put("contributions.csv", ONE)
    world.ingest()
    before = world.files()
    lake_file = world.root / "home" / "lake" / world.last("contributions.csv")["lake_file"]
    older = pq.read_table(lake_file, partitioning=None).drop_columns(["late_fee"])
    for damage in (lake_file.unlink, lambda: pq.write_table(older, lake_file)):
        damage()
        world.ingest()
        assert world.files() == before
