"""Monthly report (按月上报): the figures by the sixteen units, the province's own account, `unknown` and the province.

Counted again from the decisions and the rows of this oracle. Not calculated: what rests on the projection (`projected_…`, the priority
plan), deliveries and rejects, `parent_circles`, `opening_change`, and the parameters in use.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Callable, Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

from . import fund, refund, skill
from .premium import premium_relief
from .reconciliations import reconciliations
from .world import (
    ZERO,
    Case,
    Known,
    Row,
    add_months,
    due_of_row,
    half_up,
    is_insured,
    month_of,
    months_between,
)

REFERENCE = Path(__file__).parents[2] / "seeds" / "reference"
NONE = ("none", "")
PARTS = ("decision", "size_class", "unit_type")
STATES = ("on_notice", "cleared", "objection_open", "objection_upheld")
# "distinct persons and consolidated money carry a stated bridge"
BRIDGED = {
    ("skill", "persons"), ("skill", "approved_persons"),
    ("benefits", "persons"), ("benefits", "new_persons"), ("benefits", "stopped_persons"), ("premium", "insured"),
    ("fund", "income"), ("fund", "expenditure"), ("fund", "other_expenditure"), ("fund", "opening_balance"), ("fund", "balance"),
}  # fmt: skip

Part = tuple[str, str]
Key = tuple[str, str, str, str, str]
Figures = dict[Key, Decimal | None]
Rows = list[dict[str, Any]]


class Units:
    """The unit that reports for a region (reference data of the product), and the code of the province."""

    def __init__(self, jurisdiction: str) -> None:
        self.province = jurisdiction[:2] + "0000"
        with (REFERENCE / "regions.csv").open(encoding="utf-8") as lines:
            self.of_region = {r["region_code"]: r["reporting_unit"] for r in csv.DictReader(lines)}

    def __call__(self, region: str | None) -> str:
        """Return a unit, `own_account` for the province's own code, `unknown` for what is in no unit."""
        if region == self.province:
            return "own_account"
        return self.of_region.get(region or "") or "unknown"


class Sheet:
    """One column of the report, its rows added up by unit and for the province."""

    def __init__(self, units: Units) -> None:
        self.units = units
        self.figures: Figures = {}

    def set(self, unit: str, section: str, measure: str, value: Any, part: Part = NONE) -> None:
        """Write one figure; null stays null."""
        self.figures[unit, section, measure, *part] = None if value is None else half_up(value, 6)

    def add(
        self, section: str, measure: str, rows: Iterable[Row], of: Callable[[Row], Any], *parts: str
    ) -> None:
        """Add a measure up, by unit and for the province, as a whole and by each of its parts."""
        for row in rows:
            for unit in (row["unit"], self.units.province):
                for part in (NONE, *((name, str(row[name] or "unknown")) for name in parts)):
                    self.count(unit, section, measure, of(row), part)

    def count(self, unit: str, section: str, measure: str, amount: Any, part: Part) -> None:
        """Add to one figure."""
        key = (unit, section, measure, *part)
        self.figures[key] = (self.figures.get(key) or ZERO) + amount

    def add_rules(self, section: str, rows: Rows) -> None:
        """Count the rows that fail a rule, and those of which it is unknown."""
        for row in rows:
            for measure in ("failed_rules", "unknown_rules"):
                for rule in row[measure]:
                    for unit in (row["unit"], self.units.province):
                        self.count(unit, section, measure, 1, ("rule_id", rule))

    def persons(self, section: str, measure: str, rows: Iterable[Row], *parts: str) -> None:
        """Count persons once in each unit, and once in the province."""
        found: dict[tuple[str, Part], set[str]] = {}
        for row in rows:
            for unit in (row["unit"], self.units.province):
                for part in (NONE, *((name, str(row[name] or "unknown")) for name in parts)):
                    found.setdefault((unit, part), set()).add(row["person_id"])
        for (unit, part), persons in found.items():
            self.set(unit, section, measure, len(persons), part)


def _refund(case: Case, period: dt.date, units: Units, now: Sheet, year: Sheet) -> None:
    """Decisions as they stand, over all programme years shown; of these, those of the period's own year.

    "refund: units and persons decided, on notice, cleared, paid, returned, amounts, by size and unit type".
    """
    rows = refund.refund_tables(case, period)["refund_decisions"]
    for row in rows:
        row["unit"] = units(row["region_code"])
    own = [row for row in rows if row["programme_year"] == period.year]
    for sheet, shown in ((now, rows), (year, own)):
        sheet.add("refund", "employers", shown, lambda r: 1, *PARTS)
        for name in (
            "average_insured", "contribution_base", "refund_amount", "paid_amount", "returned_amount", "payable_amount", "recoverable_amount",
        ):  # fmt: skip
            sheet.add("refund", name, shown, lambda r, name=name: r[name], *PARTS)
        for name in ("paid", "returned"):
            there = [r for r in shown if r[f"{name}_amount"] > 0]
            sheet.add("refund", f"{name}_employers", there, lambda r: 1, *PARTS)
        for state in STATES:
            standing = [r for r in shown if r["notice_status"] == state]
            sheet.add("refund", state, standing, lambda r: 1)
            if state in ("on_notice", "cleared"):
                sheet.add("refund", f"{state}_insured", standing, lambda r: r["average_insured"])
                sheet.add("refund", f"{state}_amount", standing, lambda r: r["refund_amount"])
        held = [r for r in shown if r["decision"] == "eligible" and r["account_status"] == "account_missing"]
        sheet.add("refund", "account_missing", held, lambda r: 1)
        sheet.add("refund", "verdicts_differ", [r for r in shown if r["verdicts_differ"]], lambda r: 1)
        sheet.add_rules("refund", shown)
    for sheet, first in ((now, period), (year, dt.date(period.year, 1, 1))):
        new = [r for r in rows if r["first_decided_period"] and r["first_decided_period"] >= first]
        sheet.add("refund", "newly_eligible", new, lambda r: 1)
        sheet.add("refund", "newly_eligible_amount", new, lambda r: r["refund_amount"])
    register = case.known(period).register()

    def region(line: Row) -> str | None:
        return register.get(line["on_behalf_of"] or line["payee_id"], {}).get("region_code")

    _lines(case, period, units, now, year, "refund", "refund", region)


def _lines(
    case: Case, period: dt.date, units: Units, now: Sheet, year: Sheet, programme: str, section: str,
    region: Callable[[Row], str | None],
) -> None:  # fmt: skip
    """Payments and returns by their own day."""
    for line in case.known(period).rows("programme_payments"):
        if line["programme"] == programme and line["paid_on"].year == period.year:
            row = {"unit": units(region(line))}
            for sheet in (year, now) if month_of(line["paid_on"]) == period else (year,):
                sheet.add(section, f"{line['result']}_in_month", [row], lambda r, line=line: line["amount"])


def _skill(case: Case, period: dt.date, units: Units, now: Sheet, year: Sheet) -> None:
    """Applications by the day they were made; what is paid, payable and recoverable as it stands, of all of them.

    "skill: applications, persons, approved by level, amounts, in review".
    """
    rows = skill.skill_tables(case, period)["skill_decisions"]
    for row in rows:
        row["unit"] = units(row["region_code"])
    of_year = [r for r in rows if r["applied_on"].year == period.year]
    for sheet, shown, standing in (
        (now, [r for r in of_year if month_of(r["applied_on"]) == period], rows),
        (year, of_year, of_year),
    ):
        approved = [r for r in shown if r["decision"] == "eligible"]
        sheet.add("skill", "applications", shown, lambda r: 1, "decision", "level")
        sheet.add("skill", "amount", shown, lambda r: r["amount"], "decision", "level")
        sheet.add("skill", "approved", approved, lambda r: 1, "level")
        sheet.add("skill", "in_review", [r for r in shown if r["decision"] == "review"], lambda r: 1, "level")
        sheet.persons("skill", "persons", shown)
        sheet.persons("skill", "approved_persons", approved)
        sheet.add_rules("skill", shown)
        for name in ("paid_amount", "payable_amount", "recoverable_amount"):
            sheet.add("skill", name, standing, lambda r, name=name: r[name], "decision", "level")
    region_of = {r["application_no"]: r["region_code"] for r in rows}
    _lines(
        case, period, units, now, year, "skill_subsidy", "skill", lambda line: region_of.get(line["payee_id"])
    )


def _benefits(known: Known, period: dt.date, units: Units, now: Sheet, year: Sheet) -> None:
    """Persons and amounts by kind, "by payment day: result paid, paid_on in the period's month"."""
    paid = [
        row | {"unit": units(row["region_code"])}
        for row in known.rows("benefit_payments")
        if row["result"] == "paid"
    ]
    month = [row for row in paid if month_of(row["paid_on"]) == period]
    before = [row for row in paid if month_of(row["paid_on"]) == add_months(period, -1)]
    for sheet, rows in ((now, month), (year, [row for row in paid if row["paid_on"].year == period.year])):
        sheet.persons("benefits", "persons", rows, "benefit_kind")
        sheet.add("benefits", "months", rows, lambda r: 1, "benefit_kind")
        sheet.add("benefits", "amount", rows, lambda r: r["amount"], "benefit_kind")

    def drawn(rows: Rows) -> set[tuple[str, Part, str]]:
        return {
            (unit, part, row["person_id"])
            for row in rows
            for unit in (row["unit"], units.province)
            for part in (NONE, ("benefit_kind", row["benefit_kind"]))
        }

    # "new: of these, not paid that kind in that region the month before; stopped: paid then, not now"
    for measure, persons in (
        ("new_persons", drawn(month) - drawn(before)),
        ("stopped_persons", drawn(before) - drawn(month)),
    ):
        for unit, part, _ in persons:
            now.count(unit, "benefits", measure, 1, part)
        for unit, part, _ in drawn(month) | drawn(before):
            now.count(unit, "benefits", measure, 0, part)


def _premium(case: Case, period: dt.date, units: Units, now: Sheet) -> None:
    """The cut by unit and unit type: the published rows added up; the persons counted from the rows of the fee month."""
    rows = [row | {"unit": units(row["region_code"])} for row in premium_relief(case, period)]
    for name in ("pay_base", "premium_due", "premium_received", "relief"):
        now.add("premium", name, rows, lambda r, name=name: r[name], "unit_type")
    register = case.known(period).register()
    insured = []
    for row in case.known(period).rows("contributions"):
        if (
            row["pay_kind"] in ("normal", "deferred")
            and row["fee_month"] == period
            and is_insured([row])
            and due_of_row(row) > 0
        ):
            employer = register.get(row["employer_id"], {})
            insured.append(
                {
                    "person_id": row["person_id"],
                    "unit": units(employer.get("region_code")),
                    "unit_type": employer.get("unit_type"),
                }
            )
    now.persons("premium", "insured", insured, "unit_type")


def _fund(case: Case, period: dt.date, units: Units, now: Sheet, year: Sheet, before: Sheet) -> None:
    """Income, expenditure by item, balance, reserve period.

    The province is consolidated. A month or an account without rows is not known; a year is the sum of its months, known where each month
    has rows of some account. Last year's month is that of the ledger as known now.
    """
    known = case.known(period)
    accounts = fund.ledger(known)
    by_unit: dict[str, list[str]] = {units.province: sorted(accounts)}
    for region in accounts:
        by_unit.setdefault(units(region), []).append(region)
    months_of_year = months_between(dt.date(period.year, 1, 1), period)
    year_known = all(any(m in had for had in accounts.values()) for m in months_of_year)
    last = add_months(period, -12)
    for unit, regions in by_unit.items():
        for sheet, months in ((now, [period]), (year, months_of_year), (before, [last])):
            if sheet is year and not year_known:
                continue
            there = [accounts[r][m] for r in regions for m in months if m in accounts[r]]
            if there:
                _flows(sheet, unit, there, units.province)
        for sheet, month in ((now, period), (before, last)):
            _balances(known, sheet, unit, regions, month, units.province)
        closing = now.figures.get((unit, "fund", "balance", *NONE))
        if closing is not None:
            year.set(unit, "fund", "balance", closing)
            if year_known:
                spent = year.figures[unit, "fund", "expenditure", *NONE] or ZERO
                income = year.figures[unit, "fund", "income", *NONE] or ZERO
                year.set(unit, "fund", "opening_balance", closing - income + spent)
    (gate,) = [row for row in fund.fund_reserve(case, period, set()) if row["programme_year"] == period.year]
    for name in (
        "balance_previous_year", "expenditure_previous_year", "reserve_months", "reserve_months_min", "pooling_target", "gate_open",
    ):  # fmt: skip
        now.set(units.province, "fund", name, None if gate[name] is None else Decimal(gate[name]))


def _flows(sheet: Sheet, unit: str, months: list[dict[str, Decimal]], province: str) -> None:
    """ "from_superior, from_subordinate, to_superior, to_subordinate left out" of the province alone."""
    inside = fund.INTERLEVEL_IN + fund.INTERLEVEL_OUT if unit == province else ()

    def total(items: Iterable[str]) -> Decimal:
        return sum((items_of.get(i, ZERO) for items_of in months for i in items if i not in inside), ZERO)

    for measure, items in (("income", fund.INCOME), ("expenditure", fund.EXPENDITURE)):
        sheet.set(unit, "fund", measure, total(items))
        for item in items:
            sheet.set(unit, "fund", measure, total([item]), ("item", item))
    named = (*fund.LIVING, "refund", "skill_subsidy", "job_expansion")
    for measure, items in (
        ("premium", ["premium"]),
        ("living_benefits", fund.LIVING),
        ("refund", ["refund"]),
        ("skill_subsidy", ["skill_subsidy"]),
        ("job_expansion", ["job_expansion"]),
        ("other_expenditure", [i for i in fund.EXPENDITURE if i not in named]),
    ):
        sheet.set(unit, "fund", measure, total(items))


def _balances(
    known: Known, sheet: Sheet, unit: str, regions: list[str], month: dt.date, province: str
) -> None:
    """Balance, opening and reserve period; known where every account of the unit has rows in the month."""
    accounts = fund.ledger(known)
    consolidated = unit == province
    begun = [r for r in regions if any(m <= month for m in accounts[r])]
    if consolidated:
        if not any(month in accounts[r] for r in begun):
            return
        balance, rolling = fund.province_balance(known, month), fund.rolling_months(known, None, month)
    else:
        # an account that begins later is one that has no rows of this month
        if not all(month in accounts[r] for r in regions):
            return
        balances = [fund.regional_balance(known, r, month) for r in regions]
        balance = None if None in balances else sum((b for b in balances if b is not None), ZERO)
        rolling = fund.rolling_months(known, regions[0], month) if len(regions) == 1 else None
    sheet.set(unit, "fund", "balance", balance)
    sheet.set(unit, "fund", "rolling_reserve_months", rolling)
    if balance is not None:
        income = sheet.figures[unit, "fund", "income", *NONE] or ZERO
        spent = sheet.figures[unit, "fund", "expenditure", *NONE] or ZERO
        sheet.set(unit, "fund", "opening_balance", balance - income + spent)


def _quality(case: Case, period: dt.date, units: Units, now: Sheet) -> None:
    """What reconciled: figures of the province, so its own account carries the counts."""
    checks = [row | {"unit": "own_account"} for row in reconciliations(case, period)]
    for outcome in ("match", "mismatch", "not_comparable"):
        now.add("quality", outcome, [row for row in checks if row["outcome"] == outcome], lambda r: 1)
    for row in checks:
        now.set(units.province, "quality", "difference", row["difference"], ("item", row["check_id"]))


def _bridges(figures: Figures, province: str) -> Figures:
    """By how much the province's figure differs from the sum of the units' and of the rows beside them."""
    sums: dict[tuple[str, ...], Decimal] = {}
    for (unit, *rest), value in figures.items():
        if unit != province and value is not None:
            sums[tuple(rest)] = sums.get(tuple(rest), ZERO) + value
    return {
        (unit, section, f"{measure}_bridge", dimension, part): value
        - sums.get((section, measure, dimension, part), ZERO)
        for (unit, section, measure, dimension, part), value in figures.items()
        if unit == province and value is not None and (section, measure) in BRIDGED
    }


def _sheets(case: Case, period: dt.date) -> tuple[Figures, Figures, Figures]:
    """Return this month, the year so far and, of the ledger, the same month of last year; except for the year of the premium."""

    def compute() -> tuple[Figures, Figures, Figures]:
        units = Units(case.params.jurisdiction)
        now, year, before = Sheet(units), Sheet(units), Sheet(units)
        _refund(case, period, units, now, year)
        _skill(case, period, units, now, year)
        _benefits(case.known(period), period, units, now, year)
        _premium(case, period, units, now)
        _fund(case, period, units, now, year, before)
        _quality(case, period, units, now)
        for sheet in (now, year, before):
            sheet.figures |= _bridges(sheet.figures, units.province)
        return now.figures, year.figures, before.figures

    return case.remember(("report", period), compute)


def report_figures(case: Case, period: dt.date) -> Rows:
    """Return every figure that is not nothing: this month, the year so far, the same month of last year.

    "this month and the year so far, against the same month of last year where known": last year's month as its own report gave it, where
    there was one; "the months add up to the year": the premium's year is the sum of its months' reports, known where each was made.
    """
    now, year, before = _sheets(case, period)
    reported = case.known(period).months_delivered()
    months = months_between(dt.date(period.year, 1, 1), period)
    if all(month in reported for month in months):
        year = dict(year)
        for month in months:
            for key, value in _sheets(case, month)[0].items():
                if key[1] == "premium" and key[2] not in ("insured", "insured_bridge"):
                    year[key] = (year.get(key) or ZERO) + (value or ZERO)
    last = add_months(period, -12)
    then = _sheets(case, last)[0] if last in reported else {}
    # a bridge between persons has a row where there is somebody this month or this year
    then = {
        k: v
        for k, v in then.items()
        if k[1] == "fund" or not k[2].endswith("_bridge") or k in now or k in year
    }
    return [
        dict(zip(("reporting_unit", "section", "measure", "dimension", "dimension_value"), key, strict=True))
        | {
            "period": period,
            "value": now.get(key),
            "value_year_to_date": year.get(key),
            "value_same_month_last_year": (then or before).get(key),
        }
        for key in sorted(now.keys() | year.keys() | before.keys() | then.keys())
    ]


def lead_figures(leads: Rows, period: dt.date, jurisdiction: str) -> Rows:
    """Count the published leads: "risk: leads by rule"; of these, those first seen in the period's year."""
    units = Units(jurisdiction)
    now, year = Sheet(units), Sheet(units)
    rows = [row | {"unit": units(row["region_code"])} for row in leads]
    for sheet, shown in ((now, rows), (year, [r for r in rows if r["first_seen"].year == period.year])):
        sheet.add("risk", "raised", shown, lambda r: 1, "rule_id")
        for measure, status in (("still_open", "open"), ("gone", "gone")):
            sheet.add("risk", measure, [r for r in shown if r["status"] == status], lambda r: 1, "rule_id")
        at_stake = [r for r in shown if r["status"] in ("open", "confirmed")]
        sheet.add("risk", "amount_at_stake", at_stake, lambda r: r["amount_at_stake"], "rule_id")
    for sheet, first in ((now, period), (year, dt.date(period.year, 1, 1))):
        sheet.add("risk", "raised_new", [r for r in rows if r["first_seen"] >= first], lambda r: 1, "rule_id")
    return [
        dict(zip(("reporting_unit", "section", "measure", "dimension", "dimension_value"), key, strict=True))
        | {"period": period, "value": now.figures.get(key), "value_year_to_date": year.figures.get(key)}
        for key in sorted(now.figures.keys() | year.figures.keys())
    ]


__all__ = ["lead_figures", "report_figures"]
