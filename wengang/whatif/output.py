"""A scenario's package: tables as CSV, a workbook of a few pages, the fund's path as pictures, the headline facts as JSON."""

from __future__ import annotations

import csv
import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from wengang.core.text import safe_cell
from wengang.whatif.picture import pictures
from wengang.whatif.workbook import write_workbook

if TYPE_CHECKING:
    from wengang.whatif.run import Outcome


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
    write_workbook(outcome, summary_text(outcome))
    charts = outcome.folder / "charts"
    charts.mkdir(exist_ok=True)
    for old in charts.glob("*.svg"):
        old.unlink()
    for name, svg in pictures(outcome.table("fund_path").records).items():
        (charts / name).write_text(svg, encoding="utf-8")


def plain(value: Any) -> Any:
    """Return a value as it stands in a CSV file."""
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else safe_cell(value)


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
        f"  返还 {money(f['cost_refund'])} 元，技能补贴 {money(f['cost_skill_subsidy'])} 元，"
        f"扩岗补助 {money(f['cost_job_expansion'])} 元，合计 {money(f['cost'])} 元"
        f" · refund {money(f['cost_refund'])}, skill subsidy {money(f['cost_skill_subsidy'])}, "
        f"job expansion {money(f['cost_job_expansion'])}, together {money(f['cost'])} yuan",
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
