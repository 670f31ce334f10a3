"""Workbook, document, chart and summary from a report made by hand: what they say, and that they are the same bytes again."""

from __future__ import annotations

import datetime as dt
import re
import time
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from urllib.parse import unquote

import docx
import openpyxl
import pytest

from tests.unit.reports.conftest import make_report
from wengang.core.errors import PublicationError
from wengang.core.periods import Period
from wengang.core.settings import Settings
from wengang.reports import document
from wengang.reports.document import (
    decisions_needed,
    document_data,
    write_document,
)
from wengang.reports.figures import NOT_KNOWN, Report, Revision, Signing, headlines, shown, wan
from wengang.reports.fund_chart import reserve_chart
from wengang.reports.incident import incident_data, shown_subject, write_incident
from wengang.reports.summary import summary, summary_lines
from wengang.reports.word import write_word
from wengang.reports.workbook import Shape, write_workbook
from wengang.reports.workbook.sheets import SHEETS
from wengang.reports.workbook.writer import DRAFT_MARK, TITLE

SIGNED = Signing(
    preparer="甲", reviewer="乙", signed_on="2024-07-05", problems=("网银退票较多。",), number="测〔2024〕1号"
)


def texts(path: Path) -> dict[str, list[str]]:
    book = openpyxl.load_workbook(path)
    return {
        s.title: [str(c.value) for row in s.iter_rows() for c in row if c.value is not None]
        for s in book.worksheets
    }


def test_not_known_is_words_never_nought() -> None:
    assert shown(None) == NOT_KNOWN
    assert shown(Decimal(0)) == "0"
    assert wan(None) == "未知"
    # 1,298,830.06 yuan are 129.883006 万元; 125,050 are 12.505, half up 12.51.
    assert wan(Decimal("1298830.06")) == "129.88万元"
    assert wan(Decimal("125050.00")) == "12.51万元"


def test_workbook_tells_what_was_not_read_with_its_line(report: Report, tmp_path: Path) -> None:
    told = {
        "source": "recoveries",
        "file_name": "recoveries.csv",
        "message": "表尾以下还有 1 行有内容，未读，自第 6 行起",
        "status": "loaded",
    }
    plain = {**told, "file_name": "deferrals.csv", "message": ""}
    book = texts(write_workbook(replace(report, files=[told, plain]), tmp_path / "w.xlsx"))
    assert "recoveries.csv" in book["数据质量"] and told["message"] in book["数据质量"]
    assert "deferrals.csv" not in book["数据质量"]


def test_workbook_shows_figures_and_what_is_not_known(report: Report, tmp_path: Path) -> None:
    """In Chinese alone unless both languages are asked for."""
    for shape, lanzhou, own, province, unknown in (
        (Shape(), "兰州市", "省本级", "全省", "未知"),
        (Shape("both"), "兰州市\nLanzhou", "省本级\nProvince's own", "全省\nProvince", NOT_KNOWN),
    ):
        sheet = openpyxl.load_workbook(write_workbook(report, tmp_path / "w.xlsx", shape))["稳岗返还"]
        rows = {
            str(sheet.cell(r, 1).value): [sheet.cell(r, c).value for c in (2, 3, 4)] for r in range(8, 13)
        }
        assert rows[lanzhou] == [71, 71, unknown]
        assert rows[province] == [255, 250, unknown]
        # Without a row in the figures there is a dash: the measure has no such part.
        assert rows[own] == ["—", "—", "—"]


def test_amounts_stand_in_wan_and_in_the_twin_in_yuan(report: Report, tmp_path: Path) -> None:
    """1,298,830.06 yuan are 129.883006 万元, half up 129.88; May's report had 1,200,000, so 98,830.06 more: 129.88 less 120.00 is 9.88."""
    report.before = {("620000", "refund", "refund_amount", "none", ""): Decimal(1_200_000)}
    expected = {
        Shape(): (129.88, 120, 9.88, "万元"),
        Shape(money="yuan"): (1298830.06, 1200000, 98830.06, "元"),
    }
    shapes = []
    for shape, (now, before, more, unit) in expected.items():
        book = openpyxl.load_workbook(write_workbook(report, tmp_path / "w.xlsx", shape))
        line = next(r for r in book["全省"].iter_rows(values_only=True) if r[0] == "指标refund_amount")
        assert line == ("指标refund_amount", unit, now, "未知", before, more, "未知", "未知")
        assert any(f"计量单位：金额为{unit}" in str(c.value) for c in book["稳岗返还"]["A"])
        shapes.append({s.title: s.dimensions for s in book.worksheets})
    assert shapes[0] == shapes[1]


def test_the_cover_says_which_checks_are_not_in_the_data_docs(report: Report, tmp_path: Path) -> None:
    common = {
        "severity": "critical",
        "outcome": "met",
        "title_zh": "甲",
        "title_en": "a",
        "failing_rows": 0,
        "detail": "",
    }
    report.validation = [
        {**common, "expectation_id": "refund_decisions.key"},
        {**common, "expectation_id": "validation_results.earlier_months_passed"},
    ]
    said = texts(write_workbook(report, tmp_path / "w.xlsx"))["封面"]
    assert "共 2 项（其中 1 项核对以前各月，不在 Data Docs 中），符合 2 项，严重 0 项，警告 0 项。" in said


def test_every_figure_says_how_it_is_traced(report: Report, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(write_workbook(report, tmp_path / "w.xlsx"))
    index = [r for r in book["索引"].iter_rows(min_row=5) if r[5].value]
    assert {r[5].value for r in index} >= {
        "wengang trace refund employers 620100 --period 2024-06",
        "wengang trace refund employers 620000 --period 2024-06 --dimension decision --value eligible",
    }
    for row in index:
        cell = book[row[0].value][row[4].value]
        assert cell.comment.text == row[5].value
        link = row[6].hyperlink
        assert link.target.replace("\\", "/") == "site/index.html"
        assert f"wengang trace {unquote(link.location.removeprefix('trace='))}" == row[5].value


def test_every_sheet_of_a_draft_says_so_and_is_set_up_for_print(report: Report, tmp_path: Path) -> None:
    path = write_workbook(report, tmp_path / "w.xlsx")
    book = openpyxl.load_workbook(path)
    assert [s.section for s in SHEETS] == [
        "refund", "skill", "expansion", "benefits", "premium", "fund", "recovery", "risk",
    ]  # fmt: skip
    for sheet in book.worksheets:
        assert DRAFT_MARK in str(sheet.oddHeader.center.text), sheet.title
        assert sheet.freeze_panes is not None and sheet.print_area, sheet.title
        values = [str(c.value) for row in sheet.iter_rows() for c in row if c.value]
        if not sheet.title.startswith("趋势"):
            assert any("填报人" in v and "审核人" in v for v in values), sheet.title
    assert book.worksheets[0]["A1"].value == TITLE


def test_the_back_test_stands_beside_the_projection(tmp_path: Path) -> None:
    """The method is named; without one, the sheet says that there is no projection."""
    report = make_report()
    common = {"method": "seasonal_naive", "note_zh": "历史不足24个月", "note_en": "less than 24 months"}
    figures = {
        "error": Decimal("12.50"), "naive_error": Decimal("20.25"), "interval_level": Decimal("0.8"), "interval_coverage": Decimal("0.75"),
    }  # fmt: skip
    report.backtest = [
        {"item": "premium", "history_months": 14, "points": 2, **common, **figures},
    ]
    values = texts(write_workbook(report, tmp_path / "w.xlsx", Shape(money="yuan")))["趋势"]
    assert {
        "历史不足24个月",
        "保费收入",
        "上年同月",
        "12.5",
        "20.25",
        "0.75",
    } <= set(values)
    report.backtest = [
        {
            **dict.fromkeys(figures), "item": "all", "method": "none", "history_months": 5, "points": 0,
            "note_zh": "历史不足6个月，不作预测", "note_en": "no projection is made",
        }
    ]  # fmt: skip
    values = texts(write_workbook(report, tmp_path / "w2.xlsx"))["趋势"]
    assert {"历史不足6个月，不作预测", "不预测", "未知"} <= set(values)


def test_a_signed_workbook_names_both_and_bears_no_draft_mark(tmp_path: Path) -> None:
    path = write_workbook(make_report(SIGNED), tmp_path / "w.xlsx")
    for name, values in texts(path).items():
        assert not any(DRAFT_MARK in v for v in values), name
    assert any("填报人：甲" in v and "审核人：乙" in v for v in texts(path)["封面"])
    assert DRAFT_MARK not in str(openpyxl.load_workbook(path).worksheets[0].oddHeader.center.text)


def test_data_that_look_like_formulas_are_text(report: Report, tmp_path: Path) -> None:
    path = write_workbook(report, tmp_path / "w.xlsx")
    cells = [c for s in openpyxl.load_workbook(path).worksheets for row in s.iter_rows() for c in row]
    assert not [c.coordinate for c in cells if c.data_type == "f"]
    assert {"=HYPERLINK(A1).csv", "+1 @x -1"} <= {c.value for c in cells if c.data_type == "s"}


def test_why_a_month_is_incomplete_stands_on_the_cover(report: Report, tmp_path: Path) -> None:
    values = texts(write_workbook(report, tmp_path / "w.xlsx"))["封面"]
    assert any("本期没有收到 contributions" in v for v in values)


def test_the_same_report_is_the_same_bytes(tmp_path: Path) -> None:
    made = []
    for turn in ("a", "b"):
        folder = tmp_path / turn
        folder.mkdir()
        report = make_report()
        write_workbook(report, folder / "w.xlsx")
        write_document(report, folder / "d.pdf")
        write_incident(report, folder / "i.pdf")
        made.append([(folder / name).read_bytes() for name in ("w.xlsx", "d.pdf", "i.pdf")])
        # Zip members and PDF dates count seconds, in steps of two: wait until a clock would show.
        time.sleep(2.1 if turn == "a" else 0)
    assert made[0] == made[1]


def test_document_has_the_parts_of_an_official_one(report: Report) -> None:
    data = document_data(report)
    assert data["title"] == "关于2024年6月失业保险援企稳岗政策执行情况的报告"
    assert data["number"] == "〔2024〕　　号" and data["dated"] == "2024年7月　日"
    assert (
        data["draft_mark"] and data["addressee"] == "省人力资源和社会保障厅" and len(data["attachments"]) == 2
    )
    words = "".join(p for part in data["parts"] for p in part["paragraphs"])
    assert "共核定255户，其中符合条件203户、待核实未知、不符合未知、不属于政策范围未知" in words
    assert "返还金额129.88万元" in words and "本年累计减征未知" in words
    assert "由填报人在签署时填写" in words
    assert [p["heading"] for p in data["parts"]][-2] == "八、执行中遇到的问题"


def test_place_and_notices_of_a_document_are_data(report: Report) -> None:
    """Another province and year: its own letterhead, addressees, notices and limits, none of Gansu's."""
    report.office = {"agency": "云岭省失业保险中心", "document_mark": "云失险", "main_addressees": "省厅"}
    report.notices = ["云人社〔2025〕1号"]
    report.limits = {"ordinary": Decimal(20000)}
    data = document_data(report)
    assert (data["head"], data["addressee"]) == ("云岭省失业保险中心文件", "省厅")
    assert data["number"] == "云失险〔2024〕　　号"
    assert data["parts"][0]["paragraphs"][0].startswith("按照云人社〔2025〕1号文件按月上报的要求")
    assert "（20,000元以上为一般）" in incident_data(report)["parts"][0]["paragraphs"][0]
    report.notices, report.limits, report.office = [], {}, {}
    data = document_data(report)
    assert data["parts"][0]["paragraphs"][0].startswith("按照失业保险援企稳岗政策按月上报的要求")
    assert data["head"] == "甘肃省失业保险经办机构文件", "named after the province where no office is entered"
    for text in (str(data), str(incident_data(report))):
        assert not any(word in text for word in ("165号", "10000元", "10,000元"))


def test_reserve_is_named_by_its_formula_and_what_is_carried_is_listed(report: Report) -> None:
    report.parameters = [
        {"parameter": "reserve_formula", "value": "rolling_12", "carried_forward": False},
        {"parameter": "premium_rate_total", "value": "0.01", "carried_forward": True},
    ]
    report.points = [
        {"point_id": "value_carried_forward", "text_zh": "没有本期规定、沿用最后一次值的参数1项"},
    ]
    words = "".join(p for part in document_data(report)["parts"] for p in part["paragraphs"])
    assert "按近12个月支出计算的备付期限" in words and "上年度备付期限" not in words
    assert "没有本期规定、沿用最后一次值的参数1项（总费率）。" in words


def test_signed_document_carries_number_date_and_problems() -> None:
    data = document_data(make_report(SIGNED))
    assert (data["number"], data["dated"], data["draft_mark"]) == ("测〔2024〕1号", "2024年7月5日", "")
    assert [part["paragraphs"] for part in data["parts"][-2:]] == [["网银退票较多。"], ["特此报告。"]]


def test_number_signer_copies_and_contact_of_a_signed_document() -> None:
    report = make_report(replace(SIGNED, number="42", issuer="王某某"))
    report.office |= {"document_mark": "甘社险", "contact": "李某", "telephone": "0931-0000000"}
    data = document_data(report)
    # The year is that of the last signature.
    assert (data["number"], data["signer"]) == ("甘社险〔2024〕42号", "签发人：王某某")
    assert data["imprint"] == ["抄送：省财政厅、省税务局。", "甘肃省失业保险经办机构　　2024年7月5日印发"]
    assert data["footnote"] == "（联系人：李某，联系电话：0931-0000000）"


def test_a_published_document_has_no_blank() -> None:
    data = document_data(make_report(replace(SIGNED, number="", issuer="")))
    assert (data["number"], data["signer"]) == ("", "")
    assert "　　号" not in str(data) and "　日" not in str(data)


def test_a_restated_report_says_so_everywhere(tmp_path: Path) -> None:
    report = make_report(SIGNED)
    report.revision = Revision(2, "测〔2024〕1号", "2024-07-10", "缴费明细重新交付。")
    changed = {
        "period": dt.date(2024, 6, 1), "revision": 2, "reporting_unit": "620000", "section": "refund", "dimension": "none", "dimension_value": "",
               "figure_column": "value", "cause": ""}  # fmt: skip
    report.restated_here = [
        {**changed, "measure": "refund_amount", "old_value": Decimal("1200000"), "new_value": Decimal("1298830.06")},
        {**changed, "measure": "employers", "reporting_unit": "620100", "old_value": Decimal(70), "new_value": Decimal(71)},
    ]  # fmt: skip
    data = document_data(report)
    assert data["title"].endswith("的报告（更正）") and data["draft_mark"] == "更正（第2版）"
    said = data["parts"][0]
    assert said["paragraphs"][0] == (
        "本报告更正2024年7月10日印发的同名报告（测〔2024〕1号），原报告以本报告为准。更正原因：缴费明细重新交付。主要数据更正前后如下。"
    )
    # The province alone: 1,200,000 yuan are 120.00 万元, 1,298,830.06 are 129.88.
    assert said["rows"] == [["指标refund_amount", "120.00万元", "129.88万元"]]
    sheets = texts(write_workbook(report, tmp_path / "w.xlsx"))
    assert any("更正（第2版）" in text for text in sheets["封面"])
    assert any("指标refund_amount" in text for text in sheets["变更"])
    assert all(any("更正（第2版）" in text for text in found) for found in sheets.values())


def test_the_word_file_has_the_content_of_the_pdf(report: Report, tmp_path: Path) -> None:
    data = document_data(report)
    made = dt.datetime(2024, 6, 30, tzinfo=dt.UTC)
    path = write_word(data, tmp_path / "d.docx", made)
    assert path.read_bytes() == write_word(data, tmp_path / "e.docx", made).read_bytes()
    content = docx.Document(str(path))
    said = [p.text.strip() for p in content.paragraphs]
    for part in data["parts"]:
        assert part["heading"] in said
        assert set(part["paragraphs"]) <= set(said)
    for name in ("title", "head", "issuer"):
        assert data[name] in said
    assert document.DRAFT_MARK in content.sections[0].header.paragraphs[0].text
    assert len(content.inline_shapes) == 1


def test_what_needs_a_decision_is_listed(report: Report) -> None:
    report.points = [{"point_id": "incident_ordinary", "text_zh": "达到一般要情标准1件，金额1.20万元"}]
    listed = decisions_needed(document.Words(report))
    assert listed[0].startswith("（1）数据不完整：本期没有收到 contributions")
    assert listed[-1].endswith("）达到一般要情标准1件，金额1.20万元。")
    report.incomplete, report.points = [], []
    assert decisions_needed(document.Words(report)) == ["无。"]


def test_the_day_that_decides_is_named_with_its_probability(report: Report) -> None:
    # 9.756 months is 9.76; a probability of 0.934 is 93 %.
    report.gates = [
        {
            "gate_date": dt.date(2024, 12, 31),
            "reserve_months": Decimal("9.756"),
            "probability_below_min": Decimal("0.934"),
        }
    ]
    said = "".join(document.fund_words(document.Words(report)))
    assert "2024年12月31日备付期限为9.76个月（低于下限的概率93%）" in said


def test_document_is_a_pdf_of_two_to_four_pages(report: Report, tmp_path: Path) -> None:
    path = write_document(report, tmp_path / "d.pdf")
    content = path.read_bytes()
    assert content.startswith(b"%PDF-")
    pages = re.search(rb"/Type\s*/Pages\s*/Count (\d+)", content)
    assert pages and 2 <= int(pages[1]) <= 4


def test_a_missing_font_is_a_clear_error(
    report: Report, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(document, "FONT_PACKAGE", "no_such_fonts")
    with pytest.raises(PublicationError) as caught:
        write_document(report, tmp_path / "d.pdf")
    assert (
        caught.value.code == "font_missing"
        and "Noto Serif SC" in str(caught.value)
        and not (tmp_path / "d.pdf").exists()
    )


def test_incident_report_masks_persons(report: Report, tmp_path: Path) -> None:
    data = incident_data(report)
    form = dict(next(p["rows"] for p in data["parts"] if p.get("rows")))
    assert form["涉及单位和人员"] == "个人 620102************，甘肃省"
    assert form["等级和金额"] == "一般，12,000.00元"
    assert form["发现时间和方式"] == "2024年05月，数据比对（R03 死亡后领金）"
    assert form["追回情况"] == "尚未下达追回通知"
    assert shown_subject("employer", "E00000000012") == "E00000000012"
    report.incidents = []
    assert write_incident(report, tmp_path / "i.pdf") is None


def test_chart_breaks_its_line_where_a_month_is_not_known(report: Report) -> None:
    chart = reserve_chart(report)
    # Six bars and the background; January and February have no reserve period, so the line begins in March: one M, three L.
    assert chart.count("<rect") == 1 + 6 + 3
    line = next(part for part in chart.split("\n") if 'fill="none"' in part)
    assert line.count("M") == 1 and line.count("L") == 3
    report.fund_months = []
    assert reserve_chart(report) == ""


def test_summary_begins_with_state_and_faults(report: Report) -> None:
    lines = summary_lines(report)
    assert "DRAFT" in lines[0] and "本期没有收到 contributions" in lines[1]
    assert len(lines) == 2 + len(headlines(report))
    assert any("2,266,226.80 元" in line for line in lines)


def test_summary_of_a_month_without_a_package_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(PublicationError, match="wengang run 2024-06"):
        summary(Settings(home=tmp_path), Period(2024, 6))


def test_what_was_restated_is_listed_with_old_and_new(report: Report, tmp_path: Path) -> None:
    report.restatements = [
        {
            "period": dt.date(2024, 5, 1), "revision": 2, "section": "refund", "measure": "refund_amount", "dimension": "none",
            "dimension_value": "", "reporting_unit": "620100", "figure_column": "value", "old_value": Decimal("10.00"),
            "new_value": None, "cause": "=refund.csv",
        }
    ]  # fmt: skip
    sheet = openpyxl.load_workbook(write_workbook(report, tmp_path / "w.xlsx", Shape(money="yuan")))["变更"]
    rows = [[c.value for c in row] for row in sheet.iter_rows() if str(row[0].value).startswith("2024-05 r2")]
    assert rows == [
        [
            "2024-05 r2 指标refund_amount 本月",
            "兰州市",
            10,
            "未知",
            "未知",
            "=refund.csv",
        ]
    ]
    assert "以前月报有更正" in "".join(
        p for part in document_data(report)["parts"] for p in part["paragraphs"]
    )


def test_incident_report_names_the_firm_and_says_what_came_back(report: Report) -> None:
    (incident,) = report.incidents
    incident |= {
        "subject_kind": "employer", "subject_id": "62010300000131", "employer_name": "测试单位", "evidence": ["已拨付 99999.00 元。"],
        "demanded": Decimal(93709), "repaid": Decimal(3709), "outstanding": Decimal(90000),
    }  # fmt: skip
    part = incident_data(report)["parts"][1]
    form = dict(part["rows"])
    assert part["heading"] == "要情1：测试单位（62010300000131）"
    assert form["基本事实"] == "已拨付 99999.00 元"
    # 93,709 yuan are 9.3709 万元, 3,709 are 0.3709, 90,000 are 9.
    assert form["追回情况"] == "已下达9.37万元，已退回0.37万元，未退回9.00万元"
