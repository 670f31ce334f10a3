"""The sheets of rules, of data quality and of the parameters in force."""

from __future__ import annotations

from typing import Any

from wengang.reports.figures import state_of
from wengang.reports.workbook.cover import parameter_name, source_name, value_words
from wengang.reports.workbook.writer import Writer, heading, table

OUTCOMES = {
    "match": ("一致", "match"), "within": ("在应付范围内", "within"), "mismatch": ("不一致", "mismatch"),
    "not_comparable": ("无法比对", "not comparable"),
}  # fmt: skip
STATES = {
    "replaced": ("已被替换", "replaced"), "duplicate": ("重复", "duplicate"), "refused": ("拒收", "refused"),
    "unreadable": ("无法读取", "unreadable"), "unknown_source": ("来源不明", "unknown"), "missing": ("缺失", "missing"), "held": ("暂缓采用", "held"),
    "rejected": ("全部行拒收", "all rows rejected"),
}  # fmt: skip
BASES = {
    "fixed": ("明文", "fixed"), "cap": ("上限", "cap"), "floor": ("下限", "floor"), "assumption": ("假设", "assumption"),
}  # fmt: skip


def write_rules(writer: Writer) -> None:
    """Write how many decisions each rule stood against."""
    report = writer.report
    sheet = writer.book.add_worksheet("核定规则")
    widths = (27, 30, 16, 16, 16, 16)
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    writer.title(
        sheet, 0, 0, 5, "未通过和无法判断的规则", "Rules that decisions failed, or that could not be judged"
    )
    body = [
        (rule, writer.say(report.label("rule_id", rule).zh, report.label("rule_id", rule).en, "\n"),
         report.figure(section, "failed_rules", "rule_id", rule), report.figure(section, "failed_rules", "rule_id", rule, column="year"),
         report.figure(section, "unknown_rules", "rule_id", rule), report.figure(section, "unknown_rules", "rule_id", rule, column="year"))
        for section in ("refund", "skill")
        for rule in report.dimension_values(section, "failed_rules", "rule_id")
    ]  # fmt: skip
    heads = [
        ("规则", "Rule"), ("名称", "Title"), ("未通过：本期", "Failed, this report"), ("未通过：本年", "Failed, this year"),
        ("无法判断：本期", "Unknown, this report"), ("无法判断：本年", "Unknown, this year"),
    ]  # fmt: skip
    end = table(writer, sheet, 3, heads, body, places=(None, None, 0, 0, 0, 0), wrap=(1,), widths=widths)
    note = writer.say(
        "稳岗返还按单位计，为期末状态；技能提升补贴按申领件计，为本月申领。",
        "The refund counts units as they stand; the skill subsidy counts the month's applications.",
    )
    sheet.merge_range(end, 0, end, 5, note, writer.style(text_wrap=True, font_size=9))
    sheet.set_row(end, 28)
    writer.lines(sheet, end + 1, 0, 5)
    writer.page(sheet, landscape=False, head_rows=(0, 3))
    sheet.fit_to_pages(1, 0)
    sheet.freeze_panes(4, 0)
    sheet.print_area(0, 0, end + 1, 5)


def write_quality(writer: Writer) -> None:
    """Write what was rejected and why, and the reconciliations with both figures."""
    report = writer.report
    sheet = writer.book.add_worksheet("数据质量")
    widths = (34, 62, 24, 20, 18, 24)
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    writer.title(sheet, 0, 0, 5, "数据质量", "Data quality")
    row = heading(writer, sheet, 3, *writer.money_word("账实勾稽", "Reconciliations"))
    row = table(
        writer, sheet, row,
        [("项目", "Check"), ("两边", "Sides"), ("左", "Left"), ("右", "Right"), ("差额", "Difference"), ("结果", "Outcome")],
        [
            (writer.say(report.label("check", r["check_id"]).zh, report.label("check", r["check_id"]).en, "\n"), sides_of(writer, r["check_id"]),
             *(writer.amount(r[name]) for name in ("left_amount", "right_amount", "difference")),
             writer.say(*OUTCOMES[r["outcome"]]))
            for r in report.reconciliations
        ],
        places=(None, None, 2, 2, 2), wrap=(0, 1), widths=widths,
    ) + 1  # fmt: skip
    row = heading(writer, sheet, row, "拒收原因", "Why rows were rejected")
    if report.rejects:
        row = table(
            writer, sheet, row,
            [("数据源", "Source"), ("原因", "Reason"), ("代码", "Code"), ("行数", "Rows")],
            [
                (source_name(writer, r["source"] or "unknown"), writer.say(r["reason_zh"], r["reason_en"], "\n"),
                 r["reason_code"], r["rows_rejected"])
                for r in report.rejects
            ],
            places=(None, None, None, 0), wrap=(0, 1), widths=widths,
        ) + 1  # fmt: skip
    else:
        sheet.write_string(row, 0, writer.say("无", "None"), writer.style())
        row += 2
    row = _write_files(writer, sheet, row, widths)
    writer.lines(sheet, row, 0, 5)
    writer.page(sheet, head_rows=(0, 2))
    sheet.fit_to_pages(1, 0)
    sheet.freeze_panes(3, 0)
    sheet.print_area(0, 0, row, 5)


def _write_files(writer: Writer, sheet: Any, row: int, widths: tuple[int, ...]) -> int:
    """Write which files were not loaded, and what is to be said of those that were, with their lines; returns the row below."""
    report = writer.report
    row = heading(writer, sheet, row, "未装入的文件", "Files not loaded")
    odd = [{**f, "status": state} for f in report.files if (state := state_of(f)) != "loaded"]
    if odd:
        row = table(
            writer, sheet, row, [("文件", "File"), ("说明", "Message"), ("状态", "State")],
            [(f["file_name"], f["message"] or "", writer.say(*STATES.get(f["status"], (f["status"],) * 2))) for f in odd],
            wrap=(0, 1), widths=widths,
        ) + 1  # fmt: skip
    else:
        sheet.write_string(row, 0, writer.say("无", "None"), writer.style())
        row += 2
    told = [(f["file_name"], f["message"]) for f in report.files if f["status"] == "loaded" and f["message"]]
    if told:
        row = heading(writer, sheet, row, "已装入文件的提示", "Remarks on files that were loaded")
        row = table(
            writer, sheet, row, [("文件", "File"), ("提示", "Remark")], told, wrap=(0, 1), widths=widths
        ) + 1  # fmt: skip
    return row


def sides_of(writer: Writer, check: str) -> str:
    """Name the two sides of a reconciliation, one a line."""
    labels = (
        (side, writer.report.label(kind, check))
        for side, kind in (("左", "check_left"), ("右", "check_right"))
    )
    return "\n".join(f"{side}：{writer.say(label.zh, label.en)}" for side, label in labels)


def write_parameters(writer: Writer) -> None:
    """Write the parameters in force with what they rest on; assumptions stand out."""
    report = writer.report
    sheet = writer.book.add_worksheet("参数")
    widths = (34, 36, 17, 26, 34, 9, 48)
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    writer.title(sheet, 0, 0, 6, "本期使用的参数和假设", "Parameters and assumptions in use")
    body = [
        (parameter_name(r["parameter"]), value_words(report, r["value"]),
         writer.say("沿用", "carried forward") if r["carried_forward"] else writer.say(*BASES.get(r["basis"], (r["basis"], r["basis"]))),
         f"{r['valid_from']:%Y-%m-%d} 至 " + ("—" if r["valid_to"].year == 9999 else f"{r['valid_to']:%Y-%m-%d}"),
         " ".join(filter(None, (r["document"], r["article"]))), r["confidence"] or "", r["reason"] or "")
        for r in sorted(report.parameters, key=lambda r: (not r["carried_forward"], r["basis"] != "assumption", r["parameter"]))
    ]  # fmt: skip
    heads = [
        ("参数", "Parameter"), ("值", "Value"), ("性质", "Basis"), ("有效期", "In force"), ("依据", "Rests on"), ("可信度", "Grade"),
        ("理由", "Reason"),
    ]  # fmt: skip
    end = table(writer, sheet, 3, heads, body, wrap=(0, 1, 4, 6), widths=widths)
    writer.lines(sheet, end, 0, 6)
    writer.page(sheet, head_rows=(0, 3))
    sheet.fit_to_pages(1, 0)
    sheet.freeze_panes(4, 1)
    sheet.print_area(0, 0, end, 6)
