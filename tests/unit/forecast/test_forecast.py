"""Forecasts by the method their history allows, the fund's path to the fen, and the back-test beside the naive one."""

from __future__ import annotations

import math
from decimal import Decimal

import duckdb
import pytest

from wengang.core.periods import Period
from wengang.forecast import back_tables, project
from wengang.forecast.projection import (
    BASE,
    FundMonth,
    Known,
    Stress,
    equal_parts,
    outlook,
    path,
    paths,
    usable_history,
)
from wengang.forecast.series import backtest, forecast, method_for, seasonal_naive

JUNE = Period(2024, 6)


def history(count: int, last: Period = JUNE, refund: str = "0") -> list[FundMonth]:
    """Every month 100 premium, 10 other income, 60 living benefits and 5 other expenditure; the balance is 1000 at the end."""
    items = {
        "premium": "100",
        "other_income": "10",
        "living_benefits": "60",
        "other_expenditure": "5",
        "refund": refund,
        "skill_subsidy": "0",
    }
    plain = {k: Decimal(v) for k, v in items.items()}
    return [FundMonth(last.plus(-n), plain, Decimal(1000)) for n in reversed(range(count))]


@pytest.mark.parametrize(
    ("months", "method"),
    [
        (24, "theta"),
        (23, "seasonal_naive"),
        (12, "seasonal_naive"),
        (11, "last_year_mean"),
        (6, "last_year_mean"),
        (5, "none"),
    ],
)
def test_the_length_of_the_history_names_the_method(months: int, method: str) -> None:
    assert method_for(months) == method


def test_seasonal_naive_repeats_the_last_year() -> None:
    made = forecast([float(n) for n in range(15)], 14)
    assert made.values == (*range(3, 15), 3, 4)
    # Every month was 12 above the year before: that is the spread of one year, √2 of it of two.
    assert made.spreads[0] == pytest.approx(12)
    assert made.spreads[13] == pytest.approx(12 * math.sqrt(2))


def test_the_mean_of_what_is_known() -> None:
    assert forecast([1, 2, 3, 4, 5, 9], 2).values == (4, 4)


def test_the_model_finds_the_seasons_and_beats_the_naive_forecast_on_a_trend() -> None:
    series = [1000 + 10 * n + 100 * math.sin(n * math.pi / 6) for n in range(48)]
    actual = [1000 + 10 * n + 100 * math.sin(n * math.pi / 6) for n in range(48, 60)]
    ours = [abs(a - b) for a, b in zip(forecast(series, 12).values, actual, strict=True)]
    naive = [abs(a - b) for a, b in zip(seasonal_naive(series, 12).values, actual, strict=True)]
    # The naive forecast misses every month by a year of trend, 120.
    assert sum(naive) / 12 == pytest.approx(120)
    assert sum(ours) < sum(naive) / 2
    test = backtest(series)
    assert (test.method, test.origins) == ("theta", 6)
    assert test.error is not None
    assert test.naive_error == pytest.approx(120)
    assert test.error < 60
    assert test.coverage is not None
    assert 0 <= test.coverage <= 1


def test_a_constant_series_goes_on_without_a_band() -> None:
    made = forecast([5.0] * 30, 3)
    assert made.values == (5, 5, 5)
    assert made.spreads == (0, 0, 0)


def test_the_path_adds_up_to_the_fen() -> None:
    known = Known(
        refund=Decimal("100.00"),
        refund_at_caps=Decimal("150.00"),
        skill_subsidy=Decimal("7.00"),
        skill_monthly=Decimal("2.50"),
    )
    rows = {(r.scenario, r.month): r for r in paths(outlook(history(13), JUNE), known)}
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
            "12.00 as income, 1.00 as living_benefits, 1.00 as other_expenditure, 0.00 as refund, 0.00 as skill_subsidy, 5.00 as balance "
            "from (values (date '2024-05-01'), (date '2024-06-01')) as t(month)"
        )
        back_tables(con)
        project(con, JUNE)
        assert con.execute("select count(*) from back.fund_projection").fetchone() == (0,)
        assert con.execute(
            "select item, method, history_months, note_en from back.fund_backtest"
        ).fetchall() == [("all", "none", 2, "less than 6 months of history: no projection is made")]
