"""The tutorial and the how-tos that need no other project are followed: every command of theirs, in order, on one small home.

The how-tos for a new province and a new programme are followed by `test_new_province.py` and `tests/fourth_programme`.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.docs_blocks import commands_of
from wengang.core.settings import ROOT

pytestmark = pytest.mark.slow
# Run by suites of their own: under Airflow (`test_dags.py`); and a source that was not held cannot be confirmed.
LEFT_OUT = ("make ", "wengang confirm-snapshot SOURCE")
# With -e the first command that fails ends the script; the trap names it.
HEAD = "set -eEo pipefail\ntrap 'echo \"failed: command $STEP\" >&2' ERR\n"


def follow(page: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the commands of a page in one shell in `folder`, with the home of the tutorial; return how it ended."""
    commands = [c for c in commands_of(page) if not c.startswith(LEFT_OUT)]
    script = HEAD + "".join(f"STEP={n}\n{command}\n" for n, command in enumerate(commands, 1))
    binaries = Path(sys.prefix) / "bin"
    environment = os.environ | {
        "PATH": f"{binaries}{os.pathsep}{os.environ['PATH']}",
        "WENGANG_HOME": "var/first",
    }
    return subprocess.run(
        ["bash"], input=script, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Follow the tutorial once; return the folder in which that was done."""
    folder = tmp_path_factory.mktemp("walk")
    (folder / ".venv").symlink_to(sys.prefix)
    (folder / "seeds").symlink_to(ROOT / "seeds")
    ended = follow(ROOT / "docs" / "tutorial" / "first-month.md", folder)
    assert ended.returncode == 0, ended.stderr[-2000:]
    return folder


def test_the_tutorial_ends_with_a_published_month(folder: Path) -> None:
    published = folder / "var" / "first" / "published" / "2024-06"
    assert (published / "latest").resolve() == (published / "r1").resolve()
    assert (published / "latest" / "manifest.json").is_file()


@pytest.mark.parametrize("page", ["failed-month.md", "new-parameter-year.md"])
def test_a_how_to_can_be_followed(folder: Path, page: str) -> None:
    ended = follow(ROOT / "docs" / "how-to" / page, folder)
    assert ended.returncode == 0, ended.stderr[-2000:]
