"""Every link of every page, files downloaded from them, the public version, and how published months lead to each other."""

from __future__ import annotations

import csv
import json
import re
import shutil
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import duckdb
import openpyxl
import pytest

from tests.browser.conftest import PERIOD
from wengang.core.periods import Period
from wengang.core.settings import Settings
from wengang.publication.months_page import write_months
from wengang.reports.figures import Signing
from wengang.reports.site import write_site

pytestmark = pytest.mark.browser

PAGES = ("index", "decisions", "employer", "risk", "recovery", "quality", "parameters", "changes")


@pytest.fixture(scope="session")
def package(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole package, copied: what the pages link to lies beside them."""
    target = tmp_path_factory.mktemp("package") / "2024-06"
    shutil.copytree(home / "drafts" / str(PERIOD), target)
    return target


def links_of(page: Any) -> list[tuple[str, str]]:
    """Return every link of the page as it stands: address and words."""
    return [
        (str(href), str(words))
        for href, words in page.eval_on_selector_all(
            "a[href]", "all => all.map(a => [a.href, a.textContent.trim()])"
        )
    ]


def open_page(page: Any, address: str) -> None:
    page.goto(address)
    page.wait_for_load_state()
    page.wait_for_function(
        "!document.querySelector('main [role=status]') || document.querySelector('main table, main .steps')"
    )


def test_every_link_leads_somewhere(page: Any, package: Path) -> None:
    """Files exist, places in pages exist, an employer that is linked has an explanation; one page of each long table is followed."""
    open_page(page, (package / "site" / "decisions.html").as_uri())
    one = page.get_attribute("tbody a[href*='employer.html#']", "href")
    found: dict[str, str] = {}
    for name in (*(f"{p}.html" for p in PAGES if p != "employer"), one):
        open_page(page, f"{(package / 'site').as_uri()}/{name}")
        assert page.locator("[role=alert]").count() == 0, name
        found |= {href: name for href, _ in links_of(page)}
    assert {Path(unquote(urlsplit(href).path)).suffix for href in found} >= {
        ".html",
        ".pdf",
        ".docx",
        ".xlsx",
    }
    dead = [(href, on) for href, on in found.items() if not Path(unquote(urlsplit(href).path)).exists()]
    assert dead == []
    employers = sorted(href for href in found if "employer.html#" in href)
    assert len(employers) > 20
    for href in employers[:: max(1, len(employers) // 15)]:
        open_page(page, href)
        page.wait_for_selector(".verdict")
    anchors = {
        href
        for href in found
        if urlsplit(href).fragment and "=" not in urlsplit(href).fragment and "employer.html" not in href
    }
    assert len(anchors) > 10
    for address in sorted({href.partition("#")[0] for href in anchors}):
        open_page(page, address)
        ids = set(page.eval_on_selector_all("[id]", "all => all.map(e => e.id)"))
        wanted = {unquote(urlsplit(h).fragment) for h in anchors if h.partition("#")[0] == address}
        assert wanted <= ids, address


def saved(page: Any, button: Any, folder: Path) -> Path:
    """Click a button and keep the file that it makes."""
    with page.expect_download() as waited:
        button.click()
    target = folder / waited.value.suggested_filename
    waited.value.save_as(target)
    return target


def test_leads_are_downloaded_as_shown_and_by_county(
    page: Any, package: Path, con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    rows = con.execute(
        "select l.amount_at_stake, coalesce(g.region_name, '—') from marts.risk_leads as l left join reference.regions as g"
        " on g.region_code = case when l.subject_kind = 'fund' then l.subject_id else l.region_code end"
        " where l.period = ? and l.status = 'open'",
        [PERIOD.first_day],
    ).fetchall()
    open_page(page, (package / "site" / "risk.html").as_uri())
    place = page.locator("#leads")
    path = saved(page, place.get_by_text("下载 CSV"), tmp_path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file))
    assert len(lines) == len(rows)
    assert (
        sum(float(line["涉及金额（元）"] or 0) for line in lines if "已剔除" not in line["涉及金额（元）"])
        > 0
    )
    book = openpyxl.load_workbook(saved(page, place.get_by_text("下载 XLSX"), tmp_path))
    (sheet,) = book.worksheets
    assert sheet.max_row == len(rows) + 1
    assert [c.value for c in sheet[1]] == list(lines[0])
    assert max(c.value for c in sheet["F"][1:] if isinstance(c.value, (int, float))) == float(
        max(amount for amount, _ in rows if amount is not None)
    )
    book = openpyxl.load_workbook(saved(page, place.get_by_text("按县区分表"), tmp_path))
    counties: dict[str, int] = {}
    for _, region in rows:
        counties[region] = counties.get(region, 0) + 1
    assert {s.title: s.max_row - 1 for s in book.worksheets} == counties
    # Only what is shown: one rule.
    page.select_option("#f-rule", "R17")
    path = saved(page, place.get_by_text("下载 CSV"), tmp_path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        assert all(line["规则"].startswith("R17") for line in csv.DictReader(file))
    assert "rule=R17" in page.url
    page.reload()
    page.wait_for_selector("#leads tbody tr")
    assert page.input_value("#f-rule") == "R17"


def test_every_table_and_chart_can_be_taken_away(page: Any, package: Path, tmp_path: Path) -> None:
    for name in PAGES[:1] + PAGES[3:]:
        open_page(page, (package / "site" / f"{name}.html").as_uri())
        tables = page.locator("main table.data").count()
        assert page.get_by_text("下载 CSV").count() == tables > 0, name
    open_page(page, (package / "site" / "index.html").as_uri())
    charts = page.locator("main svg[role=img]").count()
    assert page.get_by_text("下载图片 PNG").count() == charts > 3
    picture = saved(page, page.get_by_text("下载图片 PNG").first, tmp_path)
    assert picture.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n" and picture.stat().st_size > 5_000


def test_persons_are_listed_masked_inside_and_left_out_of_the_public_version(
    page: Any, home: Path, package: Path, con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    persons = con.execute(
        "select subject_id from marts.risk_leads where period = ? and subject_kind in ('person', 'application') and status = 'open'",
        [PERIOD.first_day],
    ).fetchall()
    assert persons
    open_page(page, (package / "site" / "risk.html").as_uri())
    assert "内部资料" in page.inner_text(".inside")
    shown = 0
    for kind in ("person", "application"):
        page.select_option("#f-kind", kind)
        shown += int(re.search(r"符合条件 ([\d,]+) 条", page.inner_text("#leads .table-status"))[1])
    assert shown == len(persons)
    assert not [s for (s,) in persons if s in page.content()]
    write_site(con, Settings(home=home), PERIOD, tmp_path / "site", audience="public")
    open_page(page, (tmp_path / "site" / "risk.html").as_uri())
    assert page.locator(".inside").count() == 0 and "公开版" in page.inner_text("footer")
    data = (tmp_path / "site" / "data" / "leads.js").read_text(encoding="utf-8")
    kinds = {row["kind"] for row in json.loads(data[data.index(",") + 1 : data.rindex(")")])["rows"]}
    assert kinds <= {"employer", "fund"}


def test_published_months_lead_to_each_other_and_say_what_was_replaced(
    page: Any, home: Path, con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    """June was published twice, May once: June's first revision says so without being changed."""
    settings = Settings(home=tmp_path)
    for period, revisions in ((Period(2024, 5), 1), (PERIOD, 2)):
        for number in range(1, revisions + 1):
            folder = tmp_path / "published" / str(period) / f"r{number}"
            folder.mkdir(parents=True)
            document = {"number": f"测〔2024〕{number}号", "signed_on": "2024-07-05"}
            (folder / "manifest.json").write_text(
                json.dumps({"revision": number, "document": document, "files": []})
            )
            (folder / f"document-{period}.pdf").write_bytes(b"%PDF-1.7")
            if period == PERIOD:
                write_site(
                    con,
                    Settings(home=home),
                    period,
                    folder / "site",
                    signing=Signing("甲", "乙", "2024-07-05"),
                    own_revision=number,
                )
        (tmp_path / "published" / str(period) / "latest").symlink_to(f"r{revisions}")
    # May's pages are not needed here: one page stands for them.
    may = tmp_path / "published" / "2024-05" / "r1" / "site"
    shutil.copytree(tmp_path / "published" / str(PERIOD) / "r1" / "site", may)
    write_months(settings)
    open_page(page, (tmp_path / "published" / "index.html").as_uri())
    rows = page.locator("tbody tr")
    assert rows.count() == 2
    assert rows.nth(0).inner_text().split("\t")[:3] == ["2024-06", "更正 r2", "测〔2024〕2号"]
    dead = [h for h, _ in links_of(page) if not Path(unquote(urlsplit(h).path)).exists()]
    assert dead == []
    page.click("text=r1 测〔2024〕1号")
    page.wait_for_selector(".replaced")
    assert "已被第2版替代" in page.inner_text(".replaced")
    page.click(".replaced a")
    page.wait_for_selector("#months select")
    assert "latest/site/index.html" in page.url and page.locator(".replaced").count() == 0
    page.select_option("#month-pick", "2024-05")
    page.wait_for_url("**/2024-05/latest/site/index.html")
