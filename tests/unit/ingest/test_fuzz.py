"""Files with mutated bytes: whatever comes, the intake goes on, every row is accounted for, and no amount changes unseen."""

from __future__ import annotations

import gzip
import io
import random
from decimal import Decimal

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from .conftest import World, premium, table

FILES = 2_000
ROWS = [premium(voucher_no=f"V{n}", pay_base=f"{4000 + n}.00") for n in range(6)]


def workbook() -> bytes:
    book = openpyxl.Workbook()
    book.active.append(list(ROWS[0]))
    for row in ROWS:
        book.active.append(list(row.values()))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def parquet() -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table({k: [r[k] for r in ROWS] for k in ROWS[0]}), out)
    return out.getvalue()


def mutated(data: bytes, rng: random.Random) -> bytes:
    """Change, drop, double or cut some bytes."""
    found = bytearray(data)
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(found))
        match rng.randrange(4):
            case 0:
                found[at] = rng.randrange(256)
            case 1:
                del found[at : at + rng.randint(1, 3)]
            case 2:
                found[at:at] = found[at : at + rng.randint(1, 8)]
            case _:
                found[at:at] = bytes([rng.choice(b'",;|\t\n\r\x00\xff')])
    return bytes(found)


@pytest.mark.slow
@pytest.mark.parametrize("part", range(10))
def test_mutated_files_are_accounted_for(world: World, part: int) -> None:
    """Two hundred files a part; rows read are rows accepted and rejected, and no file ends the run."""
    rng = random.Random(part)
    text = table(ROWS)
    kinds = {
        "csv": text.encode(),
        "txt": text.encode("gb18030"),
        "csv.gz": gzip.compress(text.encode(), mtime=0),
        "xlsx": workbook(),
        "parquet": parquet(),
    }
    for number in range(FILES // 10):
        ending = list(kinds)[number % len(kinds)]
        world.put(f"contributions__{number:03d}.{ending}", mutated(kinds[ending], rng))
    world.ingest()
    records = [r for r in world.journal() if r.get("file_name")]
    assert len({r["file_name"] for r in records}) == FILES // 10
    for record in records:
        assert record["status"] in ("loaded", "refused", "unreadable", "duplicate"), record
        assert record["rows_read"] == record["rows_accepted"] + record["rows_rejected"]
        if record["status"] == "loaded":
            assert all(
                r["pay_base"] is not None and abs(r["pay_base"]) < Decimal(10) ** 16
                for r in world.rows(record["file_name"])
            )
