"""A made-up province built once, its pages, and a headless browser that must ask nothing of the outside."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from wengang.core.periods import Period
from wengang.core.settings import Settings

PERIOD = Period(2024, 6)
CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
ARGUMENTS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two months of a made-up province with planted risks, built as a user would."""
    folder = tmp_path_factory.mktemp("home")
    wengang = Path(sys.executable).parent / "wengang"
    options = ["--home", str(folder), "--quiet"]
    made = [
        str(wengang),
        "sample",
        "--months",
        "2024-05..2024-06",
        "--employers",
        "80",
        "--seed",
        "7",
        "--faults",
        *options,
    ]
    subprocess.run(made, check=True)
    done = subprocess.run([str(wengang), "run", "2024-05..2024-06", *options], check=False)
    assert done.returncode in (0, 3, 5), "the sample could not be built"
    return folder


@pytest.fixture(scope="session")
def site(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages of the draft, copied to another folder with a name that needs care."""
    drawn = home / "drafts" / str(PERIOD) / "site"
    target = tmp_path_factory.mktemp("copied") / "月报 site #1"
    shutil.copytree(drawn, target)
    return target


@pytest.fixture(scope="session")
def warehouse(home: Path) -> Path:
    """The file that the pages were made from: the published warehouse, or the build where it could not be published."""
    settings = Settings(home=home)
    return settings.build_file if settings.build_file.exists() else settings.warehouse_file


@pytest.fixture
def con(warehouse: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        yield connection


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    if not Path(CHROMIUM).exists():
        pytest.skip("no Chromium on this machine: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Any) -> Iterator[Any]:
    """A page of its own; at the end nothing may have been said on the console, and nothing asked but files."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, color_scheme="light")
    opened = context.new_page()
    said: list[str] = []
    asked: list[str] = []
    opened.on("console", lambda message: said.append(f"{message.type}: {message.text}"))
    opened.on("pageerror", lambda error: said.append(str(error)))
    opened.on("request", lambda request: asked.append(request.url))
    yield opened
    context.close()
    assert said == []
    assert [url for url in asked if not url.startswith(("file://", "data:"))] == []
    assert any(url.startswith("file://") for url in asked)
