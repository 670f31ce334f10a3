"""Every form in which a number, a day or a code may arrive, and those in which it may not."""

from __future__ import annotations

import datetime as dt
import itertools
from decimal import Decimal

import duckdb
import pyarrow as pa
import pytest

from wengang.contracts import load_contracts
from wengang.ingest import parse as cells

from .conftest import PERSONS, World, premium, table


def one_column(world: World, column: str, texts: list[str]) -> tuple[list, list]:
    """Deliver one premium row a text; give the values taken and the reasons by position."""
    rows = [premium(voucher_no=f"V{i}") | {column: text} for i, text in enumerate(texts)]
    world.put("contributions.csv", table(rows))
    world.ingest()
    taken = {r["_line_no"] - 2: r[column] for r in world.rows("contributions.csv")}
    reasons = {line - 2: code for line, name, code in world.reasons("contributions.csv") if name == column}
    assert not set(taken) & set(reasons)
    return [taken.get(i) for i in range(len(texts))], [reasons.get(i) for i in range(len(texts))]


def test_money_forms(world: World) -> None:
    good = {
        "1234.5": "1234.50",
        "1,234.50": "1234.50",
        "１２３４．５０": "1234.50",
        "￥1234.50": "1234.50",
        "¥1,234,567.00": "1234567.00",
        "0": "0.00",
        " 12.30\u3000": "12.30",
        "-5.25": "-5.25",
        "0001.10": "1.10",
        "9999999999999999.99": "9999999999999999.99",
    }
    values, reasons = one_column(world, "pay_base", list(good))
    assert [str(v) for v in values] == [str(Decimal(v)) for v in good.values()]
    assert reasons == [None] * len(good)


def test_plain_amounts_are_read_as_any_others() -> None:
    """The short way for plain amounts gives, for every text of up to six of these characters, what the patterns give."""
    column = load_contracts()["contributions"].column("late_fee")
    texts = ["".join(t) for n in range(1, 7) for t in itertools.product("1.-", repeat=n)]
    texts += [
        "9" * 16 + ".99",
        "9" * 17,
        "0" * 30 + "1.5",
        "1" + "0" * 300,
        "-0.00",
        "1,234.50",
        "1e5",
        "+1",
        "1_0",
    ]
    rows = duckdb.connect().sql(
        f"select t, {cells.value(column, 't')} from (select unnest($1) as t)", params=[texts]
    )
    expected = dict(rows.fetchall())
    short = {t: cells.plain_amounts(column, pa.array([t])) for t in texts}
    assert short["11.11"] is not None
    assert {t: v[0].as_py() for t, v in short.items() if v is not None} == {
        t: expected[t] for t, v in short.items() if v is not None
    }
    assert cells.plain_amounts(column, pa.array(["1.50", "", "-2"])) == pa.array(
        [Decimal("1.50"), None, Decimal("-2.00")], pa.decimal128(18, 2)
    )
    assert cells.plain_amounts(column, pa.array(["1.50", "1.505"])) is None


def test_money_that_is_none(world: World) -> None:
    bad = {
        "1.234": "too_many_decimals",
        "28.000": "too_many_decimals",
        "1,234.500": "too_many_decimals",
        "4E3": "bad_number",
        "+1.00": "bad_number",
        "(12.00)": "bad_number",
        "1,23.00": "bad_number",
        "12.": "bad_number",
        ".5": "bad_number",
        "1.2.3": "bad_number",
        "--1": "bad_number",
        "待核": "bad_number",
        "1 000": "bad_number",
        "99999999999999999.00": "bad_number",
        "1" + "0" * 300: "bad_number",  # 10^300 is a multiple of 2^128: a cast that lets it overflow says 0
        "": "missing_required",
        "\u3000": "missing_required",
    }
    values, reasons = one_column(world, "pay_base", list(bad))
    assert reasons == list(bad.values())
    assert values == [None] * len(bad)


def test_months(world: World) -> None:
    good = ["202406", "2024-06", "2024/6", "2024年6月", "2024.06", "２０２４０６", "2024年06月"]
    bad = ["202413", "2024-00", "2024", "六月", "2024-06-15", "45444", "0000-01", "000012"]
    values, reasons = one_column(world, "fee_month", good + bad)
    assert values == [dt.date(2024, 6, 1)] * len(good) + [None] * len(bad)
    assert reasons == [None] * len(good) + ["bad_month"] * len(bad)


def test_days(world: World) -> None:
    # Serial 45446 is 2024-06-03: 45292 is 2024-01-01, and 3 June is day 155 of a leap year.
    good = ["20240603", "2024-06-03", "2024/6/3", "2024年6月3日", "45446", "２０２４－０６－０３"]
    bad = ["20240631", "2024-02-30", "2021-13-01", "无", "19999", "80001", "45446.5", "2024-06-03 10:00"]
    good += ["2024.6.3", "2024.06.03", "2024-06-03 00:00:00", "2024/6/3 0:00"]
    bad += ["00000101", "0000-12-31", "9999-12-31", "1899-12-31", "17-6月 -24", "06/17/2024", "2024-6/3"]
    # 31 days after 30 June 2024 is 31 July: later than that nobody has received anything.
    late = ["2024-08-01", "20420603", "2100-12-31", "80000"]
    edge = {"20000": dt.date(1954, 10, 3), "2000-02-29": dt.date(2000, 2, 29)}
    edge |= {"19000101": dt.date(1900, 1, 1), "2024-07-31": dt.date(2024, 7, 31)}
    values, reasons = one_column(world, "received_on", good + bad + late + list(edge))
    refused = len(bad) + len(late)
    assert values == [dt.date(2024, 6, 3)] * len(good) + [None] * refused + list(edge.values())
    beyond = ["day_out_of_bounds"] * len(late)
    assert reasons == [None] * len(good) + ["bad_day"] * len(bad) + beyond + [None] * len(edge)


def test_identifiers(world: World) -> None:
    texts = [
        "ab-1x",
        "'620104000001",
        '="620104000001"',
        "６２０１",
        " \u00a0A1\u3000",
        "1" * 20,
        "1" * 21,
        "",
    ]
    values, reasons = one_column(world, "employer_id", texts)
    assert values == ["AB-1X", "620104000001", "620104000001", "6201", "A1", "1" * 20, None, None]
    assert reasons == [None] * 6 + ["too_long", "missing_required"]


def test_person_numbers(world: World) -> None:
    texts = [
        *PERSONS,
        PERSONS[0].lower(),
        "'" + PERSONS[1],
        "110105194912310021",
        "1101051949123100",
        "11010519491231002Y",
    ]
    values, reasons = one_column(world, "person_id", texts)
    assert values == [*PERSONS, PERSONS[0], PERSONS[1], None, None, None]
    assert reasons == [None] * 6 + ["check_digit", "bad_person_number", "bad_person_number"]


def test_codes(world: World) -> None:
    texts = ["normal", "正常缴费", "NORMAL", "ｎｏｒｍａｌ", "补缴", " 补缴 ", "预缴", ""]
    values, reasons = one_column(world, "pay_kind", texts)
    assert values == ["normal"] * 4 + ["makeup"] * 2 + [None, None]
    assert reasons == [None] * 6 + ["unknown_code", "missing_required"]


def test_labels_with_brackets_or_a_slash(world: World) -> None:
    base = {"person_id": PERSONS[0], "occupation_code": "4-10-01-02", "paid_on": "20240601", "amount": "900"}
    labels = {"五级": "5", "初级": "5", "5": "5", "技师": "2", "高级技师": "1", "一级": "1"}
    world.put("training_subsidies.csv", table([base | {"level": x} for x in labels]))
    world.ingest()
    assert [r["level"] for r in world.rows("training_subsidies.csv")] == list(labels.values())


def test_flags(world: World) -> None:
    base = {"dispatch_employer_id": "E1", "programme_year": "2024", "applied_on": "20240601"}
    yes, no, bad = (
        ["是", "1", "Y", "y", "true", "TRUE", "１"],
        ["否", "0", "N", "false"],
        ["也许", "2", "yes"],
    )
    world.put("dispatch_agreements.csv", table([base | {"allocation_confirmed": x} for x in yes + no + bad]))
    world.ingest()
    values = [r["allocation_confirmed"] for r in world.rows("dispatch_agreements.csv")]
    assert values == [True] * len(yes) + [False] * len(no)
    assert [c for _, _, c in world.reasons("dispatch_agreements.csv")] == ["bad_flag"] * len(bad)


def test_validity_flag(world: World) -> None:
    rows = [premium(voucher_no=f"V{i}") | {"有效标志": x} for i, x in enumerate(["", "1", "0", "否", "作废"])]
    world.put("contributions.csv", table(rows))
    world.put("contributions__2.csv", table([premium()]))
    world.ingest()
    assert [r["is_valid"] for r in world.rows("contributions.csv")] == [True, True, False, False]
    assert world.reasons("contributions.csv") == [(6, "is_valid", "bad_flag")]
    assert [r["is_valid"] for r in world.rows("contributions__2.csv")] == [True]


def test_text_keeps_its_inside(world: World) -> None:
    base = {"uscc": "91512081MA62K0260E", "listed_on": "20240101"}
    texts = ["\u3000拖欠ＡＢ 工资\u00a0", "'引号", '="x"', ""]
    world.put("sanctions.csv", table([base | {"reason": x} for x in texts]))
    world.ingest()
    assert [r["reason"] for r in world.rows("sanctions.csv")] == ["拖欠ＡＢ 工资", "'引号", '="x"', None]


def test_credit_code_check_is_a_warning(world: World) -> None:
    # The second is GB 32100's own demonstration, whose check character is wrong.
    codes = ["91512081MA62K0260E", "91350100M000100Y4Z", "9131000063159284XQ", "91620000MA7000"]
    world.put("sanctions.csv", table([{"uscc": c, "listed_on": "20240101"} for c in codes]))
    world.ingest()
    assert world.reasons("sanctions.csv") == [(5, "uscc", "bad_length")]
    assert [(w["code"], w["rows"]) for w in world.last("sanctions.csv")["warnings"]] == [("uscc_check", 1)]


@pytest.mark.parametrize(
    ("changes", "reasons"),
    [
        ({"employer_due": "-1.00"}, [("employer_due", "negative_not_refund")]),
        ({"pay_kind": "refund", "person_paid": "1.00"}, None),
        ({"received_on": ""}, [("received_on", "paid_without_receipt")]),
        ({"received_on": "", "employer_paid": "0", "person_paid": "0.00"}, []),
        ({"received_on": "20240230"}, [("received_on", "bad_day")]),
        ({"pay_kind": "预缴", "employer_due": "-1.00"}, [("pay_kind", "unknown_code")]),
        (
            {"person_id": "", "fee_month": "202413", "pay_base": "1.234"},
            [
                ("person_id", "missing_required"),
                ("fee_month", "bad_month"),
                ("pay_base", "too_many_decimals"),
            ],
        ),
    ],
)
def test_rules_of_a_premium_row(world: World, changes: dict[str, str], reasons: list | None) -> None:
    if reasons is None:  # a refund must be zero or negative in all four amounts
        names = ["employer_due", "person_due", "employer_paid", "person_paid"]
        reasons = [(n, "positive_refund") for n in names]
    world.put("contributions.csv", table([premium(**changes)]))
    world.ingest()
    assert [(c, code) for _, c, code in world.reasons("contributions.csv")] == reasons
    for reject in world.rejects("contributions.csv"):
        assert reject["reason_zh"] and reject["reason_en"] and reject["raw"].startswith("620104000001")


def test_rules_of_other_sources(world: World) -> None:
    head = {"employer_id": "E1", "person_id": PERSONS[0], "change_date": "20240601"}
    kinds = [("increase", "退休"), ("decrease", "new"), ("increase", "new"), ("decrease", "退休")]
    world.put("headcount_changes.csv", table([head | {"change_kind": k, "reason": r} for k, r in kinds]))
    ledger = {"region_code": "620100", "item": "上年结余", "amount": "1.00"}
    world.put("fund_ledger.csv", table([ledger | {"month": "202401"}, ledger | {"month": "202402"}]))
    review = {"subject_id": "E1", "decided_on": "20240601", "officer": "甲", "reason": "核"}
    said = [
        ("refund", "", "通过"),
        ("refund", "2024", "通过"),
        ("refund", "2024", "属实"),
        ("risk", "", "排除"),
        ("risk", "", "通过"),
    ]
    world.put(
        "review_outcomes.csv",
        table([review | {"programme": p, "programme_year": y, "outcome": o} for p, y, o in said]),
    )
    world.ingest()
    assert world.reasons("headcount_changes.csv") == [
        (2, "reason", "reason_of_other_kind"),
        (3, "reason", "reason_of_other_kind"),
    ]
    assert world.reasons("fund_ledger.csv") == [(3, "item", "opening_outside_january")]
    assert world.reasons("review_outcomes.csv") == [
        (2, "programme_year", "year_missing"),
        (4, "outcome", "outcome_of_other_programme"),
        (6, "outcome", "outcome_of_other_programme"),
    ]


def test_check_digits_by_hand() -> None:
    # GB 11643: every other tenth digit of the first vector must fail.
    wrong = [PERSONS[0][:17] + c for c in "0123456789"]
    assert (
        cells.has_person_check(pa.array([*PERSONS, *wrong, "", "x"])).to_pylist() == [True] * 4 + [False] * 12
    )
    assert cells.has_uscc_check(
        pa.array(["91512081MA62K0260E", "91512081MA62K0260F", "I1512081MA62K0260E"])
    ).to_pylist() == [
        True,
        False,
        False,
    ]
