"""What each delivering agency must mend, one page per agency, in Chinese, ready to send back: files, lines and reasons, never anyone's data."""

from __future__ import annotations

import html
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow.parquet as pq

from wengang.contracts import Contract, load_contracts
from wengang.core.number_patterns import masked_remark
from wengang.core.periods import Period
from wengang.core.settings import Settings
from wengang.ingest.headings import shown_heading
from wengang.lake.deliveries import Delivery, read_lake

UNKNOWN = "来源不明"
STATUSES = {
    "loaded": "已接收",
    "held": "暂缓采用",
    "duplicate": "重复，未再接收",
    "refused": "整份退回",
    "unreadable": "无法读取",
    "unknown_source": "名称不是任何已知来源",
    "missing": "清单列有而未送到",
}
SHOWN_LINES = 12
_REGION = re.compile(r"[0-9]{6}")
_HEAD = (
    '<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>{title}</title><style>'
    "body{{font-family:sans-serif;max-width:60em;margin:2em auto;line-height:1.6}}"
    "table{{border-collapse:collapse;width:100%}}td,th{{border:1px solid #999;padding:.2em .5em;text-align:left}}"
    "td.n{{text-align:right}}</style><h1>{title}</h1>"
)


@dataclass
class Fault:
    """One reason in one file: the column, the words, and the lines that have it."""

    sheet: str | None
    column: str
    reason: str
    lines: list[int] = field(default_factory=list)


def write_intake_report(settings: Settings, period: Period, folder: Path) -> list[Path]:
    """Write a page for each agency that delivered for a period, or should have; returns the pages in order."""
    contracts = load_contracts()
    pages: dict[str, list[Delivery]] = defaultdict(list)
    for delivery in read_lake(settings).deliveries:
        if delivery.period == period and delivery.status != "replaced":
            pages[agency_of(delivery, contracts)].append(delivery)
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for agency, files in sorted(pages.items()):
        path = folder / f"{agency}.html"
        path.write_text(_page(settings, period, agency, files, contracts), encoding="utf-8")
        written.append(path)
    return written


def agency_of(delivery: Delivery, contracts: Mapping[str, Contract]) -> str:
    """Return who delivers a file: the agency of its source, and the region where its part is named by one."""
    if delivery.source is None:
        return UNKNOWN
    part = delivery.file_name.split(".", 1)[0].partition("__")[2]
    region = _REGION.fullmatch(part)
    return contracts[delivery.source].agency + (f"-{region[0]}" if region else "")


def _page(
    settings: Settings,
    period: Period,
    agency: str,
    files: Sequence[Delivery],
    contracts: Mapping[str, Contract],
) -> str:
    title = html.escape(f"{agency} {period} 数据交付情况")
    ordered = sorted(files, key=lambda d: d.file_name)
    faulty = [d for d in ordered if d.status != "loaded" or d.rows_rejected or d.warnings]
    lines = [_HEAD.format(title=title)]
    if not faulty:
        lines.append("<p>本期交付的文件已全部接收，没有需要更正的内容。</p>")
    heads = ("文件", "来源", "结果", "读入行", "接收行", "拒收行")
    lines += ["<h2>文件</h2>", _table(heads, (_file_row(d, contracts) for d in ordered))]
    if faulty:
        lines.append(
            "<h2>请更正</h2><p>更正后请以同一文件名、同一期间重新交付；行号为文件中的行（工作簿为表内行）。</p>"
        )
    for delivery in faulty:
        lines.append(f"<h3>{html.escape(masked_remark(delivery.file_name))}</h3>")
        if delivery.message_zh:
            lines.append(f"<p>{html.escape(masked_remark(delivery.message_zh))}</p>")
        faults = _faults(settings, delivery, contracts)
        if faults:
            rows = [
                (shown_heading(f.sheet or ""), f.column, f.reason, str(len(f.lines)), _shown(f.lines))
                for f in faults
            ]
            lines.append(_table(("工作表", "列", "原因", "行数", "所在行"), rows))
    return "\n".join(lines) + "\n"


def _file_row(delivery: Delivery, contracts: Mapping[str, Contract]) -> tuple[str, ...]:
    source = contracts[delivery.source].title_zh if delivery.source else ""
    counts = (delivery.rows_read, delivery.rows_accepted, delivery.rows_rejected)
    return (masked_remark(delivery.file_name), source, STATUSES[delivery.status], *(f"{c:,}" for c in counts))


def _faults(settings: Settings, delivery: Delivery, contracts: Mapping[str, Contract]) -> list[Fault]:
    """Return the reasons for which rows of a file were refused, those of most rows first. The rows themselves are not shown."""
    if delivery.rejects_file is None or delivery.source is None:
        return []
    names = {c.name: c.heading for c in contracts[delivery.source].read_columns}
    found: dict[tuple[str | None, str | None, str], Fault] = {}
    columns = ["sheet", "line_no", "column_name", "reason_zh"]
    table = pq.ParquetFile(settings.lake_dir / delivery.rejects_file).read(columns)
    for row in table.to_pylist():
        key = (row["sheet"], row["column_name"], row["reason_zh"])
        heading = names.get(row["column_name"], "整行") if row["column_name"] else "整行"
        found.setdefault(key, Fault(row["sheet"], heading, row["reason_zh"])).lines.append(row["line_no"])
    return sorted(found.values(), key=lambda f: (-len(f.lines), f.lines[0]))


def _shown(lines: Sequence[int]) -> str:
    more = f" 等 {len(lines)} 行" if len(lines) > SHOWN_LINES else ""
    return "、".join(map(str, lines[:SHOWN_LINES])) + more


def _table(heads: Iterable[str], rows: Iterable[Sequence[str]]) -> str:
    head = "".join(f"<th>{html.escape(h)}</th>" for h in heads)
    body = "".join("<tr>" + "".join(f"<td>{html.escape(c)}</td>" for c in row) + "</tr>" for row in rows)
    return f"<table><tr>{head}</tr>{body}</table>"
