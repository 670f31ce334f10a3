"""The sample for a check by hand: how it is shared out, and the intervals of what it finds."""

from __future__ import annotations

import pytest

from wengang.core.errors import UsageError
from wengang.core.periods import Period
from wengang.core.settings import Settings
from wengang.evidence.audit_sample import STRATA, read_audit, sample_audit, share_out, wilson, write_sample


def test_a_small_stratum_gives_what_it_has_and_the_others_take_the_rest():
    # 10 over sizes 2, 100, 0: two from the first, the other eight from the second
    assert share_out({"a": 2, "b": 100, "c": 0}, 10) == {"a": 2, "b": 8, "c": 0}
    assert share_out({"a": 2, "b": 3, "c": 0}, 10) == {"a": 2, "b": 3, "c": 0}
    assert sum(share_out({"a": 50, "b": 50, "c": 50}, 10).values()) == 10


def test_wilson_as_in_the_textbook():
    # 2 of 20 at 95 %: centre (0.1 + 3.8415/40) / (1 + 3.8415/20) = 0.16447, half-width 0.13656 (Newcombe 1998): 0.0279 to 0.3010
    low, high = wilson(2, 20)
    assert (round(low, 4), round(high, 4)) == (0.0279, 0.3010)
    # 0 of 20: upper limit z²/(n+z²) = 3.8415/23.8415 = 0.1611
    assert wilson(0, 20)[0] == 0
    assert round(wilson(0, 20)[1], 4) == 0.1611
    assert wilson(0, 0) == (0.0, 1.0)


def filled(tmp_path, answers):
    import openpyxl

    path = tmp_path / "sample.xlsx"
    rows = [
        ("refund_refused", "2024", f"E{i}", "620102", "ineligible", 0, "refund.window")
        for i in range(len(answers))
    ]
    write_sample(path, Period(2024, 6), len(rows), 1, {**dict.fromkeys(STRATA, 0), "refund_refused": 9}, rows)
    book = openpyxl.load_workbook(path)
    for row, answer in enumerate(answers, 2):
        book["抽查表"].cell(row, 10).value = answer
    book.save(path)
    return path


def test_a_filled_workbook_comes_back_as_rates(tmp_path):
    rates = {r.stratum: r for r in read_audit(filled(tmp_path, ["正确", "错误", None, "正确"]))}
    found = rates["稳岗返还·不予返还"]
    assert (found.population, found.checked, found.errors) == (9, 3, 1)
    assert rates["稳岗返还·已拨付"].checked == 0


def test_an_unknown_answer_and_a_strange_file_are_refused(tmp_path):
    with pytest.raises(UsageError, match="第 2 行"):
        read_audit(filled(tmp_path, ["也许"]))
    other = tmp_path / "other.xlsx"
    other.write_text("x", encoding="utf-8")
    with pytest.raises(UsageError):
        read_audit(other)


def test_applications_of_every_programme_are_drawn(tmp_path):
    import duckdb
    import openpyxl

    settings = Settings(home=tmp_path)
    settings.warehouse_file.parent.mkdir(parents=True)
    decided = "period date, region_code varchar, decision varchar, failed_rules varchar[], paid_amount decimal(18, 2), payable_amount decimal(18, 2)"
    with duckdb.connect(str(settings.warehouse_file)) as con:
        con.execute("create schema marts")
        con.execute(
            f"create table marts.refund_decisions ({decided}, programme_year int, employer_id varchar, refund_amount decimal(18, 2))"
        )
        for name in ("skill_decisions", "expansion_decisions"):
            con.execute(
                f"create table marts.{name} ({decided}, application_no varchar, amount decimal(18, 2))"
            )
        # Paid, payable and refused; one in review is in no stratum.
        con.execute(
            "insert into marts.expansion_decisions values"
            " ('2024-06-01', '620102', 'eligible', [], 1500, 0, 'KG1', 1500), ('2024-06-01', '620102', 'eligible', [], 0, 1500, 'KG2', 1500),"
            " ('2024-06-01', '620102', 'ineligible', ['expansion.once'], 0, 0, 'KG3', 0), ('2024-06-01', '620102', 'review', [], 0, 0, 'KG4', 1500)"
        )
    path = sample_audit(settings, Period(2024, 6), 10, 1)
    rows = list(openpyxl.load_workbook(path)["抽查表"].iter_rows(min_row=2, max_col=9, values_only=True))
    assert [(r[1], r[2], r[4]) for r in rows] == [
        ("扩岗补助·已发放", "一次性扩岗补助", "KG1"),
        ("扩岗补助·应发放", "一次性扩岗补助", "KG2"),
        ("扩岗补助·不予发放", "一次性扩岗补助", "KG3"),
    ]
