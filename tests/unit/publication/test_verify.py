"""What is kept is compared with what was written: every changed bit, line or file is found, and nothing is read from it."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from tests.unit.publication.kept_home import JUNE, make_kept_home
from wengang.cli import app
from wengang.core.errors import EXIT_ALTERED, IntegrityError
from wengang.core.settings import Settings
from wengang.lake.deliveries import read_lake
from wengang.lake.integrity import check_lake
from wengang.months.kept_files import check_warehouse_file
from wengang.months.published import MANIFEST, checked_revision
from wengang.orchestration import tasks
from wengang.publication.diff import diff
from wengang.publication.network_return import net_return
from wengang.publication.verify import verify

# What only saves time, or is of a run under way, is written again and again, and nothing rests on it.
PASSING = ("cache", "lock", "holder")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return make_kept_home(tmp_path)


def command_line(settings: Settings, *arguments: str) -> Result:
    environment = {"WENGANG_KEY_FILE": str(settings.key_path)}
    return CliRunner().invoke(app, [*arguments, "--home", str(settings.home)], env=environment)


def flip(path: Path, bit: int) -> None:
    """Turn over one bit of a file."""
    content = bytearray(path.read_bytes())
    content[bit // 8 % len(content)] ^= 1 << bit % 8
    path.write_bytes(content)


def kept_files(settings: Settings) -> list[Path]:
    return [
        path
        for path in sorted(settings.home.rglob("*"))
        if path.is_file()
        and path.stat().st_size
        and not path.is_symlink()
        and path.relative_to(settings.home).parts[0] not in PASSING
        and "latest" not in path.relative_to(settings.home).parts
    ]


def alter(path: Path, chance: random.Random) -> str:
    """Change one thing of a file: a bit, a line taken out or written twice, the file gone or empty; returns what."""
    kind = chance.choice(["bit", "bit", "line", "file"])
    if kind == "bit":
        flip(path, chance.randrange(path.stat().st_size * 8))
    elif kind == "line":
        lines = path.read_bytes().splitlines(keepends=True)
        place = chance.randrange(len(lines))
        lines[place : place + 1] = chance.choice([[], [lines[place]] * 2])
        path.write_bytes(b"".join(lines))
    elif chance.random() < 0.5:
        path.unlink()
    else:
        path.write_bytes(b"")
    return kind


def missed(settings: Settings, tries: int, seed: int) -> list[str]:
    """Alter a home in one place, look whether it is found, put it back; returns what was not found."""
    chance = random.Random(seed)
    files, found = kept_files(settings), []
    for _ in range(tries):
        path = chance.choice(files)
        content = path.read_bytes()
        kind = alter(path, chance)
        if not verify(settings):
            found.append(f"{kind} {path.relative_to(settings.home)}")
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
    return found


def test_a_home_as_it_was_written_is_found_so(settings):
    assert verify(settings) == []
    done = command_line(settings, "verify")
    assert (done.exit_code, "as it was written" in done.output or "写入时一致" in done.output) == (0, True)


def test_some_sixty_random_alterations_are_all_found(settings):
    assert missed(settings, 60, seed=20240630) == []
    assert verify(settings) == []


@pytest.mark.slow
def test_each_of_a_thousand_random_alterations_is_found(settings):
    assert missed(settings, 1000, seed=1) == []


def test_a_bit_of_the_lake_stops_the_build_before_a_figure(settings):
    file = next(settings.lake_dir.rglob("*.parquet"))
    check_lake(settings, read_lake(settings).current())
    flip(file, 100)
    with pytest.raises(IntegrityError) as error:
        check_lake(settings, read_lake(settings).current())
    assert (error.value.code, error.value.exit_code) == ("lake_altered", 8)
    assert command_line(settings, "verify").exit_code == EXIT_ALTERED


def test_a_bit_of_the_warehouse_stops_the_next_build(settings):
    flip(settings.warehouse_file, 80000)
    with pytest.raises(IntegrityError, match="warehouse_altered"):
        check_warehouse_file(settings)


@pytest.mark.parametrize("name", ["tables/report_figures.parquet", "lists/payable.csv", MANIFEST])
def test_a_published_package_that_was_altered_is_read_by_nobody(settings, name):
    flip(settings.published_dir / "2024-06" / "r1" / name, 333)
    for read in (
        lambda: checked_revision(settings, JUNE),
        lambda: net_return(settings, JUNE),
        lambda: diff(settings, JUNE, "r1", "now"),
    ):
        with pytest.raises(IntegrityError) as error:
            read()
        assert (error.value.code, error.value.exit_code) == ("published_altered", 8)
    for command in (["verify"], ["net-return", "2024-06"], ["diff", "2024-06", "--from", "r1"]):
        done = command_line(settings, *command)
        assert done.exit_code == EXIT_ALTERED or getattr(done.exception, "exit_code", 0) == EXIT_ALTERED


def test_a_file_added_to_a_package_or_another_latest_is_found(settings):
    package = settings.published_dir / "2024-06" / "r1"
    (package / "lists" / "more.csv").write_text("甲,1000000.00\n", encoding="utf-8")
    assert [f.place for f in verify(settings)] == [str(package)]
    (package / "lists" / "more.csv").unlink()
    shutil.copytree(package, package.with_name("r2"))
    (package.parent / "latest").unlink()
    (package.parent / "latest").symlink_to("r2")
    assert {Path(f.place).name for f in verify(settings)} == {"r2", "2024-06"}


def test_the_daily_task_says_what_was_altered(settings, monkeypatch):
    monkeypatch.setenv("WENGANG_HOME", str(settings.home))
    monkeypatch.setenv("WENGANG_KEY_FILE", str(settings.key_path))
    tasks.check_kept()
    flip(settings.published_dir / "2024-06" / "r1" / "lists" / "payable.csv", 9)
    flip(settings.home / "return" / "2024-06" / "SYBX06_fund.csv", 9)
    with pytest.raises(IntegrityError) as error:
        tasks.check_kept()
    assert (error.value.exit_code, error.value.values["count"]) == (EXIT_ALTERED, 2)
    assert "lists/payable.csv" in error.value.en
    assert "SYBX06_fund.csv" in error.value.en


def test_months_asked_for_are_looked_at_alone(settings):
    flip(settings.published_dir / "2024-06" / "r1" / "lists" / "payable.csv", 9)
    assert len(verify(settings, [JUNE])) == 1
    assert verify(settings, [JUNE.plus(1)]) == []
