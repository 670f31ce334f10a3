"""Cases planted on purpose: rows that must be rejected, and units and persons that every rule should find."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import duckdb

from wengang.sample.places import OPEN_END
from wengang.sample.world import Span

EMPLOYERS = 60

_STAFF_BASE = 6000

_GOOD_PERSON = "620102199001010017"


def _day(month: int, day: int) -> str:
    return f"{month // 12}-{month % 12 + 1:02d}-{day:02d}"


@dataclass
class Planter:
    """Plants the cases of rules; `found` lists them with rule, kind of subject, subject and what was done."""

    con: duckdb.DuckDBPyConnection
    span: Span
    first_free: int
    found: list[dict[str, Any]] = field(default_factory=list)
    units: dict[str, int] = field(default_factory=dict)
    serial: int = 0

    @property
    def base_year(self) -> int:
        """Base year of the programme year that the last month lies in."""
        return self.span.last // 12 - 1

    def unit(self, name: str, **values: Any) -> int:
        """Set a planted employer aside under a name, with some attributes of its own."""
        e = self.units[name] = self.first_free + len(self.units)
        for column, value in values.items():
            self.con.execute(f"update emp set {column} = ? where e = ?", [value, e])
        return e

    def crew(
        self,
        name: str,
        heads: int,
        *,
        since: int | None = None,
        until: int = OPEN_END,
        reason: str | None = None,
        base: int = _STAFF_BASE,
        **values: Any,
    ) -> int:
        """Return an employer so many persons; several calls for one name add up."""
        e = self.units.get(name) or self.unit(name, **values)
        row = self.con.execute("select coalesce(max(k), 0) from spell where e = ?", [e]).fetchone()
        taken = int(row[0]) if row else 0
        start = self.span.history - 1 if since is None else max(since, self.span.history - 1)
        for k in range(taken + 1, taken + heads + 1):
            self.con.execute(
                "insert into spell (e, k, j, s, t, reason, pay_base0) values (?, ?, 1, ?, ?, ?, ?)",
                [e, k, start, max(until, start), reason, base],
            )
        self.con.execute("update emp set heads = heads + ? where e = ?", [heads, e])
        return e

    def people(self) -> None:
        """Lay out the employers and spells of all cases (before persons are numbered)."""
        last, jan = self.span.last, self.base_year * 12
        for name in (
            "plain", "registry", "arrears", "sanction", "no_parent", "objection", "refused", "shared_1", "shared_2",
            "returned", "overpaid", "rate_off", "skill", "drawing", "twice", "window",
        ):  # fmt: skip
            self.crew(name, 14)
        self.crew("government", 4, unit_type="government")
        self.crew("late_start", 5, since=jan + 5)
        self.crew("layoff", 8)
        self.crew("layoff", 4, until=jan + 6, reason="employer_termination")
        self.crew("no_consent", 6, is_dispatch=True, industry_code="L7264")
        self.crew("all_public", 6, is_dispatch=True, industry_code="L7264")
        self.crew("kept_money", 6, is_dispatch=True, industry_code="L7264")
        self.crew("collapse", 5)
        self.crew("collapse", 35, until=last - 1, reason="resignation")
        self.crew("bases", 3, base=90_000)
        self.crew("non_enterprise", 3, unit_type="social_service")
        self.crew("newcomer", 2, since=last - 4)
        self.crew("bought", 9, since=last - 15, until=last - 3, reason="contract_expiry")
        self.crew("cycle", 1, since=last - 19, until=last - 7, reason="contract_expiry")
        self.crew("left", 14, until=last - 3, reason="employer_termination")
        self.crew("long_drawn", 1, since=last - 17, until=last - 5, reason="employer_termination")
        for number in range(10):
            self.crew(f"phone_{number}", 1)
        self.con.execute(
            f"update emp set contact_phone = '0931-0000000' where e between {self.units['phone_0']} and {self.units['phone_9']}"
        )
        self.con.execute(
            "update emp set registry_status = 'deregistered' where e = ?", [self.units["registry"]]
        )
        self.con.execute(
            "update emp set listed_on = cast(? as date), removed_on = null where e = ?",
            [_day(last - 1, 10), self.units["sanction"]],
        )
        self.con.execute(
            "update emp set account_no = (select account_no from emp where e = ?) where e = ?",
            [self.units["shared_1"], self.units["shared_2"]],
        )

    def again(self) -> None:
        """Let one person join the same employer again (before premiums are made)."""
        e, back = self.units["cycle"], self.span.last - 3
        self.con.execute(
            """
            insert into holder (e, k, j, s, t, reason, pay_base0, person_id, moved_in, next_job, pays, home)
            select e, k, 2, ?, ?, null, pay_base0, person_id, true, null, pays, home from holder where e = ?
            """,
            [back, OPEN_END, e],
        )

    def employer(self, name: str) -> tuple[str, str, str, str, int, str]:
        """Return number, region, name, account, class and credit code of a planted employer."""
        row = self.con.execute(
            "select employer_id, region, employer_name, account_no, cls, uscc from emp where e = ?",
            [self.units[name]],
        ).fetchone()
        assert row is not None
        return row

    def person(self, name: str, k: int) -> str:
        """Return the citizen number of the k-th person of a planted employer."""
        row = self.con.execute(
            "select person_id from holder where e = ? and k = ? order by j", [self.units[name], k]
        ).fetchone()
        assert row is not None
        return str(row[0])

    def add(self, source: str, known: int, **values: Any) -> None:
        """Add a row to a source; `known`: the month from which it is delivered."""
        names = ", ".join([*values, "known"])
        marks = ", ".join("?" for _ in range(len(values) + 1))
        self.con.execute(f"insert into src_{source} ({names}) values ({marks})", [*values.values(), known])

    def note(self, rule: str, kind: str, subject: str, zh: str, en: str) -> None:
        """Put a case on the list of what was planted: the rule that should find it, and where."""
        self.found.append(
            {"planted": "case", "rule": rule, "subject_kind": kind, "subject": subject, "zh": zh, "en": en}
        )

    def claim(
        self,
        name: str,
        k: int,
        start: int,
        *,
        entitled: int = 4,
        stop: int | None = None,
        reason: str = "employer_termination",
    ) -> str:
        """Add a claim of a planted employer's person."""
        employer_id, region, _, _, cls, _ = self.employer(name)
        self.serial += 1
        claim_no = f"HDCS{self.serial:08d}"
        self.add(
            "benefit_claims", max(start, self.span.history), claim_no=claim_no, person_id=self.person(name, k),
            last_employer_id=employer_id, unemployed_on=_day(start - 1, 20), reason=reason, region_code=region,
            start_month=_day(start, 1), entitled_months=entitled, monthly_standard=self._standard(cls, start),
            stop_month=None if stop is None else _day(stop, 1), stop_reason=None if stop is None else "other",
        )  # fmt: skip
        return claim_no

    def _standard(self, cls: int, month: int) -> int:
        row = self.con.execute(
            "select yuan from standard where cls = ? and m1 <= ? and ? < m2", [cls, month, month]
        ).fetchone()
        return int(row[0]) if row else 1000

    def pay(self, name: str, k: int, claim_no: str, month: int, amount: int | None = None) -> None:
        """Add a payment of a claim, in yuan."""
        _, region, _, _, cls, _ = self.employer(name)
        self.serial += 1
        self.add(
            "benefit_payments", max(month, self.span.history), payment_no=f"ZFCS{self.serial:08d}", claim_no=claim_no,
            person_id=self.person(name, k), benefit_month=_day(month, 1), benefit_kind="benefit",
            amount=self._standard(cls, month) if amount is None else amount, paid_on=_day(month, 15),
            region_code=region, account_no=f"990009{self.serial:013d}", result="paid",
        )  # fmt: skip

    def check(self, person: str, kind: str, month: int) -> None:
        """Add what another office said of a person."""
        self.add(
            "cross_checks",
            month,
            person_id=person,
            check_kind=kind,
            event_date=_day(month, 6),
            detail="测试比对",
        )

    def transfer(
        self,
        name: str,
        amount: str,
        *,
        year: int | None = None,
        month: int | None = None,
        result: str = "paid",
        payee: str = "",
    ) -> None:
        """Add a payment of a programme."""
        employer_id, _, title, account, _, _ = self.employer(name)
        self.serial += 1
        month = self.span.last if month is None else month
        self.add(
            "programme_payments", month, batch_no="CS" + _day(month, 1)[:7].replace("-", ""), line_no=self.serial,
            programme="refund", programme_year=self.base_year + 1 if year is None else year,
            payee_id=payee or employer_id, account_name=title, account_no=account, amount=amount, result=result,
            return_reason="账号不存在" if result == "returned" else None, paid_on=_day(month, 12),
        )  # fmt: skip

    def apply(
        self, rule: str, name: str, k: int, *, code: str = "6-31-01-03", level: str = "4", issued: str = "", status: str = "valid",
        applied: str = "", note: bool = True,
    ) -> str:  # fmt: skip
        """Add a certificate and an application for the skill subsidy; returns the application's number."""
        last = self.span.last
        self.serial += 1
        person, (_, region, *_rest) = self.person(name, k), self.employer(name)
        cert_no, application_no = f"SCS{self.serial:012d}", f"JNCS{self.serial:08d}"
        applied = applied or _day(last, 3 + self.serial % 20)
        self.con.execute(
            """
            insert into certificate (person_id, occupation_code, occupation_name, level, cert_kind, issued_on,
                issuer_region, status, cert_no, region)
            values (?, ?, '测试职业', ?, 'skill_level', cast(? as date), ?, ?, ?, ?)
            """,
            [person, code, level, issued or _day(last - 1, 1), region, status, cert_no, region],
        )
        year, month = int(applied[:4]), int(applied[5:7])
        self.add(
            "skill_applications", year * 12 + month - 1, application_no=application_no, person_id=person,
            cert_no=cert_no, applied_on=applied, region_code=region, account_name="测试人员",
            account_no=f"990008{self.serial:013d}",
        )  # fmt: skip
        if note:
            self.note(rule, "application", application_no, "技能提升补贴用例", "a skill subsidy case")
        return application_no

    def row(
        self, name: str, k: int, month: int, mark: str, *, base: int, dues: tuple[str, str], paid: int | None
    ) -> None:
        """Add a person's row of contributions for a month."""
        self.add(
            "contributions", max(month, self.span.history), employer_id=self.employer(name)[0],
            person_id=self.person(name, k), fee_month=_day(month, 1), pay_kind="normal",
            voucher_no=mark + _day(month, 1)[:7].replace("-", "") + "99999999", pay_base=base, employer_due=dues[0],
            person_due=dues[1], employer_paid="0.00" if paid is None else dues[0],
            person_paid="0.00" if paid is None else dues[1], late_fee="0.00",
            received_on=None if paid is None else _day(paid, 16),
        )  # fmt: skip

    def ledger(self) -> None:
        """Let one account book a sum that nobody was paid (after the ledger is made)."""
        self.con.execute(
            "update src_fund_ledger set amount = amount + 100 where item = 'skill_subsidy' and month = cast(? as date) "
            "and region_code = '620100'",
            [_day(self.span.last, 1)],
        )
        self.note("R19", "fund", "620000", "财务多记一百元", "the books show 100 yuan too much")
