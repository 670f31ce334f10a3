"""Random lives of applicants, and the skill subsidy decided for them in plain Python, straight from the words of the notices.

Made for comparison with the models: nothing here is shared with them. Days and figures of Gansu are written out below.
"""

from __future__ import annotations

import calendar
import datetime as dt
import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

Day = dt.date
Row = dict[str, Any]

WINDOWS = (
    (2022, Day(2022, 6, 4), Day(2022, 12, 31)),
    (2023, Day(2023, 1, 1), Day(2023, 12, 31)),
    (2024, Day(2024, 4, 28), Day(2024, 12, 31)),
    (2025, Day(2025, 1, 1), Day(2025, 12, 31)),
)
AMOUNTS = {"5": 1000, "4": 1500, "3": 2000}
MOST_A_YEAR = {2022: 3, 2023: 3, 2024: 3, 2025: 1}
# For occupations on the list of the scarce ones, which nobody delivered here: it decides, and is not known.
MORE_FOR_SCARCE = {2022: 0, 2023: 0, 2024: 0, 2025: 2}
IN_PROVINCE_ONLY = {2025}
NEEDED_MONTHS = 12
REGISTER = {"E1": "enterprise", "G1": "government"}
RULES = [
    "certificate",
    "issuer",
    "applied_in_time",
    "insured_months",
    "status",
    "once_per_level",
    "not_below_received",
    "training_subsidy",
    "yearly_cap",
    "alive",
    "review_over_year",
    "fund_reserve",
    "window",
    "notice",
    "review",
]


def months_later(day: Day, months: int) -> Day:
    """Same day of a later (or earlier) month; a day that the month lacks falls to its last."""
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    return Day(year, month, min(day.day, calendar.monthrange(year, month)[1]))


@dataclass
class Life:
    """Everything delivered about one person."""

    person: str
    applications: list[Row] = field(default_factory=list)
    certificates: list[Row] = field(default_factory=list)
    contributions: list[Row] = field(default_factory=list)
    benefits: list[Row] = field(default_factory=list)
    trainings: list[Row] = field(default_factory=list)
    deaths: list[Row] = field(default_factory=list)
    objections: list[Row] = field(default_factory=list)
    reviews: list[Row] = field(default_factory=list)
    payments: list[Row] = field(default_factory=list)


class Drawn(random.Random):
    """Chances read from bytes that hypothesis drew; zeros, and where the bytes end, are the plainest life: no event, the first choice."""

    def __init__(self, drawn: bytes) -> None:
        super().__init__(0)
        self._left = iter(drawn)

    def _take(self, count: int) -> int:
        return int.from_bytes(bytes(next(self._left, 0) for _ in range(count)), "big")

    def random(self) -> float:
        """Return a number in [0, 1); from zeros the largest, so that what is rare does not happen."""
        return 1 - (self._take(2) + 1) / 65536

    def getrandbits(self, bits: int, /) -> int:
        """Return a whole number of so many bits."""
        size = (bits + 7) // 8
        return self._take(size) >> (8 * size - bits)


def some_day(rng: random.Random) -> Day:
    """A day of application, often on an edge of a window or close to another one."""
    if rng.random() < 0.15:
        return rng.choice(
            [
                Day(2022, 6, 3), Day(2022, 6, 4), Day(2022, 12, 31), Day(2023, 1, 1), Day(2023, 12, 31), Day(2024, 1, 1), Day(2024, 2, 29),
                Day(2024, 4, 27), Day(2024, 4, 28), Day(2024, 8, 31), Day(2024, 9, 1), Day(2024, 12, 31), Day(2025, 1, 1), Day(2025, 12, 31),
            ]
        )  # fmt: skip
    first = rng.choice(
        [Day(2024, 4, 20), Day(2024, 4, 20), Day(2023, 1, 1), Day(2025, 1, 1), Day(2022, 6, 1)]
    )
    return first + dt.timedelta(days=rng.randrange(rng.choice([6, 60, 245])))


def make_life(drawn: Sequence[bytes], number: int) -> Life:
    """One life, an application for each of the chunks drawn: few occupations and close days, so that applications meet each other."""
    rng = Drawn(b"".join(drawn))
    life = Life(f"P{number:07d}")
    occupations = ["6-01", "6-02"][: rng.choice([1, 1, 2])]
    levels = rng.choice([["5", "4", "3"], ["5", "4", "3", "3", "2", "1"], ["4"], ["5", "4"]])
    for n in range(len(drawn)):
        key = f"{number:07d}{rng.randrange(256):03d}{n}"
        applied = some_day(rng)
        if life.applications and rng.random() < 0.2:
            applied = rng.choice(life.applications)["applied_on"]
        cert_no = f"C{key}"
        chance = rng.random()
        if life.certificates and chance < 0.25:
            cert_no = rng.choice(life.certificates)["cert_no"]
        elif chance > 0.03:
            life.certificates.append(
                {
                    "cert_no": cert_no,
                    "person_id": life.person if rng.random() < 0.97 else "P-other",
                    "occupation_code": rng.choice(occupations),
                    "level": rng.choice(levels),
                    "status": "valid" if rng.random() < 0.96 else "void",
                    "issued_on": some_issue(rng, applied),
                    "issuer_region": rng.choice(["620000", "620000", "620102", "510000", None]),
                }
            )
        life.applications.append(
            {"application_no": f"A{key}", "person_id": life.person, "cert_no": cert_no, "applied_on": applied}
        )
    add_work(rng, life)
    add_events(rng, life)
    return life


def some_issue(rng: random.Random, applied: Day) -> Day:
    """A day of issue; one in ten on an edge of the twelve months."""
    if rng.random() < 0.1:
        edges = [0, 1, -1]
        if rng.random() < 0.5:
            return applied + dt.timedelta(days=rng.choice(edges))
        return months_later(applied, -12) + dt.timedelta(days=rng.choice(edges))
    return applied - dt.timedelta(days=rng.randrange(1, 340))


def premium(
    person: str, employer: str, month: Day, kind: str, due: int, paid: int, received: Day | None, voucher: str
) -> Row:
    """One row of premium; due and paid of the person, in yuan."""
    return {
        "employer_id": employer, "person_id": person, "fee_month": month, "pay_kind": kind, "voucher_no": voucher,
        "person_due": due, "person_paid": paid, "received_on": received,
    }  # fmt: skip


def add_work(rng: random.Random, life: Life) -> None:
    """Return the premium months before the certificates, and what the person did around the applications."""
    start = Day(2020, 1, 1) if rng.random() < 0.5 else months_later(Day(2021, 6, 1), rng.randrange(12))
    for n in range(rng.choice([12, 12, 12, 12, 13, 11])):
        month = months_later(start, n)
        life.contributions.append(
            premium(life.person, "E1", month, "normal", 12, 12, month + dt.timedelta(days=14), "V")
        )
    if rng.random() < 0.08:
        month = rng.choice(life.contributions)["fee_month"]
        back = rng.choice([-12, -11])
        life.contributions.append(
            premium(
                life.person,
                "E1",
                month,
                "refund",
                0,
                back,
                rng.choice([Day(2024, 8, 31), Day(2024, 9, 1)]),
                "R",
            )
        )
    done = set()
    for application in life.applications:
        month = months_later(application["applied_on"].replace(day=1), rng.choice([0, 0, 0, -1, -1, -2, 1]))
        employer = rng.choices(
            ["E1", "G1", "X1", "benefit", "returned", "makeup", "undone", ""], [60, 4, 6, 10, 3, 5, 4, 8]
        )[0]
        if (month, employer) in done:
            continue
        done.add((month, employer))
        paid = rng.choice([12, 0])
        received = month + dt.timedelta(days=10) if paid else None
        if employer in REGISTER or employer == "X1":
            life.contributions.append(
                premium(life.person, employer, month, "normal", 12, paid, received, "W")
            )
        elif employer == "makeup":
            life.contributions.append(premium(life.person, "E1", month, "makeup", 12, paid, received, "M"))
        elif employer == "undone":
            life.contributions.append(premium(life.person, "E1", month, "normal", 12, 0, None, "U"))
            life.contributions.append(premium(life.person, "E1", month, "refund", -12, 0, None, "UR"))
        elif employer:
            result = "paid" if employer == "benefit" else "returned"
            life.benefits.append(
                {
                    "payment_no": f"B{application['application_no']}", "claim_no": f"K{life.person}", "person_id": life.person,
                    "benefit_month": month, "benefit_kind": rng.choice(["benefit", "benefit", "medical"]), "result": result,
                    "paid_on": month + dt.timedelta(days=rng.choice([5, 40])),
                }
            )  # fmt: skip


def add_events(rng: random.Random, life: Life) -> None:
    """Training subsidies, deaths, objections, reviews and payments around the applications."""
    if rng.random() < 0.02:
        on = rng.choice(life.applications)["applied_on"] + dt.timedelta(days=rng.choice([-1, 0, 1]))
        life.deaths.append({"person_id": life.person, "check_kind": "death", "event_date": on})
    for application in life.applications:
        number, applied = application["application_no"], application["applied_on"]
        later = applied + dt.timedelta(days=rng.randrange(1, 200))
        if rng.random() < 0.08 and life.certificates:
            certificate = rng.choice(life.certificates)
            life.trainings.append(
                {
                    "person_id": life.person, "occupation_code": certificate["occupation_code"], "level": certificate["level"],
                    "paid_on": rng.choice([applied - dt.timedelta(days=30), later, Day(2024, 8, 31), Day(2024, 9, 1)]),
                }
            )  # fmt: skip
        if rng.random() < 0.06:
            raised = applied + dt.timedelta(days=rng.choice([-1, 0, 20]))
            resolved = rng.choice([None, raised + dt.timedelta(days=10), Day(2024, 9, 1)])
            life.objections.append(
                {
                    "programme": "skill_subsidy", "subject_id": number, "raised_on": raised,
                    "resolved_on": resolved, "outcome": rng.choice(["upheld", "dismissed"]) if resolved else None,
                }
            )  # fmt: skip
        for on in rng.sample(
            [later, Day(2024, 8, 31), Day(2024, 9, 1)], rng.choices([0, 1, 2], [70, 25, 5])[0]
        ):
            if all((r["subject_id"], r["decided_on"]) != (number, on) for r in life.reviews):
                outcome = rng.choices(["approved", "refused"], [65, 35])[0]
                life.reviews.append(
                    {"programme": "skill_subsidy", "subject_id": number, "decided_on": on, "outcome": outcome}
                )
        if rng.random() < 0.2:
            life.payments.append(
                {
                    "batch_no": number, "line_no": 1, "programme": "skill_subsidy", "programme_year": applied.year, "payee_id": number,
                    "amount": rng.choice([1000, 1500, 2000]), "result": rng.choice(["paid", "paid", "returned"]), "paid_on": later,
                }
            )  # fmt: skip


def decide(life: Life, end: Day, gates: dict[int, bool | None]) -> list[Row]:
    """Decide a person's applications known at the end of a month, one after another in the order of day and number."""
    certificates = {c["cert_no"]: c for c in life.certificates}
    decided: list[Row] = []
    for application in sorted(life.applications, key=lambda a: (a["applied_on"], a["application_no"])):
        if application["applied_on"] <= end:
            decided.append(
                judge(life, application, certificates.get(application["cert_no"]), decided, end, gates)
            )
    return decided


def due_in(life: Life, months: set[Day]) -> set[str]:
    """Employers at which something was due for one of the months."""
    rows = defaultdict(list)
    for row in life.contributions:
        if row["fee_month"] in months:
            rows[row["employer_id"], row["fee_month"]].append(row)
    found = set()
    for (employer, _), group in rows.items():
        normal = [r["person_due"] for r in group if r["pay_kind"] == "normal"]
        makeup = [r["person_due"] for r in group if r["pay_kind"] == "makeup"]
        refund = [r["person_due"] for r in group if r["pay_kind"] == "refund"]
        if sum(normal or makeup) + sum(refund) > 0:
            found.add(employer)
    return found


def judge(
    life: Life,
    application: Row,
    certificate: Row | None,
    earlier: list[Row],
    end: Day,
    gates: dict[int, bool | None],
) -> Row:
    """Judge one application; `earlier` are the person's decided ones before it."""
    on, number = application["applied_on"], application["application_no"]
    approved = [e for e in earlier if e["approved"]]
    in_year = sum(e["applied_on"].year == on.year for e in approved)
    paid = sum(
        p["amount"]
        for p in life.payments
        if p["payee_id"] == number and p["result"] == "paid" and p["paid_on"] <= end
    )
    row: Row = {
        "application_no": number, "applied_on": on, "approved_in_year": in_year, "paid": paid, "certificate": certificate,
        "insured_months": 0, "status_basis": "none",
    }  # fmt: skip
    year = next((y for y, first, last in WINDOWS if first <= on <= last), None)
    if year is None:
        row["outcomes"] = dict.fromkeys(RULES, "not_applicable") | {"window": "fail"}
        return conclude(row, 0)
    out: dict[str, str] = {}

    def rule(name: str, holds: bool | None) -> None:
        out[name] = "unknown" if holds is None else "pass" if holds else "fail"

    level = certificate["level"] if certificate else None
    occupation = certificate["occupation_code"] if certificate else None
    rule(
        "certificate",
        bool(
            certificate
            and certificate["status"] == "valid"
            and certificate["person_id"] == life.person
            and level in AMOUNTS
        ),
    )
    rule(
        "issuer",
        certificate["issuer_region"].startswith("62")
        if certificate and certificate["issuer_region"]
        else None,
    )
    if year not in IN_PROVINCE_ONLY:
        out["issuer"] = "not_applicable"
    rule(
        "applied_in_time",
        certificate["issued_on"] <= on <= months_later(certificate["issued_on"], 12) if certificate else None,
    )
    if certificate:
        sums: dict[Day, int] = defaultdict(int)
        for r in life.contributions:
            if r["received_on"] and r["received_on"] <= end and r["fee_month"] <= certificate["issued_on"]:
                sums[r["fee_month"]] += r["person_paid"]
        row["insured_months"] = sum(total > 0 for total in sums.values())
    rule("insured_months", row["insured_months"] >= NEEDED_MONTHS if certificate else None)
    months = {on.replace(day=1), months_later(on.replace(day=1), -1)}
    employers = due_in(life, months)
    draws = any(
        b["benefit_kind"] == "benefit"
        and b["result"] == "paid"
        and b["paid_on"] <= end
        and b["benefit_month"] in months
        for b in life.benefits
    )
    if any(REGISTER.get(e) == "enterprise" for e in employers):
        row["status_basis"] = "in_post"
    elif draws:
        row["status_basis"] = "benefit_recipient"
    rule(
        "status",
        True
        if row["status_basis"] != "none"
        else None
        if employers and not employers & set(REGISTER)
        else False,
    )
    same = [
        e
        for e in approved
        if certificate and e["certificate"] and e["certificate"]["occupation_code"] == occupation
    ]
    rule("once_per_level", all(e["certificate"]["level"] != level for e in same) if certificate else None)
    rule("not_below_received", all(e["certificate"]["level"] >= level for e in same) if certificate else None)
    trained = any(
        t["occupation_code"] == occupation and t["level"] == level and t["paid_on"] <= end
        for t in life.trainings
    )
    rule("training_subsidy", not trained if certificate else None)
    may_be_scarce = certificate and in_year < MOST_A_YEAR[year] + MORE_FOR_SCARCE[year]
    rule("yearly_cap", True if in_year < MOST_A_YEAR[year] else None if may_be_scarce else False)
    rule("alive", not any(d["event_date"] < on for d in life.deaths))
    rule("review_over_year", True if in_year < 1 else None)
    rule("fund_reserve", gates[year])
    rule("window", True)
    raised = [o for o in life.objections if o["subject_id"] == number and on <= o["raised_on"] <= end]
    closed = [o for o in raised if o["resolved_on"] and o["resolved_on"] <= end]
    rule(
        "notice",
        False
        if any(o["outcome"] == "upheld" for o in closed)
        else True
        if len(closed) == len(raised)
        else None,
    )
    said = sorted(
        (r["decided_on"], r["outcome"])
        for r in life.reviews
        if r["subject_id"] == number and r["decided_on"] <= end
    )
    out["review"] = {"approved": "pass", "refused": "fail"}[said[-1][1]] if said else "not_applicable"
    row["outcomes"] = {name: out[name] for name in RULES}
    return conclude(row, AMOUNTS.get(level or "", 0))


def conclude(row: Row, amount: int) -> Row:
    """Decide from the outcomes; only what is approved counts for the later ones."""
    outcomes = row["outcomes"]
    row["failed"] = [r for r in RULES if outcomes[r] == "fail"]
    row["unknown"] = [r for r in RULES if outcomes[r] == "unknown"]
    if row["failed"]:
        row["decision"] = "ineligible"
    elif not row["unknown"] or (
        outcomes["review"] == "pass" and not {"status", "fund_reserve"} & set(row["unknown"])
    ):
        row["decision"] = "eligible"
    else:
        row["decision"] = "review"
    row["approved"] = row["decision"] == "eligible" or (
        row["decision"] == "review" and row["unknown"] == ["review_over_year"]
    )
    row["amount"] = amount if row["decision"] != "ineligible" else 0
    row["payable"] = max(0, row["amount"] - row["paid"]) if row["decision"] == "eligible" else 0
    row["recoverable"] = max(0, row["paid"] - row["amount"])
    return row
