"""A seeded small world in which odd cases are the rule: `python -m tests.oracle.nasty LANDING POLICY_OUT --seed 1 --pack other`.

It writes extracts by the contract, and a parameter folder made from the shipped one, so that the warehouse and the oracle can be run over the
same deliveries. Everyone and everything in it is made up.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import random
import shutil
from pathlib import Path
from typing import Any

from .world import add_months, months_between, parse_month

SEEDS = Path(__file__).resolve().parents[2] / "seeds" / "policy"
DELIVERIES = (
    "2022-12",
    "2023-06",
    "2023-12",
    "2024-01",
    "2024-04",
    "2024-05",
    "2024-06",
    "2024-09",
    "2024-12",
    "2025-01",
)
REGIONS = ("620102", "621024", "620171", "629900", "620902")
UNIT_TYPES = (
    *["enterprise"] * 12,
    "social_organisation",
    "foundation",
    "social_service",
    "law_firm",
    "accounting_firm",
    "individual_business",
    "government",
    "public_institution",
    "other",
)
INDUSTRIES = (
    "A",
    "C17",
    "C",
    "F",
    "51",
    "F52",
    "G53",
    "60",
    "H",
    "I65",
    "6410",
    "7010",
    "K7020",
    "70",
    "7030",
    "L72",
    "S",
    "J66",
    "E47",
    "5910",
)
REASONS = (
    "retirement",
    "death",
    "resignation",
    "contract_expiry",
    "dismissal_for_cause",
    "employer_termination",
    "economic_layoff",
    "transfer_out",
    "other",
)
# A pack unlike Gansu's in every choice that the rules leave to a province.
OTHER_PACK = {
    "layoff_numerator": "either",
    "layoff_denominator": "opening",
    "refund_small_headcount_basis": "decision_month",
    "refund_small_headcount": "3",
    "refund_arrears_rule": "months_only",
    "refund_min_months_paid": "6",
    "contribution_basis": "receipt_date",
    "dispatch_ratio_basis": "user",
    "non_enterprise_size": "foundation:large;social_organisation:large",
    "size_headcount_large": "4",
    "refund_exclude_sanctioned": "no",
    "refund_excluded_registry": "revoked;abnormal",
    "excluded_user_unit_types": "government",
    "skill_insured_measured_at": "application",
    "skill_in_province_only": "yes",
    "skill_min_insured_months": "10",
    "skill_max_per_year": "2",
    "reserve_formula": "rolling_12",
}
THIRD_PACK = {
    "layoff_numerator": "net_reduction",
    "layoff_denominator": "cumulative",
    "refund_small_headcount_basis": "year_end",
    "refund_small_headcount": "4",
    "refund_min_months_paid": "0",
    "size_headcount_large": "none",
    "excluded_user_unit_types": "none",
    "dispatch_ratio_basis": "user",
    "non_enterprise_size": "large",
}
FOURTH_PACK = {
    "layoff_numerator": "separations",
    "layoff_denominator": "cumulative",
    "refund_small_headcount_basis": "year_start",
    "refund_small_headcount": "2",
    "contribution_basis": "receipt_date",
    "refund_excluded_registry": "normal;abnormal",
    "non_enterprise_size": "law_firm:large",
    "size_headcount_large": "3",
    "skill_max_per_year": "1",
}
PACKS: dict[str, dict[str, str]] = {
    "gansu": {},
    "other": OTHER_PACK,
    "third": THIRD_PACK,
    "fourth": FOURTH_PACK,
}


def citizen(number: int) -> str:
    """A made-up person's number with a right GB 11643 check digit."""
    body = f"62000019{70 + number % 25:02d}01{1 + number % 28:02d}{number % 1000:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(c) * w for c, w in zip(body, weights, strict=True)) % 11]


class Nasty:
    """Rows by source and delivery, made from one seed."""

    def __init__(self, seed: int, employers: int = 70) -> None:
        self.random = random.Random(seed)
        self.deliveries: tuple[str, ...] = DELIVERIES
        self.rows: dict[tuple[str, str], list[dict[str, Any]]] = {}
        self.employers = [f"E{n:04d}" for n in range(employers)]
        self.uscc = {e: f"9162{n:04d}{n:010d}" for n, e in enumerate(self.employers)}
        self.uscc[self.employers[5]] = self.uscc[self.employers[4]]  # two registrations of one unit
        self.people = [citizen(n) for n in range(employers * 5)]
        self.staff: dict[str, list[str]] = {}
        self.dispatch = set(self.employers[: employers // 8])
        self.unit_type = {e: self.random.choice(UNIT_TYPES) for e in self.employers}
        for e in self.dispatch:
            self.unit_type[e] = "enterprise"

    def add(self, source: str, period: str, **row: Any) -> None:
        """Add one row to a delivery."""
        self.rows.setdefault((source, period), []).append(row)

    def chance(self, share: float) -> bool:
        """Return True for a share of the cases."""
        return self.random.random() < share

    def day(self, first: str, last: str) -> str:
        """A day between two; the ends come up often."""
        a, b = dt.date.fromisoformat(first), dt.date.fromisoformat(last)
        if self.chance(0.2):
            return self.random.choice((first, last))
        return str(a + dt.timedelta(days=self.random.randrange((b - a).days + 1)))

    def delivery_after(self, day: str) -> str:
        """The first delivery whose month holds or follows a day (the last one else)."""
        return next((p for p in self.deliveries if p >= day[:7]), self.deliveries[-1])

    def make(self) -> None:
        """Make every source."""
        for make in (
            self.register,
            self.premiums,
            self.changes,
            self.sizes,
            self.assignments,
            self.people_side,
            self.payments_and_people_of_the_office,
            self.ledger,
        ):
            make()

    def register(self) -> None:
        """Register: some never in it, some that move or vanish, every status."""
        r = self.random
        region = {e: r.choice(REGIONS) for e in self.employers}
        row = {
            e: {
                "unit_type": self.unit_type[e],
                "industry_code": r.choice(INDUSTRIES),
                "insured_status": r.choice(["active"] * 12 + ["suspended", "ended"]),
                "registry_status": r.choice(
                    ["", "normal", "normal", "normal", "abnormal", "revoked", "deregistered"]
                ),
                "account_kind": r.choice(["corporate", "corporate", "tax_payment", ""]),
                "account_no": r.choice(["62000001", "62000002", f"6300{e[1:]}", ""]),
            }
            for e in self.employers
        }
        for period in DELIVERIES:
            if period in ("2023-06", "2024-05"):
                continue
            skipped = r.choice(REGIONS) if self.chance(0.5) else None
            for e in self.employers[2:]:
                if self.chance(0.03):
                    region[e] = r.choice(REGIONS)
                if self.chance(0.05):
                    row[e] |= {
                        "registry_status": r.choice(["normal", "deregistered"]),
                        "insured_status": "active",
                    }
                if region[e] != skipped and not self.chance(0.02):
                    self.add(
                        "employers",
                        period,
                        employer_id=e,
                        uscc=self.uscc[e],
                        employer_name=f"单位{e}{period if self.chance(0.1) else ''}",
                        region_code=region[e],
                        insured_from="2015-03-01",
                        is_dispatch="是" if e in self.dispatch else "否",
                        bank_name="银行",
                        account_name="户名",
                        contact_phone="",
                        **row[e],
                    )

    def premiums(self) -> None:
        """Premiums: late, short, in excess, made up, refunded, corrected, voided."""
        r = self.random
        for n, e in enumerate(self.employers):
            self.staff[e] = [r.choice(self.people) for _ in range(r.choice((1, 2, 3, 4, 5, 5, 6)))]
            first = r.choice(("2022-11", "2022-12", "2022-12", "2023-01", "2023-02"))
            last = r.choice(("2023-12", "2024-12", "2024-12", "2024-12"))
            spotless = self.chance(0.6)
            for month_day in months_between(parse_month(first), parse_month(last)):
                month = f"{month_day:%Y-%m}"
                for who in sorted(set(self.staff[e])):
                    if self.chance(0.02):
                        continue
                    base = r.choice((4000, 5000, 5123.45, 6001))
                    unit, own = round(base * 0.007 + 1e-9, 2), round(base * 0.003 + 1e-9, 2)
                    key = {"employer_id": e, "person_id": who, "fee_month": month}
                    row = key | {
                        "pay_kind": "normal",
                        "voucher_no": f"V{n}{month}",
                        "pay_base": f"{base:.2f}",
                        "employer_due": f"{unit:.2f}",
                        "person_due": f"{own:.2f}",
                        "employer_paid": f"{unit:.2f}",
                        "person_paid": f"{own:.2f}",
                        "received_on": f"{month}-20",
                        "late_fee": "",
                        "is_valid": "",
                    }
                    period = self.delivery_after(month)
                    later = self.delivery_after(str(add_months(month_day, r.choice((1, 4, 8))))[:7])
                    if spotless or self.chance(0.93):
                        if self.chance(0.03):
                            row["received_on"] = self.day(f"{month}-01", f"{add_months(month_day, 8)}")
                        self.add("contributions", period, **row)
                        if self.chance(0.01):
                            self.add("contributions", later, **row | {"is_valid": "0"})
                        continue
                    kind = r.randrange(6)
                    if kind == 0:  # not paid, perhaps made up later
                        self.add(
                            "contributions",
                            period,
                            **row | {"employer_paid": "0", "person_paid": "0", "received_on": ""},
                        )
                        if self.chance(0.7):
                            made_up = row | {
                                "pay_kind": "makeup",
                                "voucher_no": "M" + month,
                                "late_fee": "3.00",
                            }
                            self.add("contributions", later, **made_up | {"received_on": f"{later}-15"})
                    elif kind == 1:  # a fen short, corrected later
                        self.add("contributions", period, **row | {"person_paid": f"{own - 0.01:.2f}"})
                        if self.chance(0.5):
                            self.add("contributions", later, **row)
                    elif kind == 2:  # too much
                        self.add("contributions", period, **row | {"employer_paid": f"{unit + 20:.2f}"})
                    elif kind == 3:  # refunded, wholly or in part
                        self.add("contributions", period, **row)
                        part = r.choice((1, 0.5))
                        back = {
                            "pay_kind": "refund",
                            "voucher_no": "R" + month,
                            "employer_due": f"{-unit * part:.2f}",
                            "person_due": f"{-own * part:.2f}",
                            "employer_paid": f"{-unit * part:.2f}",
                            "person_paid": f"{-own * part:.2f}",
                            "received_on": f"{later}-10",
                        }
                        self.add("contributions", later, **row | back)
                    elif kind == 4:  # only a makeup row
                        self.add(
                            "contributions",
                            later,
                            **row | {"pay_kind": "makeup", "received_on": f"{later}-28"},
                        )
                    else:  # due without base rate, unit part alone
                        self.add(
                            "contributions", period, **row | {"person_due": "0.00", "person_paid": "0.00"}
                        )

    def changes(self) -> None:
        """Increases and decreases of every reason."""
        r = self.random
        for e in self.employers:
            for who in self.staff[e]:
                if self.chance(0.25):
                    day = self.day("2022-12-31", "2024-06-30")
                    self.add(
                        "headcount_changes",
                        self.delivery_after(day),
                        employer_id=e,
                        person_id=who,
                        change_kind="decrease",
                        change_date=day,
                        reason=r.choice(REASONS),
                        is_valid="",
                    )

    def sizes(self) -> None:
        """Sizes: every source of the class, parents over several levels, circles."""
        r = self.random
        codes = sorted(set(self.uscc.values()))
        for period in ("2022-12", "2024-01", "2024-06"):
            for code in codes:
                for year in (2022, 2023, 2024):
                    if self.chance(0.5):
                        continue
                    self.add(
                        "enterprise_size",
                        period,
                        uscc=code,
                        data_year=year,
                        staff=r.choice(("", 199, 200, 299, 300, 1000)),
                        revenue_10k=r.choice(("", "10000", "20000.00", "39999.99", "40000", "300000")),
                        assets_10k=r.choice(("", "5000", "80000", "120000")),
                        filed_size=r.choice(("", "", "large", "medium", "small", "micro")),
                        parent_uscc=r.choice(("", "", "", r.choice(codes), "91620000MA00000000")),
                    )

    def assignments(self) -> None:
        """Assignments: overlapping, open, to users of every kind, also by units that are no dispatch firms."""
        r = self.random
        users = [(self.uscc[e], self.unit_type[e]) for e in self.employers[8:20]] + [
            ("91629999000000000X", "enterprise")
        ]
        users.append(("11620000000000000G", "government"))
        users.append(("12620000000000000P", "public_institution"))
        for period in ("2022-12", "2024-01", "2024-05"):
            used = set()
            for e in [*sorted(self.dispatch), *self.employers[20:24]]:
                for who in self.staff[e]:
                    for _ in range(r.choice((0, 1, 1, 2))):
                        start = r.choice(("2022-01", "2023-01", "2023-04", "2023-07"))
                        if (e, who, start) in used:
                            continue
                        used.add((e, who, start))
                        uscc, kind = r.choice(users)
                        self.add(
                            "dispatch_assignments",
                            period,
                            dispatch_employer_id=e,
                            person_id=who,
                            start_month=start,
                            end_month=r.choice(("", "", "2023-06", "2023-12")),
                            user_uscc=uscc,
                            user_name=f"用工{uscc}",
                            user_unit_type=kind,
                            cost_bearer=r.choice(("user", "user", "dispatcher")),
                        )
        for e in sorted(self.dispatch):
            if self.chance(0.8):
                day = self.day("2024-04-28", "2024-09-30")
                self.add(
                    "dispatch_agreements",
                    self.delivery_after(day),
                    dispatch_employer_id=e,
                    programme_year=r.choice((2023, 2024, 2024, 2024)),
                    applied_on=day,
                    allocation_confirmed=r.choice(("是", "是", "否")),
                    is_valid="",
                )

    def people_side(self) -> None:
        """Certificates, applications on boundary days, training subsidies, claims, benefit payments, cross-checks."""
        r = self.random
        certs = []
        for n in range(150):
            who = r.choice(self.people[:60])
            issued = r.choice(
                (self.day("2023-03-01", "2024-08-31"), "2023-08-31", "2024-02-29", "2023-05-31")
            )
            certs.append((f"ZS{n:04d}", who, issued))
            for period in ("2022-12", "2024-04", "2024-09"):
                self.add(
                    "certificates",
                    period,
                    cert_no=f"ZS{n:04d}",
                    person_id=who,
                    occupation_code=f"40{n % 3}",
                    occupation_name="职业",
                    level=r.choice("55443321") if n % 7 == 0 else "554433"[n % 6],
                    cert_kind="skill_level",
                    issued_on=issued,
                    issuer_region=r.choice(("620000", "620102", "110000", "")),
                    status="void" if n % 17 == 0 else "valid",
                )
        for n in range(220):
            cert, who, issued = r.choice(certs)
            last = add_months(dt.date.fromisoformat(issued), 12)
            day = r.choice(
                (
                    self.day("2024-04-27", "2024-12-31"),
                    self.day("2023-10-01", "2025-01-31"),
                    str(last),
                    issued,
                )
            )
            if self.chance(0.3):
                day = r.choice(("2024-06-03", "2024-05-06", "2024-04-28", "2024-12-31"))
            applicant = r.choice(self.people) if self.chance(0.03) else who
            number = f"SQ{r.randrange(100000):05d}{n:03d}"
            period = self.delivery_after(day)
            row = {
                "application_no": number,
                "person_id": applicant,
                "cert_no": "ZS9999" if self.chance(0.03) else cert,
                "applied_on": day,
                "region_code": r.choice(REGIONS),
                "account_name": "",
                "account_no": "",
                "is_valid": "",
            }
            self.add("skill_applications", period, **row)
            if self.chance(0.03):
                self.add("skill_applications", "2025-01", **row | {"is_valid": "0"})
            if self.chance(0.3):
                self.line(
                    "skill_subsidy",
                    r.choice((2023, 2024)),
                    number,
                    "",
                    r.choice(("1000", "1500", "2000")),
                    day,
                )
            if self.chance(0.08):
                self.objection("skill_subsidy", number, day)
            if self.chance(0.1):
                self.review("skill_subsidy", number, "", day)
        for n in range(25):
            cert, who, issued = r.choice(certs)
            day = self.day("2024-01-01", "2024-12-31")
            self.add(
                "training_subsidies",
                self.delivery_after(day),
                person_id=who,
                occupation_code=f"40{n % 3}",
                level=r.choice("543"),
                paid_on=day,
                amount="800.00",
                is_valid="0" if self.chance(0.1) else "",
            )
        for n in range(90):
            e = r.choice(self.employers)
            who = r.choice(self.staff[e])
            start = parse_month(
                r.choice(("2022-12", "2023-01", "2023-03", "2023-06", "2023-12", "2024-01", "2024-03"))
            )
            claim, region = f"HD{n:04d}", r.choice(REGIONS)
            granted = r.choice((4, 6, 12))
            claim_row = {
                "claim_no": claim,
                "person_id": who,
                "last_employer_id": e,
                "unemployed_on": str(start - dt.timedelta(days=5)),
                "reason": r.choice(REASONS),
                "region_code": region,
                "start_month": f"{start:%Y-%m}",
                "entitled_months": granted,
                "monthly_standard": "1665.00",
                "stop_month": "",
                "stop_reason": "",
                "is_valid": "",
            }
            period = self.delivery_after(f"{start:%Y-%m}")
            self.add("benefit_claims", period, **claim_row)
            if self.chance(0.2):
                stop = {"stop_month": f"{add_months(start, 2):%Y-%m}", "stop_reason": "reemployed"}
                self.add(
                    "benefit_claims", self.delivery_after(f"{add_months(start, 3):%Y-%m}"), **claim_row | stop
                )
            for i in range(r.choice((0, 2, 4, 5))):
                month = add_months(start, i)
                day = f"{month:%Y-%m}-{r.choice(('01', '15', '28'))}"
                for kind in ("benefit", "medical", "price_subsidy", "benefit"):
                    if kind != "benefit" and self.chance(0.6):
                        continue
                    self.add(
                        "benefit_payments",
                        self.delivery_after(day),
                        payment_no=f"FF{claim}{i}{kind}{r.randrange(10**6)}",
                        claim_no=claim,
                        person_id=who,
                        benefit_month=f"{month:%Y-%m}",
                        benefit_kind=kind,
                        amount={
                            "benefit": r.choice(("1503.00", "1665.00", "1818.00")),
                            "medical": "312.06",
                        }.get(kind, "30.00"),
                        paid_on=day,
                        region_code=region,
                        account_no="",
                        result="returned" if self.chance(0.1) else "paid",
                        is_valid="",
                    )
                    if kind == "benefit" and not self.chance(0.05):
                        break
            if self.chance(0.3):
                event = self.day("2023-01-01", "2024-06-30")
                self.add(
                    "cross_checks",
                    self.delivery_after(event),
                    person_id=who,
                    check_kind=r.choice(
                        (
                            "death",
                            "pension",
                            "imprisonment",
                            "employed_elsewhere",
                            "benefit_elsewhere",
                            "flexible_employment_subsidy",
                            "business_owner",
                        )
                    ),
                    event_date=event,
                    end_date=r.choice(("", "2024-06-30")),
                    detail="",
                    is_valid="",
                )

    def line(self, programme: str, year: int, payee: str, behalf: str, amount: str, day: str) -> None:
        """A line of the bank's return file."""
        n = sum(len(rows) for (source, _), rows in self.rows.items() if source == "programme_payments")
        self.add(
            "programme_payments",
            self.delivery_after(day),
            batch_no="B1",
            line_no=str(n),
            programme=programme,
            programme_year=year,
            payee_id=payee,
            on_behalf_of=behalf,
            account_name="",
            account_no="",
            amount=amount,
            result="returned" if self.chance(0.3) else "paid",
            return_reason="",
            paid_on=day,
            is_valid="",
        )

    def objection(self, programme: str, subject: str, first: str) -> None:
        """An objection: upheld, dismissed, or open."""
        day = self.day(first, str(dt.date.fromisoformat(first) + dt.timedelta(days=40)))
        resolved = str(dt.date.fromisoformat(day) + dt.timedelta(days=self.random.choice((0, 10, 40))))
        row = {"programme": programme, "subject_id": subject, "raised_on": day, "content": "", "is_valid": ""}
        self.add("notice_objections", self.delivery_after(day), **row | {"resolved_on": "", "outcome": ""})
        if self.chance(0.7):
            outcome = self.random.choice(("upheld", "dismissed"))
            self.add(
                "notice_objections",
                self.delivery_after(resolved),
                **row | {"resolved_on": resolved, "outcome": outcome},
            )

    def review(self, programme: str, subject: str, year: int | str, first: str) -> None:
        """A person's outcome, sometimes two."""
        for _ in range(self.random.choice((1, 1, 2))):
            day = self.day(first, str(dt.date.fromisoformat(first) + dt.timedelta(days=60)))
            self.add(
                "review_outcomes",
                self.delivery_after(day),
                programme=programme,
                subject_id=subject,
                programme_year=year,
                decided_on=day,
                outcome=self.random.choice(("approved", "approved", "refused")),
                officer="甲",
                reason="核",
                is_valid="",
            )

    def payments_and_people_of_the_office(self) -> None:
        """Sanctions, objections, reviews and payment lines of the refund."""
        r = self.random
        for period in ("2022-12", "2024-05", "2024-09"):
            for e in self.employers:
                if self.chance(0.06):
                    self.add(
                        "sanctions",
                        period,
                        uscc=self.uscc[e],
                        listed_on=r.choice(("2023-05-01", "2024-05-31", "2024-06-01")),
                        removed_on=r.choice(("", "2024-05-31", "2024-06-30")),
                        reason="列入",
                    )
        for e in self.employers:
            if self.chance(0.15):
                self.objection(
                    "refund", e, r.choice(("2024-04-20", "2024-04-28", "2024-05-20", "2023-06-01"))
                )
            if self.chance(0.2):
                self.review("refund", e, r.choice((2023, 2024, 2024)), "2024-05-15")
            if self.chance(0.4):
                day = self.day("2024-05-20", "2025-01-20")
                self.line(
                    "refund",
                    r.choice((2023, 2024, 2024)),
                    e,
                    "",
                    r.choice(("10.00", "360.00", "900.55")),
                    day,
                )
        for e in sorted(self.dispatch):
            for user in self.employers[8:12]:
                if self.chance(0.5):
                    self.line(
                        "refund", 2024, self.uscc[user], e, "33.33", self.day("2024-06-01", "2025-01-10")
                    )

    def ledger(self) -> None:
        """Ledger of three accounts, the province's own among them; a reserve near the limit, a correction, an opening that is off."""
        r = self.random
        for region in ("620000", "620100", "621000"):
            for month_day in months_between(parse_month("2022-10"), parse_month("2025-01")):
                month = f"{month_day:%Y-%m}"
                items = {
                    "premium": 1000 + r.randrange(50),
                    "benefit": 700,
                    "medical": 150,
                    "refund": 100,
                    "training": 45.5,
                }
                if region == "620000":
                    items |= {"to_subordinate": 20, "from_subordinate": 8}
                else:
                    items |= {"from_superior": 10, "to_superior": 4}
                if month == "2023-01" or (month == "2024-01" and region != "621000"):
                    items["opening_balance"] = 12600
                for item, amount in items.items():
                    row = {
                        "region_code": region,
                        "month": month,
                        "item": item,
                        "amount": f"{amount:.2f}",
                        "is_valid": "",
                    }
                    self.add("fund_ledger", self.delivery_after(month), **row)
        late = {
            "region_code": "621000",
            "month": "2023-11",
            "item": "interest",
            "amount": "77.70",
            "is_valid": "",
        }
        self.add("fund_ledger", "2024-05", **late)

    def write(self, landing: Path) -> None:
        """Write the deliveries: CSV under English headings, contributions in two parts; in the first month every source, with or without rows."""
        headings: dict[str, list[str]] = {}
        for (source, _), rows in self.rows.items():
            headings.setdefault(source, [("AAE100" if c == "is_valid" else c) for c in rows[0]])
        for source, columns in headings.items():
            for period in self.deliveries:
                rows = self.rows.get((source, period), [])
                if not rows and period != self.deliveries[0]:
                    continue
                parts = [rows[0::2], rows[1::2]] if source == "contributions" else [rows]
                for number, part in enumerate(parts):
                    suffix = f"__{number}" if source == "contributions" else ""
                    path = landing / period / f"{source}{suffix}.csv"
                    path.parent.mkdir(parents=True, exist_ok=True)
                    with path.open("w", encoding="utf-8", newline="") as file:
                        writer = csv.writer(file)
                        writer.writerow(columns)
                        names = ["is_valid" if c == "AAE100" else c for c in columns]
                        writer.writerows([row[c] for c in names] for row in part)


def write_pack(target: Path, changes: dict[str, str]) -> None:
    """Copy the shipped parameters with some of the province's values changed (a national row stands where it has none)."""
    target.mkdir(parents=True, exist_ok=True)
    for path in SEEDS.glob("*.csv"):
        shutil.copy(path, target / path.name)
    path = target / "parameters.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        columns, rows = list(reader.fieldnames or ()), list(reader)
    for row in rows:
        if row["parameter"] in changes and row["basis"] not in ("cap", "floor"):
            row["value"] = changes[row["parameter"]]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def main() -> None:
    """Write a landing folder and a parameter folder."""
    parser = argparse.ArgumentParser(prog="python -m tests.oracle.nasty", description=__doc__)
    parser.add_argument("landing", type=Path)
    parser.add_argument("policy", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pack", choices=sorted(PACKS), default="gansu")
    given = parser.parse_args()
    world = Nasty(given.seed)
    world.make()
    world.write(given.landing)
    write_pack(given.policy, PACKS[given.pack])


if __name__ == "__main__":
    main()
