"""Whatever the cells hold: every row is either in the lake or among the rejects, with a reason, and never in both."""

from __future__ import annotations

import csv
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wengang.contracts import load_contracts

from .conftest import PREMIUM, World, table

ODD = [
    "",
    "0",
    "-1.00",
    "1.234",
    "４０",
    "\u3000",
    "'1",
    '="1"',
    "2024年6月",
    "20240603",
    "refund",
    "退费",
    "x",
    'a"b',
    "1,234.5",
    "二",
]
cell = st.one_of(
    st.sampled_from([*ODD, *PREMIUM.values()]), st.text(alphabet="019.-+,年月x是\"'= \u00a0\n", max_size=8)
)
row = st.fixed_dictionaries({name: st.one_of(st.just(value), cell) for name, value in PREMIUM.items()})


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    rows=st.lists(row, min_size=1, max_size=12), quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
)
def test_nothing_is_lost(rows: list[dict[str, str]], quoting: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        world = World(Path(folder))
        world.put("contributions.csv", table(rows, quoting=quoting))
        world.ingest()
        record = world.last("contributions.csv")
        blank = sum(not "".join(r.values()).strip(" \u00a0\u3000\n") for r in rows)
        assert record["status"] == "loaded"
        assert record["rows_read"] == len(rows) - blank == record["rows_accepted"] + record["rows_rejected"]
        taken = {r["_line_no"] for r in world.rows("contributions.csv")}
        refused = {r["line_no"] for r in world.rejects("contributions.csv")}
        assert (len(taken), len(refused)) == (record["rows_accepted"], record["rows_rejected"])
        assert not taken & refused
        lines = [2]  # the physical line that each row begins on
        for r in rows:
            lines.append(lines[-1] + 1 + sum(v.count("\n") for v in r.values()))
        assert taken | refused <= set(lines[:-1])
        needed = [c.name for c in load_contracts()["contributions"].columns if c.required]
        assert all(r[n] is not None for r in world.rows("contributions.csv") for n in needed)
