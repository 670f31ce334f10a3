"""The odd world with what came into the rules later: lists, deferrals, expansion, recoveries, rejected ledger rows.

Few deliveries and many subjects: a build costs the same for ten units as for five hundred. Everyone and everything in it is made up.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from .nasty import REGIONS, UNIT_TYPES, Nasty
from .world import add_months, months_between, parse_month

DELIVERIES = ("2023-12", "2024-05", "2024-08", "2024-12", "2025-02")
# `growth` comes in the second delivery, `frozen` in the first and again in the fourth, `never` in none.
LISTS = ("growth", "frozen", "trade")
SNAPSHOTS = ("employers", "enterprise_size", "dispatch_assignments", "certificates", "sanctions")


def young(number: int) -> str:
    """A made-up person of some sixteen to thirty years, with a right GB 11643 check digit."""
    body = f"620000{1994 + number % 16}{1 + number % 12:02d}{1 + number % 28:02d}{number % 1000:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(c) * w for c, w in zip(body, weights, strict=True)) % 11]


class Odd(Nasty):
    """Rows by source and delivery, made from one seed."""

    def __init__(self, seed: int, employers: int = 300, deliveries: tuple[str, ...] = DELIVERIES) -> None:
        super().__init__(seed, employers)
        self.deliveries = deliveries
        self._snapshot_of: dict[tuple[str, str], str] = {}
        r = self.random
        self.people = self.people[: employers * 4 // 3]
        self.dispatch = {e for e in self.employers if r.random() < 0.15}
        self.unit_type = {e: "enterprise" if e in self.dispatch else r.choice(UNIT_TYPES) for e in self.employers}  # fmt: skip

    def delivery_after(self, day: str) -> str:
        """The first delivery whose month holds or follows a day (the last one else)."""
        return next((p for p in self.deliveries if p >= day[:7]), self.deliveries[-1])

    def add(self, source: str, period: str, **row: Any) -> None:
        """Add one row to the delivery that follows; of two snapshots that would fall into one the first is kept.

        Most units are made to be without a fault of register, so that more than the first rule decides.
        """
        delivery = self.delivery_after(period)
        if source in SNAPSHOTS and self._snapshot_of.setdefault((source, delivery), period) != period:
            return
        if source == "employers" and int(row["employer_id"][1:]) % 5:
            row |= {"registry_status": "normal", "insured_status": "active"}
            row["unit_type"] = {"other": "enterprise", "government": "law_firm"}.get(
                row["unit_type"], row["unit_type"]
            )
        super().add(source, delivery, **row)

    def make(self) -> None:
        """Make every source."""
        super().make()
        self.lists()
        self.deferrals()
        self.hires()
        self.recoveries()
        self.more_ledger()

    def lists(self) -> None:
        """Lists of units and of scarce occupations, with days on and off them."""
        r = self.random
        came = {"growth": self.deliveries[1:2], "frozen": self.deliveries[::3], "trade": self.deliveries[:1]}
        for name in LISTS:
            for period in came[name]:
                for code in sorted({u for u in self.uscc.values() if r.random() < 0.35}):
                    self.add(
                        "employer_lists",
                        period,
                        list_id=name,
                        uscc=code,
                        valid_from=r.choice(("2024-01-01", "2024-05-31", "2024-06-01", "2024-12-31")),
                        valid_to=r.choice(("", "", "2024-08-31", "2024-12-30")),
                        note="",
                    )
        for period in self.deliveries[1:3]:
            for occupation in ("400", "401"):
                self.add(
                    "occupation_lists",
                    period,
                    list_id="scarce_occupations",
                    occupation_code=occupation,
                    level=r.choice(("", "4", "5")),
                    valid_from=r.choice(("2023-01-01", "2024-06-01")),
                    valid_to=r.choice(("", "2024-11-30")),
                )

    def deferrals(self) -> None:
        """Deferrals whose days of payment fall on, before and after the ends of the months; some months deferred without one."""
        r = self.random
        ends = ("2023-12-31", "2024-05-30", "2024-05-31", "2024-08-31", "2024-12-31", "2025-06-30")
        for n, e in enumerate(self.employers):
            if r.random() < 0.25:
                start = parse_month(r.choice(("2023-01", "2023-06", "2023-10")))
                last = add_months(start, r.choice((0, 2, 5)))
                if self.chance(0.8):
                    self.add(
                        "deferrals",
                        r.choice(self.deliveries[:2]),
                        employer_id=e,
                        from_month=f"{start:%Y-%m}",
                        to_month=f"{last:%Y-%m}",
                        pay_by=r.choice(ends),
                        document="",
                        is_valid="0" if self.chance(0.1) else "",
                    )
                for month in months_between(start, last):
                    for who in sorted(set(self.staff[e]))[:2]:
                        self.premium(e, who, f"{month:%Y-%m}", f"D{n}{month:%Y%m}", "deferred", paid=False)

    def premium(
        self, e: str, who: str, month: str, voucher: str, kind: str = "normal", *, paid: bool = True
    ) -> None:
        """One row of premium of 40 yuan a month, paid on the 20th or not at all."""
        self.add(
            "contributions",
            month,
            employer_id=e,
            person_id=who,
            fee_month=month,
            pay_kind=kind,
            voucher_no=voucher,
            pay_base="4000.00",
            employer_due="28.00",
            person_due="12.00",
            employer_paid="28.00" if paid else "0",
            person_paid="12.00" if paid else "0",
            received_on=f"{month}-20" if paid else "",
            late_fee="",
            is_valid="",
        )

    def hires(self) -> None:
        """Hires of every kind, at the ends of windows and ages; some insured for two months, three, or with a gap."""
        r = self.random
        for n in range(260):
            e = r.choice(self.employers)
            who = young(r.randrange(200))
            hired = self.day("2023-12-20", "2025-01-20")
            if self.chance(0.3):
                hired = r.choice(("2024-01-01", "2023-12-31", "2024-12-31", "2024-06-30", "2024-07-01"))
            start = parse_month(hired[:7])
            for i in range(r.choice((0, 1, 2, 3, 3, 4, 8, 14, 14, 14))):
                month = f"{add_months(start, i):%Y-%m}"
                if month <= "2025-02" and not self.chance(0.05):
                    self.premium(e, who, month, f"H{n}", paid=not self.chance(0.06))
            applied = str(dt.date.fromisoformat(hired) + dt.timedelta(days=r.choice((0, 10, 40, 100))))
            number = f"KG{n:04d}"
            self.add(
                "expansion_applications",
                self.delivery_after(applied),
                application_no=number,
                employer_id=e,
                person_id=who,
                hired_on=hired,
                contract_signed="否" if self.chance(0.08) else "是",
                person_kind=r.choice(("graduate", "recent_graduate", "registered_youth")),
                other_insurances=r.choice(("是", "是", "是", "是", "是", "否", "")),
                applied_on=applied,
                is_valid="0" if self.chance(0.02) else "",
            )
            if self.chance(0.1):
                self.objection("job_expansion", number, applied)
            if self.chance(0.1):
                self.review("job_expansion", number, "", applied)
            if self.chance(0.3):
                day = min(str(dt.date.fromisoformat(applied) + dt.timedelta(days=30)), "2025-02-28")
                self.line("job_expansion", int(hired[:4]), number, "", r.choice(("1000", "1500")), day)
            if self.chance(0.05):
                self.add(
                    "hiring_subsidies",
                    self.delivery_after(hired),
                    person_id=who,
                    employer_id=e,
                    paid_on=hired,
                    amount="1000.00",
                    is_valid="",
                )

    def recoveries(self) -> None:
        """Money asked back and repaid, for subjects of every programme."""
        r = self.random
        applications = [row["application_no"] for (s, _), rows in self.rows.items() if s == "skill_applications" for row in rows]  # fmt: skip
        hires = [row["application_no"] for (s, _), rows in self.rows.items() if s == "expansion_applications" for row in rows]  # fmt: skip
        for n in range(90):
            programme = ("refund", "refund", "skill_subsidy", "job_expansion")[n % 4]
            subject = r.choice(
                {"refund": self.employers, "skill_subsidy": applications, "job_expansion": hires}[programme]
            )
            day = self.day("2024-05-20", "2025-02-20")
            for entry, kind in enumerate(r.choice((("demand", "repaid"), ("repaid",), ("demand",)))):
                self.add(
                    "recoveries",
                    self.delivery_after(day),
                    case_no=f"ZH{n:03d}",
                    entry_no=str(entry),
                    programme=programme,
                    subject_id=subject,
                    programme_year=r.choice((2023, 2024, 2024)) if programme == "refund" else "",
                    kind=kind,
                    on_date=day,
                    amount=r.choice(("5.00", "100.00", "360.00", "2000.00")),
                    due_on=r.choice(("", "2024-12-31")),
                    document="",
                    note="",
                    is_valid="",
                )

    def more_ledger(self) -> None:
        """Items that came later; of the last two deliveries some rows that cannot be taken, one of them brought again."""
        r = self.random
        for month_day in months_between(parse_month("2024-01"), parse_month("2025-01")):
            month = f"{month_day:%Y-%m}"
            for item in ("pension", "assistance", "job_expansion", "recovered", "other_benefit"):
                if self.chance(0.6):
                    self.ledger_row(month, r.choice(("620100", "621000")), item, f"{r.randrange(900)}.50")
        if self.chance(0.5):
            self.ledger_row("2024-11", "620100", "interest", "约七百")
        if self.chance(0.5):
            self.ledger_row("2024-10", "621000", "interest", "十元")
            self.ledger_row("2025-01", "621000", "interest", "10.00", of="2024-10")

    def ledger_row(self, delivered: str, region: str, item: str, amount: str, of: str = "") -> None:
        """One row of the ledger."""
        row = {"region_code": region, "month": of or delivered, "item": item, "amount": amount}
        self.add("fund_ledger", delivered, **row, is_valid="")


__all__ = ["DELIVERIES", "LISTS", "REGIONS", "Odd"]
