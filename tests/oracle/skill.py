"""Skill subsidy (技能提升补贴): 人社部发〔2024〕40号 三; 甘人社通〔2024〕165号 一、二."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from . import fund
from .params import Parameters, Subject
from .refund import (
    FAIL,
    NOT_APPLICABLE,
    PASS,
    UNKNOWN,
    conclude,
    objection_state,
    optional,
    repaid,
    review_outcome,
    total,
)
from .world import ZERO, Case, Known, Row, add_months, due_of_person_month, month_of, yuan

RULES = (
    "skill.certificate",
    "skill.issuer",
    "skill.applied_in_time",
    "skill.insured_months",
    "skill.status",
    "skill.once_per_level",
    "skill.not_below_received",
    "skill.training_subsidy",
    "skill.yearly_cap",
    "skill.alive",
    "skill.review_over_year",
    "skill.fund_reserve",
    "skill.window",
    "skill.notice",
    "skill.review",
)
PARAMETERS = (
    "skill_amount_5",
    "skill_amount_4",
    "skill_amount_3",
    "skill_in_province_only",
    "skill_apply_within_months",
    "skill_insured_measured_at",
    "skill_min_insured_months",
    "skill_unit_types",
    "skill_max_per_year",
    "skill_review_over_per_year",
)
COVERED = ("5", "4", "3")
# "nor can an approval stand in for a missing registration ... or an unknown reserve period"
NOT_APPROVABLE = {"skill.status", "skill.fund_reserve", "skill.window"}


@dataclass
class Application:
    """One application and its decision."""

    row: Row
    certificate: Row | None
    outcomes: dict[str, str]
    decision: str
    amount: Decimal
    insured_months: int
    status_basis: str
    approved_in_year: int

    @property
    def approved(self) -> bool:
        """Only approved ones count: "decided eligible, or review with no unknown but skill.review_over_year"."""
        unknown = {rule for rule, outcome in self.outcomes.items() if outcome == UNKNOWN}
        return self.decision == "eligible" or (
            self.decision == "review" and unknown <= {"skill.review_over_year"}
        )

    @property
    def level(self) -> str | None:
        """Level of the certificate, as a code."""
        return None if self.certificate is None else str(self.certificate["level"])

    @property
    def occupation(self) -> str | None:
        """Occupation of the certificate."""
        return None if self.certificate is None else self.certificate["occupation_code"]


def insured_months(known: Known, person: str, last: dt.date) -> int:
    """Count "fee months with Σ personal premium received > 0, over all employers and kinds, refunds deducted", up to a month."""
    count = 0
    for month, employers in known.personal_contributions().get(person, {}).items():
        if month <= last:
            received = sum(
                (
                    row["person_paid"]
                    for rows in employers.values()
                    for row in rows
                    if row["received_on"] is not None and row["received_on"] <= known.end
                ),
                ZERO,
            )
            count += received > 0
    return count


def benefit_months(known: Known, person: str) -> set[dt.date]:
    """Months for which a payment of kind `benefit` was paid."""

    def index() -> dict[str, set[dt.date]]:
        found: dict[str, set[dt.date]] = {}
        for row in known.rows("benefit_payments"):
            if row["benefit_kind"] == "benefit" and row["result"] == "paid":
                found.setdefault(row["person_id"], set()).add(row["benefit_month"])
        return found

    return known.remember("benefit_months", index).get(person, set())


def status(known: Known, person: str, applied_on: dt.date, unit_types: list[str]) -> tuple[str, str]:
    """Outcome and basis of skill.status.

    "in post: due > 0 in the month of application or the one before at a unit of skill_unit_types (enterprise); or a benefit
    payment (paid) for one of these months"; unknown with "only employers that are not in the register".
    """
    months = [month_of(applied_on), add_months(month_of(applied_on), -1)]
    employers = {
        employer
        for month in months
        for employer, rows in known.personal_contributions().get(person, {}).get(month, {}).items()
        if due_of_person_month(rows) > 0
    }
    registered = {e: known.register()[e] for e in employers if e in known.register()}
    if any(row["unit_type"] in unit_types for row in registered.values()):
        return PASS, "in_post"
    if any(month in benefit_months(known, person) for month in months):
        return PASS, "benefit_recipient"
    return (UNKNOWN if employers and not registered else FAIL), "none"


def training_subsidies(known: Known, person: str, occupation: str, level: str) -> list[Row]:
    """Training subsidies paid to a person for an occupation and level."""
    return [
        row
        for row in known.rows("training_subsidies")
        if (row["person_id"], row["occupation_code"], str(row["level"])) == (person, occupation, level)
    ]


def decide(case: Case, period: dt.date) -> list[Application]:
    """Decide every application received so far and dated in the period or earlier, person by person in order (kept)."""
    return case.remember(("skill", period), lambda: _decide(case, period))


def _decide(case: Case, period: dt.date) -> list[Application]:
    known = case.known(period)
    certificates = {row["cert_no"]: row for row in known.rows("certificates")}
    histories: dict[str, list[Application]] = {}
    # "Order: one person's applications by applied_on, then application_no"
    for row in sorted(known.rows("skill_applications"), key=lambda r: (r["applied_on"], r["application_no"])):
        history = histories.setdefault(row["person_id"], [])
        history.append(judge(case, known, row, certificates.get(row["cert_no"]), history))
    return [application for history in histories.values() for application in history]


def judge(case: Case, known: Known, row: Row, cert: Row | None, history: list[Application]) -> Application:
    """Judge one application, the person's earlier ones being decided."""
    day, person = row["applied_on"], row["person_id"]
    p = case.params.of(Subject(region=row["region_code"]))  # "Jurisdiction is the subject's own region"
    approved = [a for a in history if a.approved]
    in_year = sum(1 for a in approved if a.row["applied_on"].year == day.year)
    window = p.window_holding("skill_subsidy", day)
    if (
        window is None
        and p.windows("skill_subsidy")
        and day > max(w.last for w in p.windows("skill_subsidy"))
    ):
        # "a day after the end of the last window known is awaiting a notice: unknown ... the other rules not_applicable, amount 0"
        outcomes = dict.fromkeys(RULES, NOT_APPLICABLE) | {"skill.window": UNKNOWN}
        return Application(row, cert, outcomes, "review", ZERO, 0, "none", in_year)
    if window is None or not all(p.has(name, day) for name in PARAMETERS):
        # "On a day without a window skill.window fails ... and every other rule is not_applicable (insured_months 0, status_basis none)"
        outcomes = dict.fromkeys(RULES, NOT_APPLICABLE) | {"skill.window": FAIL}
        return Application(row, cert, outcomes, "ineligible", ZERO, 0, "none", in_year)

    out: dict[str, str] = {}

    def verdict(rule: str, holds: bool | None) -> None:
        out[rule] = UNKNOWN if holds is None else PASS if holds else FAIL

    level = None if cert is None else str(cert["level"])
    occupation = None if cert is None else cert["occupation_code"]

    # "the certificate exists, is valid, belongs to that person, level 5, 4 or 3"
    if not known.has("certificates"):
        verdict("skill.certificate", None)
    else:
        verdict(
            "skill.certificate",
            cert is not None
            and cert["status"] == "valid"
            and cert["person_id"] == person
            and level in COVERED,
        )
    # "issued in the province, where skill_in_province_only is yes"
    if not p.yes("skill_in_province_only", day):
        out["skill.issuer"] = NOT_APPLICABLE
    else:
        issuer = None if cert is None else cert["issuer_region"]
        verdict("skill.issuer", None if not issuer else issuer[:2] == p.jurisdiction[:2])
    # "issue <= applied <= issue + skill_apply_within_months"
    within = int(p.number("skill_apply_within_months", day))
    verdict(
        "skill.applied_in_time",
        None if cert is None else cert["issued_on"] <= day <= add_months(cert["issued_on"], within),
    )
    # insured months, up to the month of issue or of application
    measured: dt.date | None = day
    if p.text("skill_insured_measured_at", day) == "issue":
        measured = None if cert is None else cert["issued_on"]
    months = 0 if measured is None else insured_months(known, person, month_of(measured))
    amount_day = day
    by_issue = optional(p, "skill_parameters_by", day) == "issued_on" and cert is not None
    # "where that day has no parameters, those of applied_on; only amounts and skill_min_insured_months are meant"
    if by_issue and cert and p.has("skill_min_insured_months", cert["issued_on"]):
        amount_day = cert["issued_on"]
    least = p.number("skill_min_insured_months", amount_day)
    verdict("skill.insured_months", None if measured is None else months >= least)
    out["skill.status"], basis = status(known, person, day, p.items("skill_unit_types", day))
    # history: "no earlier approved application for the same occupation and level"; "... at a higher level (3 above 4 above 5)"
    same = [a for a in approved if cert is not None and a.occupation == occupation]
    verdict("skill.once_per_level", None if cert is None else not any(a.level == level for a in same))
    verdict(
        "skill.not_below_received",
        None if cert is None else not any(int(a.level or 9) < int(level or 0) for a in same),
    )
    if cert is None or not known.has("training_subsidies"):
        verdict("skill.training_subsidy", None)
    else:
        verdict(
            "skill.training_subsidy", not training_subsidies(known, person, occupation or "", level or "")
        )
    verdict("skill.yearly_cap", within_cap(known, p, day, in_year, occupation, level))
    # "no cross-check of death with event_date < applied_on (an entry is withdrawn by 有效标志 0 only)"
    if not known.has("cross_checks"):
        verdict("skill.alive", None)
    else:
        verdict(
            "skill.alive",
            not any(
                check["person_id"] == person and check["check_kind"] == "death" and check["event_date"] < day
                for check in known.rows("cross_checks")
            ),
        )
    # "approved in that year before this one < skill_review_over_per_year ... otherwise: strict review, not refused"
    verdict("skill.review_over_year", True if in_year < p.number("skill_review_over_per_year", day) else None)
    # "An application's gate is that of the programme year whose window holds applied_on"
    verdict("skill.fund_reserve", fund.gate_open(case, known.period, window.year, day))
    out["skill.window"] = PASS
    state = objection_state(known, "skill_subsidy", row["application_no"], day)
    out["skill.notice"] = {"upheld": FAIL, "open": UNKNOWN, None: PASS}[state]
    reviewed = review_outcome(known, "skill_subsidy", row["application_no"], None)
    out["skill.review"] = {"approved": PASS, "refused": FAIL, None: NOT_APPLICABLE}[reviewed]

    outcomes = {rule: out[rule] for rule in RULES}
    decision = conclude(outcomes, "skill.review", NOT_APPROVABLE)
    amount = ZERO
    if decision in ("eligible", "review"):
        amount = amount_of_level(case, level, amount_day, p)
    return Application(row, cert, outcomes, decision, amount, months, basis, in_year)


def within_cap(
    known: Known, p: Parameters, day: dt.date, in_year: int, occupation: str | None, level: str | None
) -> bool | None:
    """ "< skill_max_per_year; or < that + skill_scarce_extra and the occupation is on the list scarce_occupations that day"."""
    most, extra = p.number("skill_max_per_year", day), optional(p, "skill_scarce_extra", day)
    if in_year < most:
        return True
    if in_year >= most + (0 if extra == "none" else int(extra)) or occupation is None:
        return False
    listed = [row for row in known.rows("occupation_lists") if row["list_id"] == "scarce_occupations"]
    if not listed:
        return None
    return any(
        row["occupation_code"] == occupation
        and (row.get("level") is None or str(row["level"]) == level)
        and row["valid_from"] <= day
        and (row.get("valid_to") is None or day <= row["valid_to"])
        for row in listed
    )


def amount_of_level(case: Case, level: str | None, day: dt.date, p: Parameters | None = None) -> Decimal:
    """Amounts `skill_amount_5`, `_4`, `_3`; "levels 2 and 1 are not covered"."""
    if level not in COVERED:
        return ZERO
    value = (p or case.params).number(f"skill_amount_{level}", day)
    return yuan(Decimal(value.numerator) / Decimal(value.denominator))


def lines_of(known: Known, application_no: str) -> list[Row]:
    """Payment lines of an application."""

    def index() -> dict[str, list[Row]]:
        found: dict[str, list[Row]] = {}
        for row in known.rows("programme_payments"):
            if row["programme"] == "skill_subsidy":
                found.setdefault(row["payee_id"], []).append(row)
        return found

    return known.remember("skill_lines", index).get(application_no, [])


def skill_tables(case: Case, period: dt.date) -> dict[str, list[dict[str, Any]]]:
    """Return skill_decisions and skill_rule_outcomes of a period."""
    known = case.known(period)
    decisions, outcomes = [], []
    for a in decide(case, period):
        paid = total(lines_of(known, a.row["application_no"]), "paid")
        net_paid = max(ZERO, paid - repaid(known, "skill_subsidy", a.row["application_no"], None))
        key = {"period": period, "application_no": a.row["application_no"]}
        decisions.append(
            key
            | {name: a.row[name] for name in ("person_id", "cert_no", "region_code", "applied_on")}
            | {
                "occupation_code": a.occupation,
                "level": None if a.level is None else int(a.level),
                "insured_months": a.insured_months,
                "status_basis": a.status_basis,
                "amount": yuan(a.amount),
                "decision": a.decision,
                "failed_rules": [rule for rule, o in a.outcomes.items() if o == FAIL],
                "unknown_rules": [rule for rule, o in a.outcomes.items() if o == UNKNOWN],
                "approved_in_year": a.approved_in_year,
                "paid_amount": yuan(paid),
                # "payable = max(0, amount − paid) if eligible; recoverable = max(0, paid − amount)"
                "payable_amount": yuan(max(ZERO, a.amount - net_paid) if a.decision == "eligible" else ZERO),
                "recoverable_amount": yuan(max(ZERO, net_paid - a.amount)),
            }
        )
        outcomes += [key | {"rule_id": rule, "outcome": outcome} for rule, outcome in a.outcomes.items()]
    return {"skill_decisions": decisions, "skill_rule_outcomes": outcomes}
