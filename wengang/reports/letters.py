"""Letters of recovery: a document for each demand (责令退回) and reminder (催缴) of the month, in the restricted folder.

One document is made for each kind with marks in the places that differ, and copied with its marks filled in: thousands of letters take seconds.
"""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import duckdb

from wengang.core.periods import Period
from wengang.reports.figures import read_office
from wengang.reports.word import FIRST_DAY, write_word

LETTERS = "recovery_letters"
BODY = "word/document.xml"
MARKS = ("WGADDRESSEE", "WGFACTS", "WGAMOUNT", "WGNUMBER")

FACTS = {
    "refund": "你单位{year}年度失业保险稳岗返还已付金额多于应付金额",
    "skill_subsidy": "你申领的技能提升补贴（申领编号{reference}）已付金额多于应付金额",
    "job_expansion": "你单位申领的一次性扩岗补助（申领编号{reference}）已付金额多于应付金额",
    "living_benefits": "你领取的失业保险待遇中有不应领取的部分",
}
ABOUT = {
    "refund": "你单位{year}年度失业保险稳岗返还",
    "skill_subsidy": "你申领的技能提升补贴（申领编号{reference}）",
    "job_expansion": "你单位申领的一次性扩岗补助（申领编号{reference}）",
    "living_benefits": "你领取的失业保险待遇（核定编号{reference}）",
}
TITLES = {"demand": "责令退回通知书", "reminder": "催缴通知书"}


def write_letters(con: duckdb.DuckDBPyConnection, period: Period, folder: Path) -> list[Path]:
    """Write the month's letters into `folder` as `<kind>-<number>.docx`, readable by their owner alone; returns the paths.

    File names say nothing of whom they are about. Nothing is written where there is nobody to write to.
    """
    rows = letters_of(con)
    if not rows:
        return []
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    days = con.execute("select value from reference.operations where name = 'demand_due_days'").fetchall()
    office = read_office(con)
    written = []
    for kind in sorted({r["letter_kind"] for r in rows}):
        base = letter_form(kind, office, str(int(days[0][0])) if days else "　　", period)
        parts = read_parts(write_word(base, folder / f".{kind}.docx", made_on(period)))
        (folder / f".{kind}.docx").unlink()
        for row in (r for r in rows if r["letter_kind"] == kind):
            path = folder / f"{kind}-{row['letter_no']:04d}.docx"
            path.write_bytes(filled(parts, letter_words(row, period)))
            path.chmod(0o600)
            written.append(path)
    return written


def letters_of(con: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Read the letters to write; a person is named by the whole number here, as nowhere else in a package that people read."""
    found = con.execute(f"select * from lists.{LETTERS} order by letter_no")
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def made_on(period: Period) -> dt.datetime:
    """Return the time that a file says it was made: the period's last day, never the clock."""
    return dt.datetime.combine(period.last_day, dt.time(), dt.UTC)


def letter_form(kind: str, office: Mapping[str, str], days: str, period: Period) -> dict[str, Any]:
    """Return a letter with marks in the places of addressee, facts, amount and number."""
    agency = office.get("agency", "失业保险经办机构")
    reach = [
        f"{title}：{office[item]}"
        for item, title in (("contact", "联系人"), ("telephone", "联系电话"))
        if office.get(item)
    ]
    after = period.plus(1)
    facts = "经核查，WGFACTS，" if kind == "demand" else "WGFACTS。"
    asked = "应退回WGAMOUNT元。" if kind == "demand" else "尚有WGAMOUNT元没有退回。"
    paragraphs = [
        f"{facts}{asked}请自收到本通知之日起{days}日内将上述款项退回失业保险基金，并注明本通知编号（WGNUMBER）。",
        "对上述事实和金额有异议的，可以在期限内向我机构陈述、申辩并提交材料；逾期不退回的，依照社会保险法等有关规定处理。",
    ]
    return {
        "head": "", "number": "", "signer": "", "draft_mark": "", "title": TITLES[kind], "addressee": "WGADDRESSEE",
        "parts": [{"heading": "", "paragraphs": paragraphs}], "attachments": [], "issuer": office.get("seal_line") or agency,
        "dated": f"{after.year}年{after.month}月　日", "footnote": f"（{'，'.join(reach)}）" if reach else "", "imprint": [],
    }  # fmt: skip


def letter_words(row: Mapping[str, Any], period: Period) -> dict[str, str]:
    """Return what fills the marks of one letter."""
    given = {"year": row["programme_year"] or "", "reference": row["reference_no"] or ""}
    about = (FACTS if row["letter_kind"] == "demand" else ABOUT)[row["programme"]].format(**given)
    facts = about if row["letter_kind"] == "demand" else reminded(row, about)
    person = f"{row['account_name'] or '申领人'}（社会保障号码{row['person_id'] or '不详'}）"
    return {
        "WGADDRESSEE": row["employer_name"] or row["employer_id"] or person,
        "WGFACTS": facts,
        "WGAMOUNT": f"{row['amount']:,.2f}",
        "WGNUMBER": f"{period}-{row['letter_no']:04d}",
    }


def reminded(row: Mapping[str, Any], about: str) -> str:
    """Return what a case has come to: what was demanded when, what came back, and since when it is overdue."""
    return (
        f"{about}，我机构已于{chinese_day(row['first_demanded_on'])}下达追回通知（案件编号{row['case_no']}），"
        f"累计要求退回{row['demanded']:,.2f}元，已退回{row['repaid'] or Decimal(0):,.2f}元，"
        f"退回期限{chinese_day(row['due_on'])}已过"
    )


def chinese_day(day: dt.date | None) -> str:
    """Write a day as a document does."""
    return f"{day.year}年{day.month}月{day.day}日" if day else "　　年　月　日"


def read_parts(path: Path) -> Sequence[tuple[str, bytes]]:
    """Read the members of a document in their order."""
    with zipfile.ZipFile(path) as archive:
        return [(name, archive.read(name)) for name in archive.namelist()]


def filled(parts: Sequence[tuple[str, bytes]], words: Mapping[str, str]) -> bytes:
    """Return a document with its marks filled in; the same words give the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts:
            given = content
            if name == BODY:
                text = content.decode("utf-8")
                for mark in MARKS:
                    text = text.replace(mark, escape(words[mark]))
                given = text.encode("utf-8")
            archive.writestr(zipfile.ZipInfo(name, FIRST_DAY), given, zipfile.ZIP_DEFLATED)
    return out.getvalue()
