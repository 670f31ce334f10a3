"""A scenario's package: tables as CSV, one workbook with charts, the fund's path as pictures, the headline facts as JSON."""

from __future__ import annotations

import csv
import datetime as dt
import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from wengang.core.text import safe_cell
from wengang.whatif.picture import pictures

if TYPE_CHECKING:
    from wengang.whatif.compare import Table
    from wengang.whatif.run import Outcome

WORDS = {
    "gains": "增加", "loses": "减少", "decision_only": "仅决定变化", "eligible": "符合", "ineligible": "不符合", "review": "待核",
    "out_of_scope": "不在范围", "refund": "稳岗返还", "skill_subsidy": "技能提升补贴", "large": "大型", "sme": "中小微", "unknown": "不详",
    "amount": "金额", "payable": "待拨", "none": "合计", "all": "全部", "size_class": "企业规模", "unit_type": "单位类型", "region": "报送单位",
    "level": "等级", "known": "已知", "projected": "预计", "cap": "上限", "floor": "下限", "enterprise": "企业",
    "social_organisation": "社会团体", "foundation": "基金会", "social_service": "社会服务机构", "law_firm": "律师事务所",
    "accounting_firm": "会计师事务所", "individual_business": "个体工商户", "government": "机关", "public_institution": "事业单位", "other": "其他",
}  # fmt: skip


def write_package(outcome: Outcome) -> None:
    """Write the folder of an outcome, whole: what an earlier run of the same name left there is replaced."""
    tables = outcome.folder / "tables"
    tables.mkdir(parents=True, exist_ok=True)
    for table in outcome.tables:
        with (tables / f"{table.name}.csv").open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow([name for name, _ in table.columns])
            writer.writerows([plain(v) for v in row] for row in table.rows)
    text = json.dumps(outcome.facts, ensure_ascii=False, indent=2, sort_keys=True, default=str)
    (outcome.folder / "summary.json").write_text(text + "\n", encoding="utf-8")
    (outcome.folder / "summary.txt").write_text(summary_text(outcome) + "\n", encoding="utf-8")
    write_workbook(outcome)
    charts = outcome.folder / "charts"
    charts.mkdir(exist_ok=True)
    for old in charts.glob("*.svg"):
        old.unlink()
    for name, svg in pictures(outcome.table("fund_path").records).items():
        (charts / name).write_text(svg, encoding="utf-8")


def plain(value: Any) -> Any:
    """Return a value as it stands in a CSV file."""
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else safe_cell(value)


def write_workbook(outcome: Outcome) -> None:
    """Write the workbook: one sheet per table with Chinese headings, and charts of the fund's path and of the groups."""
    import xlsxwriter

    day = outcome.period.first_day
    with xlsxwriter.Workbook(
        str(outcome.folder / f"推演_{outcome.scenario.name}_{outcome.period}.xlsx")
    ) as book:
        book.set_properties(
            {
                "title": f"政策推演 {outcome.scenario.name}",
                "created": dt.datetime(day.year, day.month, day.day),  # noqa: DTZ001
            }
        )
        formats = {
            "head": book.add_format({"bold": True, "bg_color": "#DDE6F0", "border": 1, "text_wrap": True}),
            "money": book.add_format({"num_format": "#,##0.00"}),
            "date": book.add_format({"num_format": "yyyy-mm-dd"}),
            "plain": book.add_format(),
        }
        cover = book.add_worksheet("说明")
        cover.set_column(0, 0, 110)
        for n, line in enumerate(summary_text(outcome).splitlines()):
            cover.write_string(n, 0, line)
        for table in outcome.tables:
            write_sheet(book, table, formats)
        add_charts(book, outcome)


def write_sheet(book: Any, table: Table, formats: dict[str, Any]) -> None:
    """Write one table as a sheet."""
    sheet = book.add_worksheet(table.title)
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(table.columns) - 1, 16)
    for c, (_, title) in enumerate(table.columns):
        sheet.write_string(0, c, title, formats["head"])
    for r, row in enumerate(table.rows, 1):
        for c, value in enumerate(row):
            if isinstance(value, bool):
                sheet.write_string(r, c, "是" if value else "否")
            elif isinstance(value, Decimal):
                sheet.write_number(r, c, float(value), formats["money"])
            elif isinstance(value, int):
                sheet.write_number(r, c, value)
            elif isinstance(value, dt.date):
                sheet.write_datetime(r, c, dt.datetime(value.year, value.month, value.day), formats["date"])  # noqa: DTZ001
            elif value is not None:
                sheet.write_string(r, c, WORDS.get(str(value), str(value)))
    if table.rows:
        sheet.autofilter(0, 0, len(table.rows), len(table.columns) - 1)


LINES = (
    ("基金滚存结余（元）", ("balance_now", "balance_then")),
    ("备付期限（月）", ("reserve_months_now", "reserve_months_then", "reserve_months_min_then")),
)


def add_charts(book: Any, outcome: Outcome) -> None:
    """Draw the balance and the reserve period, now and then, and the amounts by group."""
    sheet = book.add_worksheet("图表")
    path = outcome.table("fund_path")
    names = [name for name, _ in path.columns]
    for n, (title, columns) in enumerate(LINES):
        if path.rows:
            chart = book.add_chart({"type": "line"})
            for column in columns:
                c = names.index(column)
                chart.add_series(
                    {
                        "name": path.columns[c][1],
                        "categories": [path.title, 1, 0, len(path.rows), 0],
                        "values": [path.title, 1, c, len(path.rows), c],
                    }
                )
            chart.set_title({"name": title})
            chart.set_size({"width": 760, "height": 320})
            chart.set_legend({"position": "bottom"})
            sheet.insert_chart(n * 17, 0, chart)
    groups = outcome.table("groups")
    wanted = (("refund", "size_class"), ("refund", "unit_type"), ("refund", "region"))
    for n, (programme, dimension) in enumerate(wanted):
        found = [i for i, row in enumerate(groups.rows, 1) if row[:2] == (programme, dimension)]
        if found:
            chart = book.add_chart({"type": "column"})
            for c in (5, 6):
                chart.add_series(
                    {
                        "name": groups.columns[c][1],
                        "categories": [groups.title, found[0], 2, found[-1], 2],
                        "values": [groups.title, found[0], c, found[-1], c],
                    }
                )
            chart.set_title({"name": f"{WORDS[programme]}按{WORDS[dimension]}（元）"})
            chart.set_size({"width": 760, "height": 320})
            chart.set_legend({"position": "bottom"})
            sheet.insert_chart((n + 2) * 17, 0, chart)


def money(value: Any) -> str:
    """Return yuan with separators and a sign."""
    return f"{Decimal(value):+,.2f}"


def summary_text(outcome: Outcome) -> str:
    """Return in a few lines, Chinese first, what the scenario does."""
    f = outcome.facts
    title = f"（{f['title']}）" if f["title"] else ""
    flips = "、".join(str(y) for y in f["gate_flips"]) or "无"
    flips_en = ", ".join(str(y) for y in f["gate_flips"]) or "none"
    below = f["first_month_below_min_then"]
    lines = [
        f"方案 {f['scenario']}{title}，期间 {outcome.period} · scenario {f['scenario']}, period {outcome.period}",
        f"  返还 {money(f['cost_refund'])} 元，技能补贴 {money(f['cost_skill_subsidy'])} 元，合计 {money(f['cost'])} 元"
        f" · refund {money(f['cost_refund'])}, skill subsidy {money(f['cost_skill_subsidy'])}, together {money(f['cost'])} yuan",
        f"  单位：增加 {f['employers_gaining']}，减少 {f['employers_losing']}；"
        f"个人：增加 {f['applications_gaining']}，减少 {f['applications_losing']}"
        f" · employers: {f['employers_gaining']} gain, {f['employers_losing']} lose; applications: {f['applications_gaining']} gain, "
        f"{f['applications_losing']} lose",
        f"  闸门翻转的年度：{flips} · programme years whose gate flips: {flips_en}",
        f"  备付期限首次低于下限：{f'{below:%Y-%m}' if below else '两年内不会'}"
        f" · reserve period first below the limit: {f'{below:%Y-%m}' if below else 'not within two years'}",
    ]
    if f["breaches"]:
        lines.append(
            f"  突破国家限值 {f['breaches']} 处，见“突破国家限值” · {f['breaches']} national bounds broken, see breaches.csv"
        )
    if f.get("is_stale"):
        lines.append(
            f"  注意：{outcome.period} 建成之后交付或参数有变化，请先重新运行"
            f" · deliveries or parameters have changed since {outcome.period} was built: run it again first"
        )
    lines.append(f"  {outcome.folder}")
    return "\n".join(lines)
