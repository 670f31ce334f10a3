"""The month's networked-data return (失业保险联网数据): one machine-readable file a table, check sums, and whether it is whole."""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import duckdb

from wengang.core.errors import DeliveryError
from wengang.core.lock import home_lock
from wengang.core.periods import Period
from wengang.core.settings import Settings
from wengang.core.text import safe_cell
from wengang.months.kept_files import note_kept, return_name
from wengang.months.published import checked_revision

CONTENTS = "return.json"
# Table of the return, title, table it is drawn from, columns whose sums travel with it.
TABLES: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    ("SYBX01_premium", "参保缴费情况", "premium_relief", ("insured", "pay_base", "premium_due", "premium_received", "relief")),
    ("SYBX02_benefits", "保生活待遇发放情况", "benefit_coverage", ("persons", "months", "amount")),
    ("SYBX03_refund", "稳岗返还情况", "refund_decisions", ("contribution_base", "refund_amount", "paid_amount", "returned_amount", "payable_amount")),
    ("SYBX04_dispatch", "劳务派遣单位资金分配情况", "refund_allocations", ("allocation_base", "allocated_amount", "paid_amount")),
    ("SYBX05_skill", "技能提升补贴情况", "skill_decisions", ("amount", "paid_amount", "payable_amount")),
    ("SYBX06_fund", "基金收支结余情况", "fund_months", ("income", "expenditure")),
    ("SYBX07_reserve", "基金备付情况", "fund_reserve", ("balance_previous_year", "expenditure_previous_year")),
    ("SYBX08_risk", "风险线索情况", "risk_leads", ("amount_at_stake",)),
    ("SYBX09_expansion", "一次性扩岗补助情况", "expansion_decisions", ("amount", "paid_amount", "payable_amount", "recoverable_amount")),
    ("SYBX10_recovery", "追回情况", "recovery_balance", ("opening", "demanded", "repaid", "waived", "closing", "not_yet_demanded")),
)  # fmt: skip
MAY_BE_EMPTY = frozenset({"expansion_decisions", "recovery_balance"})
"""Tables of sources that no month must deliver: without rows the return is whole all the same."""


def net_return(settings: Settings, period: Period) -> Path:
    """Write `<package>/../return/<period>/`: a UTF-8 CSV a table and `return.json`; returns the folder, readable by its owner alone.

    Drawn from the newest published revision of the month. Raises PublicationError where the month is not published, DeliveryError
    (exit 3, after writing) where a table has no rows at all.
    """
    with home_lock(settings):
        return write_return(settings, period)


def write_return(settings: Settings, period: Period) -> Path:
    """Write the folder aside, put it in place, and note its contents, so that a later change of it is found."""
    package = checked_revision(settings, period)
    target = settings.home / "return" / str(period)
    making = target.with_name(f".{period}.making")
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir(parents=True, mode=0o700)
    tables = [write_table(package, making, *table) for table in TABLES]
    expected = {name for name, _, source, _ in TABLES if source not in MAY_BE_EMPTY}
    empty = [t for t in tables if not t["rows"] and t["table"] in expected]
    content = {
        "period": str(period),
        "revision": package.name,
        "package_manifest_sha256": hashlib.sha256((package / "manifest.json").read_bytes()).hexdigest(),
        "is_complete": not empty,
        "tables": tables,
    }
    (making / CONTENTS).write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    shutil.rmtree(target, ignore_errors=True)
    making.rename(target)
    note_kept(settings, return_name(period), target / CONTENTS)
    if empty:
        names = ("、".join(t["title"] for t in empty), ", ".join(t["table"] for t in empty))
        raise DeliveryError("return_incomplete", place=str(target), tables=names)
    return target


def write_table(
    package: Path, folder: Path, name: str, title: str, source: str, sums: tuple[str, ...]
) -> dict[str, Any]:
    """Write one table, in a fixed order, and give its line of the return: rows, sums, digest."""
    path = package / "tables" / f"{source}.parquet"
    with duckdb.connect() as connection:
        cursor = connection.execute("select * from read_parquet(?) order by all", [str(path)])
        columns = [d[0] for d in cursor.description or ()]
        rows = cursor.fetchall()
    target = folder / f"{name}.csv"
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(
            [[safe_cell(";".join(v) if isinstance(v, list) else v) for v in row] for row in rows]
        )
    target.chmod(0o600)
    totals = {c: str(sum((row[columns.index(c)] or 0) for row in rows)) for c in sums}
    return {
        "table": name, "title": title, "file": target.name, "rows": len(rows), "sums": totals,
        "sha256": hashlib.sha256(target.read_bytes()).hexdigest(),
    }  # fmt: skip
