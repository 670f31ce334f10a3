"""A folder for each reporting unit: its own workbooks, notices, review lists and leads, with no other unit's rows."""

from __future__ import annotations

import csv
import datetime as dt
import shutil
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from wengang.core.identifiers import masked_id
from wengang.core.number_patterns import masked_numbers
from wengang.core.text import safe_cell
from wengang.reports.figures import OWN_ACCOUNT, UNKNOWN_UNIT, Label, Report, Unit, rows_of
from wengang.reports.workbook import Shape, write_unit_workbook

UNITS = "units"
NOTICES = "lists/refund_public_notice"
LEAD_COLUMNS = (
    ("rule_id", "规则", 8), ("rule", "规则名称", 20), ("severity", "级别", 8), ("status", "状态", 10), ("region", "县（市、区）", 14),
    ("kind", "对象类别", 10), ("subject", "对象编号", 22), ("name", "单位名称", 34), ("evidence", "证据", 60),
    ("amount_at_stake", "涉及金额（元）", 16), ("first_seen", "首次发现", 12),
)  # fmt: skip


def write_units(con: duckdb.DuckDBPyConnection, report: Report, folder: Path) -> list[Path]:
    """Write `units/<code>/` into a package for each unit that reports; returns the folders."""
    regions: dict[str, list[str]] = {}
    for code, unit in con.execute(
        "select region_code, reporting_unit from reference.regions where reporting_unit is not null order by region_code"
    ).fetchall():
        regions.setdefault(unit, []).append(code)
    before = {
        tuple(r[:5]): r[5]
        for r in con.execute(
            "select reporting_unit, section, measure, dimension, dimension_value, value from marts.report_figures where period = ?",
            [report.period.plus(-1).first_day],
        ).fetchall()
    }
    written = []
    for unit in report.units:
        if unit.code in {report.province, OWN_ACCOUNT, UNKNOWN_UNIT}:
            continue
        target = folder / UNITS / unit.code
        target.mkdir(parents=True)
        own = report_of(report, unit, before)
        for money in ("wan", "yuan"):
            name = f"workbook-{report.period}{'-yuan' if money == 'yuan' else ''}.xlsx"
            write_unit_workbook(own, target / name, Shape(money=money))
        copy_lists(report, folder, target, regions.get(unit.code, []))
        write_leads(report, leads_of(con, report, regions.get(unit.code, [])), target)
        written.append(target)
    return written


def report_of(report: Report, unit: Unit, before: dict[Any, Any]) -> Report:
    """Return the report of one unit: its figures stand where the province's do, and nothing of any other unit is in it."""
    return replace(
        report,
        province=unit.code,
        figures={key: row for key, row in report.figures.items() if key[0] == unit.code},
        before={key: value for key, value in before.items() if key[0] == unit.code},
        units=[unit],
        labels={**report.labels, ("region", unit.code): Label(unit.name_zh, unit.name_en)},
        counties=[c for c in report.counties if c["reporting_unit"] == unit.code],
        restatements=[r for r in report.restatements if r["reporting_unit"] == unit.code],
        restated_here=[r for r in report.restated_here if r["reporting_unit"] == unit.code],
        fund_months=[], projection=[], backtest=[], incidents=[], followed=[], points=[], gates=[], files=[], rejects=[], reconciliations=[],
    )  # fmt: skip


def copy_lists(report: Report, folder: Path, target: Path, regions: list[str]) -> None:
    """Copy the notices and review workbooks of the unit's counties."""
    for region in regions:
        for source in (
            folder / NOTICES / f"{region}.xlsx",
            folder / "lists" / "review" / f"review-{report.period}-{region}.xlsx",
        ):
            if source.is_file():
                place = target / source.relative_to(folder)
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(source, place)  # a closed file stays closed


def leads_of(con: duckdb.DuckDBPyConnection, report: Report, regions: list[str]) -> list[dict[str, Any]]:
    """Read the leads of a unit's regions, those with most at stake first; persons and applications masked."""
    rows = rows_of(
        con,
        "select l.rule_id, l.severity, l.status, l.subject_kind, l.subject_id, l.evidence, l.amount_at_stake, l.first_seen, e.employer_name,"
        " g.region_name from marts.risk_leads as l"
        " left join intermediate.int_employers as e on l.subject_kind = 'employer' and l.subject_id = e.employer_id"
        " left join reference.regions as g on l.region_code = g.region_code"
        " where l.period = ? and list_contains(?, l.region_code)"
        " order by l.is_left_out, l.severity = 'warn', l.amount_at_stake desc nulls last, l.rule_id, l.subject_id, l.lead_id",
        report.period.first_day, regions,
    )  # fmt: skip
    out = []
    for r in rows:
        is_masked = r["subject_kind"] in {"person", "application"}
        subject = masked_id(r["subject_id"]) if is_masked else r["subject_id"]
        evidence = masked_numbers(r["evidence"] or "")
        if is_masked and r["subject_id"]:
            evidence = evidence.replace(r["subject_id"], subject)
        out.append({
            "rule_id": r["rule_id"], "rule": report.label("rule_id", r["rule_id"]).zh,
            "severity": report.label("lead_severity", r["severity"]).zh, "status": report.label("lead_status", r["status"]).zh,
            "region": r["region_name"] or "", "kind": report.label("subject_kind", r["subject_kind"]).zh, "subject": subject,
            "name": r["employer_name"] or "", "evidence": evidence, "amount_at_stake": r["amount_at_stake"],
            "first_seen": f"{r['first_seen']:%Y-%m}",
        })  # fmt: skip
    return out


def write_leads(report: Report, rows: list[dict[str, Any]], target: Path) -> None:
    """Write the leads as a workbook with filters and as CSV."""
    import xlsxwriter

    with (target / "leads.csv").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([title for _, title, _ in LEAD_COLUMNS])
        writer.writerows([safe_cell(row[name]) for name, _, _ in LEAD_COLUMNS] for row in rows)
    with xlsxwriter.Workbook(str(target / "leads.xlsx")) as book:
        book.set_properties({"created": dt.datetime.combine(report.period.last_day, dt.time(), dt.UTC)})
        face = {"font_name": "宋体", "font_size": 10, "border": 1, "valign": "top"}
        head = book.add_format({**face, "bold": True, "bg_color": "#E7EDF3"})
        plain, money = (
            book.add_format({**face, "text_wrap": True}),
            book.add_format({**face, "num_format": "#,##0.00"}),
        )
        sheet = book.add_worksheet("风险线索")
        for column, (_, title, width) in enumerate(LEAD_COLUMNS):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, title, head)
        for number, row in enumerate(rows, start=1):
            for column, (name, _, _) in enumerate(LEAD_COLUMNS):
                value = row[name]
                if isinstance(value, Decimal):
                    sheet.write_number(number, column, value, money)
                else:
                    sheet.write_string(number, column, "" if value is None else str(value), plain)
        sheet.autofilter(0, 0, max(1, len(rows)), len(LEAD_COLUMNS) - 1)
        sheet.freeze_panes(1, 0)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        sheet.set_footer("&C内部资料，不得公开　第 &P 页 共 &N 页")
    for name in ("leads.csv", "leads.xlsx"):
        (target / name).chmod(0o600)
