"""Trends of the fund with their charts, the back-test of the projection, and the items of the month."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from wengang.reports.workbook.sheets import COLUMNS, SHEETS, Sheet
from wengang.reports.workbook.writer import Writer, heading, table

TREND_WIDTHS = (19, 16, 16, 17, 13, 10, 10, 17, 17)


def write_trend(writer: Writer) -> None:
    """Write the fund's last months and the projection, with charts of the balance, the reserve period and the refund by unit."""
    report = writer.report
    sheet = writer.book.add_worksheet("趋势")
    for column, width in enumerate(TREND_WIDTHS):
        sheet.set_column(column, column, width)
    months, ahead = report.fund_months, [r for r in report.projection if r["scenario"] == "base"]
    zh = f"基金运行趋势（{len(months)}个月）和预测（{len(ahead)}个月）"
    writer.title(sheet, 0, 0, 8, zh, f"Fund: the last {len(months)} months, and {len(ahead)} ahead")
    least, target = report.figure("fund", "reserve_months_min"), report.figure("fund", "pooling_target")

    def line(month: str, r: dict[str, Any], reserve: str, *band: object) -> tuple[object, ...]:
        return (
            month,
            *(writer.amount(r[c]) for c in ("income", "expenditure", "balance")),
            r[reserve],
            least,
            target,
            *band,
        )

    body = [line(f"{r['month']:%Y-%m}", r, "rolling_reserve_months", "", "") for r in months]
    body += [
        line(
            f"{r['month']:%Y-%m}（预测）",
            r,
            "reserve_months",
            writer.amount(r["low"]),
            writer.amount(r["high"]),
        )
        for r in ahead
    ]
    heads = [
        ("月份", "Month"), writer.money_word("收入", "Income"), writer.money_word("支出", "Expenditure"),
        writer.money_word("滚存结余", "Balance"), ("备付期限（月）", "Reserve, months"), ("下限", "Least"), ("目标线", "Target"),
        ("预测下界", "Low"), ("预测上界", "High"),
    ]  # fmt: skip
    top = 3
    end = table(writer, sheet, top, heads, body, places=(None, 2, 2, 2, 1, 1, 1, 2, 2))
    charts = trend_charts(writer, sheet, top + 1, body, len(months)) if body else []
    end = write_backtest(writer, sheet, end + 1)
    writer.page(sheet, landscape=False, head_rows=(0, top))
    sheet.fit_to_pages(1, 0)
    sheet.freeze_panes(top + 1, 1)
    sheet.print_area(0, 0, end, 8)
    write_charts(writer, charts)


def chart_of(writer: Writer, kind: str, zh: str, en: str, axis: str, form: str) -> Any:
    """Begin a chart with one axis of values."""
    chart = writer.book.add_chart({"type": kind})
    chart.set_title({"name": writer.say(zh, en), "name_font": {"size": 12}})
    chart.set_x_axis({"num_font": {"rotation": -90, "size": 8}, "label_position": "low"})
    chart.set_y_axis({"name": axis, "num_format": form, "major_gridlines": GRID})
    chart.set_legend({"position": "bottom"})
    chart.set_size(CHART_SIZE)
    return chart


def trend_charts(
    writer: Writer, sheet: Any, first: int, body: Sequence[Sequence[object]], past: int
) -> list[Any]:
    """Draw the balance and the reserve period, each on an axis of its own; what is projected in another colour and pattern.

    They are drawn from columns apart, hidden: a month that is not known is empty there, and so no point; words would be drawn as 0.
    """
    last = first + len(body) - 1
    for column, (source, is_ahead) in enumerate(((3, False), (3, True), (4, False), (4, True)), start=AIDE):
        for offset, cells in enumerate(body):
            value = cells[source]
            if (offset >= past) is is_ahead and isinstance(value, Decimal):
                sheet.write_number(first + offset, column, value)
    sheet.set_column(AIDE, AIDE + 3, None, None, {"hidden": True})
    actual, ahead = writer.say("实际", "actual"), writer.say("预测", "projected")
    unit = writer.say(*writer.unit("yuan"))
    balance = chart_of(writer, "column", "基金滚存结余", "Balance of the fund", unit, "#,##0")
    shape = {"gap": 60, "overlap": 100}
    balance.add_series(series(sheet, actual, first, last, AIDE, "#5B9BD5") | shape)
    hatched = series(sheet, ahead, first, last, AIDE + 1, PROJECTED) | shape
    del hatched["fill"]
    pattern = {"pattern": "wide_upward_diagonal", "fg_color": PROJECTED, "bg_color": "#FFFFFF"}
    balance.add_series(hatched | {"pattern": pattern, "border": {"color": PROJECTED}})
    reserve = chart_of(writer, "line", "基金备付期限", "Reserve period", writer.say("个月", "months"), "0")
    for name, at, colour, dash in (
        (actual, AIDE + 2, "#1F4E78", "solid"), (ahead, AIDE + 3, PROJECTED, "round_dot"),
        (writer.say("下限", "minimum"), 5, "#C00000", "dash"), (writer.say("统筹目标线", "pooling target"), 6, "#548235", "dash"),
    ):  # fmt: skip
        about = series(sheet, name, first, last, at, colour)
        del about["fill"]
        style = {"color": colour, "width": 1.75, "dash_type": dash}
        reserve.add_series(about | {"line": style, "marker": {"type": "none"}})
    for chart in (balance, reserve):
        chart.show_hidden_data()
    return [balance, reserve]


AIDE, PROJECTED = 10, "#C55A11"
CHART_SIZE, CHART_ROWS = {"width": 980, "height": 560}, 29

GRID = {"visible": True, "line": {"color": "#E0E0E0", "width": 0.75}}


def write_charts(writer: Writer, charts: list[Any]) -> None:
    """Write the charts on a sheet of their own, so that none is cut by the end of a page."""
    sheet = writer.book.add_worksheet("趋势图")
    sheet.set_column(0, 13, 10)
    drawn = [chart for chart in (*charts, refund_chart(writer)) if chart is not None]
    writer.title(sheet, 0, 0, 13, "基金运行与稳岗返还图", "Charts of the fund and the refund")
    for number, chart in enumerate(drawn):
        sheet.insert_chart(3 + number * CHART_ROWS, 0, chart)
    writer.page(sheet, landscape=False)
    sheet.fit_to_pages(1, 1)
    sheet.freeze_panes(2, 0)
    sheet.print_area(0, 0, 3 + len(drawn) * CHART_ROWS, 13)


BACKTEST_WORDS = {
    "premium": ("保费收入", "Premium"), "other_income": ("其他收入", "Other income"), "living_benefits": ("保生活待遇", "Living benefits"),
    "other_expenditure": ("其他支出", "Other"), "all": ("全部", "All"), "theta": ("Theta", "Theta"),
    "smoothing": ("指数平滑", "Smoothing"), "combined": ("组合", "Combined"), "seasonal_naive": ("上年同月", "Last year"),
    "last_year_mean": ("平均数", "Mean"), "none": ("不预测", "None"),
}  # fmt: skip


def write_backtest(writer: Writer, sheet: Any, row: int) -> int:
    """Write how the chosen methods did at rolling origins beside the seasonal-naive one, and by what method; returns the next row."""
    tests = writer.report.backtest
    if not tests:
        return row
    row = heading(writer, sheet, row, "预测的回测", "Back-test of the projection")
    for zh, en in dict.fromkeys((t["note_zh"], t["note_en"]) for t in tests):
        sheet.write_string(row, 0, writer.say(zh, en), writer.style(font_size=9))
        row += 1
    heads = [
        ("项目", "Item"), ("方法", "Method"), ("历史月数", "Months of history"), ("回测点数", "Points"), writer.money_word("平均误差", "Mean error"),
        ("上年同月误差", "Naive error"), ("区间水平", "Interval"), ("覆盖率", "Coverage"),
    ]  # fmt: skip
    body = [
        (
            writer.say(*BACKTEST_WORDS.get(t["item"], (t["item"],) * 2)),
            writer.say(*BACKTEST_WORDS.get(t["method"], (t["method"],) * 2)),
            t["history_months"],
            t["points"],
            writer.amount(t["error"]),
            writer.amount(t["naive_error"]),
            t["interval_level"],
            t["interval_coverage"],
        )
        for t in tests
    ]
    return (
        table(
            writer,
            sheet,
            row,
            heads,
            body,
            places=(None, None, 0, 0, 2, 2, 2, 2),
            wrap=(0, 1),
            widths=TREND_WIDTHS,
        )
        + 1
    )


def write_items(writer: Writer) -> None:
    """Write the province's income and expenditure by item of the ledger, and the plan to the year's end."""
    report = writer.report
    sheet = writer.book.add_worksheet("基金科目")
    for column, width in enumerate((18, 46, 20, 20, 22)):
        sheet.set_column(column, column, width)
    writer.title(sheet, 0, 0, 4, "失业保险基金收支科目表", "Fund by item of the ledger")
    sides = {"income": ("收入", "income"), "expenditure": ("支出", "expenditure")}
    heads = [
        ("收支", "Side"), ("科目", "Item"), writer.money_word("本月", "This month"), writer.money_word("本年累计", "Year so far"),
        writer.money_word("上年同月", "Same month last year"),
    ]  # fmt: skip
    body: list[tuple[object, ...]] = []
    for side, name in sides.items():
        for item in report.dimension_values("fund", side, "item"):
            label = report.label("item", item)
            figures = (
                writer.amount(report.figure("fund", side, "item", item, column=which)) for which in COLUMNS
            )
            body.append((writer.say(*name), writer.say(label.zh, label.en), *figures))
        totals = (writer.amount(report.figure("fund", side, column=which)) for which in COLUMNS)
        body.append((writer.say(*name), writer.say("合计", "Total"), *totals))
    row = table(writer, sheet, 3, heads, body, places=(None, None, 2, 2, 2)) + 1
    row = heading(
        writer, sheet, row, "至年末资金需求和保障顺序", "Required to the year's end, and covered in order"
    )
    names = {
        "living_benefits": ("保生活待遇", "Living benefits"),
        "refund": ("稳岗返还", "Refund"),
        "skill_subsidy": ("技能提升补贴", "Skill subsidy"),
    }
    plan = [
        (
            order,
            writer.say(*words),
            *(
                writer.amount(report.figure("fund", measure, "item", programme))
                for measure in ("required", "covered", "shortfall")
            ),
        )
        for order, (programme, words) in enumerate(names.items(), start=1)
        if (report.province, "fund", "required", "item", programme) in report.figures
    ]
    heads = [
        ("顺序", "Order"),
        ("项目", "Programme"),
        writer.money_word("资金需求", "Required"),
        writer.money_word("可保障", "Covered"),
        writer.money_word("缺口", "Short"),
    ]
    row = table(writer, sheet, row, heads, plan, places=(0, None, 2, 2, 2))
    writer.lines(sheet, row + 1, 0, 4)
    writer.page(sheet, landscape=False, head_rows=(0, 3))
    sheet.fit_to_pages(1, 0)
    sheet.freeze_panes(4, 2)
    sheet.print_area(0, 0, row + 1, 4)


def series(sheet: Any, name: str, first: int, last: int, column: int, colour: str) -> dict[str, Any]:
    """Describe a series of a chart over rows of a sheet, months as categories."""
    return {
        "name": name,
        "categories": [sheet.get_name(), first, 0, last, 0],
        "values": [sheet.get_name(), first, column, last, column],
        "fill": {"color": colour},
    }


def refund_chart(writer: Writer) -> Any:
    """Draw the refund by unit: decided and paid, from the refund's own sheet."""
    report, spec = writer.report, SHEETS[0]
    unit = writer.say(*writer.unit("yuan"))
    chart = chart_of(writer, "column", "稳岗返还：各报送单位", "Refund by unit", unit, "#,##0")
    for name, measure, colour in (
        (writer.say("返还金额", "refund"), "refund_amount", "#5B9BD5"),
        (writer.say("已拨付", "paid"), "paid_amount", "#70AD47"),
    ):
        place = place_of(writer, spec, measure)
        if place is None:
            continue
        first, column = place
        last = first + len(report.units) - 2
        chart.add_series(
            {
                "name": name,
                "categories": [spec.name, first, 0, last, 0],
                "values": [spec.name, first, column, last, column],
                "fill": {"color": colour},
            }
        )
    chart.set_x_axis({"num_font": {"rotation": -60, "size": 8}})
    return chart if chart.series else None


def place_of(writer: Writer, spec: Sheet, measure: str) -> tuple[int, int] | None:
    """Return the row and column of a measure's figure of the first unit, on the sheet of its section; None where it has none."""
    from xlsxwriter.utility import xl_cell_to_rowcol

    wanted = (spec.section, measure, writer.report.province, "none", "")
    cell = next((cell for name, cell, key in writer.index if name == spec.name and key == wanted), None)
    if cell is None:
        return None
    row, column = xl_cell_to_rowcol(cell)
    return row - len(writer.report.units) + 1, column
