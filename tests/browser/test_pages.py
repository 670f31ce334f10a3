"""The pages in a real browser, opened from a copied folder: clicks, words, colours, keyboard, speed."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.browser.big import enlarge
from tests.browser.conftest import PERIOD
from wengang.core.settings import Settings
from wengang.policy.registry import registry
from wengang.reports.site import write_site

pytestmark = pytest.mark.browser

PAGES = ("index", "decisions", "employer", "risk", "recovery", "quality", "parameters", "changes")


def shown(page: Any, selector: str) -> str:
    """The text that a reader sees."""
    return str(page.inner_text(selector))


@pytest.mark.parametrize("name", PAGES)
def test_opens_from_a_copied_folder_in_both_languages_and_colours(page: Any, site: Path, name: str) -> None:
    page.goto(f"{(site / f'{name}.html').as_uri()}")
    assert "未审核" in shown(page, ".draft-mark")
    assert page.locator("main h1").count() == 1
    assert page.get_attribute("html", "lang") == "zh-CN"
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.click("[data-set-lang=en]")
    assert page.get_attribute("html", "lang") == "en"
    assert "not reviewed" in shown(page, ".draft-mark") and "未审核" not in shown(page, ".draft-mark")
    page.click("[data-set-theme=dark]")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != light
    page.reload()
    assert page.get_attribute("html", "lang") == "en" and page.get_attribute("html", "data-theme") == "dark"


@pytest.mark.parametrize("name", PAGES)
def test_can_be_read_by_ear_and_used_by_keyboard(page: Any, site: Path, name: str) -> None:
    page.goto((site / f"{name}.html").as_uri())
    page.wait_for_timeout(200)
    assert page.locator("header, nav, main, footer").count() >= 4
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    faults = page.evaluate(
        """() => {
            const name = e => e.getAttribute('aria-label') || e.getAttribute('aria-labelledby') || e.textContent.trim();
            const bad = [];
            document.querySelectorAll('button, a[href]').forEach(e => { if (!name(e)) bad.push('no name: ' + e.outerHTML); });
            document.querySelectorAll('input, select').forEach(e => {
                if (!e.labels.length && !e.getAttribute('aria-label')) bad.push('no label: ' + e.outerHTML);
            });
            document.querySelectorAll('table').forEach(e => {
                if (!e.caption || !e.querySelector('th[scope=col]')) bad.push('table: ' + e.className);
            });
            document.querySelectorAll('svg[role=img]').forEach(e => {
                if (!document.getElementById(e.getAttribute('aria-labelledby'))) bad.push('svg without a name');
            });
            const ids = [...document.querySelectorAll('[id]')].map(e => e.id);
            if (new Set(ids).size !== ids.length) bad.push('an id stands twice');
            return bad;
        }"""
    )
    assert faults == []


def test_nothing_inline_and_a_strict_policy(site: Path) -> None:
    for name in PAGES:
        text = (site / f"{name}.html").read_text(encoding="utf-8")
        policy = re.search(r'Content-Security-Policy" content="([^"]+)"', text)
        assert policy and policy[1].startswith(
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:"
        )
        assert not re.search(r"<script(?![^>]*\bsrc=)", text)
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=", text)
        assert not re.search(r'(?:src|href)="(?:https?:)?//', text)


def test_the_policy_holds_in_the_browser(chromium: Any, site: Path) -> None:
    page = chromium.new_context().new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto((site / "index.html").as_uri())
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=\"http://198.51.100.1/x.png\">')")
    page.wait_for_timeout(300)
    assert any("Content Security Policy" in text for text in said)
    page.context.close()


def test_search_sort_page_and_open_an_employer(page: Any, site: Path, con: duckdb.DuckDBPyConnection) -> None:
    decided = con.execute(
        "select employer_id, employer_name, refund_amount, uscc from marts.refund_decisions where period = ? and programme_year ="
        " (select max(programme_year) from marts.refund_decisions where period = ?) order by refund_amount desc, employer_id",
        [PERIOD.first_day, PERIOD.first_day],
    ).fetchall()
    page.goto((site / "decisions.html").as_uri())
    page.wait_for_selector("tbody tr")
    assert f"共 {len(decided)} 条" in shown(page, ".table-status")
    assert page.locator("tbody tr").count() == min(50, len(decided))
    page.click("thead th:nth-child(8) button")
    assert page.get_attribute("thead th:nth-child(8)", "aria-sort") == "descending"
    assert shown(page, "tbody tr:first-child td:nth-child(8)") == f"{decided[0][2]:,.2f}"
    if len(decided) > 50:
        page.click("[aria-label=下一页]")
        assert "第 51–" in shown(page, ".table-status")
    wanted = decided[0]
    for text in (wanted[0], wanted[3].lower(), wanted[1][2:]):
        page.fill("#q", text)
        page.wait_for_selector("tbody tr:only-child a")
        assert wanted[1] in shown(page, "tbody")
    page.fill("#q", "没有这样的单位")
    page.wait_for_selector("td.none")
    page.fill("#q", wanted[0])
    page.wait_for_selector("tbody a")
    page.focus("tbody a")
    page.keyboard.press("Enter")
    page.wait_for_selector(".verdict")
    assert shown(page, "h1") == wanted[1]
    assert f"{wanted[2]:,.2f}" in shown(page, ".verdict")
    outcomes = con.execute(
        "select count(*) from marts.refund_rule_outcomes where period = ? and employer_id = ? and programme_year ="
        " (select max(programme_year) from marts.refund_decisions where period = ?)",
        [PERIOD.first_day, wanted[0], PERIOD.first_day],
    ).fetchone()
    assert outcomes is not None and page.locator(".step").count() == outcomes[0]
    assert "人社部发〔2024〕40号" in shown(page, ".steps")
    assert re.search(r"第 \d+", shown(page, "#employer section:last-child"))
    page.click("[data-set-lang=en]")
    assert "The rules, one by one" in shown(page, "#employer")
    page.goto((site / "employer.html").as_uri() + "#000000000000")
    page.wait_for_selector("[role=alert]")


def test_the_filters_narrow_and_the_address_keeps_them(
    page: Any, site: Path, con: duckdb.DuckDBPyConnection
) -> None:
    found = con.execute(
        "select count(*) from marts.refund_decisions where period = ? and decision = 'eligible' and programme_year ="
        " (select max(programme_year) from marts.refund_decisions where period = ?)",
        [PERIOD.first_day, PERIOD.first_day],
    ).fetchone()
    assert found is not None
    page.goto((site / "decisions.html").as_uri() + "#decision=eligible")
    page.wait_for_selector("tbody tr")
    assert f"符合条件 {found[0]} 条" in shown(page, ".table-status")
    page.select_option("#f-decision", "")
    assert "decision=" not in page.url
    page.select_option("#f-decision", "ineligible")
    assert "decision=ineligible" in page.url


def test_map_takes_another_measure(page: Any, site: Path) -> None:
    page.goto((site / "index.html").as_uri())
    assert page.locator(".tile").count() == 16
    before = shown(page, ".tiles")
    page.select_option("#map-measure", "relief")
    assert shown(page, ".tiles") != before


def test_a_figure_gives_the_command_that_lists_its_records(
    page: Any, site: Path, con: duckdb.DuckDBPyConnection, home: Path
) -> None:
    from wengang.evidence.trace import trace

    page.goto((site / "index.html").as_uri())
    figure = page.locator('[data-trace="refund refund_amount 620000 --period 2024-06"]').first
    figure.focus()
    page.keyboard.press("Enter")
    assert shown(page, "#trace-command") == "wengang trace refund refund_amount 620000 --period 2024-06"
    page.keyboard.press("Escape")
    assert not page.is_visible("#trace")
    # every command that the page gives names a figure of the report, and what it shows is that figure
    commands = page.eval_on_selector_all(
        "[data-trace]", "all => all.map(e => [e.dataset.trace, e.textContent])"
    )
    assert len(commands) > 100
    figures = {
        (
            f"{section} {measure} {unit} --period {PERIOD}"
            + (f" --dimension {part} --value {value}" if value else "")
        ): figure
        for section, measure, unit, part, value, figure in con.execute(
            "select section, measure, reporting_unit, dimension, dimension_value, value from marts.report_figures where period = ?",
            [PERIOD.first_day],
        ).fetchall()
    }
    for command, text in commands:
        places = len(text.partition(".")[2])
        assert text == f"{figures[command]:,.{places}f}", command
    if Settings(home=home).warehouse_file.exists():
        found = trace(Settings(home=home), "refund", "refund_amount", "620000", PERIOD)
        assert found.figure == figures["refund refund_amount 620000 --period 2024-06"]


def test_signed_pages_are_not_marked_and_name_who_signed(
    page: Any, home: Path, con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    from wengang.reports.figures import Signing

    write_site(con, Settings(home=home), PERIOD, tmp_path, signing=Signing(preparer="张三", reviewer="李四"))
    for name in PAGES:
        page.goto((tmp_path / f"{name}.html").as_uri())
        assert page.locator(".draft-mark").count() == 0 and "草稿" not in page.title()
        assert "未审核" not in page.content()
        assert "填报人 张三" in shown(page, "footer") and "审核人 李四" in shown(page, "footer")


def test_a_restated_month_shows_what_was_published_beside_what_is_known(
    page: Any, home: Path, warehouse: Path, tmp_path: Path
) -> None:
    shutil.copy(warehouse, tmp_path / "restated.duckdb")
    with duckdb.connect(str(tmp_path / "restated.duckdb")) as con:
        sha, name = con.execute(
            "select sha256, file_name from marts.extract_files where source = 'employers' order by all limit 1"
        ).fetchone() or ("", "")
        # last month's refund was 1,000 yuan; of the living benefits one unit's count of persons was 2: few persons, not shown
        row = "insert into marts.restatements values ('2024-05-01', 2, ?, ?, ?, 'none', '', 'value', ?, ?, ?, '2024-06-01')"
        con.execute(
            row, ["620100", "refund", "refund_amount", 1000, 1234.5, f"{sha};refund_ratio_sme@2024-04-28"]
        )
        con.execute(row, ["620100", "benefits", "persons", 2, 7777, sha])
        write_site(con, Settings(home=home), PERIOD, tmp_path / "site", audience="public")
    page.goto((tmp_path / "site" / "changes.html").as_uri())
    table = shown(page, "table.restated")
    assert "1,000.00" in table and "1,234.50" in table
    assert name in table and f"参数“{registry()['refund_ratio_sme'].title_zh}”（2024-04-28起）" in table
    assert "7,777" not in page.content() and "＊" in table
    assert "wengang diff 2024-05 --from r1 --to r2" in shown(page, "main")


def test_no_page_is_wider_than_a_telephone(page: Any, site: Path) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto((site / "decisions.html").as_uri())
    page.wait_for_selector("a[href*='employer.html#']")
    employer = page.get_attribute("a[href*='employer.html#']", "href")
    wide = []
    for language in ("zh", "en"):
        page.click(f"[data-set-lang={language}]")
        for name in (
            *(
                f"{n}.html"
                for n in ("index", "decisions", "risk", "recovery", "quality", "parameters", "changes")
            ),
            employer,
        ):
            page.goto(f"{site.as_uri()}/{name}")
            page.wait_for_load_state()
            page.wait_for_function(
                "!document.querySelector('main [role=status]') || document.querySelector('main table, main .steps')"
            )
            wide += [
                (language, name, over)
                for over in [
                    page.evaluate(
                        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
                    )
                ]
                if over > 0
            ]
    assert wide == []


def test_leads_are_narrowed_by_status(page: Any, site: Path, con: duckdb.DuckDBPyConnection) -> None:
    total, still_open = con.execute(
        "select count(*), count(*) filter (where status = 'open') from marts.risk_leads where period = ?",
        [PERIOD.first_day],
    ).fetchone() or (0, 0)
    assert total > 0
    page.goto((site / "risk.html").as_uri())
    page.wait_for_selector("#leads tbody tr")
    assert f"共 {total:,} 条，符合条件 {still_open:,} 条" in shown(page, "#leads .table-status")
    page.select_option("#f-status", "")
    assert f"符合条件 {total:,} 条" in shown(page, "#leads .table-status")


def test_every_lead_on_an_employer_opens_the_employer(page: Any, site: Path) -> None:
    page.goto((site / "risk.html").as_uri())
    page.select_option("#f-status", "")
    links = page.eval_on_selector_all(
        "#leads tbody a[href^='employer.html']", "found => found.map(a => [a.href, a.textContent])"
    )
    assert links
    for href, name in links[:10]:
        page.goto(href)
        page.wait_for_selector(".verdict")
        assert name in shown(page, "main")


def test_leads_with_most_at_stake_come_first(page: Any, site: Path, con: duckdb.DuckDBPyConnection) -> None:
    # Open leads that do more than warn and are not of money left out already.
    (most,) = con.execute(
        "select max(amount_at_stake) from marts.risk_leads where period = ?"
        " and status = 'open' and severity <> 'warn' and not is_left_out",
        [PERIOD.first_day],
    ).fetchone() or (0,)
    page.goto((site / "risk.html").as_uri())
    page.wait_for_selector("#leads tbody td.num")
    assert shown(page, "#leads tbody tr:first-child td.num") == f"{most:,.2f}"


def test_no_person_account_or_telephone_in_any_file(
    site: Path, home: Path, con: duckdb.DuckDBPyConnection
) -> None:
    secrets = {
        row[0]
        for row in con.execute(
            "select person_id from intermediate.int_person_months union select person_id from marts.skill_decisions"
            " union select application_no from marts.skill_decisions union select account_no from intermediate.int_employers"
            " union select contact_phone from intermediate.int_employers"
        ).fetchall()
        if row[0]
    }
    assert len(secrets) > 50
    for path in sorted(site.rglob("*")):
        if path.is_file():
            words = set(re.findall(r"[0-9A-Za-z]+(?:-[0-9A-Za-z]+)*", path.read_text(encoding="utf-8")))
            assert not words & secrets, path.name


def test_the_same_inputs_give_the_same_bytes(
    home: Path, con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    for name, threads in (("a", 1), ("b", 2)):
        con.execute(f"set threads to {threads}")
        write_site(con, Settings(home=home), PERIOD, tmp_path / name)
    first = sorted(p.relative_to(tmp_path / "a") for p in (tmp_path / "a").rglob("*") if p.is_file())
    assert first == sorted(p.relative_to(tmp_path / "b") for p in (tmp_path / "b").rglob("*") if p.is_file())
    assert len(first) > 15
    for name in first:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes(), name


def test_a_hundred_thousand_employers_are_searched_and_opened(
    page: Any, home: Path, warehouse: Path, tmp_path: Path
) -> None:
    enlarge(warehouse, tmp_path / "big.duckdb", 100_000)
    with duckdb.connect(str(tmp_path / "big.duckdb"), read_only=True) as con:
        write_site(con, Settings(home=home), PERIOD, tmp_path / "site")
    page.goto((tmp_path / "site" / "decisions.html").as_uri())
    page.wait_for_selector("tbody tr:nth-child(50)")
    page.wait_for_selector('.table-status:has-text("共 100,000 条，符合条件 100,000 条")', timeout=20_000)
    for number in ("9900000001", "9900099999"):
        page.fill("#q", f"99{int(number) - 9900000000:010d}")
        page.wait_for_selector("tbody tr:only-child a")
    page.click("tbody a")
    page.wait_for_selector(".verdict")
    shutil.rmtree(tmp_path / "site")
