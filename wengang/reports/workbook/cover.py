"""The cover: what the month is, its first figures, what arrived, what was found, what is assumed and what lapses."""

from __future__ import annotations

from typing import Any

from wengang.policy.registry import registry
from wengang.reports.figures import (
    LAPSE_DAYS,
    NOT_KNOWN,
    Report,
    headlines,
    shown,
)
from wengang.reports.workbook.writer import TITLE, TITLE_EN, Writer, heading, table

ARRIVED = ("files", "rows_read", "rows_accepted", "rows_rejected")
COVER_WIDTHS = (48, 20, 20, 20, 34)


def write_cover(writer: Writer) -> None:
    """Write the cover: what the month is, its first figures, what arrived, what was found, what is assumed and what lapses."""
    report = writer.report
    sheet = writer.book.add_worksheet("封面")
    for column, width in enumerate(COVER_WIDTHS):
        sheet.set_column(column, column, width)
    writer.title(sheet, 0, 0, 4, TITLE, TITLE_EN)
    state = writer.state()
    if report.revision:
        state += f"　{writer.say(report.revision.mark_zh, report.revision.mark_en)}"
    about = (
        (("期间", "Period"), f"{report.period.year}年{report.period.month}月"), (("范围", "Scope"), report.province_name),
        (("状态", "State"), state), (("金额单位", "Amounts in"), writer.say(*writer.unit("yuan"))),
    )  # fmt: skip
    text = "    ".join(f"{writer.say(*name)}：{value}" for name, value in about)
    colour = "#C00000" if report.is_draft or report.revision else "#375623"
    sheet.merge_range(2, 0, 2, 4, text, writer.style(align="center", bold=True, font_color=colour))
    writer.lines(sheet, 3, 0, 4)
    row = 5
    if report.incomplete:
        row = heading(writer, sheet, row, "数据不完整", "Incomplete")
        for zh, en in report.incomplete:
            sheet.merge_range(
                row, 0, row, 4, writer.say(zh, en, "\n"), writer.cell(text_wrap=True, bg_color="#FCE4D6")
            )
            sheet.set_row(row, 30)
            row += 1
        row += 1
    row = heading(writer, sheet, row, "主要数据", "Headline figures")
    found = headlines(report, in_wan=writer.shape.money == "wan")
    row = table(
        writer, sheet, row, [("指标", "Measure"), ("数值", "Figure")],
        [(writer.say(zh, en, "\n"), writer.not_known() if text == NOT_KNOWN else text) for zh, en, text in found],
        wrap=(0,), widths=COVER_WIDTHS,
    ) + 1  # fmt: skip
    row = write_validation(writer, sheet, row)
    row = write_lapsing(writer, sheet, row)
    row = heading(writer, sheet, row, "数据接收", "What arrived")
    row = table(
        writer, sheet, row,
        [("数据源", "Source"), ("文件数", "Files"), ("读取行数", "Rows read"), ("接收行数", "Accepted"), ("拒收行数", "Rejected")],
        [
            (source_name(writer, source), *(report.figure("quality", m, "item", source) for m in ARRIVED))
            for source in report.dimension_values("quality", "files", "item")
        ]
        + [(writer.say("合计", "Total"), *(report.figure("quality", m) for m in ARRIVED))],
        places=(None, 0, 0, 0, 0),
    ) + 1  # fmt: skip
    assumptions = report.figure("parameters", "assumptions")
    note = writer.say(
        f"使用中的参数见“参数”页，其中假设 {shown(assumptions)} 项。",
        f"Parameters in use: sheet 参数, {shown(assumptions)} assumptions.",
    )
    sheet.merge_range(row, 0, row, 4, note, writer.style(text_wrap=True))
    writer.page(sheet, landscape=False)
    sheet.fit_to_pages(1, 0)
    sheet.freeze_panes(3, 0)
    sheet.repeat_rows(0, 2)
    sheet.print_area(0, 0, row, 4)


def source_name(writer: Writer, source: str) -> str:
    """Name a source, from its contract."""
    from wengang.contracts import load_contracts

    contract = load_contracts().get(source)
    if contract:
        return writer.say(contract.title_zh, contract.title_en)
    return writer.say("未识别", "Unknown") if source == "unknown" else source


def write_validation(writer: Writer, sheet: Any, row: int) -> int:
    """Write how the expectations ended; returns the next row."""
    report = writer.report
    row = heading(writer, sheet, row, "数据校验", "Validation")
    met = sum(r["outcome"] == "met" for r in report.validation)
    words = writer.say("尚未校验", "Not evaluated yet")
    if report.validation:
        words = writer.say(
            f"共 {len(report.validation)} 项（其中 {report.beside_data_docs()} 项核对以前各月，不在 Data Docs 中），"
            f"符合 {met} 项，严重 {len(report.critical())} 项，警告 {len(report.warnings())} 项。",
            f"{len(report.validation)} in all ({report.beside_data_docs()} on other months, not in the Data Docs):"
            f" {met} met, {len(report.critical())} critical, {len(report.warnings())} warnings.",
        )
    sheet.merge_range(row, 0, row, 4, words, writer.style())
    row += 1
    failed = [*report.critical(), *report.warnings()]
    if failed:
        row = table(
            writer, sheet, row,
            [("发现", "Found"), ("级别", "Severity"), ("结果", "Outcome"), ("行数", "Rows"), ("校验编号", "Expectation")],
            [
                (writer.say(r["title_zh"], r["title_en"], "\n") + (f"\n{r['detail']}" if r["outcome"] == "failed" and r["detail"] else ""),
                 writer.say("严重", "critical") if r["severity"] == "critical" else writer.say("警告", "warning"),
                 writer.say("不符", "failed") if r["outcome"] == "failed" else writer.say("无法评估", "not evaluated"),
                 r["failing_rows"], r["expectation_id"])
                for r in failed
            ],
            places=(None, None, None, 0), wrap=(0, 4), widths=COVER_WIDTHS,
        )  # fmt: skip
    return row + 1


def write_lapsing(writer: Writer, sheet: Any, row: int) -> int:
    """Write which values and windows are about to end; returns the next row."""
    report = writer.report
    row = heading(
        writer, sheet, row, f"{LAPSE_DAYS}天内到期的参数和执行期", "Values and windows about to lapse"
    )
    if not report.lapsing:
        sheet.merge_range(row, 0, row, 4, writer.say("无", "None"), writer.style())
        return row + 2
    kinds = {"window": writer.say("执行期", "window"), "parameter": writer.say("参数", "parameter")}
    return table(
        writer, sheet, row,
        [("名称", "Name"), ("类别", "Kind"), ("现值", "Value"), ("最后一天", "Last day"), ("其后", "Followed by")],
        [
            (lapsing_name(writer, r), kinds[r["kind"]], value_words(report, r["value"]), f"{r['last_day']:%Y-%m-%d}",
             value_words(report, r["next_value"]) if r["next_value"] else writer.say("无后续", "nothing follows"))
            for r in report.lapsing
        ],
        wrap=(0, 2, 4), widths=COVER_WIDTHS,
    ) + 1  # fmt: skip


def lapsing_name(writer: Writer, row: dict[str, Any]) -> str:
    """Name a parameter or a programme's window."""
    if row["kind"] == "parameter":
        return parameter_name(row["name"])
    label = writer.report.label("programme", row["name"])
    return writer.say(label.zh, label.en, "\n")


def parameter_name(name: str) -> str:
    """Return a parameter's title, its name beneath."""
    known = registry().get(name)
    return f"{known.title_zh}\n{name}" if known else name


def value_words(report: Report, value: str) -> str:
    """Return a parameter's value with the words of its codes."""
    parts = [(part, report.value_label(part)) for part in value.split(";")]
    return "；".join(label.zh if label else part for part, label in parts)
