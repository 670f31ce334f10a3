"""A seeded world of job expansion, recovery and audit rules: hires, cases and frauds laid over the odd cases of `nasty.py`.

`python -m tests.oracle.claims LANDING POLICY_OUT --seed 1` writes deliveries and a parameter folder. Everyone and everything is made up.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
from pathlib import Path
from typing import Any

from .nasty import DELIVERIES, Nasty, write_pack
from .world import SOURCES, add_months, month_end, parse_month

# The months that are delivered: what falls between two comes with the later.
MONTHS = ("2023-12", "2024-06", "2024-12", "2025-01")
# Sources that nobody delivers before a month: a list that was never delivered is not an empty one.
FIRST_DELIVERED = {"hiring_subsidies": "2024-12", "sanctions": "2024-06"}
CODE_KINDS = ("11", "12", "51", "52", "53", "91", "92", "93", "31", "81")
# The source and the column that name the subject of a case.
SUBJECTS = {
    "skill_subsidy": ("skill_applications", "application_no"),
    "job_expansion": ("expansion_applications", "application_no"),
    "living_benefits": ("benefit_claims", "claim_no"),
}
PARAMETERS = (
    # parameter, jurisdiction, applies_to, from, to, value
    ("reserve_months_min", "620000", "", "2025-01-01", "2025-12-31", "15"),
    ("expansion_amount", "621000", "", "2024-01-01", "2024-12-31", "1200.50"),
    ("expansion_amount", "620000", "is_dispatch=yes", "2024-01-01", "2024-12-31", "800"),
    ("expansion_amount", "620000", "list=key_employers", "2024-07-01", "2024-12-31", "999.99"),
    ("expansion_min_months", "620100", "", "2024-06-01", "2024-12-31", "2"),
    ("expansion_min_months", "620000", "industry=C", "2024-01-01", "2024-12-31", "4"),
    ("expansion_other_insurances", "620900", "", "2024-01-01", "2024-12-31", "no"),
    ("expansion_unit_types", "620000", "", "2024-07-01", "2024-12-31", "enterprise;law_firm"),
    ("expansion_funding_when_closed", "621000", "", "2025-01-01", "2025-12-31", "none"),
    ("refund_exclude_sanctioned", "620900", "", "2024-04-28", "2024-12-31", "no"),
    ("layoff_claim_reasons", "621000", "", "2024-01-01", "2024-12-31", "economic_layoff;contract_expiry;other"),
)  # fmt: skip
WINDOWS = (
    # applies_to, jurisdiction, year, from, to: a city's own window, a shorter one of dispatch firms
    ("", "621000", "2024", "2024-03-01", "2024-10-31"),
    ("is_dispatch=yes", "620000", "2024", "2024-02-01", "2024-12-31"),
)


def youth(born: str, number: int) -> str:
    """A made-up person's number with a right check digit and this day of birth, possible or not."""
    body = f"620000{born}{number % 1000:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(c) * w for c, w in zip(body, weights, strict=True)) % 11]


class Claims(Nasty):
    """The odd world with hires, recovery cases and what auditors look for."""

    def __init__(
        self,
        seed: int,
        employers: int = 40,
        hires: int = 400,
        cases: int = 300,
        *,
        is_ledger_short: bool = False,
    ) -> None:
        super().__init__(seed, employers)
        self.hires, self.cases, self.is_ledger_short = hires, cases, is_ledger_short
        for n, employer in enumerate(self.employers[6:], 6):
            if self.chance(0.4):
                self.uscc[employer] = f"{self.random.choice(CODE_KINDS)}62{n:04d}{n:010d}"
        self.uscc[self.employers[-1]] = youth("19800101", 1)

    def make(self) -> None:
        """Make every source."""
        super().make()
        self.complete()
        for make in (
            self.expansions,
            self.subsidies_of_others,
            self.sizes_that_differ,
            self.leavers,
            self.benefits_twice,
            self.crossed,
            self.recoveries,
            self.lists,
        ):
            make()
        if self.is_ledger_short:  # a row that cannot be read leaves the reserve of the year after unknown
            row = {
                "region_code": "620100",
                "month": "2023-11",
                "item": "interest",
                "amount": "1.234",
                "is_valid": "",
            }
            self.add("fund_ledger", "2024-12", **row)
        self.gather()

    def gather(self) -> None:
        """Put every row into the delivery that brings it: of a snapshot the newest state, of events all in their order."""
        given, self.rows = self.rows, {}
        for source, period in sorted(given, key=lambda key: key[1]):
            rows = given[source, period]
            at = next(p for p in MONTHS if p >= max(period, FIRST_DELIVERED.get(source, period)))
            if SOURCES[source].kind == "event":
                self.rows.setdefault((source, at), []).extend(rows)
            else:
                self.rows[source, at] = rows

    def complete(self) -> None:
        """Give the columns that this world needs beside those of the other one."""
        r = self.random
        for (source, _), rows in self.rows.items():
            for row in rows:
                if source == "certificates":
                    row["issuer_name"] = (
                        f"机构{int(row['cert_no'][2:]) % 4}" if row["cert_no"] > "ZS0020" else ""
                    )
                if source == "benefit_claims":
                    row.setdefault("counted_months", "")
        for row in self.of("benefit_claims"):
            row["counted_months"] = r.choice(("", "0", "11", "12", "25", "60", "130"))

    def of(self, source: str) -> list[dict[str, Any]]:
        """Rows of a source in the order of the deliveries."""
        return [row for period in DELIVERIES for row in self.rows.get((source, period), [])]

    def whose(self, day: str) -> str:
        """A delivery that brings a day: that of its month or the first after; sometimes the one before, some days too early."""
        at = self.delivery_after(day)
        earlier = [p for p in DELIVERIES if p < at]
        if earlier and self.chance(0.2):
            end = month_end(parse_month(earlier[-1]))
            if (dt.date.fromisoformat(day) - end).days <= 31:
                return earlier[-1]
        return at

    # --- job expansion ---------------------------------------------------------------------------------------------

    def hiring(self) -> str:
        """An employer that hires: mostly an enterprise, now and then one that is not in the register."""
        r = self.random
        if self.chance(0.05):
            return self.employers[r.randrange(2)]
        enterprises = [e for e in self.employers[2:] if self.unit_type[e] == "enterprise"]
        return r.choice(enterprises if enterprises and self.chance(0.75) else self.employers)

    def person_hired(self, day: dt.date, number: int) -> str:
        """A person whose 16th or 25th birthday may lie beside the day hired."""
        years = self.random.choice((16, 17, 20, 22, 22, 23, 25))
        born = add_months(day, -12 * years) + dt.timedelta(days=self.random.choice((-1, 0, 1, 40)))
        text = f"{born:%Y%m%d}"
        if self.chance(0.04):
            text = self.random.choice(("20010229", "20011301", "20080229", "00000000"))
        return youth(text, number)

    def expansions(self) -> None:
        """Hires around every window and age, with premium paid in full, short, late, made up, given back, deferred."""
        r = self.random
        people: list[str] = []
        for n in range(self.hires):
            hired = self.day("2023-12-15", "2025-01-20")
            if self.chance(0.3):
                hired = r.choice(
                    (
                        "2023-12-31",
                        "2024-01-01",
                        "2024-02-29",
                        "2024-03-01",
                        "2024-10-31",
                        "2024-12-31",
                        "2025-01-01",
                    )
                )
            day = dt.date.fromisoformat(hired)
            who = r.choice(people) if people and self.chance(0.35) else self.person_hired(day, n)
            people.append(who)
            employer = self.hiring()
            applied = min(day + dt.timedelta(days=r.choice((0, 30, 90, 120, 200))), dt.date(2025, 1, 31))
            number = f"KG{r.randrange(10**5):05d}{n:03d}"
            row = {
                "application_no": number,
                "employer_id": employer,
                "person_id": who,
                "hired_on": hired,
                "contract_signed": "否" if self.chance(0.04) else "是",
                "person_kind": r.choice(
                    ("graduate", "recent_graduate", "registered_youth", "registered_youth")
                ),
                "other_insurances": r.choice(("是", "是", "是", "是", "是", "是", "否", "")),
                "applied_on": str(applied),
                "is_valid": "",
            }
            period = self.whose(str(applied))
            self.add("expansion_applications", period, **row)
            later = [p for p in DELIVERIES if p > period]
            if later and self.chance(0.12):
                change = r.choice(
                    ({"is_valid": "0"}, {"other_insurances": "是"}, {"person_kind": "graduate"}, {"employer_id": r.choice(self.employers)})
                )  # fmt: skip
                self.add("expansion_applications", r.choice(later), **row | change)
            self.premium_of_hire(n, employer, who, day)
            if self.chance(0.35):
                paid_on = min(applied + dt.timedelta(days=r.choice((0, 35, 70))), dt.date(2025, 1, 31))
                for _ in range(r.choice((1, 1, 2))):
                    self.line(
                        "job_expansion",
                        day.year,
                        number,
                        "",
                        r.choice(("800", "1200.50", "1500")),
                        str(paid_on),
                    )
            if self.chance(0.1):
                self.objection(
                    "job_expansion", number, str(applied - dt.timedelta(days=r.choice((0, 0, 45))))
                )
            if self.chance(0.12):
                self.review("job_expansion", number, "", str(applied))

    def premium_of_hire(self, n: int, employer: str, who: str, hired: dt.date) -> None:
        """Premium of the months after a hire (sometimes from before it), each in one of the ways that money comes in."""
        r = self.random
        first = add_months(hired.replace(day=1), r.choice((-2, 0, 0, 0, 1)))
        for at in range(r.choice((0, 2, 3, 4, 6, 14, 14, 14, 14))):
            month = add_months(first, at)
            if month > dt.date(2025, 1, 1):
                break
            text = f"{month:%Y-%m}"
            row = {
                "employer_id": employer,
                "person_id": who,
                "fee_month": text,
                "pay_kind": "normal",
                "voucher_no": f"H{n}",
                "pay_base": "4000.00",
                "employer_due": "28.00",
                "person_due": "12.00",
                "employer_paid": "28.00",
                "person_paid": "12.00",
                "received_on": f"{text}-20",
                "late_fee": "",
                "is_valid": "",
            }
            period = self.delivery_after(text)
            later = self.delivery_after(f"{add_months(month, 3):%Y-%m}")
            nothing = {"employer_paid": "0", "person_paid": "0", "received_on": ""}
            back = {
                "pay_kind": "refund", "voucher_no": f"R{n}", "employer_due": "-28.00", "person_due": "-12.00",
                "employer_paid": "-28.00", "person_paid": "-12.00", "received_on": f"{later}-05",
            }  # fmt: skip
            kind = r.randrange(24)
            if kind == 0:  # a fen short, then right
                self.add("contributions", period, **row | {"person_paid": "11.99"})
                if later > period and self.chance(0.5):
                    self.add("contributions", later, **row)
            elif kind == 1:  # owed, made up later
                self.add("contributions", period, **row | nothing)
                made_up = {"pay_kind": "makeup", "voucher_no": f"M{n}", "received_on": f"{later}-28"}
                self.add("contributions", later, **row | made_up)
            elif kind == 2:  # given back
                self.add("contributions", period, **row)
                self.add("contributions", later, **row | back)
            elif kind == 3:
                self.add("contributions", period, **row | nothing | {"pay_kind": "deferred"})
            elif kind == 4:  # received on the last day of the month, or the first of the next
                day = month_end(month) + dt.timedelta(days=r.randrange(2))
                self.add("contributions", self.whose(str(day)), **row | {"received_on": str(day)})
            elif kind == 5 and later > period:  # struck out afterwards
                self.add("contributions", period, **row)
                self.add("contributions", later, **row | {"is_valid": "0"})
            else:
                self.add("contributions", period, **row)

    def subsidies_of_others(self) -> None:
        """Hiring subsidies of some of those hired, one of them taken back."""
        for row in self.of("expansion_applications"):
            if self.chance(0.06):
                day = self.day("2024-01-01", "2025-01-31")
                entry = {
                    "person_id": row["person_id"], "employer_id": row["employer_id"], "paid_on": day, "amount": "1000.00",
                    "is_valid": "",
                }  # fmt: skip
                self.add("hiring_subsidies", self.delivery_after(day), **entry)
                if self.chance(0.2):
                    self.add("hiring_subsidies", "2025-01", **entry | {"is_valid": "0"})

    def lists(self) -> None:
        """A list of employers for conditions, and a row of a list that cannot be read."""
        for period in ("2024-06", "2024-12"):
            for employer in self.employers:
                if self.chance(0.3):
                    self.add(
                        "employer_lists",
                        period,
                        list_id="key_employers",
                        uscc=self.uscc[employer],
                        valid_from=self.random.choice(("2024-01-01", "2024-08-15")),
                        valid_to=self.random.choice(("", "2024-09-30")),
                        note="",
                    )
        for period in ("2024-05", "2024-09"):
            for employer in self.random.sample(self.employers, 2):
                self.add(
                    "sanctions",
                    period,
                    uscc=self.uscc[employer],
                    listed_on="2024-13-01",
                    removed_on="",
                    reason="列入",
                )

    # --- what auditors look for ---------------------------------------------------------------------------------------

    def sizes_that_differ(self) -> None:
        """Filings as small with the indicators of a large unit, or one unit below the limit; some of them the parents of others."""
        r = self.random
        for period in ("2022-12", "2024-01", "2024-06"):
            rows = self.rows.get(("enterprise_size", period), [])
            for row in rows:
                if self.chance(0.2):
                    row |= {
                        "staff": r.choice((999, 1000, 5000)),
                        "revenue_10k": r.choice(("300000", "999999")),
                        "assets_10k": r.choice(("300000", "999999")),
                        "filed_size": r.choice(("medium", "small", "micro", "large")),
                        "parent_uscc": r.choice(("", "", self.uscc[r.choice(self.employers)])),
                    }

    def leavers(self) -> None:
        """Decreases on, within and beyond sixty days of the day a claim says."""
        r = self.random
        seen: set[tuple[str, str, str]] = set()
        for row in self.of("headcount_changes"):
            seen.add((row["employer_id"], row["person_id"], row["change_date"]))
        for claim in self.of("benefit_claims"):
            for _ in range(r.choice((0, 1, 1, 2))):
                off = r.choice((-61, -60, -3, 0, 60, 61))
                day = str(dt.date.fromisoformat(claim["unemployed_on"]) + dt.timedelta(days=off))
                key = (claim["last_employer_id"], claim["person_id"], day)
                if key in seen:
                    continue
                seen.add(key)
                self.add(
                    "headcount_changes",
                    self.delivery_after(day),
                    employer_id=key[0],
                    person_id=key[1],
                    change_kind="decrease",
                    change_date=day,
                    reason=r.choice(
                        ("resignation", "contract_expiry", "economic_layoff", "transfer_out", "other")
                    ),
                    is_valid="",
                )

    def benefits_twice(self) -> None:
        """Payments given again, reversed, for months after others, and of kinds that stand alone."""
        r = self.random
        lines = list(self.of("benefit_payments"))
        for n, line in enumerate(lines):
            if not self.chance(0.3):
                continue
            copy = line | {"payment_no": f"{line['payment_no']}B{n}"}
            day = dt.date.fromisoformat(line["paid_on"])
            kind = r.randrange(5)
            if kind == 0:  # once more
                self.add("benefit_payments", self.delivery_after(str(day)), **copy)
            elif kind == 1:  # reversed in its month
                self.add(
                    "benefit_payments",
                    self.delivery_after(str(day)),
                    **copy | {"amount": f"-{line['amount']}", "result": "paid"},
                )
            elif kind == 2:  # reversed a month later: no pair
                other = str(add_months(day, 1))
                self.add(
                    "benefit_payments",
                    self.delivery_after(other),
                    **copy | {"amount": f"-{line['amount']}", "paid_on": other, "result": "paid"},
                )
            elif kind == 3:
                self.add(
                    "benefit_payments",
                    self.delivery_after(str(day)),
                    **copy
                    | {
                        "benefit_kind": r.choice(
                            ("pension", "medical", "price_subsidy", "funeral", "allowance")
                        )
                    },
                )
            else:  # on and on, past the months of entitlement
                for at in range(1, r.choice((3, 8, 26))):
                    month = add_months(parse_month(line["benefit_month"]), at)
                    if month > dt.date(2025, 1, 1):
                        break
                    self.add(
                        "benefit_payments",
                        self.delivery_after(f"{month:%Y-%m}"),
                        **copy | {"payment_no": f"{copy['payment_no']}C{at}", "benefit_month": f"{month:%Y-%m}", "paid_on": f"{month:%Y-%m}-15"},
                    )  # fmt: skip

    def crossed(self) -> None:
        """Deaths, pensions and prison of people on the roll and of applicants, on and beside the day applied."""
        r = self.random
        rolls = sorted({row["person_id"] for row in self.of("contributions")})
        seen = {(row["person_id"], row["check_kind"], row["event_date"]) for row in self.of("cross_checks")}

        def check(who: str, kind: str, day: str, end: str) -> None:
            if (who, kind, day) not in seen:
                seen.add((who, kind, day))
                self.add(
                    "cross_checks", self.delivery_after(day), person_id=who, check_kind=kind, event_date=day, end_date=end, detail="",
                    is_valid="",
                )  # fmt: skip

        for who in rolls:
            if self.chance(0.08):
                check(
                    who,
                    r.choice(("death", "pension", "imprisonment")),
                    self.day("2023-01-01", "2024-12-31"),
                    r.choice(("", "", "2024-07-31")),
                )
        for row in self.of("skill_applications"):
            if self.chance(0.12):
                day = dt.date.fromisoformat(row["applied_on"]) + dt.timedelta(days=r.choice((-40, -1, 0, 1)))
                end = r.choice(("", "", row["applied_on"], str(day + dt.timedelta(days=5))))
                if dt.date(2022, 12, 1) <= day <= dt.date(2025, 1, 31):
                    check(row["person_id"], r.choice(("death", "pension", "imprisonment")), str(day), end)

    # --- recovery -------------------------------------------------------------------------------------------------------

    def subject(self) -> tuple[str, str, str]:
        """Programme, subject and year of a case; some that nobody knows."""
        r = self.random
        programme = r.choice(("refund", "skill_subsidy", "job_expansion", "living_benefits"))
        if self.chance(0.05):
            return programme, "X999", "2024" if programme == "refund" else ""
        if programme == "refund":
            return programme, r.choice(self.employers), r.choice(("2023", "2024", "2024", ""))
        if self.chance(0.6):  # of those that were paid
            paid = sorted(
                {row["payee_id"] for row in self.of("programme_payments") if row["programme"] == programme}
            )
            if paid:
                return programme, r.choice(paid), ""
        source, key = SUBJECTS[programme]
        return programme, r.choice(self.of(source))[key], ""

    def recoveries(self) -> None:
        """Cases demanded on the days where an age band begins, repaid in part, wholly, beyond what was asked, waived, closed."""
        r = self.random
        ends = [month_end(parse_month(p)) for p in DELIVERIES if p >= "2023-12"]
        for n in range(self.cases):
            programme, subject, year = self.subject()
            age = r.choice((0, 1, 29, 30, 31, 89, 90, 91, 364, 365, 366, 500))
            day = max(r.choice(ends) - dt.timedelta(days=age), dt.date(2022, 12, 1))
            asked = r.choice(("500.00", "1500.00", "1234.56", "10000.00", "600000.00"))
            entries: list[tuple[str, str, int, str]] = []  # kind, amount, days after the first, due in days
            if not self.chance(0.08):
                entries.append(("demand", asked, 0, r.choice(("", "30", "60"))))
            if self.chance(0.15):
                entries.append(("demand", "77.77", r.choice((0, 40)), r.choice(("", "45"))))
            if self.chance(0.2):
                entries.append(("plan", "", r.choice((5, 30)), r.choice(("", "200"))))
            for _ in range(r.choice((0, 1, 1, 2, 3))):
                part = r.choice(
                    (asked, "100.00", "0.01", f"{float(asked) / 2:.2f}", f"{float(asked) + 50:.2f}")
                )
                entries.append(("repaid", part, r.choice((0, 3, 31, 100)), ""))
            if self.chance(0.15):
                entries.append(("waived", r.choice(("10.00", asked)), r.choice((10, 120)), ""))
            if self.chance(0.1):
                entries.append(("transferred", "", r.choice((20, 200)), ""))
            if self.chance(0.1):
                entries.append(("closed", "", r.choice((50, 300)), ""))
            for at, (kind, amount, after, due) in enumerate(entries, 1):
                self.entry(n, at, programme, subject, year, kind, amount, day + dt.timedelta(days=after), due)

    def entry(
        self,
        n: int,
        at: int,
        programme: str,
        subject: str,
        year: str,
        kind: str,
        amount: str,
        day: dt.date,
        due: str,
    ) -> None:
        """One entry of a case, sometimes corrected or struck out later."""
        if day > dt.date(2025, 1, 31):
            return
        row = {
            "case_no": f"AJ{n:04d}",
            "entry_no": f"{at:02d}",
            "programme": programme,
            "subject_id": subject,
            "programme_year": year,
            "kind": kind,
            "on_date": str(day),
            "amount": amount,
            "due_on": str(day + dt.timedelta(days=int(due))) if due else "",
            "document": "",
            "note": "",
            "is_valid": "",
        }
        period = self.whose(str(day))
        self.add("recoveries", period, **row)
        later = [p for p in DELIVERIES if p > period]
        if later and self.chance(0.08):
            changes = [{"is_valid": "0"}, {"due_on": str(day + dt.timedelta(days=10))}]
            if amount:
                changes.append({"amount": "250.00"})
            self.add("recoveries", self.random.choice(later), **row | self.random.choice(changes))

    def write(self, landing: Path) -> None:
        """Write the deliveries as CSV under English headings."""
        for (source, period), rows in self.rows.items():
            path = landing / period / f"{source}.csv"
            path.parent.mkdir(parents=True, exist_ok=True)
            names = list(rows[0])
            with path.open("w", encoding="utf-8", newline="") as file:
                writer = csv.writer(file)
                writer.writerow("AAE100" if name == "is_valid" else name for name in names)
                writer.writerows([row[name] for name in names] for row in rows)


def write_policy(target: Path, *, last_year: int = 9999) -> None:
    """Write the shipped parameters with rows of cities, units and lists of their own; windows of job expansion up to a year are known."""
    write_pack(target, {"risk_certificate_batch": "3"})
    for name, rows in (
        (
            "parameters.csv",
            [
                {"parameter": p, "jurisdiction": j, "applies_to": a, "effective_from": f, "effective_to": t, "value": v,
                 "basis": "assumption", "document_id": "SYS-ASSUMPTIONS", "article": "", "confidence": "D", "reason": "试验"}
                for p, j, a, f, t, v in PARAMETERS
            ],
        ),
        (
            "programmes.csv",
            [
                {"programme": "job_expansion", "jurisdiction": j, "applies_to": a, "programme_year": y, "window_from": f,
                 "window_to": t, "document_id": "SYS-ASSUMPTIONS", "article": "", "basis": "assumption", "reason": "试验"}
                for a, j, y, f, t in WINDOWS
            ],
        ),
    ):  # fmt: skip
        path = target / name
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            columns = list(reader.fieldnames or ())
            kept = [
                row
                for row in reader
                if row.get("programme") != "job_expansion" or int(row["programme_year"]) <= last_year
            ]
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns, lineterminator="\n")
            writer.writeheader()
            writer.writerows(kept + rows)


def main() -> None:
    """Write a landing folder and a parameter folder."""
    parser = argparse.ArgumentParser(prog="python -m tests.oracle.claims", description=__doc__)
    parser.add_argument("landing", type=Path)
    parser.add_argument("policy", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    world = Claims(given.seed)
    world.make()
    world.write(given.landing)
    write_policy(given.policy)


if __name__ == "__main__":
    main()
