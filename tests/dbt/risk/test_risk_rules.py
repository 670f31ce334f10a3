"""Every rule on one small province: what it raises with its amount, what it just does not, and nothing else at all.

Money: a person-month of 4,000 yuan base owes 40.00 (1 %), so a person insured throughout 2023 brings 480.00 and, at 60 %, a refund of
288.00. A month of benefit is 1,818.00, the standard of the county (class 1).
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from tests.dbt.world import World
from tests.oracle.params import Parameters
from tests.oracle.risk import risk_leads
from tests.oracle.world import Case, parse_month
from tests.oracle.world import World as OracleWorld

Row = dict[str, Any]
MODELS = ("+risk_leads", "+risk_ring_links", "+incidents", "+risk_rule_counts", "+comparison_persons")
YEAR = [f"2023-{m:02}-01" for m in range(1, 13)]


def person(number: int) -> str:
    """A made-up citizen number (the check digit is the intake's matter)."""
    return f"62{number:04}199001010010"


def months(first: str, last: str) -> Iterator[str]:
    """First days of the months from `YYYY-MM` to `YYYY-MM`."""
    year, month = int(first[:4]), int(first[5:])
    while f"{year}-{month:02}" <= last:
        yield f"{year}-{month:02}-01"
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)


class Province(World):
    """A world whose rows are written in the words of the rules."""

    def insure(
        self,
        employer: str,
        number: int,
        fee_months: list[str],
        base: str = "4000",
        dues: tuple[str, str] = ("28", "12"),
    ) -> None:
        """A person is insured and paid for in some months."""
        self.add(
            "contributions",
            [
                {
                    "employer_id": employer,
                    "person_id": person(number),
                    "fee_month": m,
                    "pay_base": Decimal(base),
                    "employer_due": Decimal(dues[0]),
                    "person_due": Decimal(dues[1]),
                }
                for m in fee_months
            ],
        )

    def claim(self, number: int, start: str, paid: list[str], claim: str = "", **columns: Any) -> None:
        """A person claims and is paid a month's benefit for some months; `C` and the person's number is the claim."""
        claim_no = claim or f"C{number}"
        amount = columns.pop("amount", 1818)
        account = columns.pop("account", None)
        self.add(
            "benefit_claims",
            [
                {
                    "claim_no": claim_no,
                    "person_id": person(number),
                    "last_employer_id": "E1",
                    "start_month": f"{start}-01",
                    "entitled_months": 12,
                    "counted_months": 12,
                    **columns,
                }
            ],
        )
        self.add(
            "benefit_payments",
            [self.payment(number, m, claim_no, amount=amount, account_no=account) for m in paid],
        )

    def payment(self, number: int, month: str, claim: str = "", tag: str = "a", **columns: Any) -> Row:
        """One payment for a month, `YYYY-MM`."""
        claim_no = claim or f"C{number}"
        return {
            "payment_no": f"{claim_no}-{month}-{tag}",
            "claim_no": claim_no,
            "person_id": person(number),
            "benefit_month": f"{month}-01",
            **columns,
        }

    def check(self, number: int, kind: str, event: str, end: str | None = None) -> None:
        """What a comparison found about a person."""
        self.add(
            "cross_checks",
            [{"person_id": person(number), "check_kind": kind, "event_date": event, "end_date": end}],
        )

    def changes(self, employer: str, number: int, *events: tuple[str, str]) -> None:
        """A person joins or leaves."""
        self.add(
            "headcount_changes",
            [
                {
                    "employer_id": employer,
                    "person_id": person(number),
                    "change_kind": kind,
                    "change_date": day,
                    "reason": "new" if kind == "increase" else "contract_expiry",
                }
                for kind, day in events
            ],
        )

    def pay(self, line: int, payee: str, amount: str, **columns: Any) -> None:
        """A line of the bank's return file."""
        self.add(
            "programme_payments",
            [{"batch_no": "B1", "line_no": line, "payee_id": payee, "amount": Decimal(amount), **columns}],
        )


def living_benefits(p: Province) -> None:
    """R01 to R07, R09, R20 to R23."""
    drawn = ["2024-02", "2024-03", "2024-04", "2024-05"]
    # R01: re-employed in March (free), insured in April and May too. Two employers in turn: no. Elsewhere from March: April, May.
    p.claim(1, "2024-02", drawn)
    p.insure("E2", 1, list(months("2024-03", "2024-05")))
    p.claim(2, "2024-02", drawn)
    p.insure("E2", 2, ["2024-03-01"])
    p.insure("E3", 2, ["2024-04-01"])
    p.claim(3, "2024-02", drawn)
    p.check(3, "employed_elsewhere", "2024-03-10")
    p.claim(4, "2024-02", drawn)
    p.check(4, "employed_elsewhere", "2024-05-01")
    # R02: pension from March to 31 May; with the medical premium of April. R04: from 31 March, and one only from May.
    p.claim(5, "2024-03", ["2024-03", "2024-04", "2024-05", "2024-06"])
    p.add(
        "benefit_payments",
        [p.payment(5, "2024-04", tag="m", benefit_kind="medical", amount=Decimal("354.80"))],
    )
    p.check(5, "pension", "2024-03-15", "2024-05-31")
    p.claim(6, "2024-02", drawn)
    p.check(6, "imprisonment", "2024-04-30")
    p.claim(7, "2024-02", drawn)
    p.check(7, "imprisonment", "2024-05-31")
    # R03: benefit and medical premium after the month of death, not the funeral grant; the entry's end counts for nothing.
    p.claim(8, "2024-03", ["2024-03", "2024-04"])
    p.add(
        "benefit_payments",
        [
            p.payment(8, "2024-04", tag="m", benefit_kind="medical", amount=Decimal("354.80")),
            p.payment(8, "2024-05", tag="f", benefit_kind="funeral", amount=4000),
        ],
    )
    p.check(8, "death", "2024-03-15", "2024-03-16")
    # R05: March and April under two claims, 2 × 1,818 and 2 × 1,764; elsewhere from 20 March to 5 April.
    p.claim(9, "2024-02", drawn)
    p.claim(9, "2024-03", ["2024-03", "2024-04"], claim="C9b", amount=1764)
    p.claim(10, "2024-02", drawn)
    p.check(10, "benefit_elsewhere", "2024-03-20", "2024-04-05")
    # R09: a business from March.
    p.claim(11, "2024-03", ["2024-03", "2024-04"])
    p.check(11, "business_owner", "2024-03-10")
    # R20: twelve months paid give four, five were drawn. R21: 1,900 against 1,818. R22: April twice. R23: stopped from April.
    p.claim(12, "2024-02", [*drawn, "2024-06"], entitled_months=5)
    p.claim(13, "2024-03", ["2024-03"], amount=1900)
    p.claim(14, "2024-03", ["2024-03", "2024-04"])
    p.add("benefit_payments", [p.payment(14, "2024-04", tag="b")])
    p.claim(
        15, "2024-03", ["2024-03", "2024-04", "2024-05"], stop_month="2024-04-01", stop_reason="reemployed"
    )
    # A returned payment pays nothing: no double month.
    p.claim(16, "2024-03", ["2024-03"])
    p.add("benefit_payments", [p.payment(16, "2024-03", tag="b", result="returned")])


def groups_and_cycles(p: Province) -> None:
    """R06 and R07."""
    # Eight joined in March 2023 and left in April 2024, 13 months later; four of them claimed and drew a month each.
    for employer, joined, size, claims in (
        ("E6", "2023-03-05", 8, 4),
        ("E6few", "2023-03-05", 7, 7),
        ("E6long", "2023-02-05", 8, 8),
        ("E6third", "2023-03-05", 8, 3),
    ):
        first = {"E6": 100, "E6few": 120, "E6long": 140, "E6third": 160}[employer]
        for number in range(first, first + size):
            p.changes(employer, number, ("increase", joined), ("decrease", "2024-04-20"))
            if number < first + claims:
                p.claim(number, "2024-05", ["2024-05"], last_employer_id=employer)
    # Joined, 12, 13 or 14 months paid, two months drawn, joined again in June.
    for number, first in ((200, "2023-03"), (201, "2023-02"), (202, "2023-01")):
        p.insure("E7", number, list(months(first, "2024-02")))
        p.changes(
            "E7", number, ("increase", f"{first}-01"), ("decrease", "2024-02-28"), ("increase", "2024-06-10")
        )
        p.claim(number, "2024-03", ["2024-03", "2024-04"], last_employer_id="E7", unemployed_on="2024-02-28")


def skill(p: Province) -> None:
    """R08, R10, and the applications of R16."""
    for number in (300, 301):
        p.insure("E8", number, [*YEAR, "2024-04-01", "2024-05-01", "2024-06-01"])
    certificates = [
        ("Z1", 300, "6-01"),
        ("Z2", 300, "6-02"),
        ("Z3", 301, "6-01"),
        ("Z5", 305, "6-01"),
        ("Z6", 306, "6-01"),
        ("Z7", 307, "6-01"),
    ]
    p.add(
        "certificates",
        [{"cert_no": c, "person_id": person(n), "occupation_code": o} for c, n, o in certificates],
    )
    p.add("certificates", [{"cert_no": "Z4", "person_id": person(304), "status": "void"}])
    applications = [
        ("A1", 300, "Z1", "2024-05-10"),
        ("A2", 300, "Z2", "2024-06-10"),
        ("A3", 301, "Z3", "2024-05-10"),
        ("A4", 304, "Z4", "2024-05-10"),
        ("A9", 304, "ZX", "2024-05-11"),
    ]
    p.add(
        "skill_applications",
        [
            {"application_no": a, "person_id": person(n), "cert_no": c, "applied_on": d}
            for a, n, c, d in applications
        ],
    )
    shared = [
        {"application_no": f"A{n}", "person_id": person(300 + n), "cert_no": f"Z{n}", "account_no": "S1"}
        for n in (5, 6, 7)
    ]
    p.add("skill_applications", shared)
    p.pay(1, "A3", "1500", programme="skill_subsidy", paid_on="2024-05-20")
    p.add(
        "training_subsidies",
        [{"person_id": person(301), "occupation_code": "6-01", "level": "4", "paid_on": "2024-06-05"}],
    )


def refunds(p: Province) -> None:
    """R11 to R15, R17, R19."""
    for number, employer in enumerate(("E11", "E15", "E15b", "E17"), start=400):
        p.insure(employer, number, YEAR)
    p.pay(2, "E11", "288")
    p.pay(3, "E15", "288", result="returned", return_reason="户名不符")
    p.pay(4, "E15b", "288", result="returned", paid_on="2024-06-10")
    p.pay(5, "E15b", "288")
    p.pay(6, "E17", "300")
    p.pay(7, "NOBODY", "100")
    # Dispatch: own staff, one at a user, one at a government office; the firm got its part on 20 May, the user nothing.
    for number in (410, 411, 412):
        p.insure("E12", number, YEAR)
    p.insure("E12b", 413, YEAR)
    p.add(
        "dispatch_assignments",
        [
            {
                "dispatch_employer_id": "E12",
                "person_id": person(411),
                "start_month": "2022-01-01",
                "user_uscc": "91USER000000000001",
            },
            {
                "dispatch_employer_id": "E12",
                "person_id": person(412),
                "start_month": "2022-01-01",
                "user_uscc": "11GOV0000000000001",
                "user_unit_type": "government",
            },
            {
                "dispatch_employer_id": "E12b",
                "person_id": person(413),
                "start_month": "2022-01-01",
                "user_uscc": "91USER000000000001",
            },
        ],
    )
    p.add(
        "dispatch_agreements", [{"dispatch_employer_id": e, "programme_year": 2024} for e in ("E12", "E12b")]
    )
    p.pay(8, "E12", "288", paid_on="2024-05-20")
    p.pay(9, "E12b", "1", paid_on="2024-05-31")
    # Four insured in 2023: one left in June 2024 is fewer than half, two are half.
    for number in range(420, 424):
        p.insure("E14", number, YEAR)
        p.insure("E14b", number + 10, YEAR)
    p.insure("E14", 420, ["2024-06-01"])
    p.insure("E14b", 430, ["2024-06-01"])
    p.insure("E14b", 431, ["2024-06-01"])


def audit_findings(p: Province) -> None:
    """R25 to R35, each with a control beside it."""
    now = [*YEAR, "2024-06-01"]
    # R25: a government body's code on an enterprise; a social organisation's on a social organisation.
    for number, employer in enumerate(("E25", "E25b", "E26", "E26b", "E31", "E32", "E33"), start=700):
        p.insure(employer, number, now)
    p.insure("E33b", 706, ["2023-10-01", "2023-11-01", "2023-12-01"])
    p.insure("E33c", 705, ["2023-10-01", "2023-11-01"])
    # R26: 1,000 staff and 400 million yuan are large; with 999 they are not.
    p.add(
        "enterprise_size",
        [
            {
                "uscc": f"91{employer:0>16}",
                "data_year": 2023,
                "staff": staff,
                "revenue_10k": 40000,
                "filed_size": "medium",
            }
            for employer, staff in (("E26", 1000), ("E26b", 999))
        ],
    )
    # R27, R28: the employer says resignation; the claim itself says so. R29: the premium of March twice. R30: that of March without a
    # benefit; that of May is free in June.
    p.claim(710, "2024-03", ["2024-03"])
    p.claim(711, "2024-03", ["2024-03"])
    for number, day in ((710, "2024-03-20"), (711, "2024-05-20")):
        p.add(
            "headcount_changes",
            [{"employer_id": "E1", "person_id": person(number), "change_date": day, "reason": "resignation"}],
        )
    p.claim(712, "2024-03", ["2024-03"], reason="resignation")
    p.claim(713, "2024-03", ["2024-03"])
    p.claim(714, "2024-04", ["2024-04"])
    premium = {"benefit_kind": "medical", "amount": Decimal("354.80")}
    p.add("benefit_payments", [p.payment(713, "2024-03", tag=t, **premium) for t in ("m", "n")])
    p.add("benefit_payments", [p.payment(714, m, tag="m", **premium) for m in ("2024-03", "2024-05")])
    # R31, R32: dead since June, on pension since September 2023.
    p.check(704, "death", "2023-06-15")
    p.check(705, "pension", "2023-09-15")
    # R34, R35: applied in prison; ten applications of one employer's persons on certificates of one day, nine of another's.
    crowd = [("E35", n) for n in range(720, 730)] + [("E35b", n) for n in range(740, 749)]
    for employer, number in [*crowd, ("E8", 760)]:
        p.insure(employer, number, [*YEAR, "2024-05-01", "2024-06-01"])
        p.add(
            "certificates",
            [{"cert_no": f"Z{number}", "person_id": person(number), "occupation_code": f"6-{employer}"}],
        )
        p.add(
            "skill_applications",
            [{"application_no": f"A{number}", "person_id": person(number), "cert_no": f"Z{number}"}],
        )
    p.check(760, "imprisonment", "2024-05-09")


def premium(p: Province) -> None:
    """R18 and R24, in June."""
    for number in range(10):
        p.insure(f"N{number}", 500 + number, ["2024-06-01"])
    p.insure("E18", 520, ["2024-06-01"], base="32001", dues=("224.01", "96.00"))
    p.insure("E18b", 521, ["2024-06-01"], base="32000", dues=("224.00", "96.00"))
    p.insure("E18c", 522, ["2024-06-01"], base="499", dues=("3.49", "1.50"))
    p.insure("E18d", 523, ["2024-06-01"], base="500", dues=("3.50", "1.50"))
    p.insure("E24", 530, ["2024-05-01"], dues=("28.02", "12"))
    p.insure("E24b", 531, ["2024-05-01"], dues=("28.02", "12"))
    p.insure("E24b", 532, ["2024-05-01"])


def register(p: Province) -> None:
    """Who is who, the shared accounts and phones of R16, and the fund's year."""
    plain = [
        "E1",
        "E2",
        "E3",
        "E6",
        "E6few",
        "E6long",
        "E6third",
        "E7",
        "E8",
        "E14",
        "E14b",
        "E15",
        "E15b",
        "E17",
        "E18",
        "E18b",
        "E24",
        "E24b",
    ]
    rows: list[Row] = [{"employer_id": e} for e in plain]
    rows += [{"employer_id": e, "industry_code": "C14"} for e in ("E18c", "E18d")]
    rows += [{"employer_id": e} for e in ("E26", "E26b", "E31", "E32", "E33", "E33b", "E33c", "E35", "E35b")]
    rows += [{"employer_id": "E25", "uscc": "11620000000000025X"}]
    rows += [{"employer_id": "E25b", "uscc": "51620000000000025X", "unit_type": "social_organisation"}]
    rows += [{"employer_id": "E11", "registry_status": "revoked"}]
    rows += [{"employer_id": e, "is_dispatch": True} for e in ("E12", "E12b")]
    # Ten on one phone, nine on another; two on one account; a branch and its parent on another.
    rows += [{"employer_id": f"N{n}", "contact_phone": "0931-1"} for n in range(10)]
    rows += [{"employer_id": f"M{n}", "contact_phone": "0931-2"} for n in range(9)]
    rows += [{"employer_id": e, "account_no": "A1"} for e in ("E16a", "E16b")]
    rows += [
        {"employer_id": e, "account_no": "A2", "uscc": u}
        for e, u in (("E16c", "91HEAD"), ("E16d", "91BRANCH"))
    ]
    p.add("employers", rows)
    p.add("enterprise_size", [{"uscc": "91BRANCH", "data_year": 2023, "parent_uscc": "91HEAD"}])
    p.add("sanctions", [{"uscc": "91NOBODY", "listed_on": "2024-01-01"}])
    # Three drawing on one account, two on another.
    for number, account in ((600, "D1"), (601, "D1"), (602, "D1"), (603, "D2"), (604, "D2")):
        p.claim(number, "2024-05", ["2024-05"], account=account)
    ledger = [("opening_balance", "2023-01-01", 1_000_000)]
    ledger += [(item, m, 1000) for m in YEAR for item in ("premium", "benefit")]
    ledger += [("from_superior", "2024-06-01", 100), ("to_subordinate", "2024-06-01", 90)]
    p.add(
        "fund_ledger", [{"region_code": "620000", "item": i, "month": m, "amount": a} for i, m, a in ledger]
    )


# (rule, subject): yuan at stake.
EXPECTED = {
    ("R01", person(1)): "3636.00",  # April and May
    ("R01", person(3)): "3636.00",
    ("R02", person(5)): "3990.80",  # April and May with the premium of April; June lies after the end
    ("R03", person(8)): "2172.80",  # 1,818.00 + 354.80
    ("R04", person(6)): "1818.00",  # May
    ("R05", person(9)): "3528.00",  # 2 × 1,764, the smaller claim
    ("R05", person(10)): "3636.00",  # March and April
    ("R06", "E6"): "7272.00",  # 4 × 1,818
    ("R07", person(200)): "3636.00",
    ("R07", person(201)): "3636.00",
    ("R08", "A2"): "1500.00",
    ("R08", "A3"): "1500.00",
    ("R09", person(11)): "1818.00",
    ("R10", "A4"): "1500.00",
    ("R10", "A9"): "0.00",
    ("R11", "E11"): "288.00",
    ("R12", "E12"): "288.00",  # one person of the two that count: half of 2 × 288
    ("R13", "E12"): "288.00",  # 60 % of 480
    ("R14", "E14"): "1152.00",  # 4 × 288
    # Nobody left in June: refunds of one person (288), two, and 10 + 11 + 12 months at 24.
    **{("R14", e): "288.00" for e in ("E12b", "E15", "E15b", "E17")},
    **{("R14", "E12"): "576.00", ("R14", "E7"): "792.00"},
    ("R15", "E15"): "288.00",
    **{("R16", f"N{n}"): "0.00" for n in range(10)},
    **{("R16", e): "0.00" for e in ("E16a", "E16b", "A5", "A6", "A7")},
    **{("R16", person(n)): "1818.00" for n in (600, 601, 602)},
    ("R17", "A3"): "1500.00",
    ("R17", "E11"): "288.00",
    ("R17", "E17"): "12.00",
    ("R18", "E18"): "0.00",  # 32,001 > 8 × 4,000
    ("R18", "E18c"): "0.00",  # 499 < 4,000 ÷ 8; two of the division, so beside the province
    # 100 without a decision, 10 between levels, and what June's ledger does not have: premium 1,250 + 27 × 40, benefit 2 × 1,818, refunds
    # 288 + 288 + 300 + 100.
    ("R19", "620000"): "7052.00",
    ("R20", person(12)): "1818.00",
    ("R21", person(13)): "82.00",
    ("R22", person(14)): "1818.00",
    ("R23", person(15)): "3636.00",
    ("R24", "E24"): "0.02",  # two persons with the same 0.02 are within 0.01 each
    ("R25", "E25"): "288.00",
    ("R26", "E26"): "144.00",  # 60 % of 480 less 30 %
    ("R27", person(710)): "1818.00",
    ("R28", person(712)): "1818.00",
    ("R29", person(713)): "354.80",
    ("R30", person(714)): "354.80",
    ("R31", "E31"): "144.00",  # July to December: 60 % of 6 × 40
    ("R32", "E32"): "72.00",  # October to December
    ("R32", "E33c"): "48.00",  # October and November
    ("R33", person(706)): "72.00",  # three months at E33b: 60 % of 3 × 40
    ("R34", "A760"): "1500.00",
    **{("R35", f"A{n}"): "1500.00" for n in range(720, 730)},
    # Paid in June, the first month in which anything can have stood on a notice; what was paid in May is not judged.
    **{("R36", e): a for e, a in (("E11", "288.00"), ("E15b", "288.00"), ("E17", "300.00"))},
}


@pytest.fixture(scope="module")
def june(tmp_path_factory: pytest.TempPathFactory) -> Province:
    """The province as of June 2024."""
    p = Province(tmp_path_factory.mktemp("risk"))
    for part in (register, living_benefits, groups_and_cycles, skill, refunds, audit_findings, premium):
        part(p)
    p.build("2024-06", *MODELS)
    return p


@pytest.fixture(scope="module")
def leads(june: Province) -> list[Row]:
    """June's leads."""
    return june.query(
        "select * from marts.risk_leads where period = '2024-06-01' order by rule_id, subject_id, lead_id"
    )


def test_every_planted_lead_and_no_other(leads: list[Row]) -> None:
    """Rule, subject and amount, all of them."""
    found: dict[tuple[str, str], Decimal] = {}
    for lead in leads:
        key = (lead["rule_id"], lead["subject_id"])
        found[key] = found.get(key, Decimal(0)) + lead["amount_at_stake"]
    assert {k: str(v) for k, v in found.items()} == EXPECTED


def test_the_leads_counted_a_second_way(june: Province) -> None:
    """The calculation of `tests/oracle`, which shares no code with the models, finds the same subjects and amounts (R16 apart)."""
    case = Case(
        OracleWorld.from_home(june.settings.home), Parameters.from_folder(june.settings.policy, "620000")
    )
    found: dict[tuple[str, str], Decimal] = {}
    for lead in risk_leads(case, parse_month("2024-06")):
        key = (lead["rule_id"], lead["subject_id"])
        found[key] = found.get(key, Decimal(0)) + lead["amount_at_stake"]
    assert {k: str(v) for k, v in found.items()} == {k: v for k, v in EXPECTED.items() if k[0] != "R16"}


def test_leads_are_open_and_whole(leads: list[Row]) -> None:
    """New ones are open and seen now; no sentence names a person or an account."""
    for lead in leads:
        assert (lead["status"], lead["first_seen"], lead["last_seen"]) == (
            "open",
            dt.date(2024, 6, 1),
            dt.date(2024, 6, 1),
        )
        words = lead["evidence"] + lead["evidence_en"]
        assert "6201021990" not in words
        assert lead["evidence"].endswith("。")
        assert lead["evidence_en"].endswith(".")
        assert lead["programme"] in {"refund", "skill_subsidy", "living_benefits", "premium", "fund"}
    assert len({lead["lead_id"] for lead in leads}) == len(leads)
    assert all(lead["lead_id"] == lead["lead_id"].upper() for lead in leads)


@pytest.mark.parametrize(
    ("rule", "subject", "zh", "en"),
    [
        ("R01", person(1), "同期在单位 E2 参保缴费。", "while insured by employer E2."),
        ("R01", person(3), "同期异地就业参保。", "while insured elsewhere."),
        ("R05", person(10), "同时在异地领取待遇，涉及 3636.00 元。", "also drawn elsewhere; 3636.00 yuan."),
        ("R10", "A9", "按等级金额 0.00 元。", "0.00 yuan by its level."),
        (
            "R11",
            "E11",
            "现登记状态 吊销，决定为不符合。",
            "registry status now revoked, decision ineligible.",
        ),
        ("R15", "E15", "退回（户名不符），其后未再拨付。", "returned on 2024-06-20 and not paid again."),
        ("R18", "E18c", "全省 中位数 4000.00 元。", "median of the province 4000.00 yuan."),
        ("R18", "E18", "行业大类 13 中位数 4000.00 元。", "median of industry division 13 4000.00 yuan."),
    ],
)
def test_evidence_says_what_was_seen(leads: list[Row], rule: str, subject: str, zh: str, en: str) -> None:
    """The sentences end in the figures and words of their own case."""
    [lead] = [x for x in leads if (x["rule_id"], x["subject_id"]) == (rule, subject)]
    assert lead["evidence"].endswith(zh)
    assert lead["evidence_en"].endswith(en)


def test_leads_stand_in_the_order_of_work(leads: list[Row]) -> None:
    """Without verdicts a rule stands at a half: a block lead of 1,818 scores 1,818 × 3 ÷ 2, one to review 1,818; R13's money comes last."""
    by_key = {(lead["rule_id"], lead["subject_id"]): lead for lead in leads}
    assert by_key["R04", person(6)]["score"] == Decimal("2727.00")
    assert by_key["R20", person(12)]["score"] == Decimal("1818.00")
    assert by_key["R15", "E15"]["score"] == Decimal("144.00")
    assert (by_key["R13", "E12"]["is_left_out"], by_key["R13", "E12"]["score"]) == (True, Decimal("0.00"))
    ordered = sorted(leads, key=lambda lead: lead["work_order"])
    assert [lead["work_order"] for lead in ordered] == list(range(1, len(leads) + 1))
    scores = [lead["score"] for lead in ordered]
    assert scores == sorted(scores, reverse=True)
    assert ordered[-1]["rule_id"] == "R13"


def test_rings_hold_leads_together(june: Province) -> None:
    """E6 with its four claimants, the ten on one telephone, two employers and three persons on one account each, three applicants."""
    rings = june.query("select * from marts.risk_rings order by employers, persons, subjects")
    assert [(r["employers"], r["persons"], r["accounts"], r["phones"], r["subjects"]) for r in rings] == [
        (0, 3, 1, 0, 3),
        (0, 3, 1, 0, 3),
        (2, 0, 1, 0, 2),
        (10, 0, 0, 1, 10),
    ]
    assert sorted(r["amount_at_stake"] for r in rings) == [0, 0, 0, Decimal("5454.00")]  # 3 × 1,818
    links = june.query("select * from marts.risk_ring_links")
    assert len(links) == 3 + 3 + 2 + 10
    assert not [x for x in links if "199001010010" in x["holder_label"] or x["hub_label"] in {"D1", "0931-1"}]


def test_counts_cover_the_register(june: Province, leads: list[Row]) -> None:
    """One row per rule; without verdicts no precision."""
    counts = june.query("select * from marts.risk_rule_counts order by rule_id")
    register = [r["rule_id"] for r in june.query("select rule_id from reference.risk_rules order by rule_id")]
    assert [c["rule_id"] for c in counts] == register
    raised = Counter(lead["rule_id"] for lead in leads)
    assert {c["rule_id"]: c["raised"] for c in counts} == {rule: raised[rule] for rule in register}
    assert {c["precision_rate"] for c in counts} == {None}


def test_whom_to_compare_before_payment(june: Province) -> None:
    """Who may be paid in July: not those stopped, not those whose months are used up; one application is payable."""
    rows = june.query("select * from lists.comparison_persons")
    claims = {r["reference_no"] for r in rows if r["purpose"] == "living_benefits"}
    assert "C1" in claims
    assert not claims & {"C12", "C15"}
    payable = {r["reference_no"] for r in rows if r["purpose"] == "skill_subsidy"}
    assert payable == {"A1", *(f"A{n}" for n in (*range(720, 730), *range(740, 749), 760))}


def test_the_register_agrees_with_the_models(june: Province) -> None:
    """The published tables' own tests hold, among them the one that lays register and models side by side; the unit tests beside the rules too."""
    june.build("2024-06", "models/marts/risk", "models/intermediate/risk", command="test")


def test_leads_live_on(june: Province, leads: list[Row]) -> None:
    """July: a voided payment makes its lead go, verdicts are carried, a share's 30 days have run out, ids stay."""
    ids = {(lead["rule_id"], lead["subject_id"]): lead["lead_id"] for lead in leads}
    june.add(
        "benefit_payments", [{**june.payment(14, "2024-04", tag="b"), "is_valid": False}], period="2024-07"
    )
    verdicts = [
        ("R02", person(5), "confirmed", "2024-07-10"),
        ("R22", person(14), "confirmed", "2024-07-10"),
        ("R04", person(6), "dismissed", "2024-07-10"),
        ("R23", person(15), "dismissed", "2024-08-01"),
    ]
    june.add(
        "review_outcomes",
        [
            {"programme": "risk", "subject_id": ids[r, s], "outcome": o, "decided_on": d}
            for r, s, o, d in verdicts
        ],
        period="2024-07",
    )
    june.add(
        "review_outcomes",
        [
            {
                "programme": "risk",
                "subject_id": ids["R02", person(5)],
                "outcome": "dismissed",
                "decided_on": "2024-07-02",
            }
        ],
        period="2024-07",
    )
    case = {
        "case_no": "C1",
        "programme": "living_benefits",
        "subject_id": "C5",
        "kind": "repaid",
        "on_date": "2024-07-05",
    }
    june.add("recoveries", [{**case, "entry_no": "1", "amount": Decimal(1000)}], period="2024-07")
    june.build("2024-07", *MODELS)
    july = {
        (r["rule_id"], r["subject_id"], r["lead_id"]): r
        for r in june.query("select * from marts.risk_leads where period = '2024-07-01'")
    }

    def lead(rule: str, subject: str) -> Row:
        return july[rule, subject, ids[rule, subject]]

    gone = lead("R22", person(14))
    assert (gone["status"], gone["verdict"], gone["last_seen"], gone["amount_at_stake"]) == (
        "gone",
        "confirmed",
        dt.date(2024, 6, 1),
        Decimal("1818.00"),
    )
    assert (lead("R02", person(5))["status"], lead("R02", person(5))["first_seen"]) == (
        "confirmed",
        dt.date(2024, 6, 1),
    )
    assert lead("R04", person(6))["status"] == "dismissed"
    # Of R02's one verdict the rule stands at (1 + 1) ÷ (1 + 2); 1,000 of the 3,990.80 came back: 2,990.80 × 3 × 2 ÷ 3.
    confirmed = lead("R02", person(5))
    assert (confirmed["still_recoverable"], confirmed["precision_weight"]) == (
        Decimal("2990.80"),
        Decimal("0.666667"),
    )
    assert confirmed["score"] == Decimal("5981.60")
    assert confirmed["work_order"] is None
    assert lead("R04", person(6))["score"] == 0
    assert lead("R23", person(15))["status"] == "open"
    assert [
        r["first_seen"] for r in july.values() if r["rule_id"] == "R12" and r["subject_id"] == "E12b"
    ] == [dt.date(2024, 7, 1)]
    counts = {
        c["rule_id"]: c
        for c in june.query("select * from marts.risk_rule_counts where period = '2024-07-01'")
    }
    assert (counts["R02"]["confirmed"], counts["R02"]["precision_rate"]) == (1, Decimal("1.000000"))
    assert (counts["R04"]["dismissed"], counts["R04"]["precision_rate"]) == (1, Decimal("0.000000"))
    assert (counts["R22"]["raised"], counts["R22"]["gone"]) == (1, 1)
    # June again gives June, though July is known.
    before = [(r["lead_id"], r["status"], r["amount_at_stake"]) for r in leads]
    june.build("2024-06", *MODELS)
    again = june.query(
        "select * from marts.risk_leads where period = '2024-06-01' order by rule_id, subject_id, lead_id"
    )
    assert [(r["lead_id"], r["status"], r["amount_at_stake"]) for r in again] == before
