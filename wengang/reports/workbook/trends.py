"""Trends of the fund with their charts, the back-test of the projection, and the items of the month."""

from __future__ import annotations

from typing import Any

from wengang.reports.workbook.sheets import COLUMNS, SHEETS
from wengang.reports.workbook.writer import Writer, heading, table

TREND_WIDTHS = (19, 16, 16, 17, 13, 10, 10, 17, 17)


def write_trend(writer: Writer) -> None:
    """Write the fund's last 24 months and the projection, with charts of the balance, the reserve period and the refund by unit."""
    report = writer.report
    sheet = writer.book.add_worksheet("趋势")
    for column, width in enumerate(TREND_WIDTHS):
        sheet.set_column(column, column, width)
    writer.title(sheet, 0, 0, 8, "基金运行趋势和预测", "Fund: the last 24 months and the months ahead")
    least, target = report.figure("fund", "reserve_months_min"), report.figure("fund", "pooling_target")
    body: list[tuple[object, ...]] = [
        (
            f"{r['month']:%Y-%m}",
            r["income"],
            r["expenditure"],
            r["balance"],
            r["rolling_reserve_months"],
            least,
            target,
            "",
            "",
        )
        for r in report.fund_months
    ]
    ahead = [r for r in report.projection if r["scenario"] == "base"]
    body += [
        (
            f"{r['month']:%Y-%m}（预测）",
            r["income"],
            r["expenditure"],
            r["balance"],
            r["reserve_months"],
            least,
            target,
            r["low"],
            r["high"],
        )
        for r in ahead
    ]
    heads = [
        ("月份", "Month"), ("收入（元）", "Income, yuan"), ("支出（元）", "Expenditure, yuan"), ("滚存结余（元）", "Balance, yuan"),
        ("备付期限（月）", "Reserve, months"), ("下限", "Least"), ("目标线", "Target"), ("预测下界", "Low"), ("预测上界", "High"),
    ]  # fmt: skip
    top = 3
    end = table(writer, sheet, top, heads, body, places=(None, 2, 2, 2, 1, 1, 1, 2, 2))
    first, last = top + 1, end - 1
    end = write_backtest(writer, sheet, end + 1)
    charts = []
    if body:
        balance = writer.book.add_chart({"type": "column"})
        balance.add_series(series(sheet, "滚存结余（元）", first, last, 3, "#5B9BD5"))
        reserve = writer.book.add_chart({"type": "line"})
        for name, column, colour, dash in (
            ("备付期限（月）", 4, "#C55A11", "solid"), ("下限", 5, "#C00000", "dash"), ("目标线", 6, "#548235", "dash"),
        ):  # fmt: skip
            about = series(sheet, name, first, last, column, colour)
            about |= {
                "y2_axis": True,
                "line": {"color": colour, "width": 1.75, "dash_type": dash},
                "marker": {"type": "none"},
            }
            del about["fill"]
            reserve.add_series(about)
        balance.combine(reserve)
        balance.set_title(
            {"name": "滚存结余与备付期限 Balance and reserve period", "name_font": {"size": 12}}
        )
        balance.set_x_axis({"num_font": {"rotation": -90, "size": 8}, "label_position": "low"})
        balance.set_y_axis({"name": "元 yuan", "num_format": "#,##0", "major_gridlines": GRID})
        reserve.set_y2_axis({"name": "个月 months", "num_format": "0"})
        balance.set_legend({"position": "bottom"})
        balance.set_size(CHART_SIZE)
        charts.append(balance)
    writer.page(sheet, landscape=False, head_rows=(0, top))
    sheet.fit_to_pages(1, 0)
    sheet.freeze_panes(top + 1, 1)
    sheet.print_area(0, 0, end, 8)
    write_charts(writer, charts)


CHART_SIZE, CHART_ROWS = {"width": 980, "height": 560}, 29

GRID = {"visible": True, "line": {"color": "#E0E0E0", "width": 0.75}}


def write_charts(writer: Writer, charts: list[Any]) -> None:
    """Write the charts on a sheet of their own, so that none is cut by the end of a page."""
    sheet = writer.book.add_worksheet("趋势图")
    sheet.set_column(0, 13, 10)
    writer.title(sheet, 0, 0, 13, "基金运行与稳岗返还图", "Charts of the fund and the refund")
    for number, chart in enumerate([*charts, refund_chart(writer)]):
        sheet.insert_chart(3 + number * CHART_ROWS, 0, chart)
    writer.page(sheet, landscape=False)
    sheet.fit_to_pages(1, 1)
    sheet.freeze_panes(2, 0)
    sheet.print_area(0, 0, 3 + (len(charts) + 1) * CHART_ROWS, 13)


BACKTEST_WORDS = {
    "premium": "保费收入 Premium", "other_income": "其他收入 Other income", "living_benefits": "保生活待遇 Living benefits",
    "other_expenditure": "其他支出 Other", "all": "全部 All", "theta": "Theta",
    "smoothing": "指数平滑 Smoothing", "combined": "组合 Combined", "seasonal_naive": "上年同月 Last year",
    "last_year_mean": "平均数 Mean", "none": "不预测 None",
}  # fmt: skip


def write_backtest(writer: Writer, sheet: Any, row: int) -> int:
    """Write how the chosen methods did at rolling origins beside the seasonal-naive one, and by what method; returns the next row."""
    tests = writer.report.backtest
    if not tests:
        return row
    row = heading(writer, sheet, row, "预测的回测 Back-test of the projection")
    for zh, en in dict.fromkeys((t["note_zh"], t["note_en"]) for t in tests):
        sheet.write_string(row, 0, f"{zh} {en}", writer.style(font_size=9))
        row += 1
    heads = [
        ("项目", "Item"), ("方法", "Method"), ("历史月数", "Months of history"), ("回测点数", "Points"), ("平均误差（元）", "Mean error, yuan"),
        ("上年同月误差", "Naive error"), ("区间水平", "Interval"), ("覆盖率", "Coverage"),
    ]  # fmt: skip
    body = [
        (
            BACKTEST_WORDS.get(t["item"], t["item"]),
            BACKTEST_WORDS.get(t["method"], t["method"]),
            t["history_months"],
            t["points"],
            t["error"],
            t["naive_error"],
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
    sides = {"income": "收入 income", "expenditure": "支出 expenditure"}
    heads = [
        ("收支", "Side"), ("科目", "Item"), ("本月（元）", "This month, yuan"), ("本年累计（元）", "Year so far, yuan"),
        ("上年同月（元）", "Same month last year, yuan"),
    ]  # fmt: skip
    body: list[tuple[object, ...]] = []
    for side, name in sides.items():
        for item in report.dimension_values("fund", side, "item"):
            label = report.label("item", item)
            figures = (report.figure("fund", side, "item", item, column=which) for which in COLUMNS)
            body.append((name, f"{label.zh} {label.en}", *figures))
        body.append((name, "合计 Total", *(report.figure("fund", side, column=which) for which in COLUMNS)))
    row = table(writer, sheet, 3, heads, body, places=(None, None, 2, 2, 2)) + 1
    row = heading(
        writer, sheet, row, "至年末资金需求和保障顺序 Required to the year's end, and covered in order"
    )
    names = {
        "living_benefits": "保生活待遇 Living benefits",
        "refund": "稳岗返还 Refund",
        "skill_subsidy": "技能提升补贴 Skill subsidy",
    }
    plan = [
        (
            order,
            words,
            *(
                report.figure("fund", measure, "item", programme)
                for measure in ("required", "covered", "shortfall")
            ),
        )
        for order, (programme, words) in enumerate(names.items(), start=1)
        if (report.province, "fund", "required", "item", programme) in report.figures
    ]
    heads = [
        ("顺序", "Order"),
        ("项目", "Programme"),
        ("资金需求（元）", "Required"),
        ("可保障（元）", "Covered"),
        ("缺口（元）", "Short"),
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
    spec = SHEETS[0]
    positions = {m.measure: 1 + 3 * i for i, m in enumerate(spec.measures) if m.dimension == "none"}
    chart = writer.book.add_chart({"type": "column"})
    last = 6 + len(writer.report.units) - 2
    for name, measure, colour in (
        ("返还金额（元）", "refund_amount", "#5B9BD5"),
        ("已拨付（元）", "paid_amount", "#70AD47"),
    ):
        chart.add_series(
            {
                "name": name,
                "categories": [spec.name, 6, 0, last, 0],
                "values": [spec.name, 6, positions[measure], last, positions[measure]],
                "fill": {"color": colour},
            }
        )
    chart.set_title({"name": "稳岗返还：各报送单位 Refund by unit", "name_font": {"size": 12}})
    chart.set_x_axis({"num_font": {"rotation": -60, "size": 8}})
    chart.set_y_axis({"name": "元 yuan", "num_format": "#,##0", "major_gridlines": GRID})
    chart.set_legend({"position": "bottom"})
    chart.set_size(CHART_SIZE)
    return chart
