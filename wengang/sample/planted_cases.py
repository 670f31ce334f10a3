"""The planted cases by programme: what each shows, and the rows that make it."""

from __future__ import annotations

from typing import Any

from wengang.sample.places import OPEN_END
from wengang.sample.planted import Planter, _day


def refund_cases(planter: Planter) -> None:
    """Plant what the rules of the refund and of the register should find."""
    last, year, jan = planter.span.last, planter.base_year + 1, planter.base_year * 12
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
        planter.note(rule, "employer", planter.employer(name)[0], zh, en)
    planter.row("arrears", 1, jan + 3, "QF", base=1000, dues=("7.00", "3.00"), paid=None)
    planter.row("rate_off", 1, last, "LC", base=1000, dues=("20.00", "30.00"), paid=last)
    for k in range(9, 13):
        planter.claim("layoff", k, jan + 7)
    planter.con.execute(
        "update size set filed_size = null, parent_uscc = '91620100MA00000077' where e = ?",
        [planter.units["no_parent"]],
    )
    # What the province gave these firms by chance would hide the case.
    for name in ("no_consent", "all_public", "kept_money"):
        firm = [planter.employer(name)[0]]
        planter.con.execute("delete from src_dispatch_agreements where dispatch_employer_id = ?", firm)
        planter.con.execute("delete from assignment where employer_id = ?", firm)
    for name in ("all_public", "kept_money"):
        planter.add(
            "dispatch_agreements", last - 1, dispatch_employer_id=planter.employer(name)[0], programme_year=year,
            applied_on=_day(last - 1, 9), allocation_confirmed=True,
        )  # fmt: skip
    for name, user, kind in (
        ("all_public", "government", "government"), ("kept_money", "plain", "enterprise"),
    ):  # fmt: skip
        planter.con.execute(
            """
            insert into assignment
            select f.employer_id, h.person_id, ?, ?, w.uscc, w.employer_name, ?, 'user'
            from holder as h inner join emp as f using (e) cross join emp as w where h.e = ? and w.e = ?
            """,
            [planter.span.history - 1, OPEN_END, kind, planter.units[name], planter.units[user]],
        )
    objection = {
        "programme": "refund",
        "subject_id": planter.employer("objection")[0],
        "raised_on": _day(last, 4),
    }
    planter.add(
        "notice_objections",
        last,
        **objection,
        content="测试异议",
        resolved_on=_day(last, 20),
        outcome="upheld",
    )
    planter.add(
        "review_outcomes", last, programme="refund", subject_id=planter.employer("refused")[0], programme_year=year,
        decided_on=_day(last, 11), outcome="refused", officer="测试审核员", reason="材料不实",
    )  # fmt: skip
    planter.transfer("registry", "1000.00")
    planter.transfer("kept_money", "800.00", month=last - 2)
    planter.transfer("returned", "3000.00", result="returned")
    planter.transfer("overpaid", "99999.00")
    planter.transfer("plain", "500.00", year=year - 3)
    planter.note("R19", "fund", "620000", "无决定年度的拨付", "a payment for a year without a decision")


def skill_cases(planter: Planter) -> None:
    """Plant what the rules of the skill subsidy should find."""
    last = planter.span.last
    year = last // 12
    planter.apply("skill.certificate", "skill", 1, status="void")
    planter.found.append({**planter.found[-1], "rule": "R10"})
    planter.apply("skill.applied_in_time", "skill", 2, issued=_day(last - 14, 1))
    planter.apply("skill.insured_months", "newcomer", 1)
    planter.apply("skill.status", "non_enterprise", 1)
    planter.apply("", "skill", 3, applied=_day(last, 3), note=False)
    planter.apply("skill.once_per_level", "skill", 3, applied=_day(last, 5))
    planter.apply("", "skill", 4, level="3", applied=_day(last, 3), note=False)
    planter.apply("skill.not_below_received", "skill", 4, level="5", applied=_day(last, 5))
    before, after = planter.apply("skill.training_subsidy", "skill", 5), planter.apply("R08", "skill", 6)
    for k, amount in ((5, "700.00"), (6, "900.00")):
        planter.add(
            "training_subsidies", last, person_id=planter.person("skill", k), occupation_code="6-31-01-03", level="4",
            paid_on=_day(last, 25), amount=amount,
        )  # fmt: skip
    planter.add(
        "programme_payments", last, batch_no="CSJN", line_no=1, programme="skill_subsidy", programme_year=year,
        payee_id=after, account_name="测试人员", account_no="9900080000000000000", amount="1500.00", result="paid",
        paid_on=_day(last, 24),
    )  # fmt: skip
    assert before != after
    for number, code in enumerate(("4-03-02-01", "6-18-01-01", "6-29-01-01", "4-14-01-02")):
        rule = ("", "skill.review_over_year", "", "skill.yearly_cap")[number]
        planter.apply(rule, "skill", 7, code=code, applied=_day(last, 4 + number), note=bool(rule))
    planter.apply("skill.alive", "skill", 8, applied=_day(last, 20))
    planter.check(planter.person("skill", 8), "death", last)
    planter.apply("skill.window", "skill", 9, applied=f"{year}-01-01" if last % 12 else f"{year - 1}-01-01")
    objected = planter.apply("skill.notice", "skill", 10, applied=_day(last, 2))
    planter.add(
        "notice_objections", last, programme="skill_subsidy", subject_id=objected, raised_on=_day(last, 6),
        content="测试异议", resolved_on=_day(last, 16), outcome="upheld",
    )  # fmt: skip
    refused = planter.apply("skill.review", "skill", 11)
    planter.add(
        "review_outcomes", last, programme="skill_subsidy", subject_id=refused, decided_on=_day(last, 26),
        outcome="refused", officer="测试审核员", reason="证书存疑",
    )  # fmt: skip


def expansion_cases(planter: Planter) -> None:
    """Plant what the rules of the job-expansion subsidy should refuse: one person each, hired four months before the last."""
    last = planter.span.last
    employer = planter.employer("skill")[0]

    def apply(rule: str, k: int, number: str = "", **more: Any) -> str:
        application_no = f"KGCS{k:06d}{number}"
        planter.add(
            "expansion_applications", last, application_no=application_no, employer_id=employer,
            **{
                "person_id": planter.person("skill", k), "hired_on": _day(last - 4, 5), "contract_signed": True,
                "person_kind": "graduate", "other_insurances": True, "applied_on": _day(last, 10), **more,
            },
        )  # fmt: skip
        if rule:
            planter.note(rule, "application", application_no, "一次性扩岗补助用例", "a job-expansion case")
        return application_no

    apply("expansion.contract", 1, contract_signed=False)
    apply("expansion.paid_months", 2, other_insurances=False)
    apply("", 3, "A", applied_on=_day(last, 8))
    apply("expansion.once", 3, "B")
    apply("expansion.window", 4, hired_on="2023-12-01")
    apply("expansion.no_hiring_subsidy", 5)
    planter.add(
        "hiring_subsidies", last, person_id=planter.person("skill", 5), employer_id=employer, paid_on=_day(last - 1, 20),
        amount="1000.00",
    )  # fmt: skip


def benefit_cases(planter: Planter) -> None:
    """Plant what the risk rules on living benefits should find."""
    last = planter.span.last

    def draws(rule: str, k: int, zh: str, en: str, *, name: str = "left", stop: int | None = None) -> str:
        claim_no = planter.claim(name, k, last - 2, stop=stop)
        for month in range(last - 2, last + 1):
            planter.pay(name, k, claim_no, month, 9999 if rule == "R21" and month == last else None)
        planter.note(rule, "person", planter.person(name, k), zh, en)
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
        planter.check(planter.person("left", k), kind, last - 2)
    draws("R05", 8, "同月两个核定编号", "one month under two claims")
    other = planter.claim("left", 8, last - 1)
    planter.pay("left", 8, other, last)
    draws("R21", 9, "超过月标准", "above the standard")
    double = draws("R22", 10, "同月重复发放", "one month paid twice")
    planter.pay("left", 10, double, last)
    draws("R23", 11, "停发后仍发放", "paid after the stop", stop=last)
    # Thirteen months paid, all of them in the record: one year, four months; five are paid.
    long = planter.claim("long_drawn", 1, last - 4, entitled=12)
    for month in range(last - 4, last + 1):
        planter.pay("long_drawn", 1, long, month)
    planter.note("R20", "person", planter.person("long_drawn", 1), "超过应享月数", "beyond the entitlement")


def recovery_cases(planter: Planter) -> None:
    """Plant a demand for what was paid too much, to be returned in instalments, and a deferral of two months."""
    last, year = planter.span.last, planter.base_year + 1
    case = {
        "case_no": "ZHCS0001", "programme": "refund", "subject_id": planter.employer("overpaid")[0],
        "programme_year": year, "on_date": _day(last, 27), "due_on": _day(last + 3, 27),
    }  # fmt: skip
    planter.add(
        "recoveries",
        last,
        **case,
        entry_no=1,
        kind="demand",
        amount="90000.00",
        document="测追〔1〕号",
        note="测试案件",
    )
    planter.add(
        "recoveries", last, **case, entry_no=2, kind="plan", document="测协〔1〕号", note="测试分期协议"
    )
    planter.add(
        "deferrals", last, employer_id=planter.employer("plain")[0], from_month=_day(last - 3, 1),
        to_month=_day(last - 2, 1), pay_by=_day(last + 6, 28), document="测缓〔1〕号",
    )  # fmt: skip


def other_cases(planter: Planter) -> None:
    """Plant what the risk rules on payments and registrations should find."""
    last = planter.span.last
    for k in range(1, 10):
        claim_no = planter.claim("bought", k, last - 2, reason="contract_expiry")
        planter.pay("bought", k, claim_no, last - 2)
    planter.note(
        "R06",
        "employer",
        planter.employer("bought")[0],
        "集中参保集中退出后领金",
        "joined and left together, then drew",
    )
    claim_no = planter.claim("cycle", 1, last - 6, stop=last - 3, reason="contract_expiry")
    for month in range(last - 6, last - 3):
        planter.pay("cycle", 1, claim_no, month)
    planter.note(
        "R07",
        "person",
        planter.person("cycle", 1),
        "短期参保领金后再回原单位",
        "a short cycle at one employer",
    )


def plant_cases(planter: Planter) -> None:
    """Plant every case."""
    refund_cases(planter)
    skill_cases(planter)
    expansion_cases(planter)
    benefit_cases(planter)
    recovery_cases(planter)
    other_cases(planter)
