"""Fund: months, balances, reserve period, gate (人社部发〔2024〕40号 二、三、六)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from .world import ZERO, Case, Known, add_months, half_up, month_of, months_between, yuan

INCOME = (
    "premium",
    "fiscal_subsidy",
    "interest",
    "transfer_in",
    "from_superior",
    "from_subordinate",
    "recovered",
    "other_income",
)
EXPENDITURE = (
    "benefit",
    "medical",
    "funeral",
    "training",
    "price_subsidy",
    "refund",
    "skill_subsidy",
    "pension",
    "assistance",
    "job_expansion",
    "expanded_use",
    "other_benefit",
    "transfer_out",
    "to_subordinate",
    "to_superior",
    "other_expenditure",
)
INTERLEVEL_IN = ("from_superior", "from_subordinate")
INTERLEVEL_OUT = ("to_superior", "to_subordinate")
# "living_benefits = benefit + medical + funeral + price_subsidy + pension + assistance + other_benefit"
LIVING = ("benefit", "medical", "funeral", "price_subsidy", "pension", "assistance", "other_benefit")

Ledger = dict[str, dict[dt.date, dict[str, Decimal]]]


def ledger(known: Known) -> Ledger:
    """Return the ledger by region, month and item."""

    def index() -> Ledger:
        found: Ledger = {}
        for row in known.rows("fund_ledger"):
            found.setdefault(row["region_code"], {}).setdefault(row["month"], {})[row["item"]] = row["amount"]
        return found

    return known.remember("ledger", index)


def _sum(items: dict[str, Decimal], wanted: tuple[str, ...]) -> Decimal:
    return sum((items.get(item, ZERO) for item in wanted), ZERO)


def opening(known: Known, region: str, year: int) -> Decimal | None:
    """Balance at the start of a year: "the year's opening_balance (...; missing: December before)"."""
    january = ledger(known).get(region, {}).get(dt.date(year, 1, 1), {})
    if "opening_balance" in january:
        return january["opening_balance"]
    earlier = [m for m in ledger(known).get(region, {}) if m.year < year]
    return regional_balance(known, region, dt.date(year - 1, 12, 1)) if earlier else None


def regional_balance(known: Known, region: str, month: dt.date) -> Decimal | None:
    """Balance of a region's account: opening + income − expenditure of the year up to the month, moves between levels included."""
    start = opening(known, region, month.year)
    if start is None:
        return None
    flows = ZERO
    for m, items in ledger(known).get(region, {}).items():
        if m.year == month.year and m <= month:
            flows += _sum(items, INCOME) - _sum(items, EXPENDITURE)
    return start + flows


def regions_up_to(known: Known, month: dt.date) -> list[str]:
    """Accounts that have any row up to a month."""
    return sorted(region for region, months in ledger(known).items() if any(m <= month for m in months))


def province_balance(known: Known, month: dt.date) -> Decimal | None:
    """Consolidated: the openings of all accounts, and the flows of all with the moves between levels left out."""
    total = ZERO
    for region in regions_up_to(known, month):
        start = opening(known, region, month.year)
        if start is None:
            return None
        total += start
        for m, items in ledger(known)[region].items():
            if m.year == month.year and m <= month:
                flow = _sum(items, INCOME) - _sum(items, EXPENDITURE)
                total += flow - _sum(items, INTERLEVEL_IN) + _sum(items, INTERLEVEL_OUT)
    return total


def province_flows(known: Known, month: dt.date) -> dict[str, Decimal]:
    """Items of a month summed over all accounts, the moves between levels left out."""
    total: dict[str, Decimal] = {}
    for months in ledger(known).values():
        for item, amount in months.get(month, {}).items():
            if item not in INTERLEVEL_IN + INTERLEVEL_OUT:
                total[item] = total.get(item, ZERO) + amount
    return total


def _complete(known: Known, regions: list[str], months: list[dt.date]) -> bool:
    """No account with any row in these months lacks one of them."""
    for region in regions:
        had = ledger(known).get(region, {})
        present = [m for m in months if m in had]
        if present and len(present) < len(months):
            return False
    return True


def left_out(known: Known, region: str | None, months: list[dt.date]) -> bool:
    """Return whether anything of these months was delivered and not taken; region None is the province.

    "a row ... that was rejected and whose region, month and item no accepted row has brought since"; "one whose region, month or item
    cannot be read also for the months due in its delivery (its own; in the first delivery every month before too)"; so does a file.
    """
    for gap in known.world.ledger_not_taken:
        if gap["_period"] > known.period or (region and gap["region_code"] not in (None, region)):
            continue
        key = (gap["region_code"], gap["month"], gap["item"])
        if gap["item"] == "opening_balance" and gap["month"] and gap["month"].month != 1:
            continue
        if None in key:
            due = [m for m in months if m == gap["_period"] or (gap["is_first"] and m <= gap["_period"])]
            if due or gap["month"] in months:
                return True
        elif gap["month"] in months and not _brought_since(known, key, gap):
            return True
    return False


def _brought_since(known: Known, key: tuple[Any, ...], gap: dict[str, Any]) -> bool:
    place = (gap["_period"], gap["_file"], gap["_line_no"])
    return any(
        (row["region_code"], row["month"], row["item"]) == key
        and place < (row["_period"], row["_file"], row.get("_line_no", 0))
        and row["_period"] <= known.period
        for row in known.world.rows["fund_ledger"]
    )


def rolling_months(known: Known, region: str | None, month: dt.date) -> Fraction | None:
    """rolling_12: "balance(m) / (expenditure of the 12 months to m / 12)"; region None is the province."""
    months = months_between(add_months(month, -11), month)
    regions = [region] if region else regions_up_to(known, month)
    if not _complete(known, regions, months) or left_out(known, region, months):
        return None
    if region:
        balance = regional_balance(known, region, month)
        spent = sum((_sum(ledger(known)[region].get(m, {}), EXPENDITURE) for m in months), ZERO)
    else:
        balance = province_balance(known, month)
        spent = sum((_sum(province_flows(known, m), EXPENDITURE) for m in months), ZERO)
    if balance is None or spent <= 0:
        return None
    return Fraction(balance) / (Fraction(spent) / 12)


@dataclass(frozen=True)
class Reserve:
    """The reserve period of a programme year; None where unknown."""

    balance: Decimal | None
    expenditure: Decimal | None
    months: Fraction | None


def reserve(case: Case, period: dt.date, year: int, formula: str, at: dt.date | None = None) -> Reserve:
    """Reserve period of programme year Y as known at a period.

    `previous_year`: "consolidated balance(31 Dec B) / (expenditure(B) / 12)"; "Unknown (figures null) where a region with any
    row in B lacks an opening (and a computed December before) or a month, or expenditure <= 0".
    """
    known = case.known(period)

    def compute() -> Reserve:
        base = year - 1
        months = months_between(dt.date(base, 1, 1), dt.date(base, 12, 1))
        regions = [r for r, had in ledger(known).items() if any(m in had for m in months)]
        balance: Decimal | None = None
        spent: Decimal | None = None
        if regions and _complete(known, regions, months) and not left_out(known, None, months):
            balance = province_balance(known, months[-1])
            spent = sum((_sum(province_flows(known, m), EXPENDITURE) for m in months), ZERO)
        if balance is None or spent is None or spent <= 0:
            balance = spent = None
        if formula == "rolling_12":
            return Reserve(balance, spent, rolling_months(known, None, at or period))
        if balance is None or spent is None:
            return Reserve(None, None, None)
        return Reserve(balance, spent, Fraction(balance) / (Fraction(spent) / 12))

    return case.remember(("reserve", period, year, formula, at), compute)


def gate_open(case: Case, period: dt.date, year: int, day: dt.date) -> bool | None:
    """`reserve_months_min` opens the refund and the skill subsidy; None where the reserve period is unknown.

    "An application's gate is that of the programme year": measured when the year's refund decisions stand, as `fund_reserve` shows it.
    """
    formula = case.params.text("reserve_formula", day)
    months = reserve(case, period, year, formula, measured_at(case, period, year)).months
    return None if months is None else months >= case.params.number("reserve_months_min", day)


def measured_at(case: Case, period: dt.date, year: int) -> dt.date:
    """The month that rolling_12 is measured at: the report's, for a year whose window is over the window's last."""
    window = next((w for w in case.params.windows("refund") if w.year == year), None)
    return min(period, month_of(window.last)) if window else period


def gate_day(case: Case, period: dt.date, year: int) -> dt.date:
    """The day of a gate's formula and limits: "the period's last day, or the window's last if earlier"."""
    window = next((w for w in case.params.windows("refund") if w.year == year), None)
    return min(case.known(period).end, window.last) if window else case.known(period).end


def fund_reserve(case: Case, period: dt.date, years: set[int]) -> list[dict[str, Any]]:
    """One row per programme year in refund_decisions, and always the period's own year."""
    rows = []
    for year in sorted(years | {period.year}):
        day = gate_day(case, period, year)
        minimum = case.params.number("reserve_months_min", day)
        target = case.params.number("reserve_months_pooling_target", day)
        formula = case.params.text("reserve_formula", day)
        found = reserve(case, period, year, formula, measured_at(case, period, year))
        if found.months is None:
            band = "unknown"
        elif found.months < minimum:
            band = "below_min"
        else:
            band = "below_pooling_target" if found.months < target else "ok"
        rows.append(
            {
                "period": period,
                "programme_year": year,
                "balance_previous_year": found.balance,
                "expenditure_previous_year": found.expenditure,
                "reserve_months": None if found.months is None else half_up(found.months, 6),
                "reserve_months_min": half_up(minimum, 6),
                "pooling_target": half_up(target, 6),
                "gate_open": None if found.months is None else found.months >= minimum,
                "band": band,
            }
        )
    return rows


def fund_months(case: Case, period: dt.date) -> list[dict[str, Any]]:
    """One row per region (`620000` the province, consolidated) and month of the ledger up to the period."""
    known = case.known(period)
    province = case.params.jurisdiction[:2] + "0000"
    rows = []
    every_month = sorted({m for months in ledger(known).values() for m in months})
    for region in [*sorted(r for r in ledger(known) if r != province), None]:
        for month in every_month if region is None else sorted(ledger(known)[region]):
            items = province_flows(known, month) if region is None else ledger(known)[region][month]
            balance = (
                province_balance(known, month) if region is None else regional_balance(known, region, month)
            )
            rolling = rolling_months(known, region, month)
            spent, living = _sum(items, EXPENDITURE), _sum(items, LIVING)
            refund, skill = _sum(items, ("refund",)), _sum(items, ("skill_subsidy",))
            expansion = _sum(items, ("job_expansion",))
            rows.append(
                {
                    "period": period,
                    "region_code": region or province,
                    "month": month,
                    "income": yuan(_sum(items, INCOME)),
                    "expenditure": yuan(spent),
                    "balance": None if balance is None else yuan(balance),
                    "rolling_reserve_months": None if rolling is None else half_up(rolling, 6),
                    "premium": yuan(_sum(items, ("premium",))),
                    "living_benefits": yuan(living),
                    "refund": yuan(refund),
                    "skill_subsidy": yuan(skill),
                    "job_expansion": yuan(expansion),
                    "other_expenditure": yuan(spent - living - refund - skill - expansion),
                }
            )
    return rows


def year_end_findings(case: Case, period: dt.date) -> tuple[Decimal | None, Decimal | None]:
    """Openings of the period's year, and the computed year ends before them of the same accounts.

    "compared in every month of the year, until it is set right"; "not_comparable where no region has an opening this year or no December
    before can be computed". An account whose year end cannot be computed is left out: it must not hide the difference of another.
    """
    known = case.known(period)
    january = dt.date(period.year, 1, 1)
    given = {
        r: items[january]["opening_balance"]
        for r, items in ledger(known).items()
        if "opening_balance" in items.get(january, {})
    }
    if not given:
        return None, None
    before = add_months(january, -1)
    ends = {
        r: regional_balance(known, r, before) for r in given if any(m <= before for m in ledger(known)[r])
    }
    known_ends = {r: end for r, end in ends.items() if end is not None}
    if not known_ends:
        return sum(given.values(), ZERO), None
    return sum((given[r] for r in known_ends), ZERO), sum(known_ends.values(), ZERO)


__all__ = ["fund_months", "fund_reserve", "gate_open", "ledger", "reserve", "year_end_findings"]
