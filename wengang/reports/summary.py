"""What a person wants first: where things are, and a handful of figures."""

from __future__ import annotations

from pathlib import Path

from wengang.core.errors import PublicationError
from wengang.core.periods import Period
from wengang.core.settings import Settings
from wengang.core.text import width_of
from wengang.reports.figures import Report, headlines

SUMMARY = "summary.txt"


def summary_lines(report: Report) -> list[str]:
    """Return the state of the month and its first figures, Chinese with English beside."""
    state = "草稿，未审核 DRAFT, not reviewed" if report.is_draft else "已审核 reviewed"
    lines = [f"失业保险援企稳岗政策执行情况月报 {report.period} · monthly report · {state}"]
    lines += [f"  不完整 incomplete: {zh} / {en}" for zh, en in report.incomplete]
    lines += [
        f"  严重校验不符 critical expectation: {r['title_zh']} / {r['title_en']}" for r in report.critical()
    ]
    if report.warnings():
        lines.append(f"  警告 warnings: {len(report.warnings())}")
    lines += [
        f"    {r['title_zh']}：不符 / {r['title_en']}: failed · {r['detail']}"
        for r in report.warnings()
        if r["outcome"] == "failed" and r["detail"]
    ]
    for zh, en, text in headlines(report):
        lines.append(f"  {zh}{' ' * max(1, 36 - width_of(zh))}{text:>24}   {en}")
    return lines


def write_summary(report: Report, folder: Path) -> Path:
    """Write `summary.txt` into a package; returns its path."""
    target = folder / SUMMARY
    target.write_text("\n".join(summary_lines(report)) + "\n", encoding="utf-8")
    return target


def summary(settings: Settings, period: Period) -> str:
    """Return the summary of a month's package with the places of what it holds.

    Raises PublicationError where no package of the month has been written.
    """
    folder = settings.drafts_dir / str(period)
    text = folder / SUMMARY
    if not text.exists():
        raise PublicationError("no_report", place=str(folder), period=period)
    places = [
        ("工作簿（万元、元） workbooks", "workbook*.xlsx"),
        ("公文 document", "document*.pdf"),
        ("公文（可编辑） document to edit", "document*.docx"),
        ("要情草稿 incident report", "restricted/incident*.pdf*"),
        ("网页 pages", "site/index.html"),
        ("发布表 tables", "tables"),
        ("校验 validation", "validation/data_docs/index.html"),
        ("清单 manifest", "manifest.json"),
    ]
    lines = [text.read_text(encoding="utf-8").rstrip()]
    for name, pattern in places:
        found = sorted(folder.glob(pattern))
        if not found and pattern.startswith("validation"):
            found = sorted(folder.glob("validation"))
        lines += [f"  {name}{' ' * max(1, 28 - width_of(name))}{path.resolve()}" for path in found]
    return "\n".join(lines)
