"""Cases planted on purpose: rows that must be rejected, and units and persons that every rule should find."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from wengang.contracts import Column, Contract, load_contracts
from wengang.sample.places import OPEN_END
from wengang.sample.world import Span

EMPLOYERS = 60
"""Employers set aside for planted cases, numbered after the others."""

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
        """Give an employer so many persons; several calls for one name add up."""
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

    def _employer(self, name: str) -> tuple[str, str, str, str, int, str]:
        row = self.con.execute(
            "select employer_id, region, employer_name, account_no, cls, uscc from emp where e = ?",
            [self.units[name]],
        ).fetchone()
        assert row is not None
        return row

    def _person(self, name: str, k: int) -> str:
        row = self.con.execute(
            "select person_id from holder where e = ? and k = ? order by j", [self.units[name], k]
        ).fetchone()
        assert row is not None
        return str(row[0])

    def _add(self, source: str, known: int, **values: Any) -> None:
        names = ", ".join([*values, "known"])
        marks = ", ".join("?" for _ in range(len(values) + 1))
        self.con.execute(f"insert into src_{source} ({names}) values ({marks})", [*values.values(), known])

    def _note(self, rule: str, kind: str, subject: str, zh: str, en: str) -> None:
        self.found.append(
            {"planted": "case", "rule": rule, "subject_kind": kind, "subject": subject, "zh": zh, "en": en}
        )

    def _claim(
        self,
        name: str,
        k: int,
        start: int,
        *,
        entitled: int = 4,
        stop: int | None = None,
        reason: str = "employer_termination",
    ) -> str:
        employer_id, region, _, _, cls, _ = self._employer(name)
        self.serial += 1
        claim_no = f"HDCS{self.serial:08d}"
        self._add(
            "benefit_claims", max(start, self.span.history), claim_no=claim_no, person_id=self._person(name, k),
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

    def _pay(self, name: str, k: int, claim_no: str, month: int, amount: int | None = None) -> None:
        _, region, _, _, cls, _ = self._employer(name)
        self.serial += 1
        self._add(
            "benefit_payments", max(month, self.span.history), payment_no=f"ZFCS{self.serial:08d}", claim_no=claim_no,
            person_id=self._person(name, k), benefit_month=_day(month, 1), benefit_kind="benefit",
            amount=self._standard(cls, month) if amount is None else amount, paid_on=_day(month, 15),
            region_code=region, account_no=f"990009{self.serial:013d}", result="paid",
        )  # fmt: skip

    def _check(self, person: str, kind: str, month: int) -> None:
        self._add(
            "cross_checks",
            month,
            person_id=person,
            check_kind=kind,
            event_date=_day(month, 6),
            detail="测试比对",
        )

    def _transfer(
        self,
        name: str,
        amount: str,
        *,
        year: int | None = None,
        month: int | None = None,
        result: str = "paid",
        payee: str = "",
    ) -> None:
        employer_id, _, title, account, _, _ = self._employer(name)
        self.serial += 1
        month = self.span.last if month is None else month
        self._add(
            "programme_payments", month, batch_no="CS" + _day(month, 1)[:7].replace("-", ""), line_no=self.serial,
            programme="refund", programme_year=self.base_year + 1 if year is None else year,
            payee_id=payee or employer_id, account_name=title, account_no=account, amount=amount, result=result,
            return_reason="账号不存在" if result == "returned" else None, paid_on=_day(month, 12),
        )  # fmt: skip

    def _apply(
        self, rule: str, name: str, k: int, *, code: str = "6-31-01-03", level: str = "4", issued: str = "", status: str = "valid",
        applied: str = "", note: bool = True,
    ) -> str:  # fmt: skip
        last = self.span.last
        self.serial += 1
        person, (_, region, *_rest) = self._person(name, k), self._employer(name)
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
        self._add(
            "skill_applications", year * 12 + month - 1, application_no=application_no, person_id=person,
            cert_no=cert_no, applied_on=applied, region_code=region, account_name="测试人员",
            account_no=f"990008{self.serial:013d}",
        )  # fmt: skip
        if note:
            self._note(rule, "application", application_no, "技能提升补贴用例", "a skill subsidy case")
        return application_no

    def cases(self) -> None:
        """Plant the rows of all cases (after the sources are made, before the ledger adds them up)."""
        self._refund_cases()
        self._skill_cases()
        self._benefit_cases()
        self._other_cases()

    def _refund_cases(self) -> None:
        last, year, jan = self.span.last, self.base_year + 1, self.base_year * 12
        for rule, name, zh, en in (
            ("refund.unit_type", "government", "机关", "a government office"),
            ("refund.insured", "registry", "登记状态注销", "deregistered"),
            ("refund.paid_months", "late_start", "基准年仅缴七个月", "seven months paid in the base year"),
            ("refund.no_arrears", "arrears", "基准年有欠费", "arrears in the base year"),
            ("refund.layoff_rate", "layoff", "裁员率超过上限", "layoff rate above the limit"),
            ("refund.not_sanctioned", "sanction", "列入失信名单", "on the sanctions list"),
            ("refund.size_known", "no_parent", "总机构未见划型", "its parent has no size"),
            (
                "refund.dispatch_confirmed",
                "no_consent",
                "派遣单位未确认分配",
                "a dispatch firm without agreement",
            ),
            ("refund.base", "all_public", "全部派往机关", "everybody sent to government"),
            ("refund.notice", "objection", "公示异议成立", "an objection upheld"),
            ("refund.review", "refused", "人工审核不通过", "refused by a reviewer"),
            ("R13", "all_public", "派往机关人员", "staff sent to government"),
            ("R14", "collapse", "人数骤降", "headcount collapsed"),
            ("R18", "bases", "缴费基数偏离", "bases out of line"),
            ("R11", "registry", "注销单位仍获拨付", "paid though deregistered"),
            ("R12", "kept_money", "派遣资金未转付", "users' shares not passed on"),
            ("R15", "returned", "退回后未再付", "returned and not paid again"),
            ("R16", "shared_1", "共用银行账号", "a shared account"),
            ("R16", "phone_0", "共用联系电话", "a shared phone"),
            ("R17", "overpaid", "多付待追回", "paid too much"),
            ("R24", "rate_off", "应缴与费率不符", "a due off the rate"),
        ):
            self._note(rule, "employer", self._employer(name)[0], zh, en)
        self._row("arrears", 1, jan + 3, "QF", base=1000, dues=("7.00", "3.00"), paid=None)
        self._row("rate_off", 1, last, "LC", base=1000, dues=("20.00", "30.00"), paid=last)
        for k in range(9, 13):
            self._claim("layoff", k, jan + 7)
        self.con.execute(
            "update size set filed_size = null, parent_uscc = '91620100MA00000077' where e = ?",
            [self.units["no_parent"]],
        )
        # What the province gave these firms by chance would hide the case.
        for name in ("no_consent", "all_public", "kept_money"):
            firm = [self._employer(name)[0]]
            self.con.execute("delete from src_dispatch_agreements where dispatch_employer_id = ?", firm)
            self.con.execute("delete from assignment where employer_id = ?", firm)
        for name in ("all_public", "kept_money"):
            self._add(
                "dispatch_agreements", last - 1, dispatch_employer_id=self._employer(name)[0], programme_year=year,
                applied_on=_day(last - 1, 9), allocation_confirmed=True,
            )  # fmt: skip
        for name, user, kind in (
            ("all_public", "government", "government"), ("kept_money", "plain", "enterprise"),
        ):  # fmt: skip
            self.con.execute(
                """
                insert into assignment
                select f.employer_id, h.person_id, ?, ?, w.uscc, w.employer_name, ?, 'user'
                from holder as h inner join emp as f using (e) cross join emp as w where h.e = ? and w.e = ?
                """,
                [self.span.history - 1, OPEN_END, kind, self.units[name], self.units[user]],
            )
        objection = {
            "programme": "refund",
            "subject_id": self._employer("objection")[0],
            "raised_on": _day(last, 4),
        }
        self._add(
            "notice_objections",
            last,
            **objection,
            content="测试异议",
            resolved_on=_day(last, 20),
            outcome="upheld",
        )
        self._add(
            "review_outcomes", last, programme="refund", subject_id=self._employer("refused")[0], programme_year=year,
            decided_on=_day(last, 11), outcome="refused", officer="测试审核员", reason="材料不实",
        )  # fmt: skip
        self._transfer("registry", "1000.00")
        self._transfer("kept_money", "800.00", month=last - 2)
        self._transfer("returned", "3000.00", result="returned")
        self._transfer("overpaid", "99999.00")
        self._transfer("plain", "500.00", year=year - 3)
        self._note("R19", "fund", "620000", "无决定年度的拨付", "a payment for a year without a decision")

    def _row(
        self, name: str, k: int, month: int, mark: str, *, base: int, dues: tuple[str, str], paid: int | None
    ) -> None:
        self._add(
            "contributions", max(month, self.span.history), employer_id=self._employer(name)[0],
            person_id=self._person(name, k), fee_month=_day(month, 1), pay_kind="normal",
            voucher_no=mark + _day(month, 1)[:7].replace("-", "") + "99999999", pay_base=base, employer_due=dues[0],
            person_due=dues[1], employer_paid="0.00" if paid is None else dues[0],
            person_paid="0.00" if paid is None else dues[1], late_fee="0.00",
            received_on=None if paid is None else _day(paid, 16),
        )  # fmt: skip

    def _skill_cases(self) -> None:
        last = self.span.last
        year = last // 12
        self._apply("skill.certificate", "skill", 1, status="void")
        self.found.append({**self.found[-1], "rule": "R10"})
        self._apply("skill.applied_in_time", "skill", 2, issued=_day(last - 14, 1))
        self._apply("skill.insured_months", "newcomer", 1)
        self._apply("skill.status", "non_enterprise", 1)
        self._apply("", "skill", 3, applied=_day(last, 3), note=False)
        self._apply("skill.once_per_level", "skill", 3, applied=_day(last, 5))
        self._apply("", "skill", 4, level="3", applied=_day(last, 3), note=False)
        self._apply("skill.not_below_received", "skill", 4, level="5", applied=_day(last, 5))
        before, after = self._apply("skill.training_subsidy", "skill", 5), self._apply("R08", "skill", 6)
        for k, amount in ((5, "700.00"), (6, "900.00")):
            self._add(
                "training_subsidies", last, person_id=self._person("skill", k), occupation_code="6-31-01-03", level="4",
                paid_on=_day(last, 25), amount=amount,
            )  # fmt: skip
        self._add(
            "programme_payments", last, batch_no="CSJN", line_no=1, programme="skill_subsidy", programme_year=year,
            payee_id=after, account_name="测试人员", account_no="9900080000000000000", amount="1500.00", result="paid",
            paid_on=_day(last, 24),
        )  # fmt: skip
        assert before != after
        for number, code in enumerate(("4-03-02-01", "6-18-01-01", "6-29-01-01", "4-14-01-02")):
            rule = ("", "skill.review_over_year", "", "skill.yearly_cap")[number]
            self._apply(rule, "skill", 7, code=code, applied=_day(last, 4 + number), note=bool(rule))
        self._apply("skill.alive", "skill", 8, applied=_day(last, 20))
        self._check(self._person("skill", 8), "death", last)
        self._apply("skill.window", "skill", 9, applied=f"{year}-01-01" if last % 12 else f"{year - 1}-01-01")
        objected = self._apply("skill.notice", "skill", 10, applied=_day(last, 2))
        self._add(
            "notice_objections", last, programme="skill_subsidy", subject_id=objected, raised_on=_day(last, 6),
            content="测试异议", resolved_on=_day(last, 16), outcome="upheld",
        )  # fmt: skip
        refused = self._apply("skill.review", "skill", 11)
        self._add(
            "review_outcomes", last, programme="skill_subsidy", subject_id=refused, decided_on=_day(last, 26),
            outcome="refused", officer="测试审核员", reason="证书存疑",
        )  # fmt: skip

    def _benefit_cases(self) -> None:
        last = self.span.last

        def draws(rule: str, k: int, zh: str, en: str, *, name: str = "left", stop: int | None = None) -> str:
            claim_no = self._claim(name, k, last - 2, stop=stop)
            for month in range(last - 2, last + 1):
                self._pay(name, k, claim_no, month, 9999 if rule == "R21" and month == last else None)
            self._note(rule, "person", self._person(name, k), zh, en)
            return claim_no

        draws("R01", 1, "领金期间仍在参保", "insured while drawing", name="drawing")
        for k, (rule, kind, zh, en) in enumerate(
            (
                ("R02", "pension", "已领取养老待遇", "on pension"),
                ("R03", "death", "已死亡", "dead"),
                ("R04", "imprisonment", "服刑", "imprisoned"),
                ("R05", "benefit_elsewhere", "异地同时领取", "drawing elsewhere"),
                ("R09", "flexible_employment_subsidy", "领取灵活就业社保补贴", "on the flexible subsidy"),
                ("R09", "business_owner", "名下有市场主体", "owns a business"),
                ("R01", "employed_elsewhere", "异地就业参保", "employed elsewhere"),
            ),
            start=1,
        ):
            draws(rule, k, zh, en)
            self._check(self._person("left", k), kind, last - 2)
        draws("R05", 8, "同月两个核定编号", "one month under two claims")
        other = self._claim("left", 8, last - 1)
        self._pay("left", 8, other, last)
        draws("R21", 9, "超过月标准", "above the standard")
        double = draws("R22", 10, "同月重复发放", "one month paid twice")
        self._pay("left", 10, double, last)
        draws("R23", 11, "停发后仍发放", "paid after the stop", stop=last)
        # Thirteen months paid, all of them in the record: one year, four months; five are paid.
        long = self._claim("long_drawn", 1, last - 4, entitled=12)
        for month in range(last - 4, last + 1):
            self._pay("long_drawn", 1, long, month)
        self._note("R20", "person", self._person("long_drawn", 1), "超过应享月数", "beyond the entitlement")

    def _other_cases(self) -> None:
        last = self.span.last
        for k in range(1, 10):
            claim_no = self._claim("bought", k, last - 2, reason="contract_expiry")
            self._pay("bought", k, claim_no, last - 2)
        self._note(
            "R06",
            "employer",
            self._employer("bought")[0],
            "集中参保集中退出后领金",
            "joined and left together, then drew",
        )
        claim_no = self._claim("cycle", 1, last - 6, stop=last - 3, reason="contract_expiry")
        for month in range(last - 6, last - 3):
            self._pay("cycle", 1, claim_no, month)
        self._note(
            "R07",
            "person",
            self._person("cycle", 1),
            "短期参保领金后再回原单位",
            "a short cycle at one employer",
        )

    def ledger(self) -> None:
        """Let one account book a sum that nobody was paid (after the ledger is made)."""
        self.con.execute(
            "update src_fund_ledger set amount = amount + 100 where item = 'skill_subsidy' and month = cast(? as date) "
            "and region_code = '620100'",
            [_day(self.span.last, 1)],
        )
        self._note("R19", "fund", "620000", "财务多记一百元", "the books show 100 yuan too much")


def _cell(column: Column, number: int) -> str:  # noqa: PLR0911 (one return a kind of column)
    """Give a good cell for a column, as plain text."""
    if column.check_digit == "person" or column.name == "person_id":
        return _GOOD_PERSON
    if column.name == "is_valid":
        return ""
    if column.exact_length == 18 or "uscc" in column.name:
        return "91620102MA0000015R"
    if column.name == "industry_code":
        return "C1310"
    if "region" in column.name:
        return "620102"
    by_type = {"money": "1.00", "int": "2024", "month": "202406", "day": "2024-06-03", "flag": "1"}
    if column.codes:
        return next(iter(column.codes))
    return by_type.get(column.type, f"CS{number:06d}")


def _bad_cells(column: Column) -> list[tuple[str, str]]:
    """Give the ways in which a cell of this column can be wrong, as reason and text."""
    found = []
    if column.required:
        found.append(("missing_required", ""))
    if column.check_digit == "person" or column.name == "person_id":
        found.append(("check_digit", _GOOD_PERSON[:-1] + "8"))
    elif column.codes:
        found.append(("unknown_code", "不明代码"))
    elif column.exact_length:
        found.append(("bad_length", "91620102MA"))
    elif column.max_length:
        found.append(("too_long", "9" * (column.max_length + 1)))
    elif column.name == "region_code":
        found.append(("bad_region", "62O102"))
    found += {
        "money": [
            ("bad_number", "待核"), ("bad_number", "1E3"), ("bad_number", "(5.00)"), ("bad_number", "+5.00"),
            ("too_many_decimals", "5.125"),
        ],
        "int": [("bad_int", "二〇二四")],
        "month": [("bad_month", "202413")],
        "day": [("bad_day", "2024-02-30")],
        "flag": [("bad_flag", "也许")],
    }.get(column.type, [])  # fmt: skip
    return found


_GOOD_ROWS: Mapping[str, Mapping[str, str]] = {
    "fund_ledger": {"item": "premium", "region_code": "620100"},
    "headcount_changes": {"change_kind": "increase", "reason": "new"},
    "benefit_claims": {"reason": "contract_expiry"},
}
_BAD_ROWS: Mapping[str, tuple[tuple[str, str, Mapping[str, str]], ...]] = {
    "contributions": (
        ("negative_not_refund", "employer_due", {"employer_due": "-7.00"}),
        ("negative_not_refund", "employer_paid", {"employer_paid": "-7.00"}),
        ("positive_refund", "employer_due", {"pay_kind": "refund"}),
        ("paid_without_receipt", "received_on", {"received_on": ""}),
    ),
    "headcount_changes": (("reason_of_other_kind", "reason", {"reason": "retirement"}),),
    "fund_ledger": (("opening_outside_january", "item", {"item": "opening_balance"}),),
    "review_outcomes": (
        ("year_missing", "programme_year", {"programme_year": ""}),
        ("outcome_of_other_programme", "outcome", {"outcome": "confirmed"}),
    ),
}


def _bad_rows(contract: Contract) -> list[tuple[str, str, list[str]]]:
    columns = contract.read_columns
    own = _GOOD_ROWS.get(contract.source, {})
    found: list[tuple[str, str, list[str]]] = []

    def row(changes: Mapping[str, str]) -> list[str]:
        number = len(found) + 1
        return [changes.get(c.name, own.get(c.name, _cell(c, number))) for c in columns]

    seen: set[str] = set()
    for column in columns:
        for reason, text in _bad_cells(column):
            if reason + text not in seen:
                seen.add(reason + text)
                found.append((reason, column.name, row({column.name: text})))
    for reason, name, changes in _BAD_ROWS.get(contract.source, ()):
        found.append((reason, name, row(changes)))
    found.append(("field_count", "", row({})[:-2]))
    found.append(("field_count", "", [*row({}), "多", "余"]))
    return found


def write_bad_rows(folder: Path, period: str) -> tuple[dict[str, int], list[dict[str, Any]]]:
    """Write `<source>__faults.csv` for every source: all rows bad; gives rows by file, and the list of what is wrong."""
    counts: dict[str, int] = {}
    listed: list[dict[str, Any]] = []
    for source, contract in load_contracts().items():
        name = f"{source}__faults.csv"
        rows = _bad_rows(contract)
        with (folder / name).open("w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out, lineterminator="\n")
            writer.writerow([c.heading for c in contract.read_columns])
            for line, (reason, column, cells) in enumerate(rows, start=2):
                writer.writerow(cells)
                listed.append(
                    {
                        "planted": "reject", "period": period, "source": source, "file": name, "line": line,
                        "reason": reason, "column": column,
                    }
                )  # fmt: skip
        counts[name] = len(rows)
    return counts, listed
