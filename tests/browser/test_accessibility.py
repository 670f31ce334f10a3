"""axe-core in a real browser: no finding on any page, light and dark, in both languages, and on a telephone."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.browser

PAGES = ("index", "decisions", "employer", "risk", "recovery", "quality", "parameters", "changes")


@pytest.fixture(scope="session")
def axe() -> str:
    """Return the script that the package ships, as it is."""
    return (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")


def findings(page: Any, axe: str) -> list[tuple[str, str]]:
    """Return each rule that is not met with the first places."""
    page.evaluate(axe)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations'], preload: false})")
    return [(v["id"], " | ".join(n["html"][:160] for n in v["nodes"][:3])) for v in found["violations"]]


@pytest.mark.parametrize("name", PAGES)
def test_axe_has_no_finding(page: Any, site: Path, axe: str, name: str) -> None:
    address = (site / f"{name}.html").as_uri()
    if name == "employer":
        page.goto((site / "decisions.html").as_uri())
        page.wait_for_selector("tbody a")
        address = f"{site.as_uri()}/{page.get_attribute('tbody a', 'href')}"
    page.goto(address)
    page.wait_for_function(
        "!document.querySelector('main [role=status]') || document.querySelector('main table, main .steps')"
    )
    for theme, language, width in (("light", "zh", 1280), ("dark", "en", 390)):
        page.set_viewport_size({"width": width, "height": 844})
        page.click(f"[data-set-theme={theme}]")
        page.click(f"[data-set-lang={language}]")
        assert findings(page, axe) == [], (theme, language, width)
