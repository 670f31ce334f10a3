"""The fund's path over the coming months: the items, the balance with its band, and the stress scenarios side by side."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from wengang.forecast.series import YEAR, Backtest, Forecast, Z, backtest, forecast, method_for
from wengang.periods import Period

HORIZON = 24
FEN = Decimal("0.01")
SIX_PLACES = Decimal("0.000001")

FORECAST_ITEMS = ("premium", "other_income", "living_benefits", "other_expenditure")
PROGRAMMES = ("refund", "skill_subsidy")
ITEMS = (*FORECAST_ITEMS, *PROGRAMMES)
BASE = "base"


@dataclass(frozen=True)
class FundMonth:
    """A month of the province's consolidated ledger, in yuan; `balance` None: unknown."""

    month: Period
    items: Mapping[str, Decimal]
    balance: Decimal | None

    @property
    def expenditure(self) -> Decimal:
        """All that was paid out."""
        return sum((self.items[i] for i in (*PROGRAMMES, "living_benefits", "other_expenditure")), Decimal(0))


@dataclass(frozen=True)
class Known:
    """What is already decided and not yet paid, in yuan, and what a month's new skill applications come to.

    `refund_at_caps` is the refund's part if the ratios were raised to `CAP_RATIOS`.
    """

    refund: Decimal = Decimal(0)
    refund_at_caps: Decimal = Decimal(0)
    skill_subsidy: Decimal = Decimal(0)
    skill_monthly: Decimal = Decimal(0)


# 国办发〔2025〕25号 一（二）: up to 50 % for large enterprises and 90 % for the others.
CAP_RATIOS = {"large": Decimal("0.50"), "sme": Decimal("0.90")}


@dataclass(frozen=True)
class Stress:
    """A scenario: factors on the items, and whether the refund is reckoned at the raised ratios."""

    name: str
    factors: Mapping[str, Decimal] = field(default_factory=dict)
    is_refund_at_caps: bool = False


STRESSES = (
    Stress(BASE),
    Stress("claims_x1_5", {"living_benefits": Decimal("1.5")}),
    Stress("claims_x2", {"living_benefits": Decimal(2)}),
    Stress("premium_minus_10", {"premium": Decimal("0.9")}),
    Stress("refund_ratio_raised", is_refund_at_caps=True),
)


@dataclass(frozen=True)
class PathMonth:
    """One future month of one scenario, in yuan; the band (`low`, `high`) is about the balance."""

    scenario: str
    month: Period
    items: Mapping[str, Decimal]
    balance: Decimal | None
    low: Decimal | None
    high: Decimal | None
    reserve_months: Decimal | None
    skill_applications: Decimal
    method: str

    @property
    def income(self) -> Decimal:
        """Premium and all other income."""
        return self.items["premium"] + self.items["other_income"]

    @property
    def expenditure(self) -> Decimal:
        """All items of expenditure."""
        return sum((self.items[i] for i in (*PROGRAMMES, "living_benefits", "other_expenditure")), Decimal(0))


def fen(value: float | Decimal) -> Decimal:
    """Round half up to the fen."""
    return (value if isinstance(value, Decimal) else Decimal(repr(value))).quantize(FEN, ROUND_HALF_UP)


def usable_history(history: Sequence[FundMonth]) -> list[FundMonth]:
    """Keep the months that follow one another without a gap up to the last."""
    kept = sorted(history, key=lambda m: m.month)
    start = len(kept) - 1
    while start > 0 and kept[start - 1].month.plus(1) == kept[start].month:
        start -= 1
    return kept[max(start, 0) :]


def back_tests(history: Sequence[FundMonth]) -> dict[str, Backtest]:
    """Back-test every forecast item."""
    return {item: backtest([float(m.items[item]) for m in history]) for item in FORECAST_ITEMS}


def paths(
    history: Sequence[FundMonth], known: Known, period: Period, stresses: Sequence[Stress] = STRESSES
) -> list[PathMonth]:
    """Project every scenario to `HORIZON` months after `period`; nothing where the history is too short.

    Premium, other income, living benefits and other expenditure are forecast from the ledger. The refund of the period's year is what is
    decided and unpaid, in equal parts over the months left of it; later years repeat the year before. The skill subsidy is what is
    decided and unpaid likewise, and the mean of new applications.
    """
    months = usable_history(history)
    method = method_for(len(months))
    if method == "none":
        return []
    last = months[-1].month
    ahead = [
        last.plus(h + 1)
        for h in range(HORIZON + (period.year - last.year) * YEAR + period.month - last.month)
    ]
    made = {i: forecast([float(m.items[i]) for m in months], len(ahead)) for i in FORECAST_ITEMS}
    return [row for stress in stresses for row in path(months, ahead, made, known, period, stress, method)]


def path(
    months: Sequence[FundMonth],
    ahead: Sequence[Period],
    made: Mapping[str, Forecast],
    known: Known,
    period: Period,
    stress: Stress,
    method: str,
) -> list[PathMonth]:
    """Lay one scenario over the base forecast, month by month."""
    is_left = [m for m in ahead if m.year == period.year and m > period] or [m for m in ahead if m > period][
        :1
    ]
    refund_known = known.refund_at_caps if stress.is_refund_at_caps else known.refund
    refund_parts = dict(zip(is_left, equal_parts(refund_known, len(is_left)), strict=True))
    skill_parts = dict(zip(is_left, equal_parts(known.skill_subsidy, len(is_left)), strict=True))
    later = raised_share(known) if stress.is_refund_at_caps else Decimal(1)
    refunds = {m.month: m.items["refund"] for m in months}
    balance = months[-1].balance
    spent = [m.expenditure for m in months]
    widths = dict.fromkeys(FORECAST_ITEMS, 0.0)
    rows: list[PathMonth] = []
    for h, month in enumerate(ahead):
        items = {i: fen(fen(made[i].values[h]) * stress.factors.get(i, Decimal(1))) for i in FORECAST_ITEMS}
        items["refund"] = refund_parts.get(month, Decimal(0))
        if month > is_left[-1]:
            items["refund"] = repeated(refunds, month, later if month.plus(-YEAR) <= period else Decimal(1))
        refunds[month] = items["refund"]
        items["skill_subsidy"] = skill_parts.get(month, Decimal(0)) + fen(
            known.skill_monthly if month > period else Decimal(0)
        )
        income = items["premium"] + items["other_income"]
        spent.append(
            items["living_benefits"] + items["refund"] + items["skill_subsidy"] + items["other_expenditure"]
        )
        for i in FORECAST_ITEMS:
            widths[i] += made[i].spreads[h] * float(stress.factors.get(i, Decimal(1)))
        half = fen(Z * math.sqrt(sum(w * w for _, w in sorted(widths.items()))))
        balance = None if balance is None else balance + income - spent[-1]
        rows.append(
            PathMonth(
                stress.name, month, items, balance,
                None if balance is None else balance - half, None if balance is None else balance + half,
                reserve_months(balance, spent[-YEAR:]), fen(known.skill_monthly if month > period else Decimal(0)), method,
            )
        )  # fmt: skip
    return rows


def equal_parts(total: Decimal, count: int) -> list[Decimal]:
    """Split an amount into equal parts that add up to it: the fen that do not divide go to the first."""
    cents = int(fen(total) * 100)
    each, rest = divmod(cents, count)
    return [Decimal(each + (1 if n < rest else 0)) * FEN for n in range(count)]


def raised_share(known: Known) -> Decimal:
    """How much more the refund comes to at the raised ratios; the SME ratio's rise where nothing is decided."""
    return known.refund_at_caps / known.refund if known.refund else CAP_RATIOS["sme"] / Decimal("0.60")


def repeated(refunds: Mapping[Period, Decimal], month: Period, factor: Decimal) -> Decimal:
    """Take the refund of the same month a year earlier; without one, the mean of the months known."""
    before = refunds.get(month.plus(-YEAR))
    if before is None:
        before = sum(refunds.values(), Decimal(0)) / len(refunds)
    return fen(before * factor)


def reserve_months(balance: Decimal | None, spent: Sequence[Decimal]) -> Decimal | None:
    """Give balance over the mean monthly expenditure of twelve months, to six places; None where one is unknown or not above zero."""
    total = sum(spent, Decimal(0))
    if balance is None or len(spent) < YEAR or total <= 0:
        return None
    return (balance * YEAR / total).quantize(SIX_PLACES, ROUND_HALF_UP)
