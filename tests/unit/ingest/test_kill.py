"""A process killed anywhere leaves nothing that a rerun does not put right, to the byte."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from wengang.core.journal import head_file

from .conftest import World, premium, table

SCRIPT = """
import sys
from pathlib import Path
from wengang.ingest import ingest
from wengang.core.periods import Period
from wengang.core.progress import Progress
from wengang.core.settings import Settings
root = Path(sys.argv[1])
ingest(Settings(home=root / "home", landing=root / "landing", threads=1), Period(2024, 6), Progress(quiet=True))
"""


def run(world: World, point: str = "") -> int:
    env = os.environ | {"WENGANG_KILL_POINT": point}
    return subprocess.run([sys.executable, "-c", SCRIPT, str(world.root)], env=env, check=False).returncode


def fill(world: World) -> None:
    rows = [premium(voucher_no=f"V{i}", pay_base="bad" if i == 3 else "1.00") for i in range(9)]
    world.put("contributions__1.csv", table(rows))
    world.put("contributions__2.csv", table([premium()]))


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    world = World(tmp_path_factory.mktemp("undisturbed"))
    fill(world)
    assert run(world) == 0
    return world.files()


@pytest.mark.parametrize(
    "point",
    [
        "ingest.chunk",
        "ingest.written",
        "ingest.rejects_in_place",
        "ingest.lake_in_place",
        "ingest.journalled",
    ],
)
def test_killed_and_run_again(tmp_path: Path, undisturbed: dict[str, bytes], point: str) -> None:
    world = World(tmp_path)
    fill(world)
    assert run(world, point) == 137
    assert world.files() != undisturbed
    assert run(world) == 0
    assert world.files() == undisturbed


def test_a_journal_line_cut_short(tmp_path: Path, undisturbed: dict[str, bytes]) -> None:
    world = World(tmp_path)
    fill(world)
    assert run(world, "ingest.journalled") == 137
    journal = tmp_path / "home" / "journal" / "deliveries.jsonl"
    head = head_file(journal)
    assert head.read_text(encoding="ascii").startswith('{"lines": 1,')
    # As a crash leaves it: the line not whole, and its end not noted yet.
    journal.write_bytes(journal.read_bytes()[:-40])
    chain = hashlib.sha256(f"\n{journal.name}".encode()).hexdigest()
    head.write_text(json.dumps({"lines": 0, "chain": chain, "length": 0}), encoding="ascii")
    assert run(world) == 0
    assert world.files() == undisturbed
