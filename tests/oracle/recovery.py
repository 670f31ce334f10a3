"""Recovery of money: cases, and the balance by age (policy rules 7b; 人社部发〔2020〕21号)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from .benefits import payments
from .expansion import expansion_tables
from .refund import refund_tables
from .risk import all_rules, r05_by_claim, r20_by_claim
from .skill import skill_tables
from .world import ZERO, Case, Known, Row, yuan

# "a month paid twice, beyond the entitlement, above the standard, after a stop, in a month after re-employment, dead, on pension, imprisoned,
# drawing elsewhere"
OVERPAID_BY_CLAIM = ("R01", "R02", "R03", "R04", "R21", "R22", "R23", "R29")  # and R05, R20
KINDS = {
    "refund": "employer",
    "skill_subsidy": "application",
    "job_expansion": "application",
    "living_benefits": "claim",
}


def entries(known: Known) -> dict[str, list[Row]]:
    """Entries of each case known at the period's end, in their order."""
    found: dict[str, list[Row]] = {}
    for row in sorted(known.rows("recoveries"), key=lambda r: (r["on_date"], r["entry_no"])):
        found.setdefault(row["case_no"], []).append(row)
    return found


def total(rows: list[Row], kind: str) -> Decimal:
    """Sum of the entries of a kind."""
    return sum((r["amount"] or ZERO for r in rows if r["kind"] == kind), ZERO)


def owed(rows: list[Row]) -> Decimal:
    """What the entries leave to be paid back; "the balance is not floored"."""
    return total(rows, "demand") - total(rows, "repaid") - total(rows, "waived")


def region_of(known: Known, row: Row) -> str | None:
    """Region of the subject, None if unknown."""

    def found(source: str, key: str, value: str) -> Row | None:
        return next((r for r in known.rows(source) if r[key] == value), None)

    programme, subject = row["programme"], row["subject_id"]
    if programme == "skill_subsidy":
        holder = found("skill_applications", "application_no", subject)
    elif programme == "living_benefits":
        holder = found("benefit_claims", "claim_no", subject)
    else:
        if programme == "job_expansion":
            application = found("expansion_applications", "application_no", subject)
            subject = application["employer_id"] if application else ""
        holder = known.register().get(subject)
    return holder["region_code"] if holder else None


def status_of(rows: list[Row], outstanding: Decimal, due_on: dt.date | None, end: dt.date) -> str:
    """Status: "a case without a demand is open"; else the first that holds: settled, transferred, overdue, in_instalments, open."""
    kinds = {r["kind"] for r in rows}
    if "demand" not in kinds:
        return "open"
    if outstanding == 0 or "closed" in kinds:
        return "settled"
    if "transferred" in kinds:
        return "transferred"
    if due_on is not None and due_on < end:
        return "overdue"
    return "in_instalments" if "plan" in kinds else "open"


def recovery_cases(case: Case, period: dt.date) -> list[dict[str, Any]]:
    """One row per case: "outstanding = demanded − repaid − waived (never below 0)"; due_on "of the newest entry that has one"."""
    known = case.known(period)
    table = []
    for number, rows in entries(known).items():
        first = rows[0]
        outstanding = max(ZERO, owed(rows))
        due_on = next((r["due_on"] for r in reversed(rows) if r["due_on"] is not None), None)
        table.append(
            {
                "period": period,
                "case_no": number,
                "programme": first["programme"],
                "subject_kind": KINDS[first["programme"]],
                "subject_id": first["subject_id"],
                "programme_year": first["programme_year"] if first["programme"] == "refund" else None,
                "region_code": region_of(known, first),
                "first_demanded_on": min((r["on_date"] for r in rows if r["kind"] == "demand"), default=None),
                "demanded": yuan(total(rows, "demand")),
                "repaid": yuan(total(rows, "repaid")),
                "waived": yuan(total(rows, "waived")),
                "outstanding": yuan(outstanding),
                "due_on": due_on,
                "status": status_of(rows, outstanding, due_on, known.end),
            }
        )
    return table


def band(days: int | None) -> str:
    """Age band: "0–30, 31–90, 91–365, > 365 days since the first demand"."""
    if days is None or days <= 30:
        return "0-30"
    return "31-90" if days <= 90 else "91-365" if days <= 365 else "over_365"


def overpaid(case: Case, known: Known) -> dict[tuple[str, str | None], Decimal]:
    """Return what leads say was overpaid in living benefits, by person and the region of the claim."""
    regions = {c["claim_no"]: c["region_code"] for c in known.rows("benefit_claims")}
    found: dict[tuple[str, str | None], Decimal] = {}

    def add(person: str, region: str | None, amount: Decimal) -> None:
        found[person, region] = found.get((person, region), ZERO) + amount

    lines = known.rows("benefit_payments")
    for region in {regions.get(row["claim_no"], row["region_code"]) for row in lines}:
        # Each of these rules looks at one claim at a time, so the lines of a region's claims can be taken alone.
        alone = Known(known.world, known.period)
        alone._rows = known._rows | {
            "benefit_payments": [r for r in lines if regions.get(r["claim_no"], r["region_code"]) == region]
        }
        alone.memory = {
            k: v for k, v in known.memory.items() if not (isinstance(k, tuple) and k[0] == "paid_benefits")
        }
        for rule in OVERPAID_BY_CLAIM:
            for _, person, amount in all_rules()[rule](case, alone):
                add(person, region, amount)
    for person, number, amount in [*r05_by_claim(known), *r20_by_claim(case, known)]:
        add(person, regions.get(number), amount)
    return found


def undemanded(case: Case, period: dt.date) -> list[tuple[str, str, str | None, Decimal]]:
    """Programme, age band, region and amount of what is recoverable and has no case; "age from the last payment to that subject".

    "What is recoverable by a decision or a confirmed or open overpayment lead": of living benefits, by person and the region of the claim.
    Overpaid are the months of section 4; a case on any claim of the person stands for it.
    """
    known = case.known(period)
    subjects = {
        (rows[0]["programme"], rows[0]["subject_id"], rows[0]["programme_year"])
        for rows in entries(known).values()
    }
    found = []
    tables = (
        ("refund", refund_tables(case, period)["refund_decisions"], "employer_id"),
        ("skill_subsidy", skill_tables(case, period)["skill_decisions"], "application_no"),
        ("job_expansion", expansion_tables(case, period)["expansion_decisions"], "application_no"),
    )
    for programme, decisions, key in tables:
        for row in decisions:
            subject, year = row[key], row.get("programme_year")
            has_case = any(
                (p, s) == (programme, subject) and (y is None or year is None or y == year)
                for p, s, y in subjects
            )
            if row["recoverable_amount"] <= 0 or has_case:
                continue
            days = [
                (known.end - line["paid_on"]).days
                for line in known.rows("programme_payments")
                if line["programme"] == programme
                and line["result"] == "paid"
                and (line["on_behalf_of"] or line["payee_id"]) == subject
                and (programme != "refund" or line["programme_year"] == year)
            ]
            found.append(
                (programme, band(min(days, default=None)), row["region_code"], row["recoverable_amount"])
            )
    claims: dict[str, list[Row]] = {}
    for claim in sorted(known.rows("benefit_claims"), key=lambda c: (c["start_month"], c["claim_no"])):
        claims.setdefault(claim["person_id"], []).append(claim)
    for (person, region), amount in overpaid(case, known).items():
        own = claims.get(person, [])
        if any(("living_benefits", claim["claim_no"]) in {(p, s) for p, s, _ in subjects} for claim in own):
            continue
        days = [
            (known.end - r["paid_on"]).days
            for r in payments(known.rows("benefit_payments"))
            if r["person_id"] == person
        ]
        found.append(("living_benefits", band(min(days, default=None)), region, amount))
    return found


def recovery_balance(case: Case, period: dt.date) -> list[dict[str, Any]]:
    """One row per region, programme and age band: a case "stands in the band of its age at the period's end with all its figures"."""
    known = case.known(period)
    measures = ("opening", "demanded", "repaid", "waived", "closing", "not_yet_demanded")
    sums: dict[tuple[str, str, str], dict[str, Decimal]] = {}

    def add(region: str | None, programme: str, age: str, **amounts: Decimal) -> None:
        line = sums.setdefault((region or "unknown", programme, age), dict.fromkeys(measures, ZERO))
        for name, amount in amounts.items():
            line[name] += amount

    for rows in entries(known).values():
        first = min((r["on_date"] for r in rows if r["kind"] == "demand"), default=None)
        before = [r for r in rows if r["on_date"] < period]
        month = [r for r in rows if r["on_date"] >= period]
        add(
            region_of(known, rows[0]),
            rows[0]["programme"],
            band((known.end - first).days if first else None),
            opening=owed(before),
            demanded=total(month, "demand"),
            repaid=total(month, "repaid"),
            waived=total(month, "waived"),
            closing=owed(rows),
        )
    for programme, age, region, amount in undemanded(case, period):
        add(region, programme, age, not_yet_demanded=amount)
    return [
        {"period": period, "region_code": region, "programme": programme, "age_band": age}
        | {name: yuan(value) for name, value in line.items()}
        for (region, programme, age), line in sums.items()
    ]


__all__ = ["recovery_balance", "recovery_cases"]
