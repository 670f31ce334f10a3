"""The fund's path over the coming months: the items, the balance with its band, and the stress scenarios side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Decimal

from wengang.core.periods import Period
from wengang.forecast.calibration import Calibration, calibrate
from wengang.forecast.series import HORIZON, NONE, YEAR, Series, methods_for, values_of

FEN = Decimal("0.01")
SIX_PLACES = Decimal("0.000001")

FORECAST_ITEMS = ("premium", "other_income", "living_benefits", "other_expenditure")
PROGRAMMES = ("refund", "skill_subsidy", "job_expansion")
ITEMS = (*FORECAST_ITEMS, *PROGRAMMES)
SIGNS = {i: 1 if i in ("premium", "other_income") else -1 for i in ITEMS}
BASE = "base"


@dataclass(frozen=True)
class FundMonth:
    """A month of the province's consolidated ledger, in yuan; `balance` None: unknown."""

    month: Period
    items: Mapping[str, Decimal]
    balance: Decimal | None

    @property
    def expenditure(self) -> Decimal:
        """Return all that was paid out."""
        return sum(
            (self.items.get(i, Decimal(0)) for i in (*PROGRAMMES, "living_benefits", "other_expenditure")),
            Decimal(0),
        )


@dataclass(frozen=True)
class Known:
    """What is already decided and not yet paid, in yuan, and what a month's new applications come to.

    `refund_at_caps` is the refund's part at the ratios raised to the caps in force; `cap_share` what the ratios rise by where nothing is
    decided. The job-expansion subsidy is what the fund pays, not the employment fund.
    """

    refund: Decimal = Decimal(0)
    refund_at_caps: Decimal = Decimal(0)
    cap_share: Decimal = Decimal(1)
    skill_subsidy: Decimal = Decimal(0)
    skill_monthly: Decimal = Decimal(0)
    job_expansion: Decimal = Decimal(0)
    expansion_monthly: Decimal = Decimal(0)


@dataclass(frozen=True)
class Stress:
    """A scenario: factors on the items (each for all months, or for a span), and whether the refund is calculated at the raised ratios.

    `premium_rates` are factors on the premium month by month: another rate than the one the history was paid at.
    """

    name: str
    factors: Mapping[str, Decimal] = field(default_factory=dict)
    is_refund_at_caps: bool = False
    spans: Mapping[str, tuple[Period | None, Period | None]] = field(default_factory=dict)
    premium_rates: Mapping[Period, Decimal] = field(default_factory=dict)

    def factor(self, item: str, month: Period) -> Decimal:
        """Return the factor on an item in a month."""
        first, last = self.spans.get(item, (None, None))
        is_inside = (first is None or month >= first) and (last is None or month <= last)
        factor = self.factors.get(item, Decimal(1)) if is_inside else Decimal(1)
        return factor * self.premium_rates.get(month, Decimal(1)) if item == "premium" else factor


def stresses(claims: Sequence[Decimal], premium: Sequence[Decimal]) -> tuple[Stress, ...]:
    """Return the scenarios shown side by side, from the factors of the parameters `stress_claims` and `stress_premium`."""

    def word(factor: Decimal) -> str:
        return format(factor.normalize(), "f").replace(".", "_")

    return (
        Stress(BASE),
        *(Stress(f"claims_x{word(f)}", {"living_benefits": f}) for f in claims),
        *(Stress(f"premium_minus_{word((1 - f) * 100)}", {"premium": f}) for f in premium),
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
    expansion_applications: Decimal
    method: str

    @property
    def income(self) -> Decimal:
        """Premium and all other income."""
        return self.items["premium"] + self.items["other_income"]

    @property
    def expenditure(self) -> Decimal:
        """Return all items of expenditure."""
        return sum(
            (self.items.get(i, Decimal(0)) for i in (*PROGRAMMES, "living_benefits", "other_expenditure")),
            Decimal(0),
        )


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


@dataclass(frozen=True)
class Outlook:
    """What every scenario of a period shares: the history, the months ahead, the forecast of each item, and how wide the band is."""

    period: Period
    months: tuple[FundMonth, ...]
    ahead: tuple[Period, ...]
    made: Mapping[str, Series]
    calibration: Calibration | None

    @property
    def method(self) -> str:
        """Name the method of each forecast item, or the one of all."""
        names = [self.calibration.methods[i] for i in FORECAST_ITEMS] if self.calibration else [NONE]
        return (
            names[0]
            if len(set(names)) == 1
            else "; ".join(f"{i} {m}" for i, m in zip(FORECAST_ITEMS, names, strict=True))
        )


def outlook(history: Sequence[FundMonth], period: Period) -> Outlook:
    """Forecast the items from the ledger to `HORIZON` months after `period`; without months ahead where the history is too short."""
    months = tuple(usable_history(history))
    if methods_for(len(months)) == (NONE,):
        return Outlook(period, months, (), {}, None)
    last = months[-1].month
    count = HORIZON + (period.year - last.year) * YEAR + period.month - last.month
    items = {i: tuple(float(m.items.get(i, Decimal(0))) for m in months) for i in ITEMS}
    calibration = calibrate(items, SIGNS)
    made = {i: values_of(calibration.methods[i], items[i], count) for i in FORECAST_ITEMS}
    return Outlook(period, months, tuple(last.plus(h + 1) for h in range(count)), made, calibration)


def paths(view: Outlook, known: Known, scenarios: Sequence[Stress]) -> list[PathMonth]:
    """Project every scenario, month by month; nothing where the history is too short."""
    return [row for stress in scenarios for row in path(view, known, stress)] if view.ahead else []


def path(view: Outlook, known: Known, stress: Stress) -> list[PathMonth]:
    """Lay one scenario over the shared forecast.

    Premium, other income, living benefits and other expenditure are forecast from the ledger. The refund of the period's year is what is
    decided and unpaid, in equal parts over the months left of it (after December: the next month); later months repeat the year before.
    The skill and job-expansion subsidies are what is decided and unpaid likewise, and the mean of new applications. The band is as wide as
    the balance was off at past origins, the same in every scenario.
    """
    period, future = view.period, [m for m in view.ahead if m > view.period]
    left = [m for m in future if m.year == period.year] or future[:1]
    decided = {
        "refund": parts_by_month(left, known.refund_at_caps if stress.is_refund_at_caps else known.refund),
        "skill_subsidy": parts_by_month(left, known.skill_subsidy),
        "job_expansion": parts_by_month(left, known.job_expansion),
    }
    raised = raised_share(known) if stress.is_refund_at_caps else Decimal(1)
    refunds = {m.month: m.items["refund"] for m in view.months}
    balance = view.months[-1].balance
    spent = [m.expenditure for m in view.months]
    rows: list[PathMonth] = []
    for h, month in enumerate(view.ahead):
        is_new = month > period
        new = {
            "skill_subsidy": fen(known.skill_monthly) if is_new else Decimal(0),
            "job_expansion": fen(known.expansion_monthly) if is_new else Decimal(0),
        }
        plain = {i: fen(view.made[i][h]) for i in FORECAST_ITEMS}
        plain |= {i: parts.get(month, Decimal(0)) + new.get(i, Decimal(0)) for i, parts in decided.items()}
        if month > left[-1]:
            plain["refund"] = repeated(refunds, month, raised if month.plus(-YEAR) <= period else Decimal(1))
        refunds[month] = plain["refund"]
        items = {i: fen(amount * stress.factor(i, month)) for i, amount in plain.items()}
        row = PathMonth(
            stress.name, month, items, None, None, None, None, new["skill_subsidy"], new["job_expansion"], view.method
        )  # fmt: skip
        spent.append(row.expenditure)
        if balance is not None and view.calibration is not None:
            balance += row.income - row.expenditure
            half = fen(view.calibration.half_width(h + 1))
            reserve = reserve_months(balance, spent[-YEAR:])
            row = replace(
                row, balance=balance, low=balance - half, high=balance + half, reserve_months=reserve
            )
        rows.append(row)
    return rows


def parts_by_month(months: Sequence[Period], total: Decimal) -> dict[Period, Decimal]:
    """Spread an amount over months."""
    return dict(zip(months, equal_parts(total, len(months)), strict=True))


def equal_parts(total: Decimal, count: int) -> list[Decimal]:
    """Split an amount into equal parts that add up to it: the fen that do not divide go to the first."""
    cents = int(fen(total) * 100)
    each, rest = divmod(cents, count)
    return [Decimal(each + (1 if n < rest else 0)) * FEN for n in range(count)]


def raised_share(known: Known) -> Decimal:
    """Return how much more the refund comes to at the raised ratios; the ratio's own rise where nothing is decided."""
    return known.refund_at_caps / known.refund if known.refund else known.cap_share


def repeated(refunds: Mapping[Period, Decimal], month: Period, factor: Decimal) -> Decimal:
    """Take the refund of the same month a year earlier; without one, the mean of the months known."""
    before = refunds.get(month.plus(-YEAR))
    if before is None:
        before = sum(refunds.values(), Decimal(0)) / len(refunds)
    return fen(before * factor)


def reserve_months(balance: Decimal | None, spent: Sequence[Decimal]) -> Decimal | None:
    """Return balance over the mean monthly expenditure of twelve months, to six places; None where one is unknown or not above zero."""
    total = sum(spent, Decimal(0))
    if balance is None or len(spent) < YEAR or total <= 0:
        return None
    return (balance * YEAR / total).quantize(SIX_PLACES, ROUND_HALF_UP)
