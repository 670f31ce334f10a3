"""What joins the published months: `published/index.html`, and `months.js`, by which a page leads to the others and knows it was replaced.

Both are written anew at every publication from what `latest` points at; no package is touched.
"""

from __future__ import annotations

import json
from html import escape
from pathlib import Path
from typing import Any

from wengang.core.periods import Period
from wengang.core.settings import Settings
from wengang.months.published import (
    newest_manifest,
    published_periods,
    read_manifest,
    revision_dir,
    revisions,
)

POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'"


def write_months(settings: Settings) -> Path:
    """Write the list of published months as a page and as a script; returns the page."""
    months = [month_of(settings, period) for period in reversed(published_periods(settings))]
    folder = settings.published_dir
    write_whole(
        folder / "months.js", f"WG.put({json.dumps('months')},{json.dumps(months, ensure_ascii=False)});\n"
    )
    page = folder / "index.html"
    write_whole(page, page_of(settings, months))
    return page


def month_of(settings: Settings, period: Period) -> dict[str, Any]:
    """Return a published month: its revision in force, with its document's number and day."""
    manifest = newest_manifest(settings, period) or {}
    document = manifest.get("document", {})
    return {
        "period": str(period),
        "revision": manifest.get("revision", 1),
        "number": document.get("number", ""),
        "signed_on": str(document.get("signed_on", ""))[:10],
    }


def write_whole(path: Path, text: str) -> None:
    """Write a file beside and put it in place by one rename, for everybody to read."""
    making = path.with_name(f".{path.name}.making")
    making.write_text(text, encoding="utf-8")
    making.chmod(0o644)
    making.replace(path)


def page_of(settings: Settings, months: list[dict[str, Any]]) -> str:
    """Return the page: a row a month with its revision, document and workbook; earlier revisions beside."""
    rows = "\n".join(row_of(settings, month) for month in months)
    style = (
        f'<link rel="stylesheet" href="{months[0]["period"]}/latest/site/assets/site.css">' if months else ""
    )
    return f"""<!doctype html>
<html lang="zh-CN" data-lang="zh">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>失业保险援企稳岗政策执行情况月报 · 已发布月份</title>
{style}
</head>
<body>
<main id="main">
<h1>已发布的月报 Published months</h1>
<table class="data"><caption>每月的现行版，新的在前 The revision in force of each month</caption>
<thead><tr><th scope="col">期间 Month</th><th scope="col">版次 Revision</th><th scope="col">文号 Number</th><th scope="col">成文日期 Day</th>\
<th scope="col">报告 Document</th><th scope="col">报表 Workbook</th><th scope="col">原版 Earlier</th></tr></thead>
<tbody>
{rows}
</tbody></table>
</main>
</body>
</html>
"""


def row_of(settings: Settings, month: dict[str, Any]) -> str:
    """Return one month as a row of links to what its package holds."""
    period = Period.parse(month["period"])
    newest = revision_dir(settings, period, month["revision"])

    def links(*names: str) -> str:
        return " ".join(
            f'<a href="{period}/latest/{name}">{name.rpartition(".")[2].upper()}</a>'
            for name in names
            if (newest / name).is_file()
        )

    def named(folder: str, words: str) -> str:
        return f'<a href="{period}/{folder}/site/index.html">{escape(words)}</a>'

    earlier = " ".join(
        named(
            f"r{n}",
            f"r{n} {read_manifest(revision_dir(settings, period, n)).get('document', {}).get('number', '')}".strip(),
        )
        for n in revisions(settings, period)
        if n < month["revision"]
    )
    mark = f"更正 r{month['revision']}" if month["revision"] > 1 else "r1"
    cells = (
        mark, escape(month["number"]), escape(month["signed_on"]), links(f"document-{period}.pdf", f"document-{period}.docx"),
        links(f"workbook-{period}.xlsx"), earlier or "—",
    )  # fmt: skip
    return f'<tr><th scope="row">{named("latest", str(period))}</th>{"".join(f"<td>{cell}</td>" for cell in cells)}</tr>'
