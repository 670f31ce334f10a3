"""Shared by all suites: one small made-up province, built once a session by the real steps."""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pytest

os.environ.setdefault("DBT_SEND_ANONYMOUS_USAGE_STATS", "False")
os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
# Homes of one session are compared byte by byte, so they share the secret of their identifiers.
os.environ.setdefault(
    "WENGANG_KEY_FILE", str(Path(tempfile.mkdtemp(prefix="wengang-key-")) / "identifiers.key")
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs the province, which takes half a minute to make: `make check` leaves it out."""
    for item in items:
        if "province" in getattr(item, "fixturenames", ()):
            item.add_marker("province")


@dataclass(frozen=True)
class Province:
    """A home whose month 2024-06 has been built, validated and drafted, and the landing folder it came from."""

    home: Path
    landing: Path

    def copy(self, folder: Path) -> Province:
        """Return a copy that a test may change."""
        shutil.copytree(self.home, folder / "home")
        return Province(folder / "home", self.landing)


@pytest.fixture(scope="session")
def province(tmp_path_factory: pytest.TempPathFactory) -> Province:
    """Run the sample month from end to end, once."""
    from wengang.core.periods import Period
    from wengang.core.progress import Progress
    from wengang.core.settings import Settings
    from wengang.pipeline import run
    from wengang.sample import write_sample

    folder = tmp_path_factory.mktemp("province")
    landing = folder / "landing"
    write_sample(landing, [Period(2024, 6)], employers=60, seed=7, mess=0.3)
    settings = Settings(home=folder / "home", landing=landing)
    result = run(settings, [Period(2024, 6)], Progress(quiet=True))
    assert result.exit_code == 0, result.notes
    return Province(folder / "home", landing)
