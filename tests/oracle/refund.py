"""Stabilisation refund (稳岗返还): 人社部发〔2024〕40号 二、五; 甘人社通〔2024〕165号 一、三."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from . import fund
from .params import Parameters, Subject, Window
from .world import (
    ZERO,
    Case,
    Known,
    Row,
    add_months,
    due_of_person_month,
    exact,
    fen_below,
    half_up,
    is_insured,
    month_end,
    month_of,
    months_between,
    yuan,
)

RULES = (
    "refund.unit_type",
    "refund.insured",
    "refund.paid_months",
    "refund.no_arrears",
    "refund.layoff_rate",
    "refund.heads_kept",
    "refund.not_suspended",
    "refund.not_sanctioned",
    "refund.size_known",
    "refund.dispatch_confirmed",
    "refund.fund_reserve",
    "refund.window",
    "refund.notice",
    "refund.base",
    "refund.review",
)
PASS, FAIL, UNKNOWN, NOT_APPLICABLE = "pass", "fail", "unknown", "not_applicable"
FEN = Decimal("0.01")


@dataclass
class Measures:
    """What is measured of an employer in base year B."""

    average: Fraction
    opening: int
    closing: int
    cumulative: int
    claimants: int | None
    natural_attrition: int | None
    separations: int | None
    net_reduction: int | None
    months_paid: int
    arrears: Decimal
    base: Decimal
    headcount: Fraction


@dataclass
class Share:
    """A beneficiary of a dispatch employer's refund."""

    kind: str
    uscc: str | None
    name: str | None
    persons: set[str] = field(default_factory=set)
    person_months: int = 0
    base: Decimal = ZERO
    amount: Decimal = ZERO
    withheld: str | None = None


@dataclass
class Decision:
    """A decision as taken at one period."""

    employer_id: str
    row: Row | None
    measures: Measures
    size_class: str | None
    size_source: str | None
    layoff_rate: Fraction | None
    limit: Fraction
    outcomes: dict[str, str]
    ratio: Fraction | None
    decision: str
    own: Own
    amount: Decimal = ZERO
    shares: list[Share] = field(default_factory=list)


# --- facts of the base year ---------------------------------------------------------------------------------------------


def insured_counts(known: Known) -> dict[str, dict[dt.date, set[str]]]:
    """Insured in month m: "distinct persons with unit or personal due > 0 in a normal or makeup row of fee month m"."""

    def count() -> dict[str, dict[dt.date, set[str]]]:
        found: dict[str, dict[dt.date, set[str]]] = {}
        for employer, months in known.contributions().items():
            for month, persons in months.items():
                insured = {p for p, rows in persons.items() if is_insured(rows)}
                if insured:
                    found.setdefault(employer, {})[month] = insured
        return found

    return known.remember("insured", count)


def assignment_of(known: Known, employer: str, person: str, month: dt.date) -> Row | None:
    """The assignment that a person-month lies in.

    "A person-month lies in the assignment that covers it (start <= month <= end) with the latest start"; an empty end is open.
    """

    def index() -> dict[tuple[str, str], list[Row]]:
        found: dict[tuple[str, str], list[Row]] = {}
        for row in sorted(known.rows("dispatch_assignments"), key=lambda r: r["start_month"], reverse=True):
            found.setdefault((row["dispatch_employer_id"], row["person_id"]), []).append(row)
        return found

    for row in known.remember("assignments", index).get((employer, person), []):
        if row["start_month"] <= month and (row["end_month"] is None or month <= row["end_month"]):
            return row
    return None


def in_base(known: Known, basis: str, base_year: int, row: Row) -> bool:
    """Return whether a row's money belongs to the contribution base.

    belonging_month: "fee months of B, whenever received up to the period's end"; receipt_date: "received within B, rows of fee
    months before B left out".
    """
    if row["received_on"] is None or row["received_on"] > known.end:
        return False
    if basis == "belonging_month":
        return row["fee_month"].year == base_year
    return row["received_on"].year == base_year and row["fee_month"].year >= base_year


def persons_by_employer(known: Known, name: str, base_year: int) -> dict[str, dict[str, set[str]]]:
    """Persons by employer and reason: claims of B at the last employer, or decreases in B."""

    def index() -> dict[str, dict[str, set[str]]]:
        found: dict[str, dict[str, set[str]]] = {}
        if name == "claims":
            for row in known.rows("benefit_claims"):
                if row["start_month"].year == base_year:
                    reasons = found.setdefault(row["last_employer_id"], {})
                    reasons.setdefault(row["reason"], set()).add(row["person_id"])
        else:
            for row in known.rows("headcount_changes"):
                if row["change_kind"] == "decrease" and row["change_date"].year == base_year:
                    reasons = found.setdefault(row["employer_id"], {})
                    reasons.setdefault(row["reason"], set()).add(row["person_id"])
        return found

    return known.remember((name, base_year), index)


def _distinct(by_reason: dict[str, set[str]], reasons: list[str]) -> int:
    return len(set().union(*(by_reason.get(reason, set()) for reason in reasons)))


def base_of(
    p: Parameters, day: dt.date, known: Known, employer: str, base_year: int
) -> tuple[Decimal, list[tuple[Row, Row | None]]]:
    """Contribution base, and its rows with the assignment that each lies in (excluded ones are not among them)."""
    basis = p.text("contribution_basis", day)
    excluded = p.items("excluded_user_unit_types", day)
    total, kept = ZERO, []
    for month, persons in known.contributions()[employer].items():
        for person, rows in persons.items():
            counted = [row for row in rows if in_base(known, basis, base_year, row)]
            if not counted:
                continue
            assignment = assignment_of(known, employer, person, month)
            if assignment and assignment["user_unit_type"] in excluded:
                continue  # "Person-months in an assignment to a user of excluded_user_unit_types ... are left out"
            for row in counted:
                total += row["employer_paid"] + row["person_paid"]
                kept.append((row, assignment))
    return total, kept


def months_in_full(known: Known, employer: str, last: dt.date) -> int:
    """Count months paid in full: "a fee month <= December of B with due > 0 and received >= due, over all the employer's persons"."""
    return sum(
        1
        for month, (due, received) in _due_and_received(known, employer).items()
        if month <= last and due > 0 and (received >= due or is_deferred(known, employer, month))
    )


def arrears_of(known: Known, employer: str, base_year: int) -> Decimal:
    """Arrears: the sum over the months of B of max(0, due − received); "an excess in one month fills no other"."""
    return sum(
        (
            max(ZERO, due - received)
            for month, (due, received) in _due_and_received(known, employer).items()
            if month.year == base_year and not (due > 0 and is_deferred(known, employer, month))
        ),
        ZERO,
    )


def _due_and_received(known: Known, employer: str) -> dict[dt.date, tuple[Decimal, Decimal]]:
    def compute() -> dict[dt.date, tuple[Decimal, Decimal]]:
        return {
            month: (
                sum((due_of_person_month(rows) for rows in persons.values()), ZERO),
                sum((known.received(row) for rows in persons.values() for row in rows), ZERO),
            )
            for month, persons in known.contributions()[employer].items()
        }

    return known.remember(("due", employer), compute)


def optional(p: Parameters, name: str, day: dt.date) -> str:
    """A value that a folder may leave out: `none` there."""
    return p.text(name, day) if p.has(name, day) else "none"


def is_deferred(known: Known, employer: str, month: dt.date) -> bool:
    """Return whether a month lies under an approved deferral (缓缴) "whose pay_by has not passed at the period's end"."""
    return any(
        row["employer_id"] == employer
        and row["from_month"] <= month <= row["to_month"]
        and row["pay_by"] >= known.end
        for row in known.rows("deferrals")
    )


def measure(p: Parameters, day: dt.date, known: Known, employer: str, base_year: int) -> Measures | None:
    """Measure an employer; None for "Employers without anyone insured in B"."""
    counts = insured_counts(known).get(employer, {})
    months = [dt.date(base_year, m, 1) for m in range(1, 13) if dt.date(base_year, m, 1) in counts]
    if not months:
        return None
    december_before = dt.date(base_year - 1, 12, 1)
    # "insured in December of B−1 (if none: the first insured month of B), in December of B"
    opening = len(counts.get(december_before, ())) or len(counts[months[0]])
    closing = len(counts.get(dt.date(base_year, 12, 1), ()))
    # "mean over the months of B in which the employer had anyone insured; calendar_year = Σ of the twelve months / 12"
    calendar = optional(p, "average_insured_basis", day) == "calendar_year"
    average = Fraction(sum(len(counts[m]) for m in months), 12 if calendar else len(months))
    claimants = attrition = separations = net = None
    if known.has("benefit_claims"):
        by_reason = persons_by_employer(known, "claims", base_year).get(employer, {})
        claimants = _distinct(by_reason, p.items("layoff_claim_reasons", day))
    if known.has("headcount_changes"):
        by_reason = persons_by_employer(known, "changes", base_year).get(employer, {})
        attrition = _distinct(by_reason, p.items("attrition_reasons", day))
        separations = _distinct(by_reason, p.items("layoff_reasons", day))
        net = max(0, opening - closing - attrition)
    basis = p.text("refund_small_headcount_basis", day)
    if basis == "year_average":
        headcount = average
    elif basis == "year_end":
        headcount = Fraction(closing)
    elif basis == "year_start":
        headcount = Fraction(opening)
    else:  # decision_month: "the newest fee month <= the period with anyone insured"
        newest = max(m for m in counts if m <= known.period)
        headcount = Fraction(len(counts[newest]))
    return Measures(
        average=average,
        opening=opening,
        closing=closing,
        cumulative=len(set().union(*(counts[m] for m in months))),
        claimants=claimants,
        natural_attrition=attrition,
        separations=separations,
        net_reduction=net,
        months_paid=months_in_full(
            known,
            employer,
            known.period
            if optional(p, "refund_paid_months_until", day) == "decision"
            else dt.date(base_year, 12, 1),
        ),
        arrears=arrears_of(known, employer, base_year),
        base=base_of(p, day, known, employer, base_year)[0],
        headcount=headcount,
    )


def layoff_rate(p: Parameters, day: dt.date, m: Measures) -> Fraction | None:
    """layoff_rate = numerator / denominator, never below 0; None where a source that the formula needs never came."""
    kind = p.text("layoff_numerator", day)
    numerator: int | None
    if kind == "claims":
        numerator = m.claimants
    elif kind == "net_reduction":
        numerator = m.net_reduction
    elif kind == "separations":
        numerator = m.separations
    else:  # either: "the smaller of claims and net reduction"
        both = (m.claimants, m.net_reduction)
        numerator = None if None in both else min(n for n in both if n is not None)
    if numerator is None:
        return None
    denominator = {"average": m.average, "opening": Fraction(m.opening), "cumulative": Fraction(m.cumulative)}
    return max(Fraction(0), numerator / denominator[p.text("layoff_denominator", day)])


def rate_limit(p: Parameters, day: dt.date, m: Measures) -> Fraction:
    """The limit: 5.5 %; "where headcount <= refund_small_headcount = 30: refund_small_layoff_rate_max = 20 %"."""
    small = m.headcount <= p.number("refund_small_headcount", day)
    return p.number("refund_small_layoff_rate_max" if small else "refund_layoff_rate_max", day)


# --- size class -----------------------------------------------------------------------------------------------------------

# 《统计上大中小微型企业划分办法(2017)》: lower limits of "large"; X staff (人), Y revenue (万元), Z assets (万元).
# Only the large line matters here: "medium, small and micro are sme".
X, Y, Z = "staff", "revenue_10k", "assets_10k"
LARGE: dict[str, dict[str, int]] = {
    "agriculture": {Y: 20000},
    "industry": {X: 1000, Y: 40000},
    "construction": {Y: 80000, Z: 80000},
    "wholesale": {X: 200, Y: 40000},
    "retail": {X: 300, Y: 20000},
    "transport": {X: 1000, Y: 30000},
    "storage": {X: 200, Y: 30000},
    "post": {X: 1000, Y: 30000},
    "hotel_catering": {X: 300, Y: 10000},
    "information": {X: 2000, Y: 100000},
    "software": {X: 300, Y: 10000},
    "real_estate": {Y: 200000, Z: 10000},
    "property": {X: 1000, Y: 5000},
    "leasing_business": {X: 300, Z: 120000},
    "other": {X: 300},
}
DIVISIONS: list[tuple[int, int, str]] = [
    (1, 5, "agriculture"),
    (6, 46, "industry"),
    (47, 50, "construction"),
    (51, 51, "wholesale"),
    (52, 52, "retail"),
    (53, 58, "transport"),
    (59, 59, "storage"),
    (60, 60, "post"),
    (61, 62, "hotel_catering"),
    (63, 64, "information"),
    (65, 65, "software"),
    (66, 69, "other"),
    (71, 72, "leasing_business"),
    (73, 97, "other"),
]
# "a letter alone serves A–E, H, L–T and J ("other" for J and M–T); F, G, I, K or `70` alone fit several"
LETTERS = {
    "A": "agriculture",
    "B": "industry",
    "C": "industry",
    "D": "industry",
    "E": "construction",
    "H": "hotel_catering",
    "J": "other",
    "L": "leasing_business",
} | dict.fromkeys("MNOPQRST", "other")


def standard_row(industry_code: str | None) -> str | None:
    """The industry's row: "by division (two digits), 7010/7020 by four; other 70xx are 'other'"; None where it fits several."""
    match = re.fullmatch(r"([A-Z]?)(\d*)", (industry_code or "").strip().upper())
    if not match:
        return None
    letter, digits = match.groups()
    if not digits:
        return LETTERS.get(letter)
    if len(digits) < 2:
        return None
    if digits[:2] == "70":
        if digits in ("70", "701", "702"):
            return None
        return {"7010": "real_estate", "7020": "property"}.get(digits, "other")
    division = int(digits[:2])
    return next((row for first, last, row in DIVISIONS if first <= division <= last), None)


def by_standard(size: Row, industry_code: str | None) -> str | None:
    """Class by the 2017 standard: "the highest class all of whose lower limits hold"; a missing indicator gives none."""
    name = standard_row(industry_code)
    if name is None:
        return None
    limits = LARGE[name]
    if any(size[indicator] is None for indicator in limits):
        return None
    return "large" if all(size[indicator] >= least for indicator, least in limits.items()) else "sme"


def size_row(known: Known, uscc: str | None, base_year: int) -> Row | None:
    """ "Of enterprise_size only the row with the newest data year <= B counts; years are never mixed"."""

    def index() -> dict[str, Row]:
        found: dict[str, Row] = {}
        for row in sorted(known.rows("enterprise_size"), key=lambda r: r["data_year"]):
            if row["data_year"] <= base_year:
                found[row["uscc"]] = row
        return found

    return known.remember(("size_rows", base_year), index).get(uscc)


def non_enterprise_size(text: str, unit_type: str) -> str:
    """`non_enterprise_size`: one class for all, or `foundation:large;social_organisation:large` (the rest sme)."""
    size = "sme"
    for part in text.split(";"):
        kind, colon, value = part.strip().partition(":")
        if not colon:
            size = kind
    for part in text.split(";"):
        kind, colon, value = part.strip().partition(":")
        if colon and kind == unit_type:
            size = value
    return size


def average_insured(known: Known, employer: str, base_year: int) -> Fraction | None:
    """Average insured: "mean over the months of B in which the employer had anyone insured"; None without any."""
    counts = [len(p) for m, p in insured_counts(known).get(employer, {}).items() if m.year == base_year]
    return Fraction(sum(counts), len(counts)) if counts else None


def size_of(
    p: Parameters,
    day: dt.date,
    known: Known,
    base_year: int,
    uscc: str | None,
    row: Row | None,
    above: frozenset[str] = frozenset(),
) -> tuple[str | None, str | None]:
    """Size class and its source, in the order by_reference, parent, filed, standard, headcount.

    `row` is the register's row of the unit (None: a parent that is not registered here); `above` the codes passed on the way up.
    """
    if row is not None:
        if row["unit_type"] not in p.items("refund_unit_types", day):
            return None, None
        if row["unit_type"] != "enterprise":
            by_type = p.text("non_enterprise_size", day)
            if by_type != "none":
                return non_enterprise_size(by_type, row["unit_type"]), "by_reference"
    size = size_row(known, uscc, base_year)
    parent = size["parent_uscc"] if size else None
    if row is not None and row["unit_type"] != "enterprise":
        parent = None  # only an enterprise is a branch
    if parent and parent != uscc:
        path = above | {uscc} if uscc else above
        if parent in path:
            return None, None  # a circle: no class is found
        registered = _parent_employer(known, parent, base_year)
        found, _ = size_of(p, day, known, base_year, parent, registered, frozenset(path))
        return (found, "parent") if found else (None, None)
    if size and size["filed_size"]:
        return ("large" if size["filed_size"] == "large" else "sme"), "filed"
    if size and row is not None:
        standard = by_standard(size, row["industry_code"])
        if standard:
            return standard, "standard"
    limit = p.text("size_headcount_large", day)
    average = average_insured(known, row["employer_id"], base_year) if row else None
    if row is not None and average is not None:
        counts = insured_counts(known).get(row["employer_id"], {})
        if optional(p, "size_headcount_basis", day) == "year_end":
            average = Fraction(len(counts.get(dt.date(base_year, 12, 1), ())))
        elif optional(p, "average_insured_basis", day) == "calendar_year":
            average = Fraction(sum(len(c) for month, c in counts.items() if month.year == base_year), 12)
    if limit == "none" or average is None:
        return None, None
    return ("large" if average >= Fraction(limit) else "sme"), "headcount"


def _parent_employer(known: Known, uscc: str, base_year: int) -> Row | None:
    """The register's employer with a parent's code: smallest id, one with anyone insured in B first."""
    found = known.employers_of(uscc)
    with_insured = [r for r in found if average_insured(known, r["employer_id"], base_year) is not None]
    return next(iter(with_insured or found), None)


# --- rules ------------------------------------------------------------------------------------------------------------


def objection_state(known: Known, programme: str, subject: str, first_day: dt.date) -> str | None:
    """Objections "raised from the window's first day, resolved by the period's end": `upheld`, `open`, or None."""

    def index() -> dict[tuple[str, str], list[Row]]:
        found: dict[tuple[str, str], list[Row]] = {}
        for row in known.rows("notice_objections"):
            found.setdefault((row["programme"], row["subject_id"]), []).append(row)
        return found

    state = None
    for row in known.remember("objections", index).get((programme, subject), []):
        if row["raised_on"] < first_day:
            continue
        resolved = (
            row["outcome"] is not None and row["resolved_on"] is not None and row["resolved_on"] <= known.end
        )
        if resolved and row["outcome"] == "upheld":
            return "upheld"
        if not resolved:
            state = "open"
    return state


def review_outcome(known: Known, programme: str, subject: str, year: int | None) -> str | None:
    """A person's outcome: "The newest decided_on <= the period's end counts"."""

    def index() -> dict[tuple[str, str, int | None], Row]:
        found: dict[tuple[str, str, int | None], Row] = {}
        for row in sorted(known.rows("review_outcomes"), key=lambda r: r["decided_on"]):
            of_year = row["programme_year"] if row["programme"] == "refund" else None
            found[row["programme"], row["subject_id"], of_year] = row
        return found

    row = known.remember("reviews", index).get((programme, subject, year))
    return row["outcome"] if row else None


def is_sanctioned(known: Known, uscc: str) -> bool:
    """An entry "with listed_on <= the period's end and removed_on empty or later than it"."""
    return any(
        row["uscc"] == uscc and (row["removed_on"] is None or row["removed_on"] > known.end)
        for row in known.rows("sanctions")
    )


def off_the_list(known: Known, uscc: str) -> bool | None:
    """Return whether a unit is on no list of sanctions; unknown where "a rejected row of the newest list names this uscc"."""
    if is_sanctioned(known, uscc):
        return False
    return None if known.is_named_by_a_rejected_sanction(uscc) else True


def _verdict(holds: bool | None) -> str:
    return UNKNOWN if holds is None else PASS if holds else FAIL


def judge(
    case: Case,
    known: Known,
    own: Own,
    row: Row | None,
    employer: str,
    m: Measures,
    size: str | None,
) -> dict[str, str]:
    """Return every rule's outcome for one employer."""
    p, day, window = own.params, own.day, own.window
    if row is not None and row["unit_type"] == "other":
        return dict.fromkeys(RULES, NOT_APPLICABLE)
    covered = p.items("refund_unit_types", day)
    out: dict[str, str] = {}
    out["refund.unit_type"] = UNKNOWN if row is None else _verdict(row["unit_type"] in covered)
    out["refund.insured"] = (
        UNKNOWN
        if row is None
        else _verdict(
            row["insured_status"] == "active"
            and row["registry_status"] not in p.items("refund_excluded_registry", day)
        )
    )
    out["refund.paid_months"] = _verdict(m.months_paid >= p.number("refund_min_months_paid", day))
    out["refund.no_arrears"] = (
        NOT_APPLICABLE if p.text("refund_arrears_rule", day) == "months_only" else _verdict(m.arrears == 0)
    )
    rate = layoff_rate(p, day, m)
    out["refund.layoff_rate"] = _verdict(None if rate is None else rate <= rate_limit(p, day, m))
    # "insured in the newest fee month <= the period in which any employer has anyone insured >= refund_heads_kept_min × average"
    kept = optional(p, "refund_heads_kept_min", day)
    heads = len(insured_counts(known).get(employer, {}).get(newest_month(known), ()))
    out["refund.heads_kept"] = (
        NOT_APPLICABLE if kept == "none" else _verdict(heads >= Fraction(kept) * m.average)
    )
    suspended = optional(p, "refund_suspended", day)
    could_be = case.params.rows_of("refund_suspended", day, own.subject, lists_delivered(known))
    out["refund.not_suspended"] = (
        UNKNOWN if any(value != suspended for value in could_be) else _verdict(suspended != "yes")
    )
    if not p.yes("refund_exclude_sanctioned", day):
        out["refund.not_sanctioned"] = NOT_APPLICABLE
    elif row is None or not known.has("sanctions"):
        out["refund.not_sanctioned"] = UNKNOWN
    else:
        out["refund.not_sanctioned"] = _verdict(off_the_list(known, row["uscc"]))
    if row is not None and row["unit_type"] not in covered:
        out["refund.size_known"] = NOT_APPLICABLE
    else:
        out["refund.size_known"] = PASS if size else UNKNOWN
    if row is None:
        out["refund.dispatch_confirmed"] = UNKNOWN
    elif not row["is_dispatch"]:
        out["refund.dispatch_confirmed"] = NOT_APPLICABLE
    else:
        confirmed = any(
            a["dispatch_employer_id"] == employer
            and a["programme_year"] == window.year
            and a["allocation_confirmed"]
            for a in known.rows("dispatch_agreements")
        )
        out["refund.dispatch_confirmed"] = PASS if confirmed else UNKNOWN
    out["refund.fund_reserve"] = _verdict(fund.gate_open(case, known.period, window.year, day))
    overlaps = own.has_window and known.period <= window.last and known.end >= window.first
    out["refund.window"] = _verdict(overlaps)
    state = objection_state(known, "refund", employer, window.first)
    out["refund.notice"] = {"upheld": FAIL, "open": UNKNOWN, None: PASS}[state]
    out["refund.base"] = _verdict(m.base > 0)
    reviewed = review_outcome(known, "refund", employer, window.year)
    out["refund.review"] = {"approved": PASS, "refused": FAIL, None: NOT_APPLICABLE}[reviewed]
    return {rule: out[rule] for rule in RULES}


# "nor can an approval stand in for a missing registration, an unknown size or an unknown reserve period"
NOT_APPROVABLE = {"refund.unit_type", "refund.size_known", "refund.fund_reserve"}


def conclude(outcomes: dict[str, str], review_rule: str, not_approvable: set[str]) -> str:
    """ "any fail -> ineligible; else any unknown -> review, unless the review passes: then eligible; else eligible"."""
    if FAIL in outcomes.values():
        return "ineligible"
    unknown = {rule for rule, outcome in outcomes.items() if outcome == UNKNOWN}
    if not unknown:
        return "eligible"
    if outcomes[review_rule] == PASS and not unknown & not_approvable:
        return "eligible"
    return "review"


# --- decisions of one period --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Own:
    """What holds for one employer: its parameters, the day that they are of, and its window (the year's where it has none)."""

    subject: Subject
    params: Parameters
    day: dt.date
    window: Window
    has_window: bool


SECTIONS = [
    (5, "A"), (12, "B"), (43, "C"), (46, "D"), (50, "E"), (52, "F"), (60, "G"), (62, "H"), (65, "I"), (69, "J"), (70, "K"), (72, "L"),
    (75, "M"), (79, "N"), (82, "O"), (83, "P"), (85, "Q"), (90, "R"), (96, "S"), (97, "T"),
]  # fmt: skip


def industry_of(code: str | None) -> frozenset[str]:
    """Section and division of an industry code (GB/T 4754-2017)."""
    match = re.fullmatch(r"([A-Z]?)(\d*)", (code or "").strip().upper())
    if not match:
        return frozenset()
    letter, digits = match.groups()
    division = digits[:2]
    if not letter and division:
        letter = next((name for last, name in SECTIONS if int(division) <= last), "")
    return frozenset(part for part in (letter, division) if part)


def lists_delivered(known: Known) -> set[str]:
    """Lists of units that were ever delivered."""
    return {row["list_id"] for row in known.rows("employer_lists")}


def newest_month(known: Known) -> dt.date:
    """The newest fee month <= the period in which any employer has anyone insured."""
    return known.remember(
        "newest_month",
        lambda: max(m for c in insured_counts(known).values() for m in c if m <= known.period),
    )


def subject_of(known: Known, row: Row | None, size: str | None, day: dt.date) -> Subject:
    """What conditions may ask of an employer: "On a list: valid_from <= day <= valid_to"."""
    if row is None:
        return Subject()
    lists = frozenset(
        entry["list_id"]
        for entry in known.rows("employer_lists")
        if entry["uscc"] == row["uscc"]
        and entry["valid_from"] <= day
        and (entry["valid_to"] is None or day <= entry["valid_to"])
    )
    return Subject(
        row["region_code"],
        row["unit_type"],
        size,
        industry_of(row["industry_code"]),
        row["is_dispatch"],
        lists,
    )


def own_rules(case: Case, known: Known, year: int, row: Row | None) -> tuple[Own, str | None, str | None]:
    """What holds for an employer, and its size class with the source: "a branch's parameters class its parent too"."""
    first, last = case.params.all_windows("refund")[year]
    size_day = min(known.end, last)
    plain = subject_of(known, row, None, size_day)
    size, source = (
        size_of(case.params.of(plain), size_day, known, year - 1, row["uscc"], row) if row else (None, None)
    )
    with_size = subject_of(known, row, size, size_day)
    window = next((w for w in case.params.of(with_size).windows("refund") if w.year == year), None)
    shown = window or Window(year, first, last)
    day = min(known.end, shown.last)
    subject = subject_of(known, row, size, day)
    return Own(subject, case.params.of(subject), day, shown, window is not None), size, source


def decide(case: Case, period: dt.date, year: int) -> dict[str, Decision]:
    """Take the decisions of those whose window has not passed as of a period's end (kept)."""
    return case.remember(("refund", period, year), lambda: _decide(case, period, year))


def _decide(case: Case, period: dt.date, year: int) -> dict[str, Decision]:
    known, base_year = case.known(period), year - 1
    found: dict[str, Decision] = {}
    for employer in sorted(known.contributions()):
        if not any(month.year == base_year for month in insured_counts(known).get(employer, {})):
            continue
        row = known.register().get(employer)
        own, size, source = own_rules(case, known, year, row)
        if period > month_of(own.window.last):
            continue
        p, day = own.params, own.day
        m = measure(p, day, known, employer, base_year)
        assert m is not None
        outcomes = judge(case, known, own, row, employer, m, size)
        decision = (
            "out_of_scope"
            if row is not None and row["unit_type"] == "other"
            else conclude(outcomes, "refund.review", NOT_APPROVABLE)
        )
        ratio = p.number(f"refund_ratio_{size}", day) if size else None
        found[employer] = Decision(
            employer,
            row,
            m,
            size,
            source,
            layoff_rate(p, day, m),
            rate_limit(p, day, m),
            outcomes,
            ratio,
            decision,
            own,
        )
        if decision in ("eligible", "review") and ratio is not None:
            # "Amount = round half up to the fen (base × ratio) ... 0 unless eligible or review"
            found[employer].amount = within_limits(p, day, half_up(exact(m.base) * ratio, 2))
    for decision in found.values():
        if decision.row is not None and decision.row["is_dispatch"]:
            split(known, base_year, decision, found)
    return found


def within_limits(p: Parameters, day: dt.date, amount: Decimal) -> Decimal:
    """ "not above refund_amount_max, 0 where below refund_amount_min"."""
    least, most = optional(p, "refund_amount_min", day), optional(p, "refund_amount_max", day)
    if least != "none" and amount < Decimal(least):
        return ZERO
    return min(amount, Decimal(most)) if most != "none" else amount


def split(known: Known, base_year: int, d: Decision, everyone: dict[str, Decision]) -> None:
    """Split a dispatch employer's base by person-month and its refund by largest remainder (甘人社通〔2024〕165号 三)."""
    p, day, employer = d.own.params, d.own.day, d.employer_id
    excluded = p.items("excluded_user_unit_types", day)
    shares: dict[str | None, Share] = {None: Share("own_staff", None, None)}
    named: dict[str, tuple[dt.date, str]] = {}

    def share_of(assignment: Row | None) -> Share:
        # "Its user's type excluded: out of the base, whoever bears the cost. Else cost bearer the user: the user's. Else, and
        # without assignment: own staff."
        if assignment is None:
            return shares[None]
        out = assignment["user_unit_type"] in excluded
        if not out and assignment["cost_bearer"] != "user":
            return shares[None]
        uscc = assignment["user_uscc"]
        share = shares.setdefault(uscc, Share("user", uscc, None, withheld="excluded_unit_type"))
        name = (assignment["start_month"], assignment["user_name"])
        named[uscc] = max(named.get(uscc, name), name)
        share.name = named[uscc][1]
        if not out:
            share.withheld = None
        return share

    for month, persons in insured_counts(known).get(employer, {}).items():
        if month.year == base_year:
            for person in persons:
                share = share_of(assignment_of(known, employer, person, month))
                share.persons.add(person)
                share.person_months += 1
    for row, assignment in base_of(p, day, known, employer, base_year)[1]:
        share_of(assignment).base += row["employer_paid"] + row["person_paid"]

    ordered = [*sorted((s for s in shares.values() if s.uscc), key=lambda s: s.uscc or ""), shares[None]]
    ratios: list[Fraction] = []
    by_user = p.text("dispatch_ratio_basis", day) == "user"
    for share in ordered:
        ratio = d.ratio or Fraction(0)
        if by_user and share.kind == "user" and share.withheld is None:
            ratio = Fraction(0)
            eligible = [
                other
                for other in sorted(everyone.values(), key=lambda o: o.employer_id)
                if other.row is not None and other.row["uscc"] == share.uscc and other.decision == "eligible"
            ]
            if eligible:
                ratio = eligible[0].ratio or Fraction(0)
            else:
                share.withheld = (
                    "user_not_eligible" if known.employers_of(share.uscc or "") else "user_not_found"
                )
        ratios.append(ratio)
    quotas = [exact(share.base) * ratio for share, ratio in zip(ordered, ratios, strict=True)]
    if by_user and d.decision in ("eligible", "review") and d.ratio is not None:
        # "the refund is then the rounded sum of the quotas"
        d.amount = within_limits(p, day, half_up(sum(quotas, Fraction(0)), 2))
    together = sum(quotas, Fraction(0))
    if d.amount != half_up(together, 2) and together > 0:
        # "Where an amount limit binds a dispatch firm, every quota is multiplied by refund ÷ unrounded sum"
        quotas = [quota * exact(d.amount) / together for quota in quotas]
    if d.amount != 0:
        # "each gets the whole fen below it; the fen left to reach the refund go to the largest remainders, ties to the smaller
        # user_uscc, own staff last"
        for share, quota in zip(ordered, quotas, strict=True):
            share.amount = fen_below(quota)
        left = int((d.amount - sum((s.amount for s in ordered), ZERO)) / FEN)
        ranking = sorted(range(len(ordered)), key=lambda i: (-(quotas[i] - exact(ordered[i].amount)), i))
        for i in ranking[:left]:
            ordered[i].amount += FEN
    d.shares = ordered


def standing(case: Case, period: dt.date, year: int) -> dict[str, Decision]:
    """The decisions that stand: of those whose window has passed, that of its last month; the others' are taken now."""
    first, last = case.params.all_windows("refund")[year]
    found: dict[str, Decision] = {}
    for month in months_between(first, month_of(last)):
        if month < period:
            passed = {
                e: d for e, d in decide(case, month, year).items() if month_of(d.own.window.last) == month
            }
            found.update(passed)
    if period <= month_of(last):
        found.update(decide(case, period, year))
    return found


def shown_years(case: Case, period: dt.date) -> list[int]:
    """ "every Y whose window has begun by the period's end and Y >= the period's year − 1", from the earliest window's first day."""
    return [
        year
        for year, (first, _) in sorted(case.params.all_windows("refund").items())
        if first <= month_end(period) and year >= period.year - 1
    ]


def first_decided(case: Case, period: dt.date, year: int) -> dict[str, dt.date]:
    """The first period of the window, among the months delivered and the report's own, in which each was eligible by what was known then."""
    found: dict[str, dt.date] = {}
    first, last = case.params.all_windows("refund")[year]
    for month in case.known(period).months_delivered():
        if month_of(first) <= month <= month_of(last):
            for employer, decision in decide(case, month, year).items():
                if decision.decision == "eligible":
                    found.setdefault(employer, month)
    return found


# --- payments -----------------------------------------------------------------------------------------------------------


def lines_of(known: Known, employer: str, year: int) -> list[Row]:
    """Lines "(refund, Y, known) to the employer or on its behalf"."""

    def index() -> dict[tuple[str, int], list[Row]]:
        found: dict[tuple[str, int], list[Row]] = {}
        for row in known.rows("programme_payments"):
            if row["programme"] == "refund":
                payer = row["on_behalf_of"] or row["payee_id"]
                found.setdefault((payer, row["programme_year"]), []).append(row)
        return found

    return known.remember("refund_lines", index).get((employer, year), [])


def total(lines: list[Row], result: str) -> Decimal:
    """Sum the lines of one result."""
    return sum((row["amount"] for row in lines if row["result"] == result), ZERO)


def account_status(row: Row | None) -> str:
    """ "Account: corporate, else tax-payment, else account_missing (an account kind without a number too)"."""
    if row is None or not row["account_no"] or row["account_kind"] not in ("corporate", "tax_payment"):
        return "account_missing"
    return row["account_kind"]


def noticed_before(case: Case, period: dt.date, year: int) -> dict[str, Decimal]:
    """Greatest amount on a notice in the months before.

    "A unit stands on the notice of every month delivered ... from the window's first on, also after the window, in which the
    decision standing then is eligible, with the amount standing then".
    """
    found: dict[str, Decimal] = {}
    first, _ = case.params.all_windows("refund")[year]
    for month in case.known(period).months_delivered():
        if month_of(first) <= month < period:
            for employer, d in standing(case, month, year).items():
                if d.decision == "eligible":
                    found[employer] = max(found.get(employer, ZERO), d.amount)
    return found


def notice_status(
    known: Known, employer: str, window: Window, decision: str, amount: Decimal, before: Decimal | None
) -> str:
    """Notice, in the order upheld, open, not eligible, none before or the amount above the greatest before, else cleared."""
    state = objection_state(known, "refund", employer, window.first)
    if state:
        return f"objection_{state}"
    if decision != "eligible":
        return "not_noticed"
    return "on_notice" if before is None or amount > before else "cleared"


def repaid(known: Known, programme: str, subject: str, year: int | None) -> Decimal:
    """Money repaid (追回) for a subject: `net paid = max(0, paid − repaid)` for all three programmes."""
    return sum(
        (
            row["amount"]
            for row in known.rows("recoveries")
            if row["programme"] == programme
            and row["subject_id"] == subject
            and row["kind"] == "repaid"
            and (year is None or row["programme_year"] == year)
        ),
        ZERO,
    )


def refund_tables(case: Case, period: dt.date) -> dict[str, list[dict[str, Any]]]:
    """Return refund_decisions, refund_rule_outcomes and refund_allocations of a period."""
    known = case.known(period)
    decisions, outcomes, allocations = [], [], []
    for year in shown_years(case, period):
        first, before = first_decided(case, period, year), noticed_before(case, period, year)
        for employer, d in standing(case, period, year).items():
            window = d.own.window
            m, row = d.measures, d.row or {}
            lines = lines_of(known, employer, window.year)
            paid, returned = total(lines, "paid"), total(lines, "returned")
            net_paid = max(ZERO, paid - repaid(known, "refund", employer, window.year))
            account = account_status(known.register().get(employer))
            noticed = before.get(employer, ZERO)
            objection = objection_state(known, "refund", employer, window.first)
            cleared = ZERO if objection else noticed
            releasable = ZERO
            until = optional(d.own.params, "refund_payment_until", d.own.day)
            if d.decision == "eligible":
                noticed = max(noticed, d.amount)
                in_time = until == "none" or known.end <= dt.date.fromisoformat(until)
                if account != "account_missing" and in_time:
                    releasable = max(ZERO, min(d.amount, cleared) - net_paid)
            claims_rate = None if m.claimants is None else m.claimants / m.average
            net_rate = None if m.net_reduction is None else Fraction(m.net_reduction, m.opening)
            differ = None
            if claims_rate is not None and net_rate is not None:
                differ = (claims_rate <= d.limit) != (net_rate <= d.limit)
            key = {"period": period, "programme_year": window.year, "employer_id": employer}
            decisions.append(
                key
                | {
                    name: row.get(name)
                    for name in ("uscc", "employer_name", "region_code", "unit_type", "is_dispatch")
                }
                | {
                    "size_class": d.size_class,
                    "size_source": d.size_source,
                    "average_insured": half_up(m.average, 6),
                    "opening_insured": m.opening,
                    "closing_insured": m.closing,
                    "claimants": m.claimants,
                    "natural_attrition": m.natural_attrition,
                    "claims_layoff_rate": None if claims_rate is None else half_up(claims_rate, 6),
                    "net_reduction_layoff_rate": None if net_rate is None else half_up(net_rate, 6),
                    "layoff_rate": None if d.layoff_rate is None else half_up(d.layoff_rate, 6),
                    "layoff_rate_limit": half_up(d.limit, 6),
                    "verdicts_differ": differ,
                    "months_paid_in_full": m.months_paid,
                    "arrears": yuan(m.arrears),
                    "contribution_base": yuan(m.base),
                    "refund_ratio": None if d.ratio is None else half_up(d.ratio, 6),
                    "refund_amount": yuan(d.amount),
                    "decision": d.decision,
                    "failed_rules": [rule for rule, o in d.outcomes.items() if o == FAIL],
                    "unknown_rules": [rule for rule, o in d.outcomes.items() if o == UNKNOWN],
                    "paid_amount": yuan(paid),
                    "returned_amount": yuan(returned),
                    "noticed_amount": yuan(noticed),
                    "cleared_amount": yuan(cleared),
                    "payable_amount": yuan(
                        max(ZERO, d.amount - net_paid) if d.decision == "eligible" else ZERO
                    ),
                    "releasable_amount": yuan(releasable),
                    "recoverable_amount": yuan(max(ZERO, net_paid - d.amount)),
                    "account_status": account,
                    "notice_status": notice_status(
                        known, employer, window, d.decision, d.amount, before.get(employer)
                    ),
                    "first_decided_period": first.get(employer),
                }
            )
            outcomes += [key | {"rule_id": rule, "outcome": outcome} for rule, outcome in d.outcomes.items()]
            for share in d.shares:
                payee = share.uscc if share.kind == "user" else employer
                own = [line for line in lines if line["payee_id"] == payee]
                allocations.append(
                    key
                    | {
                        "beneficiary_kind": share.kind,
                        "user_uscc": share.uscc,
                        "user_name": share.name,
                        "persons": len(share.persons),
                        "person_months": share.person_months,
                        "allocation_base": yuan(share.base),
                        "allocated_amount": yuan(share.amount),
                        "paid_amount": yuan(total(own, "paid")),
                        "withheld_reason": share.withheld,
                    }
                )
    return {
        "refund_decisions": decisions,
        "refund_rule_outcomes": outcomes,
        "refund_allocations": allocations,
    }


__all__ = ["add_months", "decide", "months_between", "refund_tables"]
