"""Forecasts by the method their history allows, the fund's path to the fen, and the back-test beside the naive one."""

from __future__ import annotations

import csv
import datetime as dt
import math
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from wengang.core.periods import Period
from wengang.forecast import back_tables, project
from wengang.forecast.calibration import calibrate, chosen, compare_methods, path_errors, quantile
from wengang.forecast.gate import gates
from wengang.forecast.projection import (
    BASE,
    FundMonth,
    Known,
    Stress,
    equal_parts,
    outlook,
    path,
    paths,
    stresses,
    usable_history,
)
from wengang.forecast.series import cumulated, methods_for, values_of

JUNE = Period(2024, 6)
STRESSES = stresses([Decimal("1.5"), Decimal(2)], [Decimal("0.9")])


def history(count: int, last: Period = JUNE, refund: str = "0") -> list[FundMonth]:
    """Every month 100 premium, 10 other income, 60 living benefits and 5 other expenditure; the balance is 1000 at the end."""
    items = {
        "premium": "100",
        "other_income": "10",
        "living_benefits": "60",
        "other_expenditure": "5",
        "refund": refund,
        "skill_subsidy": "0",
        "job_expansion": "0",
    }
    plain = {k: Decimal(v) for k, v in items.items()}
    return [FundMonth(last.plus(-n), plain, Decimal(1000)) for n in reversed(range(count))]


@pytest.mark.parametrize(
    ("months", "methods"),
    [
        (30, ("combined", "theta", "smoothing", "seasonal_naive")),
        (29, ("seasonal_naive",)),
        (12, ("seasonal_naive",)),
        (11, ("last_year_mean",)),
        (6, ("last_year_mean",)),
        (5, ("none",)),
    ],
)
def test_the_length_of_the_history_names_the_methods(months: int, methods: tuple[str, ...]) -> None:
    assert methods_for(months) == methods


def test_seasonal_naive_repeats_the_last_year() -> None:
    assert values_of("seasonal_naive", tuple(float(n) for n in range(15)), 14) == (*range(3, 15), 3, 4)


def test_the_mean_of_what_is_known() -> None:
    assert values_of("last_year_mean", (1.0, 2.0, 3.0, 4.0, 5.0, 9.0), 2) == (4, 4)


def test_a_constant_series_goes_on() -> None:
    assert values_of("theta", (5.0,) * 30, 3) == (5, 5, 5)


def test_the_back_test_finds_the_method_that_follows_a_trend_with_seasons() -> None:
    series = tuple(1000 + 10 * n + 100 * math.sin(n * math.pi / 6) for n in range(60))
    tests = {t.method: t for t in compare_methods(series)}
    # The naive forecast misses every month by a year of trend, 120.
    assert tests["seasonal_naive"].error == pytest.approx(120)
    assert chosen(series) == "theta"
    assert tests["theta"].error is not None
    assert tests["theta"].error < 60


def test_the_quantile_weighs_what_is_long_ago_less() -> None:
    # Of ten errors of one weight the eighth; of 4 (weight 1), 2 (weight 3) and 1 (weight 1) four fifths of 5 are reached with the 2.
    assert quantile([(float(n), 1.0) for n in range(10, 0, -1)]) == 8
    assert quantile([(4.0, 1.0), (2.0, 3.0), (1.0, 1.0)]) == 2
    assert quantile([]) == 0


def test_the_interval_holds_about_as_often_as_it_says() -> None:
    """Errors of ±10 in turn, and each month's drawn from a fixed list, without a trend: the sums stay inside some 80 % of the time."""
    noise = [((n * 7919) % 101 - 50) / 5 for n in range(72)]
    spent = tuple(100 + e for e in noise)
    inside = []
    for months in range(40, 71):
        found = calibrate({"spent": spent[:months]}, {"spent": -1})
        made = cumulated(values_of(found.methods["spent"], spent[:months]))
        actual = cumulated(spent[months : months + 12])
        inside += [
            abs(a - m) <= found.half_width(h) for h, (a, m) in enumerate(zip(actual, made, strict=False), 1)
        ]
    assert 0.7 <= sum(inside) / len(inside) <= 0.9


def national_months() -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return income and expenditure month by month, from the ministry's figures of the year so far (亿元).

    The first quarter of 2021 was published as one figure, of which each month gets a third.
    """
    with (Path(__file__).parent / "national_fund_ytd.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    months: list[tuple[float, float]] = []
    before = (0.0, 0.0)
    for row in rows:
        now = (float(row["income_ytd_100m"]), float(row["expenditure_ytd_100m"]))
        if row["period"].endswith("-01"):
            before = (0.0, 0.0)
        new = (now[0] - before[0], now[1] - before[1])
        months += [(new[0] / 3, new[1] / 3)] * 3 if row is rows[0] else [new]
        before = now
    income, spent = zip(*months, strict=True)
    return income, spent


def test_the_interval_holds_on_the_nations_months_as_often_as_it_says() -> None:
    """80 % may be 70 to 90: as published in December 2025, and of the intervals of every second month from 2023 looked at afterwards."""
    items = dict(zip(("income", "spent"), national_months(), strict=True))
    signs = {"income": 1, "spent": -1}
    published = calibrate(items, signs).coverage
    assert published is not None and 0.7 <= published <= 0.9
    inside = []
    for origin in range(24, 60, 2):
        found = calibrate({name: months[:origin] for name, months in items.items()}, signs)
        errors = path_errors(items, signs, found.methods, origin, 60)
        inside += [abs(e) <= found.half_width(h) for h, e in enumerate(errors, start=1)]
    assert 0.7 <= sum(inside) / len(inside) <= 0.9


def test_the_next_gate_by_hand() -> None:
    """June 2024, 1000 in the fund, 110 in and 65 out a month: 1000 + 6 × 45 = 1270 on 31 December, 12 × 65 = 780 spent in 2024."""
    view = outlook(history(13), JUNE)
    base = path(view, Known(), Stress(BASE))
    this_year, next_year = gates(
        view, base, {dt.date(2024, 12, 31): Decimal(12), dt.date(2025, 12, 31): Decimal(36)}
    )
    # 1270 × 12 / 780 = 19.538…; nothing was ever off, so the interval is a point and the probability 0.
    assert this_year.reserve_months == pytest.approx(1270 * 12 / 780)
    assert this_year.low == this_year.high == this_year.reserve_months
    assert (this_year.probability_below_min, this_year.opens_programme_year) == (0, 2025)
    # 1270 + 540 = 1810: 27.8 months, surely below a limit of 36.
    assert next_year.probability_below_min == 1


def test_half_of_what_may_come_lies_below_a_limit_at_the_middle() -> None:
    view = outlook(history(13), JUNE)
    view = replace(view, calibration=replace(view.calibration, scale=10.0, spent_share=0.5))
    base = path(view, Known(), Stress(BASE))
    (gate, _) = gates(view, base, {dt.date(2024, 12, 31): Decimal(1270 * 12) / Decimal(780)})
    assert gate.probability_below_min == pytest.approx(0.5, abs=1e-6)
    # Six months of 10 a month: (1270 ± 60) × 12 / (780 ∓ 30).
    assert gate.low == pytest.approx(1210 * 12 / 810)
    assert gate.high == pytest.approx(1330 * 12 / 750)


def test_the_path_adds_up_to_the_fen() -> None:
    known = Known(
        refund=Decimal("100.00"),
        refund_at_caps=Decimal("150.00"),
        skill_subsidy=Decimal("7.00"),
        skill_monthly=Decimal("2.50"),
    )
    rows = {(r.scenario, r.month): r for r in paths(outlook(history(13), JUNE), known, STRESSES)}
    base = [r for (s, _), r in rows.items() if s == BASE]
    assert [r.month for r in base] == [JUNE.plus(n) for n in range(1, 25)]
    # 100.00 in six parts: 16.67 four times and 16.66 twice; 7.00: 1.17 four times, 1.16 twice.
    assert [r.items["refund"] for r in base[:6]] == [Decimal("16.67")] * 4 + [Decimal("16.66")] * 2
    assert base[0].items["skill_subsidy"] == Decimal("1.17") + Decimal("2.50")
    assert sum(r.items["refund"] for r in base[:6]) == 100
    # July 2025 repeats July 2024; January 2025 repeats January 2024, when nothing was paid.
    assert base[12].items["refund"] == Decimal("16.67")
    assert base[6].items["refund"] == 0
    balance = Decimal(1000)
    for row in base:
        balance += row.income - row.expenditure
        assert row.balance == balance
        assert row.low is not None
        assert row.low <= balance
    # 110 in; 60 + 5 + 16.67 + 3.67 = 85.34 out: 1024.66. Twelve months to July cost 11 × 65 + 85.34 = 800.34.
    assert base[0].balance == Decimal("1024.66")
    assert base[0].reserve_months == (Decimal("1024.66") * 12 / Decimal("800.34")).quantize(
        Decimal("0.000001")
    )
    july = JUNE.plus(1)
    assert rows["claims_x1_5", july].items["living_benefits"] == 90
    assert rows["claims_x2", july].items["living_benefits"] == 120
    assert rows["premium_minus_10", july].items["premium"] == 90
    # 150.00 in six parts; a year later the raised amounts are repeated, not raised again.
    assert rows["refund_ratio_raised", july].items["refund"] == 25
    assert rows["refund_ratio_raised", JUNE.plus(13)].items["refund"] == 25


def test_a_raised_ratio_raises_what_was_paid_before_it() -> None:
    known = Known(refund=Decimal(100), refund_at_caps=Decimal(150))
    rows = paths(outlook(history(13, refund="8"), JUNE), known, [Stress("raised", is_refund_at_caps=True)])
    # January 2025 repeats January 2024: 8 at the ratio of the time, raised by 150 / 100.
    assert rows[6].items["refund"] == 12


def test_shocks_hold_in_their_months_only() -> None:
    stress = Stress(
        "s",
        {"premium": Decimal("0.5")},
        spans={"premium": (Period(2024, 8), Period(2024, 9))},
        premium_rates={Period(2024, 9): Decimal(2)},
    )
    rows = path(outlook(history(13), JUNE), Known(), stress)
    assert [r.items["premium"] for r in rows[:4]] == [100, 50, 100, 100]


def test_a_gap_cuts_the_history() -> None:
    months = history(13)
    assert usable_history(months[:3] + months[4:]) == months[4:]


def test_december_leaves_the_payable_to_the_next_month() -> None:
    december = Period(2024, 12)
    rows = path(outlook(history(13, december), december), Known(refund=Decimal(9)), Stress(BASE))
    assert [r.items["refund"] for r in rows[:2]] == [9, 0]


def test_equal_parts_add_up() -> None:
    assert equal_parts(Decimal("0.05"), 3) == [Decimal("0.02"), Decimal("0.02"), Decimal("0.01")]


def test_a_short_history_says_so() -> None:
    with duckdb.connect() as con:
        con.execute(
            "create schema run; create schema marts; create table run.context as select '620000' as jurisdiction"
        )
        con.execute(
            "create table marts.fund_months as select date '2024-06-01' as period, '620000' as region_code, month, 10.00 as premium, "
            "12.00 as income, 1.00 as living_benefits, 1.00 as other_expenditure, 0.00 as refund, 0.00 as skill_subsidy, "
            "0.00 as job_expansion, 5.00 as balance "
            "from (values (date '2024-05-01'), (date '2024-06-01')) as t(month)"
        )
        back_tables(con)
        project(con, JUNE)
        assert con.execute("select count(*) from back.fund_projection").fetchone() == (0,)
        assert con.execute(
            "select item, method, history_months, note_en from back.fund_backtest"
        ).fetchall() == [("all", "none", 2, "less than 6 months of history: no projection is made")]
