"""A sample of decisions for people to check against the files: drawn by stratum, filled in, read back as error rates.

Refused decisions are sampled as well as paid ones: a wrong refusal costs an employer what it is due, and nobody reports it.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from wengang.core.errors import PublicationError, UsageError
from wengang.core.periods import Period
from wengang.core.settings import Settings

SHEET, SUMMARY = "抽查表", "抽样"
HEADINGS = (
    "序号", "层", "项目", "返还年度", "业务编号", "地区", "系统决定", "系统金额（元）", "未通过规则", "核查结论",
    "应为金额（元）", "核查说明", "核查人",
)  # fmt: skip
ANSWERS = {"正确": True, "错误": False}
STRATA = {
    "refund_paid": "稳岗返还·已拨付", "refund_payable": "稳岗返还·应拨付", "refund_refused": "稳岗返还·不予返还",
    "skill_paid": "技能补贴·已发放", "skill_payable": "技能补贴·应发放", "skill_refused": "技能补贴·不予发放",
    "expansion_paid": "扩岗补助·已发放", "expansion_payable": "扩岗补助·应发放", "expansion_refused": "扩岗补助·不予发放",
}  # fmt: skip

PROGRAMMES = {"refund": "稳岗返还", "skill": "技能提升补贴", "expansion": "一次性扩岗补助"}

DECISIONS = """
with decided as (
    select 'refund' as programme, cast(programme_year as varchar) as year, employer_id as subject, region_code, decision,
        refund_amount as amount, failed_rules, paid_amount, payable_amount
    from marts.refund_decisions where period = $day
    union all
    select 'skill', '', application_no, region_code, decision, amount, failed_rules, paid_amount, payable_amount
    from marts.skill_decisions where period = $day
    union all
    select 'expansion', '', application_no, region_code, decision, amount, failed_rules, paid_amount, payable_amount
    from marts.expansion_decisions where period = $day
)
select
    concat(programme, '_', case when paid_amount > 0 then 'paid' when payable_amount > 0 then 'payable' else 'refused' end) as stratum,
    year, subject, region_code, decision, amount, array_to_string(failed_rules, ';') as failed
from decided
where paid_amount > 0 or payable_amount > 0 or decision = 'ineligible'
order by stratum, year, subject
"""


@dataclass(frozen=True)
class Rate:
    """The errors found in one stratum: how many of those checked, and the interval of the rate (95 %, Wilson)."""

    stratum: str
    population: int
    checked: int
    errors: int
    low: float
    high: float


def wilson(errors: int, checked: int) -> tuple[float, float]:
    """Return the 95 % interval of a rate after Wilson; nothing checked: from 0 to 1."""
    from statsmodels.stats.proportion import proportion_confint

    if not checked:
        return 0.0, 1.0
    low, high = proportion_confint(errors, checked, alpha=0.05, method="wilson")
    return float(low) if errors else 0.0, float(high) if errors < checked else 1.0


def share_out(sizes: dict[str, int], n: int) -> dict[str, int]:
    """Share `n` out over strata: as even as their sizes allow, what a small one cannot take goes to the others."""
    given = dict.fromkeys(sizes, 0)
    left = min(n, sum(sizes.values()))
    while left:
        open_ones = [s for s in sorted(sizes) if given[s] < sizes[s]]
        each = max(1, left // len(open_ones))
        for stratum in open_ones:
            more = min(each, sizes[stratum] - given[stratum], left)
            given[stratum] += more
            left -= more
    return given


def sample_audit(settings: Settings, period: Period, n: int, seed: int) -> Path:
    """Draw `n` decisions of a month by stratum and write them as a workbook to fill in; the same seed draws the same.

    Raises PublicationError where the month is not in the published warehouse, UsageError for n below 1.
    """
    if n < 1:
        raise UsageError("sample_size")
    rows = []
    if settings.warehouse_file.exists():
        with duckdb.connect(str(settings.warehouse_file), read_only=True) as con:
            rows = con.execute(DECISIONS, {"day": period.first_day}).fetchall()
    if not rows:
        raise PublicationError("no_decisions", place=str(settings.warehouse_file), period=period)
    strata: dict[str, list[tuple[object, ...]]] = {name: [] for name in STRATA}
    for row in rows:
        strata[row[0]].append(row)
    sizes = {name: len(found) for name, found in strata.items()}
    chosen: list[tuple[object, ...]] = []
    for name, count in share_out(sizes, n).items():
        # A digest of seed and key orders each stratum: a draw that any machine repeats, whatever else is in the list.
        drawn = sorted(
            strata[name], key=lambda r: hashlib.sha256(f"{seed}|{period}|{r[1]}|{r[2]}".encode()).digest()
        )
        chosen += sorted(drawn[:count], key=lambda r: (str(r[1]), str(r[2])))
    folder = settings.home / "audits"
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"sample-{period}-n{n}-s{seed}.xlsx"
    write_sample(target, period, n, seed, sizes, chosen)
    return target


def write_sample(
    target: Path,
    period: Period,
    n: int,
    seed: int,
    sizes: dict[str, int],
    chosen: Sequence[tuple[object, ...]],
) -> None:
    """Write the workbook: a sheet to fill in, and one that says how it was drawn."""
    import datetime as dt

    import xlsxwriter

    with xlsxwriter.Workbook(str(target), {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({"created": dt.datetime(period.year, period.month, 1)})  # noqa: DTZ001
        bold, fill = (
            book.add_format({"bold": True, "text_wrap": True}),
            book.add_format({"bg_color": "#E2F0D9"}),
        )
        sheet = book.add_worksheet(SHEET)
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(HEADINGS) - 1, 16)
        sheet.write_row(0, 0, HEADINGS, bold)
        for index, (stratum, year, subject, region, decision, amount, failed) in enumerate(chosen, 1):
            programme = PROGRAMMES[str(stratum).split("_")[0]]
            texts = [STRATA[str(stratum)], programme, year, subject, region, decision]
            sheet.write_number(index, 0, index)
            for column, text in enumerate(texts, 1):
                sheet.write_string(index, column, str(text or ""))
            sheet.write_number(index, 7, float(str(amount)))
            sheet.write_string(index, 8, str(failed or ""))
            for column in range(9, 13):
                sheet.write_blank(index, column, None, fill)
        if chosen:
            sheet.data_validation(1, 9, len(chosen), 9, {"validate": "list", "source": list(ANSWERS)})
        drawn = book.add_worksheet(SUMMARY)
        drawn.write_row(0, 0, ["期间", str(period), "抽样数", n, "种子", seed])
        drawn.write_row(1, 0, ["层", "总数"], bold)
        for index, (name, size) in enumerate(sizes.items(), 2):
            drawn.write_row(index, 0, [STRATA[name], size])


def read_audit(path: Path) -> list[Rate]:
    """Read a filled workbook back: one rate a stratum, and the whole (each stratum weighted by its size) is left to the reader.

    Raises UsageError for a file that is no such workbook, or for an answer that is neither 正确 nor 错误.
    """
    import openpyxl

    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        rows = list(book[SHEET].iter_rows(min_row=2, values_only=True))
        sizes = {
            str(r[0]): int(r[1])
            for r in book[SUMMARY].iter_rows(min_row=3, max_col=2, values_only=True)
            if r[0]
        }
    except (OSError, KeyError, ValueError, TypeError, zipfile.BadZipFile) as fault:
        raise UsageError("audit_file", place=str(path)) from fault
    found: dict[str, list[bool]] = {name: [] for name in sizes}
    for number, row in enumerate(rows, 2):
        answer = str(row[9] or "").strip()
        if answer and answer not in ANSWERS:
            raise UsageError("audit_answer", place=str(path), number=number, answer=answer)
        if answer:
            found.setdefault(str(row[1]), []).append(ANSWERS[answer])
    return [
        Rate(
            name, sizes.get(name, 0), len(right), right.count(False), *wilson(right.count(False), len(right))
        )
        for name, right in found.items()
    ]


def keep_rates(settings: Settings, path: Path, rates: Sequence[Rate]) -> Path:
    """Keep the result beside the samples, bound to the digest of the filled workbook; returns the file."""
    target = settings.home / "audits" / f"{path.stem}.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    content = {
        "workbook_sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "rates": [r.__dict__ for r in rates],
    }
    target.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return target


def render_rates(rates: Sequence[Rate]) -> str:
    """Lay the rates out for a terminal."""
    lines = ["层 stratum\t总数\t已查\t错误\t错误率与95%区间 rate, 95 % interval"]
    for r in rates:
        share = f"{r.errors / r.checked:.1%} [{r.low:.1%}, {r.high:.1%}]" if r.checked else "未查 not checked"
        lines.append(f"{r.stratum}\t{r.population}\t{r.checked}\t{r.errors}\t{share}")
    return "\n".join(lines)
