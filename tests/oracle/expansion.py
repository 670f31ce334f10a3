"""Job-expansion subsidy (一次性扩岗补助): 人社部发〔2024〕44号."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from . import fund
from .params import Parameters, Window
from .refund import (
    FAIL,
    NOT_APPLICABLE,
    PASS,
    UNKNOWN,
    conclude,
    objection_state,
    off_the_list,
    repaid,
    review_outcome,
    subject_of,
    total,
)
from .world import ZERO, Case, Known, Row, add_months, due_of_person_month, month_of, yuan

PROGRAMME = "job_expansion"
RULES = tuple(
    f"expansion.{name}"
    for name in (
        "unit", "person", "contract", "paid_months", "in_post", "once", "no_hiring_subsidy", "not_sanctioned",
        "fund_reserve", "window", "notice", "review",
    )
)  # fmt: skip
# "An approval cannot stand in for expansion.paid_months or a window", nor for a missing registration or an unknown reserve period
NOT_APPROVABLE = {"expansion.unit", "expansion.paid_months", "expansion.window", "expansion.fund_reserve"}
YOUTH = range(16, 25)


@dataclass
class Application:
    """One application and its decision."""

    row: Row
    employer: Row | None
    outcomes: dict[str, str]
    decision: str
    amount: Decimal
    paid_months: int
    funding_source: str | None


def age_on(person: str, day: dt.date) -> int | None:
    """Return the whole years "by the number's date of birth"; None without a possible date."""
    try:
        born = dt.date(int(person[6:10]), int(person[10:12]), int(person[12:14]))
    except ValueError:
        return None
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def due_months(known: Known, person: str, employer: str) -> dict[dt.date, bool]:
    """Return the fee months up to the period with "the person's due > 0" at an employer, and whether "received >= due"."""
    found = {}
    for month, employers in known.personal_contributions().get(person, {}).items():
        rows = employers.get(employer, [])
        due = due_of_person_month(rows)
        if month <= known.period and due > 0:
            found[month] = sum((known.received(row) for row in rows), ZERO) >= due
    return found


def newest_month(known: Known) -> dt.date | None:
    """Return "the newest fee month <= the period with contributions delivered"."""

    def find() -> dt.date | None:
        months = (m for by_month in known.contributions().values() for m in by_month if m <= known.period)
        return max(months, default=None)

    return known.remember("newest_fee_month", find)


def window_of(p: Parameters, day: dt.date) -> tuple[Window | None, bool]:
    """Return the window that holds a day, and whether the day is "after the end of the last window known"."""
    last = max((w.last for w in p.windows(PROGRAMME)), default=None)
    return p.window_holding(PROGRAMME, day), last is not None and day > last


def decide(case: Case, period: dt.date) -> list[Application]:
    """Decide every application received so far and dated in the period or earlier, in the order of section 3 (kept)."""

    def all_of_them() -> list[Application]:
        known = case.known(period)
        history: dict[str, list[Application]] = {}
        rows = (r for r in known.rows("expansion_applications") if r["applied_on"] <= known.end)
        for row in sorted(rows, key=lambda r: (r["applied_on"], r["application_no"])):
            earlier = history.setdefault(row["person_id"], [])
            earlier.append(judge(case, known, row, earlier))
        return [a for applications in history.values() for a in applications]

    return case.remember(("expansion", period), all_of_them)


def judge(case: Case, known: Known, row: Row, earlier: list[Application]) -> Application:
    """Judge one application, the person's earlier ones being decided."""
    day, person = row["hired_on"], row["person_id"]
    employer = known.register().get(row["employer_id"])
    # "by the parameters in force on hired_on"; "the subject's own region"; "Conditions stand on refund and expansion parameters", never
    # the size class here
    p = case.params.of(subject_of(known, employer, None, day))
    window, awaiting = window_of(p, day)
    if window is None:
        # "skill.window and expansion.window are unknown there ... (the other rules not_applicable, amount 0)"
        outcomes = dict.fromkeys(RULES, NOT_APPLICABLE) | {"expansion.window": UNKNOWN if awaiting else FAIL}
        return Application(row, employer, outcomes, "review" if awaiting else "ineligible", ZERO, 0, None)

    out: dict[str, str] = {"expansion.window": PASS}

    def verdict(rule: str, holds: bool | None) -> None:
        out[f"expansion.{rule}"] = UNKNOWN if holds is None else PASS if holds else FAIL

    types = p.items("expansion_unit_types", day)
    verdict(
        "unit",
        None
        if employer is None
        else employer["unit_type"] in types and employer["insured_status"] == "active",
    )
    kind, age = row["person_kind"], age_on(person, day)
    in_age = kind != "registered_youth" or age in YOUTH
    verdict("person", kind in p.items("expansion_person_kinds", day) and in_age)
    verdict("contract", bool(row["contract_signed"]))

    months = due_months(known, person, row["employer_id"])
    paid = sum(1 for month, full in months.items() if full and month >= month_of(day))
    asked, others = p.yes("expansion_other_insurances", day), row["other_insurances"]
    if asked and others is False:
        verdict("paid_months", False)
    elif paid < p.number("expansion_min_months", day):
        verdict("paid_months", None if known.period <= window.last else False)
    else:
        verdict("paid_months", None if asked and others is None else True)
    newest = newest_month(known)
    verdict("in_post", newest is not None and bool({newest, add_months(newest, -1)} & set(months)))

    decisions = [a.decision for a in earlier]
    verdict("once", False if "eligible" in decisions else None if "review" in decisions else True)
    subsidised = any(h["person_id"] == person for h in known.rows("hiring_subsidies"))
    verdict("no_hiring_subsidy", not subsidised if known.has("hiring_subsidies") else None)
    if not p.yes("refund_exclude_sanctioned", day):
        out["expansion.not_sanctioned"] = NOT_APPLICABLE
    elif employer is None or not known.has("sanctions"):
        verdict("not_sanctioned", None)
    else:
        verdict("not_sanctioned", off_the_list(known, employer["uscc"]))

    # "expansion.fund_reserve ... as for the refund"
    gate = fund.gate_open(case, known.period, window.year, fund.gate_day(case, known.period, window.year))
    closed_source = p.text("expansion_funding_when_closed", day)
    source = "fund"
    if gate is False and closed_source != "none":
        source = closed_source
    verdict("fund_reserve", None if gate is None else gate or closed_source != "none")
    state = objection_state(known, PROGRAMME, row["application_no"], row["applied_on"])
    out["expansion.notice"] = {"upheld": FAIL, "open": UNKNOWN, None: PASS}[state]
    reviewed = review_outcome(known, PROGRAMME, row["application_no"], None)
    out["expansion.review"] = {"approved": PASS, "refused": FAIL, None: NOT_APPLICABLE}[reviewed]

    outcomes = {rule: out[rule] for rule in RULES}
    decision = conclude(outcomes, "expansion.review", NOT_APPROVABLE)
    amount = ZERO
    if decision != "ineligible":
        value = p.number("expansion_amount", day)
        amount = yuan(Decimal(value.numerator) / Decimal(value.denominator))
    return Application(row, employer, outcomes, decision, amount, paid, source)


def lines_of(known: Known, application_no: str) -> list[Row]:
    """Return the payment lines of an application."""

    def index() -> dict[str, list[Row]]:
        found: dict[str, list[Row]] = {}
        for row in known.rows("programme_payments"):
            if row["programme"] == PROGRAMME:
                found.setdefault(row["payee_id"], []).append(row)
        return found

    return known.remember("expansion_lines", index).get(application_no, [])


def expansion_tables(case: Case, period: dt.date) -> dict[str, list[dict[str, Any]]]:
    """Return expansion_decisions and expansion_rule_outcomes of a period."""
    known = case.known(period)
    decisions, outcomes = [], []
    for a in decide(case, period):
        number = a.row["application_no"]
        paid = total(lines_of(known, number), "paid")
        net = max(ZERO, paid - repaid(known, PROGRAMME, number, None))
        key = {"period": period, "application_no": number}
        decisions.append(
            key
            | {n: a.row[n] for n in ("employer_id", "person_id", "hired_on", "applied_on", "person_kind")}
            | {
                "region_code": None if a.employer is None else a.employer["region_code"],
                "paid_months": a.paid_months,
                "amount": yuan(a.amount),
                "funding_source": a.funding_source,
                "decision": a.decision,
                "failed_rules": [rule for rule, o in a.outcomes.items() if o == FAIL],
                "unknown_rules": [rule for rule, o in a.outcomes.items() if o == UNKNOWN],
                "paid_amount": yuan(paid),
                "payable_amount": yuan(max(ZERO, a.amount - net) if a.decision == "eligible" else ZERO),
                "recoverable_amount": yuan(max(ZERO, net - a.amount)),
            }
        )
        outcomes += [key | {"rule_id": rule, "outcome": outcome} for rule, outcome in a.outcomes.items()]
    return {"expansion_decisions": decisions, "expansion_rule_outcomes": outcomes}
