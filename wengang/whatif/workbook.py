"""A scenario's workbook, of at most eight printed pages: what it costs, who gains and loses, the fund's path, and each coming 31 December.

Every row stands in the CSV files beside it; here stand those with most to gain or lose.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wengang.whatif.run import Outcome

FACE, MOST = "宋体", 25
WORDS = {
    "gains": "增加", "loses": "减少", "decision_only": "仅决定变化", "eligible": "符合", "ineligible": "不符合", "review": "待核",
    "out_of_scope": "不在范围", "refund": "稳岗返还", "skill_subsidy": "技能提升补贴", "job_expansion": "一次性扩岗补助",
    "large": "大型", "sme": "中小微", "unknown": "不详",
    "amount": "金额", "payable": "待拨", "none": "合计", "all": "全部", "size_class": "企业规模", "unit_type": "单位类型", "region": "报送单位",
    "level": "等级", "known": "已知", "projected": "预计", "cap": "上限", "floor": "下限", "enterprise": "企业",
    "social_organisation": "社会团体", "foundation": "基金会", "social_service": "社会服务机构", "law_firm": "律师事务所",
    "accounting_firm": "会计师事务所", "individual_business": "个体工商户", "government": "机关", "public_institution": "事业单位", "other": "其他",
}  # fmt: skip


class Book:
    """A workbook being written: its formats, and sheets that each print on one page."""

    def __init__(self, outcome: Outcome) -> None:
        import xlsxwriter

        day = outcome.period.first_day
        self.outcome = outcome
        self.book = xlsxwriter.Workbook(
            str(outcome.folder / f"推演_{outcome.scenario.name}_{outcome.period}.xlsx")
        )
        made = dt.datetime(day.year, day.month, day.day)  # noqa: DTZ001
        self.book.set_properties({"title": f"政策推演 {outcome.scenario.name}", "created": made})
        text = {"font_name": FACE, "font_size": 10, "valign": "vcenter"}
        self.title = self.book.add_format({**text, "font_size": 14, "bold": True})
        self.line = self.book.add_format({**text, "text_wrap": True, "valign": "top"})
        self.head = self.book.add_format(
            {**text, "bold": True, "bg_color": "#DDE6F0", "border": 1, "text_wrap": True, "align": "center"}
        )
        self.cell = self.book.add_format({**text, "border": 1, "text_wrap": True})
        self.money = self.book.add_format({**text, "border": 1, "num_format": "#,##0.00;[Red]-#,##0.00"})
        self.count = self.book.add_format({**text, "border": 1, "num_format": "#,##0;[Red]-#,##0"})
        self.date = self.book.add_format({**text, "border": 1, "num_format": "yyyy-mm-dd", "align": "left"})
        self.month = self.book.add_format({**text, "border": 1, "num_format": "yyyy-mm", "align": "left"})

    def sheet(self, name: str, widths: Sequence[float], *, landscape: bool = True) -> Any:
        """Begin a sheet that prints on one page of A4."""
        sheet = self.book.add_worksheet(name)
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        sheet.set_paper(9)
        if landscape:
            sheet.set_landscape()
        sheet.fit_to_pages(1, 1)
        sheet.set_footer(
            f'&L&"{FACE}"&9政策推演 {self.outcome.scenario.name} {self.outcome.period}&R&"{FACE}"&9第 &P 页 共 &N 页'
        )
        return sheet

    def rows(
        self,
        sheet: Any,
        row: int,
        title: str,
        heads: Sequence[str],
        body: Sequence[Sequence[Any]],
        *,
        months: bool = False,
    ) -> int:
        """Write a table beneath its title; returns the row after. `months`: dates are months."""
        sheet.write_string(row, 0, title, self.title)
        for column, head in enumerate(heads):
            sheet.write_string(row + 1, column, head, self.head)
        for offset, line in enumerate(body, start=row + 2):
            for column, value in enumerate(line):
                self.put(sheet, offset, column, value, months=months)
        if not body:
            sheet.write_string(row + 2, 0, "无", self.line)
        return row + 3 + max(1, len(body))

    def put(self, sheet: Any, row: int, column: int, value: Any, *, months: bool) -> None:
        """Write a value as what it is: a date as a date, what is not known in words."""
        if isinstance(value, bool):
            sheet.write_string(row, column, "是" if value else "否", self.cell)
        elif isinstance(value, Decimal):
            sheet.write_number(row, column, value, self.money)
        elif isinstance(value, int):
            sheet.write_number(row, column, value, self.count)
        elif isinstance(value, dt.date):
            when = dt.datetime(value.year, value.month, value.day)  # noqa: DTZ001
            sheet.write_datetime(row, column, when, self.month if months else self.date)
        else:
            sheet.write_string(row, column, "未知" if value is None else str(value), self.cell)


def write_workbook(outcome: Outcome, summary: str) -> None:
    """Write the workbook of an outcome."""
    made = Book(outcome)
    write_summary(made, summary)
    write_groups(made)
    write_winners(made)
    write_path(made)
    write_charts(made)
    made.book.close()


def word(outcome: Outcome, kind: str, code: Any) -> str:
    """Return the name of a code: of a unit, a size, a type of unit; the word for anything else."""
    return outcome.names.get((kind, str(code))) or WORDS.get(str(code), str(code))


def write_summary(made: Book, summary: str) -> None:
    """Write what the scenario comes to, the sums, each coming 31 December and the national bounds that it breaks."""
    outcome = made.outcome
    sheet = made.sheet("结论", (24, 22, 22, 22, 22, 18, 14), landscape=False)
    sheet.write_string(0, 0, f"政策推演：{outcome.scenario.title or outcome.scenario.name}", made.title)
    row = 1
    for line in summary.splitlines()[:-1]:
        sheet.merge_range(row, 0, row, 6, line.partition(" · ")[0].strip(), made.line)
        row += 1
    body = [
        (
            word(outcome, "programme", r["programme"]), word(outcome, "measure", r["measure"]),
            *(r[side] if r["measure"] in {"amount", "payable"} else int(r[side]) for side in ("now", "then", "difference")),
        )
        for r in outcome.table("summary").records
    ]  # fmt: skip
    row = made.rows(sheet, row + 1, "金额和户（件）数", ("项目", "指标", "现行", "方案", "差额"), body)
    gates = [
        (
            f"{r['programme_year'] - 1}年12月31日", f"{r['programme_year']}年度", WORDS.get(r["basis"], r["basis"]), r["reserve_months_now"],
            opened(r["gate_now"]), r["reserve_months_then"], opened(r["gate_then"]),
        )
        for r in outcome.table("gate").records
    ]  # fmt: skip
    heads = ("时点", "决定的年度", "依据", "现行备付（月）", "现行", "方案备付（月）", "方案")
    row = made.rows(sheet, row, "各年12月31日能否执行：现行与方案", heads, gates)
    breaches = [
        (r["parameter"], r["value"], WORDS.get(r["bound"], r["bound"]), r["bound_value"], f"{r['document_id']} {r['article'] or ''}".strip(),
         r["first_day"], r["last_day"])
        for r in outcome.table("breaches").records
    ]  # fmt: skip
    made.rows(
        sheet, row, "突破国家限值", ("参数", "方案值", "限值种类", "限值", "依据", "自", "至"), breaches
    )


def opened(is_open: bool | None) -> str:
    """Return a gate in words."""
    return "未知" if is_open is None else "执行" if is_open else "不执行"


def write_groups(made: Book) -> None:
    """Write the cost by size, type of unit, level and reporting unit."""
    outcome = made.outcome
    sheet = made.sheet("分组费用", (16, 16, 24, 14, 14, 18, 18, 18, 10, 10))
    body = [
        (
            word(outcome, "programme", r["programme"]), word(outcome, "dimension", r["dimension"]),
            word(outcome, r["dimension"], r["dimension_value"]), r["subjects_now"], r["subjects_then"], r["amount_now"], r["amount_then"],
            r["difference"], r["gaining"], r["losing"],
        )
        for r in outcome.table("groups").records
        if r["amount_now"] or r["amount_then"] or r["subjects_now"] or r["subjects_then"]
    ]  # fmt: skip
    heads = (
        "项目",
        "分组",
        "组别",
        "现行享受数",
        "方案享受数",
        "现行金额",
        "方案金额",
        "差额",
        "增加数",
        "减少数",
    )
    made.rows(sheet, 0, "按规模、类型、等级和报送单位的费用（元）", heads, body)


def write_winners(made: Book) -> None:
    """Write the employers with most to gain and with most to lose; all of them stand in `tables/employers.csv`."""
    outcome = made.outcome
    changed = sorted(outcome.table("employers").records, key=lambda r: (r["difference"], r["employer_id"]))
    heads = (
        "年度",
        "单位编号",
        "单位名称",
        "报送单位",
        "规模",
        "现行决定",
        "方案决定",
        "现行返还",
        "方案返还",
        "差额",
    )
    for name, title, chosen in (
        ("增加最多的单位", "增加", [r for r in reversed(changed) if r["difference"] > 0]),
        ("减少最多的单位", "减少", [r for r in changed if r["difference"] < 0]),
    ):
        sheet = made.sheet(name, (8, 18, 34, 16, 10, 12, 12, 16, 16, 16))
        body = [
            (
                str(r["programme_year"]), r["employer_id"], r["employer_name"], word(outcome, "region", r["reporting_unit"]),
                word(outcome, "size_class", r["size_class"]), WORDS.get(r["decision_now"], "无"), WORDS.get(r["decision_then"], "无"),
                r["refund_now"], r["refund_then"], r["difference"],
            )
            for r in chosen[:MOST]
        ]  # fmt: skip
        about = f"返还{title}的单位共{len(chosen)}户，列前{len(body)}户；全部见 tables/employers.csv（元）"
        made.rows(sheet, 0, about, heads, body)


PATH = (
    ("month", "月份"), ("income_now", "现行收入"), ("income_then", "方案收入"), ("expenditure_now", "现行支出"),
    ("expenditure_then", "方案支出"), ("balance_now", "现行结余"), ("balance_then", "方案结余"), ("low_then", "方案下界"),
    ("high_then", "方案上界"), ("reserve_months_now", "现行备付（月）"), ("reserve_months_then", "方案备付（月）"),
    ("reserve_months_min_then", "下限"),
)  # fmt: skip


def write_path(made: Book) -> None:
    """Write the fund's path month by month, as it is and under the scenario."""
    sheet = made.sheet("基金走势", (10, *(16,) * 8, 12, 12, 8))
    body = [tuple(r[name] for name, _ in PATH) for r in made.outcome.table("fund_path").records]
    made.rows(sheet, 0, "今后各月基金收支和结余（元）", [title for _, title in PATH], body, months=True)


CHARTS = (
    ("基金滚存结余（元）", ("balance_now", "balance_then")),
    ("备付期限（月）", ("reserve_months_now", "reserve_months_then", "reserve_months_min_then")),
)


def write_charts(made: Book) -> None:
    """Draw the balance and the reserve period, now and then, from the sheet of the path."""
    count = len(made.outcome.table("fund_path").rows)
    if not count:
        return
    sheet = made.sheet("图表", (10,) * 12)
    names = [name for name, _ in PATH]
    for place, (title, columns) in enumerate(CHARTS):
        chart = made.book.add_chart({"type": "line"})
        for column in columns:
            at = names.index(column)
            dashes = "dash" if column.endswith("min_then") else "solid"
            chart.add_series(
                {
                    "name": dict(PATH)[column],
                    "categories": ["基金走势", 2, 0, count + 1, 0],
                    "values": ["基金走势", 2, at, count + 1, at],
                    "line": {"width": 1.75, "dash_type": dashes},
                }
            )
        chart.set_title({"name": title, "name_font": {"size": 12}})
        chart.set_x_axis(
            {
                "num_format": "yyyy-mm",
                "num_font": {"rotation": -60, "size": 8},
                "text_axis": True,
                "label_position": "low",
            }
        )
        chart.set_size({"width": 860, "height": 330})
        chart.set_legend({"position": "bottom"})
        sheet.insert_chart(place * 18, 0, chart)
