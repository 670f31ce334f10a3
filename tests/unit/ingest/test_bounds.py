"""What would take the intake along: bombs, cells far off, pipes, links in circles, files of the future. Each is reported, the others are taken."""

from __future__ import annotations

import gzip
import io
import os
import zipfile
from pathlib import Path

import openpyxl
import pytest

from wengang.contracts import load_contracts
from wengang.core.periods import Period
from wengang.ingest.intake_report import write_intake_report
from wengang.ingest.readers.bounded import Reader
from wengang.ingest.table import UnreadableError

from .conftest import PERSONS, World, premium, table

GOOD = "uscc,listed_on\n91512081MA62K0260E,2024-01-01\n"


def zipped(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name.replace("__", "."), data)
    return out.getvalue()


def test_one_bad_file_takes_no_other_along(world: World) -> None:
    far = openpyxl.Workbook()
    far.active.append(["支付流水号"])
    far.active["XFD1048575"] = "x"
    far.save(world.put("benefit_payments.xlsx", b""))
    world.put("benefit_claims.csv.gz", gzip.compress(b"\n" * (80 << 20)))
    world.put("cross_checks.zip", zipped(a__csv=b"0" * (80 << 20)))
    world.put("skill_applications.zip", zipped(a__csv=b"x", b__csv=b"y"))
    of_the_future = bytearray(zipped(a__csv=b"x"))
    of_the_future[of_the_future.rindex(b"PK\x01\x02") + 6] = 246  # "version needed to extract" 24.6
    world.put("hiring_subsidies.xlsx", bytes(of_the_future))
    world.put("certificates.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4096))
    world.put("training_subsidies.parquet", b"PAR1" + bytes(64) + b"PAR1")
    world.put("zz.csv", "x")
    world.put("sanctions.csv", GOOD)
    world.ingest()
    for name in (
        "benefit_payments.xlsx",
        "benefit_claims.csv.gz",
        "cross_checks.zip",
        "certificates.xls",
        "training_subsidies.parquet",
        "hiring_subsidies.xlsx",
    ):
        assert world.last(name)["status"] == "unreadable", name
    assert world.last("skill_applications.zip")["status"] == "refused"
    assert world.last("sanctions.csv")["rows_accepted"] == 1


def test_what_is_no_file_is_told(world: World) -> None:
    folder = world.put("sanctions.csv", GOOD).parent
    os.mkfifo(folder / "benefit_claims.csv")
    (folder / "benefit_payments.csv").symlink_to("benefit_payments.csv")
    (folder / "circle").symlink_to(folder)
    (folder / "cross_checks.csv").symlink_to("/dev/zero")
    world.ingest()
    for name in ("benefit_claims.csv", "benefit_payments.csv", "circle", "cross_checks.csv"):
        assert world.last(name)["status"] == "unreadable", name
    assert world.last("sanctions.csv")["status"] == "loaded"


@pytest.mark.parametrize("year", [2200, 9998])
def test_a_file_of_the_future_came_no_later_than_now(world: World, year: int) -> None:
    path = world.put("sanctions.csv", GOOD)
    seconds = (year - 1970) * 31_556_952
    os.utime(path, (seconds, seconds))
    world.ingest()
    assert world.last("sanctions.csv")["received_at"] < f"{year}"


def test_a_file_that_takes_too_long_is_given_up(tmp_path: Path) -> None:
    path = tmp_path / "sanctions.xlsx"
    book = openpyxl.Workbook()
    book.active.append(["uscc", "listed_on"])
    book.save(path)
    contract = load_contracts()["sanctions"]
    with Reader(least_seconds=-1e9) as reader:
        with pytest.raises(UnreadableError, match="时间"):
            reader.ask(path, "xlsx", contract, tmp_path)
        reader.least_seconds = 60
        assert reader.ask(path, "xlsx", contract, tmp_path)["sheets"][0]["headings"] == ["uscc", "listed_on"]


def test_the_pages_for_agencies_say_what_to_mend_and_nothing_of_anybody(world: World) -> None:
    wrong = PERSONS[0][:17] + "1"
    world.put("contributions__620102.csv", table([premium(), premium(person_id=wrong, voucher_no="V2")]))
    world.put("programme_payments.csv", f"{PERSONS[1]},13899000002\n")
    world.ingest()
    pages = write_intake_report(world.settings, Period(2024, 6), world.root / "pages")
    assert [p.name for p in pages] == ["代发银行.html", "失业保险经办机构-620102.html"]
    text = pages[1].read_text(encoding="utf-8")
    assert "校验位不符" in text and "<td>3</td>" in text and "contributions__620102.csv" in text
    whole = text + pages[0].read_text(encoding="utf-8")
    assert not any(secret in whole for secret in (wrong, *PERSONS, "13899000002"))
