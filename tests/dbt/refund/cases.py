# ruff: noqa: E501 — a table of cases: one line per case reads best
"""Employers of one June 2024 under Gansu's parameters of 2024 (甘人社通〔2024〕165号, 人社部发〔2024〕40号).

The fund is open (38 months), the window runs from 2024-04-28, the base year is 2023. A person-month is 40 yuan, so ten persons through
2023 make a base of 10 × 12 × 40 = 4,800 yuan; at 60 % that is 2,880.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from tests.dbt.refund.kit import BASE, Case, Row, claims, month, months_of, staff, yuan


def unit(employer: str, **over: Any) -> Row:
    """A registered enterprise with a corporate account."""
    return {"employer_id": employer, "account_kind": "corporate", "account_no": f"62{employer}", **over}


def code(employer: str) -> str:
    """The credit code that the world gives an employer without one."""
    return "91" + employer.zfill(16)[-16:]


def contributions(*parts: list[Row]) -> dict[str, list[Row]]:
    """One source, several lists of rows."""
    return {"contributions": [row for part in parts for row in part]}


def without(rows: list[Row], fee_month: str) -> list[Row]:
    """Rows except those of one month."""
    return [r for r in rows if r["fee_month"] != month(fee_month)]


CASES: list[Case] = [
    Case(
        "an ordinary unit",
        unit("A01"),
        contributions(staff("A01", 10)),
        {"average_insured": yuan("10"), "opening_insured": 10, "closing_insured": 10, "claimants": 0, "natural_attrition": 0,
         "claims_layoff_rate": 0, "net_reduction_layoff_rate": 0, "layoff_rate": 0, "layoff_rate_limit": yuan("0.2"), "verdicts_differ": False,
         "months_paid_in_full": 12, "arrears": 0, "contribution_base": 4800, "refund_ratio": yuan("0.6"), "refund_amount": 2880,
         "decision": "eligible", "failed_rules": [], "unknown_rules": [], "size_class": "sme", "size_source": "headcount",
         "payable_amount": 2880, "recoverable_amount": 0, "account_status": "corporate", "notice_status": "on_notice",
         "first_decided_period": dt.date(2024, 6, 1)},
        {"refund.window": "pass", "refund.fund_reserve": "pass", "refund.review": "not_applicable", "refund.dispatch_confirmed": "not_applicable"},
    ),
    # --- the layoff rate -------------------------------------------------------------------------------------------------
    Case("30 heads, 6 claimants: 6 / 30 = 20 %, the limit included", unit("L01"), contributions(staff("L01", 30)) | {"benefit_claims": claims("L01", 6)},
         {"layoff_rate": yuan("0.2"), "layoff_rate_limit": yuan("0.2"), "decision": "eligible", "refund_amount": 30 * 480 * yuan("0.6"),
          # by net reduction nobody left: both pass
          "verdicts_differ": False}, {"refund.layoff_rate": "pass"}),
    Case("30 heads, 7 claimants: 7 / 30 = 0.233333", unit("L02"), contributions(staff("L02", 30)) | {"benefit_claims": claims("L02", 7)},
         {"layoff_rate": yuan("0.233333"), "decision": "ineligible", "failed_rules": ["refund.layoff_rate"], "refund_amount": 0, "payable_amount": 0,
          "notice_status": "not_noticed", "first_decided_period": None, "verdicts_differ": True}, {"refund.layoff_rate": "fail"}),
    Case("361 person-months in 12 months = 30.083333 heads: no small unit; 2 × 12 / 361 = 0.066482 is above 5.5 %", unit("L03"),
         contributions(staff("L03", 30), staff("L03", 1, BASE[:1], first=31)) | {"benefit_claims": claims("L03", 2)},
         {"average_insured": yuan("30.083333"), "layoff_rate_limit": yuan("0.055"), "layoff_rate": yuan("0.066482"), "opening_insured": 31},
         {"refund.layoff_rate": "fail"}),
    Case("30 heads, 2 claimants: 0.066667 is within the small unit's 20 %", unit("L04"), contributions(staff("L04", 30)) | {"benefit_claims": claims("L04", 2)},
         {"layoff_rate": yuan("0.066667")}, {"refund.layoff_rate": "pass"}),
    Case("200 heads in one month, 11 claimants: 11 / 200 = 5.5 %, the limit included", unit("L05"),
         contributions(staff("L05", 200, months_of(2023, [6]))) | {"benefit_claims": claims("L05", 11)},
         {"average_insured": 200, "layoff_rate": yuan("0.055"), "layoff_rate_limit": yuan("0.055"), "failed_rules": ["refund.paid_months"],
          # nobody in December 2022: opening is June 2023 itself; nobody in December 2023: all 200 are gone
          "opening_insured": 200, "closing_insured": 0, "net_reduction_layoff_rate": 1, "verdicts_differ": True},
         {"refund.layoff_rate": "pass"}),
    Case("200 heads in one month, 12 claimants: 6 %", unit("L06"), contributions(staff("L06", 200, months_of(2023, [6]))) | {"benefit_claims": claims("L06", 12)},
         {"layoff_rate": yuan("0.06"), "failed_rules": ["refund.paid_months", "refund.layoff_rate"]}, {"refund.layoff_rate": "fail"}),
    Case("only claims of the base year for a layoff reason count, each person once", unit("L07"),
         contributions(staff("L07", 10)) | {"benefit_claims": [
             *claims("L07", 1, start="2023-01"), *claims("L07", 1, start="2023-12"),  # one person twice
             *claims("L07", 3, start="2022-12"), *claims("L07", 3, start="2024-01"),  # other years
             *claims("L07", 3, reason="resignation"), *claims("L07", 2, reason="contract_expiry"),  # not counted; counted
         ]},
         {"claimants": 2, "layoff_rate": yuan("0.2")}),
    Case("net reduction: 10 at first, 7 at last, a retired and a dead: (10 − 7 − 2) / 10 = 10 %", unit("L08"),
         contributions(staff("L08", 10, [month("2022-12"), *BASE[:6]]), staff("L08", 7, BASE[6:])) | {"headcount_changes": [
             {"employer_id": "L08", "person_id": "L08-8", "change_date": "2023-06-30", "reason": "retirement"},
             {"employer_id": "L08", "person_id": "L08-9", "change_date": "2023-06-30", "reason": "death"},
             {"employer_id": "L08", "person_id": "L08-9", "change_date": "2023-07-31", "reason": "retirement"},  # the same person again
             {"employer_id": "L08", "person_id": "L08-10", "change_date": "2023-06-30", "reason": "economic_layoff"},
             {"employer_id": "L08", "person_id": "L08-7", "change_date": "2024-01-01", "reason": "retirement"},
             {"employer_id": "L08", "person_id": "L08-6", "change_date": "2022-12-31", "reason": "retirement"},
         ]},
         # (6 × 10 + 6 × 7) / 12 = 8.5
         {"opening_insured": 10, "closing_insured": 7, "natural_attrition": 2, "net_reduction_layoff_rate": yuan("0.1"), "average_insured": yuan("8.5")}),
    Case("a growing unit reduced nothing", unit("L09"), contributions(staff("L09", 5, [month("2022-12"), *BASE[:6]]), staff("L09", 9, BASE[6:])),
         {"opening_insured": 5, "closing_insured": 9, "net_reduction_layoff_rate": 0}),
    Case("net reduction at the limit: (10 − 8) / 10 = 20 %, both verdicts pass", unit("L10"),
         contributions(staff("L10", 10, [month("2022-12"), *BASE[:6]]), staff("L10", 8, BASE[6:])),
         {"net_reduction_layoff_rate": yuan("0.2"), "verdicts_differ": False}),
    Case("a month in which nothing is due is a month with nobody insured: (6 × 12 + 5 × 10) / 11 = 11.090909", unit("L11"),
         contributions(staff("L11", 3, [month("2022-12"), *BASE[:1]], employer_due=0, person_due=0), staff("L11", 12, BASE[1:7]), staff("L11", 10, BASE[7:])),
         {"average_insured": yuan("11.090909"), "opening_insured": 12, "closing_insured": 10, "months_paid_in_full": 11}),
    # --- paid in full ----------------------------------------------------------------------------------------------------
    Case("eleven months", unit("P01"), contributions(staff("P01", 2, BASE[1:])), {"months_paid_in_full": 11, "decision": "ineligible"},
         {"refund.paid_months": "fail", "refund.no_arrears": "pass"}),
    Case("eleven months of the base year and one before it", unit("P02"), contributions(staff("P02", 2, [month("2022-12"), *BASE[1:]])),
         # the base is that of 2023 alone: 2 × 11 × 40
         {"months_paid_in_full": 12, "contribution_base": 880, "refund_amount": 528, "decision": "eligible"}, {"refund.paid_months": "pass"}),
    Case("months after the base year do not count", unit("P03"), contributions(staff("P03", 2, [*BASE[1:], month("2024-01")])),
         {"months_paid_in_full": 11}, {"refund.paid_months": "fail"}),
    Case("one fen short in one month: not in full, and owed", unit("P04"),
         contributions(without(staff("P04", 1, [month("2022-12"), *BASE]), "2023-06"), staff("P04", 1, [month("2023-06")], person_paid="11.99")),
         {"months_paid_in_full": 12, "arrears": yuan("0.01"), "contribution_base": yuan("479.99"), "failed_rules": ["refund.no_arrears"]},
         {"refund.paid_months": "pass", "refund.no_arrears": "fail"}),
    Case("an excess in one month fills no other", unit("P05"),
         contributions(staff("P05", 1, BASE[2:]), staff("P05", 1, BASE[:1], person_paid=7), staff("P05", 1, BASE[1:2], person_paid=17)),
         {"arrears": 5, "months_paid_in_full": 11, "contribution_base": 480}),
    Case("but one person's excess fills another's gap in the same month: over all the employer's persons", unit("P06"),
         contributions(staff("P06", 2, BASE[1:]), staff("P06", 1, BASE[:1], person_paid=7), staff("P06", 1, BASE[:1], first=2, person_paid=17)),
         {"arrears": 0, "months_paid_in_full": 12}),
    Case("a makeup settles, it does not owe twice", unit("P07"),
         contributions(without(staff("P07", 1), "2023-06"), staff("P07", 1, [month("2023-06")], employer_paid=0, person_paid=0, received_on=None),
                       staff("P07", 1, [month("2023-06")], pay_kind="makeup", voucher_no="V2", received_on=dt.date(2024, 3, 5), late_fee=9)),
         # due 40 of the normal row, received 40 by the makeup; the late fee is no premium
         {"arrears": 0, "months_paid_in_full": 12, "contribution_base": 480, "average_insured": 1}),
    Case("a makeup alone owes", unit("P08"),
         contributions(without(staff("P08", 1), "2023-06"),
                       staff("P08", 1, [month("2023-06")], pay_kind="makeup", employer_paid=0, person_paid=0, received_on=None)),
         {"arrears": 40, "months_paid_in_full": 11, "contribution_base": 440}),
    Case("a premium given back: nothing due, nothing received, still insured that month", unit("P09"),
         contributions(staff("P09", 1), staff("P09", 1, [month("2023-06")], pay_kind="refund", voucher_no="V9", employer_due=-28, person_due=-12)),
         {"arrears": 0, "months_paid_in_full": 11, "contribution_base": 440, "average_insured": 1}),
    Case("received on the period's last day", unit("P10"),
         contributions(without(staff("P10", 1), "2023-12"), staff("P10", 1, [month("2023-12")], received_on=dt.date(2024, 6, 30))),
         {"arrears": 0, "months_paid_in_full": 12, "contribution_base": 480}),
    Case("received the day after", unit("P11"),
         contributions(without(staff("P11", 1), "2023-12"), staff("P11", 1, [month("2023-12")], received_on=dt.date(2024, 7, 1))),
         {"arrears": 40, "months_paid_in_full": 11, "contribution_base": 440}),
    Case("half a fen rounds up: 11 × 0.34 + 0.31 = 4.05, × 0.3 = 1.215 → 1.22", unit("P12", uscc="91LARGE0000000P12X"),
         contributions(staff("P12", 1, BASE[:11], employer_due="0.34", person_due=0), staff("P12", 1, BASE[11:], employer_due="0.31", person_due=0))
         | {"enterprise_size": [{"uscc": "91LARGE0000000P12X", "data_year": 2023, "filed_size": "large"}]},
         {"contribution_base": yuan("4.05"), "refund_ratio": yuan("0.3"), "refund_amount": yuan("1.22")}),
    Case("nothing was ever paid", unit("P13"), contributions(staff("P13", 1, employer_paid=0, person_paid=0, received_on=None)),
         {"contribution_base": 0, "arrears": 480, "failed_rules": ["refund.paid_months", "refund.no_arrears", "refund.base"], "refund_amount": 0},
         {"refund.base": "fail"}),
    # --- who the unit is -------------------------------------------------------------------------------------------------
    Case("revoked", unit("U01", registry_status="revoked"), contributions(staff("U01", 1)), {"failed_rules": ["refund.insured"]}),
    Case("abnormal is no obstacle in Gansu", unit("U02", registry_status="abnormal"), contributions(staff("U02", 1)), {"decision": "eligible"}),
    Case("suspended", unit("U03", insured_status="suspended"), contributions(staff("U03", 1)), {"failed_rules": ["refund.insured"]}),
    Case("a government office", unit("U04", unit_type="government"), contributions(staff("U04", 1)),
         {"failed_rules": ["refund.unit_type"], "size_class": None, "size_source": None, "refund_ratio": None}, {"refund.size_known": "not_applicable"}),
    Case("another kind of unit: out of scope", unit("U05", unit_type="other", insured_status="ended"), contributions(staff("U05", 1)),
         {"decision": "out_of_scope", "failed_rules": [], "unknown_rules": [], "refund_amount": 0, "contribution_base": 480},
         {"refund.unit_type": "not_applicable", "refund.insured": "not_applicable", "refund.window": "not_applicable", "refund.base": "not_applicable"}),
    Case("not in the register", None, contributions(staff("U06", 1)),
         {"decision": "review", "uscc": None, "unit_type": None, "size_class": None, "refund_amount": 0, "account_status": "account_missing",
          "unknown_rules": ["refund.unit_type", "refund.insured", "refund.not_sanctioned", "refund.size_known", "refund.dispatch_confirmed"]}),
    Case("not in the register, approved: no approval stands in for a registration", None,
         contributions(staff("U07", 1)) | {"review_outcomes": [{"programme": "refund", "subject_id": "U07", "programme_year": 2024, "decided_on": "2024-06-01"}]},
         {"decision": "review"}, {"refund.review": "pass"}),
    # --- the list of serious dishonesty, by the day ----------------------------------------------------------------------
    *[
        Case(f"sanctioned {listed}..{removed}", unit(employer),
             contributions(staff(employer, 1)) | {"sanctions": [{"uscc": code(employer), "listed_on": listed, "removed_on": removed}]},
             {"decision": "ineligible" if outcome == "fail" else "eligible"}, {"refund.not_sanctioned": outcome})
        for employer, listed, removed, outcome in [
            ("S01", "2024-06-29", None, "fail"), ("S02", "2024-06-30", None, "fail"), ("S03", "2024-07-01", None, "pass"),
            ("S04", "2023-01-01", "2024-06-29", "pass"), ("S05", "2023-01-01", "2024-06-30", "pass"), ("S06", "2023-01-01", "2024-07-01", "fail"),
        ]
    ],
    # --- size ------------------------------------------------------------------------------------------------------------
    *[
        Case(f"size: {what}", unit(employer, industry_code=industry),
             contributions(staff(employer, 1)) | {"enterprise_size": [{"uscc": code(employer), "data_year": 2023, **filing}]},
             {"size_class": size, "size_source": source, "refund_ratio": yuan("0.3") if size == "large" else yuan("0.6")})
        for employer, industry, filing, size, source, what in [
            ("Z01", "C13", {"filed_size": "large"}, "large", "filed", "filed as large"),
            ("Z02", "C13", {"filed_size": "medium", "staff": 1000, "revenue_10k": 40000}, "sme", "filed", "filed as medium, whatever the figures say"),
            ("Z03", "C13", {"staff": 1000, "revenue_10k": 40000}, "large", "standard", "industry at both lower limits"),
            ("Z04", "C13", {"staff": 999, "revenue_10k": 90000}, "sme", "standard", "industry one head short"),
            ("Z05", "C13", {"staff": 1000, "revenue_10k": "39999.99"}, "sme", "standard", "industry one fen short"),
            ("Z06", "C13", {"staff": 5000}, "sme", "headcount", "industry without revenue"),
            ("Z07", "F", {"staff": 5000, "revenue_10k": 90000}, "sme", "headcount", "a letter that fits several rows"),
            ("Z08", "70", {"revenue_10k": 900000, "assets_10k": 900000}, "sme", "headcount", "70 alone fits several rows"),
            ("Z09", "K7010", {"revenue_10k": 200000, "assets_10k": 10000}, "large", "standard", "real estate at both lower limits"),
            ("Z10", "7020", {"staff": 1000, "revenue_10k": 5000}, "large", "standard", "property management"),
            ("Z11", "7090", {"staff": 300}, "large", "standard", "other real estate is 'other': 300 heads alone"),
            ("Z12", "J", {"staff": 299}, "sme", "standard", "finance is 'other': one short of 300"),
            ("Z13", "H", {"staff": 300, "revenue_10k": 10000}, "large", "standard", "hotels or catering by the letter"),
            ("Z14", "E47", {"revenue_10k": 80000, "assets_10k": 79999}, "sme", "standard", "building needs assets too"),
        ]
    ],
    Case("size: the data year after the base year is left aside, years are never mixed", unit("Z20"),
         contributions(staff("Z20", 1)) | {"enterprise_size": [
             {"uscc": code("Z20"), "data_year": 2024, "filed_size": "large"}, {"uscc": code("Z20"), "data_year": 2022, "staff": 5},
             {"uscc": code("Z20"), "data_year": 2021, "filed_size": "large"}]},
         {"size_class": "sme", "size_source": "headcount"}),
    Case("size: 300 heads on average", unit("Z21"), contributions(staff("Z21", 300, BASE[:1])), {"size_class": "large", "size_source": "headcount"}),
    Case("size: 299 heads", unit("Z22"), contributions(staff("Z22", 299, BASE[:1])), {"size_class": "sme"}),
    Case("size: a foundation by reference, whatever it filed", unit("Z23", unit_type="foundation"),
         contributions(staff("Z23", 1)) | {"enterprise_size": [{"uscc": code("Z23"), "data_year": 2023, "filed_size": "large"}]},
         {"size_class": "sme", "size_source": "by_reference"}),
    Case("size: a branch of a branch follows the head", unit("Z30"),
         contributions(staff("Z30", 1)) | {"enterprise_size": [
             {"uscc": code("Z30"), "data_year": 2023, "parent_uscc": code("Z31"), "filed_size": "small"},
             {"uscc": code("Z31"), "data_year": 2023, "parent_uscc": "91HEAD", "filed_size": "small"},
             {"uscc": "91HEAD", "data_year": 2022, "filed_size": "large"}]},
         {"size_class": "large", "size_source": "parent", "refund_ratio": yuan("0.3"), "refund_amount": 144}),
    Case("size: the branch between", unit("Z31"), contributions(staff("Z31", 1)), {"size_class": "large", "size_source": "parent"}),
    Case("size: a parent nobody knows; never the branch's own heads", unit("Z32"),
         contributions(staff("Z32", 1)) | {"enterprise_size": [{"uscc": code("Z32"), "data_year": 2023, "parent_uscc": "91NOBODY", "filed_size": "small"}]},
         {"size_class": None, "size_source": None, "refund_ratio": None, "refund_amount": 0, "decision": "review", "unknown_rules": ["refund.size_known"]}),
    Case("size: unknown, approved by a person: stays in review", unit("Z33"),
         contributions(staff("Z33", 1)) | {"enterprise_size": [{"uscc": code("Z33"), "data_year": 2023, "parent_uscc": "91NOBODY"}],
                                           "review_outcomes": [{"programme": "refund", "subject_id": "Z33", "programme_year": 2024, "decided_on": "2024-06-01"}]},
         {"decision": "review"}),
    Case("size: a circle of parents is unknown", unit("Z34"),
         contributions(staff("Z34", 1)) | {"enterprise_size": [
             {"uscc": code("Z34"), "data_year": 2023, "parent_uscc": code("Z35")}, {"uscc": code("Z35"), "data_year": 2023, "parent_uscc": code("Z34")}]},
         {"size_class": None, "size_source": None}),
    Case("size: the other one of the circle", unit("Z35"), contributions(staff("Z35", 1)), {"size_class": None}),
    Case("size: a parent that is the unit itself is none", unit("Z36"),
         contributions(staff("Z36", 1)) | {"enterprise_size": [{"uscc": code("Z36"), "data_year": 2023, "parent_uscc": code("Z36"), "filed_size": "micro"}]},
         {"size_class": "sme", "size_source": "filed"}),
    Case("size: by the parent's heads, since anyone is insured there", unit("Z37"),
         contributions(staff("Z37", 1)) | {"enterprise_size": [{"uscc": code("Z37"), "data_year": 2023, "parent_uscc": code("Z21")}]},
         {"size_class": "large", "size_source": "parent"}),
    # --- objections, by the day ------------------------------------------------------------------------------------------
    *[
        Case(f"objection raised {raised}, {outcome} on {resolved}", unit(employer),
             contributions(staff(employer, 1)) | {"notice_objections": [
                 {"programme": "refund", "subject_id": employer, "raised_on": raised, "resolved_on": resolved, "outcome": outcome}]},
             {"decision": decision, "notice_status": notice}, {"refund.notice": rule})
        for employer, raised, resolved, outcome, rule, decision, notice in [
            ("O01", "2024-04-27", "2024-05-10", "upheld", "pass", "eligible", "on_notice"),
            ("O02", "2024-04-28", "2024-06-30", "upheld", "fail", "ineligible", "objection_upheld"),
            ("O03", "2024-06-30", "2024-07-01", "upheld", "unknown", "review", "objection_open"),
            ("O04", "2024-06-01", None, None, "unknown", "review", "objection_open"),
            ("O05", "2024-06-01", "2024-06-30", "dismissed", "pass", "eligible", "on_notice"),
            ("O06", "2024-07-01", None, None, "pass", "eligible", "on_notice"),
        ]
    ],
    Case("a dismissed and an upheld objection: upheld", unit("O07"), contributions(staff("O07", 1)) | {"notice_objections": [
        {"programme": "refund", "subject_id": "O07", "raised_on": "2024-05-01", "resolved_on": "2024-05-09", "outcome": "dismissed"},
        {"programme": "refund", "subject_id": "O07", "raised_on": "2024-05-02", "resolved_on": "2024-05-09", "outcome": "upheld"},
        {"programme": "refund", "subject_id": "O07", "raised_on": "2024-05-03"}]},
        {"decision": "ineligible", "notice_status": "objection_upheld", "failed_rules": ["refund.notice"]}),
    Case("an objection to another programme", unit("O08"), contributions(staff("O08", 1)) | {"notice_objections": [
        {"programme": "skill_subsidy", "subject_id": "O08", "raised_on": "2024-05-02", "resolved_on": "2024-05-09", "outcome": "upheld"}]},
        {"decision": "eligible"}),
    # --- a person's review -----------------------------------------------------------------------------------------------
    *[
        Case(f"review: {what}", unit(employer, insured_status=status),
             contributions(staff(employer, 1)) | {
                 "notice_objections": [{"programme": "refund", "subject_id": employer, "raised_on": "2024-06-01"}],
                 "review_outcomes": [{"programme": "refund", "subject_id": employer, "programme_year": year, "decided_on": day, "outcome": outcome}
                                     for year, day, outcome in reviews]},
             {"decision": decision}, {"refund.review": rule})
        for employer, status, reviews, rule, decision, what in [
            ("V01", "active", [(2024, "2024-06-30", "approved")], "pass", "eligible", "an approval settles an open objection"),
            ("V02", "active", [(2024, "2024-07-01", "approved")], "not_applicable", "review", "tomorrow's approval is not known"),
            ("V03", "active", [(2023, "2024-06-01", "approved")], "not_applicable", "review", "another year's approval"),
            ("V04", "active", [(2024, "2024-06-01", "refused")], "fail", "ineligible", "a refusal"),
            ("V05", "active", [(2024, "2024-05-01", "refused"), (2024, "2024-06-01", "approved")], "pass", "eligible", "the newest counts"),
            ("V06", "suspended", [(2024, "2024-06-01", "approved")], "pass", "ineligible", "a fail is never overruled"),
        ]
    ],
    # --- payment and account ---------------------------------------------------------------------------------------------
    Case("paid in part, once returned; a later payment and other years' are not of this decision", unit("M01"),
         contributions(staff("M01", 10)) | {"programme_payments": [
             {"batch_no": "B1", "line_no": 1, "payee_id": "M01", "amount": 1000, "paid_on": "2024-06-30"},
             {"batch_no": "B1", "line_no": 2, "payee_id": "M01", "amount": 500, "paid_on": "2024-06-20", "result": "returned", "return_reason": "账号错误"},
             {"batch_no": "B1", "line_no": 3, "payee_id": "M01", "amount": 200, "paid_on": "2024-07-01"},
             {"batch_no": "B1", "line_no": 4, "payee_id": "M01", "amount": 300, "programme_year": 2023},
             {"batch_no": "B1", "line_no": 5, "payee_id": "M01", "amount": 400, "programme": "skill_subsidy"}]},
         {"paid_amount": 1000, "returned_amount": 500, "payable_amount": 1880, "recoverable_amount": 0}),
    Case("paid too much", unit("M02"), contributions(staff("M02", 1)) | {"programme_payments": [
        {"batch_no": "B2", "line_no": 1, "payee_id": "M02", "amount": 300}]},
        {"refund_amount": 288, "payable_amount": 0, "recoverable_amount": 12}),
    Case("paid though not eligible: all of it to recover", unit("M03", insured_status="ended"), contributions(staff("M03", 1)) | {"programme_payments": [
        {"batch_no": "B3", "line_no": 1, "payee_id": "M03", "amount": 288}]}, {"refund_amount": 0, "payable_amount": 0, "recoverable_amount": 288}),
    Case("an account that the tax office knows", unit("M04", account_kind="tax_payment"), contributions(staff("M04", 1)), {"account_status": "tax_payment"}),
    Case("an account kind without a number", unit("M05", account_no=None), contributions(staff("M05", 1)), {"account_status": "account_missing"}),
    Case("a number without a kind", unit("M06", account_kind=None), contributions(staff("M06", 1)), {"account_status": "account_missing"}),
    # --- dispatch --------------------------------------------------------------------------------------------------------
    # Three persons of 10.01 each through the year (11 × 0.83 + 0.88): base 30.03, × 60 % = 18.018 → 18.02. Each exact quota is 6.006:
    # whole fen 6.00 each, two fen left, equal remainders: the users in the order of their codes, own staff last.
    Case("dispatch: two users and own staff, equal remainders", unit("D01", is_dispatch=True),
         contributions(staff("D01", 3, BASE[:11], employer_due="0.83", person_due=0), staff("D01", 3, BASE[11:], employer_due="0.88", person_due=0))
         | {"dispatch_agreements": [{"dispatch_employer_id": "D01", "programme_year": 2024, "applied_on": "2024-06-30"}],
            "dispatch_assignments": [
                {"dispatch_employer_id": "D01", "person_id": "D01-1", "start_month": "2022-01-01", "user_uscc": "91USERB", "user_name": "乙"},
                {"dispatch_employer_id": "D01", "person_id": "D01-2", "start_month": "2023-01-01", "end_month": "2023-12-01", "user_uscc": "91USERA", "user_name": "甲"}]},
         {"contribution_base": yuan("30.03"), "refund_amount": yuan("18.02"), "decision": "eligible", "is_dispatch": True}, {"refund.dispatch_confirmed": "pass"}),
    # D02-1: government all year, borne by the user: out of the base. D02-2: from April at a user who does not bear the cost: own staff's.
    # D02-3: two assignments cover June; the later start wins, so January to May are USERA's and June to December USERB's. D02-4: own staff.
    # D02-5: public institution, the firm bears the cost: out of the base all the same.
    Case("dispatch: excluded users, cost bearers, the latest start", unit("D02", is_dispatch=True),
         contributions(staff("D02", 5)) | {
             "dispatch_agreements": [{"dispatch_employer_id": "D02", "programme_year": 2024}],
             "dispatch_assignments": [
                 {"dispatch_employer_id": "D02", "person_id": "D02-1", "start_month": "2023-01-01", "user_uscc": "91GOV", "user_unit_type": "government"},
                 {"dispatch_employer_id": "D02", "person_id": "D02-2", "start_month": "2023-04-01", "user_uscc": "91USERC", "cost_bearer": "dispatcher"},
                 {"dispatch_employer_id": "D02", "person_id": "D02-3", "start_month": "2023-01-01", "user_uscc": "91USERA"},
                 {"dispatch_employer_id": "D02", "person_id": "D02-3", "start_month": "2023-06-01", "user_uscc": "91USERB"},
                 {"dispatch_employer_id": "D02", "person_id": "D02-5", "start_month": "2023-01-01", "user_uscc": "91PUBLIC",
                  "user_unit_type": "public_institution", "cost_bearer": "dispatcher"}],
             "programme_payments": [
                 {"batch_no": "B4", "line_no": 1, "payee_id": "91USERA", "on_behalf_of": "D02", "amount": 120},
                 {"batch_no": "B4", "line_no": 2, "payee_id": "D02", "amount": 50}]},
         # 3 × 480; × 60 % = 864; paid 120 + 50
         {"contribution_base": 1440, "refund_amount": 864, "average_insured": 5, "paid_amount": 170, "payable_amount": 694}),
    Case("dispatch: not applied for yet", unit("D03", is_dispatch=True), contributions(staff("D03", 1)),
         {"decision": "review", "unknown_rules": ["refund.dispatch_confirmed"], "refund_amount": 288}),
    Case("dispatch: applied for tomorrow", unit("D04", is_dispatch=True), contributions(staff("D04", 1)) | {
        "dispatch_agreements": [{"dispatch_employer_id": "D04", "programme_year": 2024, "applied_on": "2024-07-01"}]}, {"decision": "review"}),
    Case("dispatch: applied for, not confirmed", unit("D05", is_dispatch=True), contributions(staff("D05", 1)) | {
        "dispatch_agreements": [{"dispatch_employer_id": "D05", "programme_year": 2024, "allocation_confirmed": False}]}, {"decision": "review"}),
    Case("dispatch: last year's agreement", unit("D06", is_dispatch=True), contributions(staff("D06", 1)) | {
        "dispatch_agreements": [{"dispatch_employer_id": "D06", "programme_year": 2023}]}, {"decision": "review"}),
    Case("staff sent to a public institution are left out at any employer", unit("D07"), contributions(staff("D07", 2)) | {
        "dispatch_assignments": [{"dispatch_employer_id": "D07", "person_id": "D07-1", "start_month": "2023-07-01", "user_uscc": "91PUBLIC",
                                  "user_unit_type": "public_institution"}]},
        # 24 person-months less six
        {"contribution_base": 720, "refund_amount": 432, "average_insured": 2, "decision": "eligible"}),
    Case("dispatch: ineligible, still one row of own staff with nothing", unit("D08", is_dispatch=True, insured_status="ended"), contributions(staff("D08", 1)),
         {"decision": "ineligible", "refund_amount": 0}),
    # The first version of each row says 99 yuan; a later period, a later-named file or a later line corrects it to 40.
    Case("dispatch: corrected rows count once", unit("D09", is_dispatch=True),
         contributions(staff("D09", 1, BASE[2:3], employer_due=99), staff("D09", 1)) | {"dispatch_agreements": [{"dispatch_employer_id": "D09", "programme_year": 2024}]},
         {"contribution_base": 480, "refund_amount": 288}),
    # 10.01 × 60 % = 6.006 for own staff, 10.03 × 60 % = 6.018 for the user: 12.024 → 12.02; one fen left, to the larger remainder
    Case("dispatch: the larger remainder gets the fen", unit("D10", is_dispatch=True),
         contributions(staff("D10", 2, BASE[:11], employer_due="0.83", person_due=0), staff("D10", 1, BASE[11:], employer_due="0.88", person_due=0),
                       staff("D10", 1, BASE[11:], first=2, employer_due="0.90", person_due=0))
         | {"dispatch_agreements": [{"dispatch_employer_id": "D10", "programme_year": 2024}],
            "dispatch_assignments": [{"dispatch_employer_id": "D10", "person_id": "D10-2", "start_month": "2023-01-01", "user_uscc": "91USERA"}]},
         {"contribution_base": yuan("20.04"), "refund_amount": yuan("12.02")}),
    # D11-1 owes nothing in January and was never insured at USERB; December came in on the last day for D11-1, the day after for D11-2
    Case("dispatch: nothing due is no insured month; receipts by the day", unit("D11", is_dispatch=True),
         contributions(staff("D11", 1, BASE[:1], employer_due=0, person_due=0), staff("D11", 1, BASE[1:11]), staff("D11", 1, BASE[11:], received_on=dt.date(2024, 6, 30)),
                       staff("D11", 1, BASE[:11], first=2), staff("D11", 1, BASE[11:], first=2, received_on=dt.date(2024, 7, 1)))
         | {"dispatch_agreements": [{"dispatch_employer_id": "D11", "programme_year": 2024}],
            "dispatch_assignments": [
                {"dispatch_employer_id": "D11", "person_id": "D11-1", "start_month": "2023-01-01", "end_month": "2023-01-01", "user_uscc": "91USERB"},
                {"dispatch_employer_id": "D11", "person_id": "D11-1", "start_month": "2023-02-01", "user_uscc": "91USERA"}]},
         # 11 × 40 + 11 × 40
         {"contribution_base": 880, "arrears": 40, "decision": "ineligible"}),
    # D12-1: government through the base year, out of the base; the same user is an enterprise from 2024 on, which says nothing of 2023.
    # D12-2: own staff, 480 × 60 % = 288
    Case("dispatch: a user's later type does not undo the base year's", unit("D12", is_dispatch=True),
         contributions(staff("D12", 2, [*BASE, dt.date(2024, 1, 1)])) | {
             "dispatch_agreements": [{"dispatch_employer_id": "D12", "programme_year": 2024}],
             "dispatch_assignments": [
                 {"dispatch_employer_id": "D12", "person_id": "D12-1", "start_month": "2023-01-01", "end_month": "2023-12-01", "user_uscc": "91TURNED",
                  "user_unit_type": "government"},
                 {"dispatch_employer_id": "D12", "person_id": "D12-1", "start_month": "2024-01-01", "user_uscc": "91TURNED"}]},
         {"contribution_base": 480, "refund_amount": 288, "decision": "eligible"}),
]  # fmt: skip

ALLOCATIONS: dict[str, list[tuple[str, str | None, int, int, str, str, str, str | None]]] = {
    # kind, user, persons, person-months, base, share, paid, withheld
    "D01": [
        ("own_staff", None, 1, 12, "10.01", "6.00", "0", None),
        ("user", "91USERA", 1, 12, "10.01", "6.01", "0", None),
        ("user", "91USERB", 1, 12, "10.01", "6.01", "0", None),
    ],
    "D02": [
        # D02-2's twelve months and D02-4's: 24 × 40
        ("own_staff", None, 2, 24, "960", "576", "50", None),
        ("user", "91GOV", 1, 12, "0", "0", "0", "excluded_unit_type"),
        ("user", "91PUBLIC", 1, 12, "0", "0", "0", "excluded_unit_type"),
        ("user", "91USERA", 1, 5, "200", "120", "120", None),
        ("user", "91USERB", 1, 7, "280", "168", "0", None),
    ],
    "D03": [("own_staff", None, 1, 12, "480", "288", "0", None)],
    "D09": [("own_staff", None, 1, 12, "480", "288", "0", None)],
    "D10": [
        ("own_staff", None, 1, 12, "10.01", "6.00", "0", None),
        ("user", "91USERA", 1, 12, "10.03", "6.02", "0", None),
    ],
    "D11": [
        ("own_staff", None, 1, 12, "440", "0", "0", None),
        ("user", "91USERA", 1, 11, "440", "0", "0", None),
    ],
    "D12": [
        ("own_staff", None, 1, 12, "480", "288", "0", None),
        ("user", "91TURNED", 1, 12, "0", "0", "0", "excluded_unit_type"),
    ],
    "D08": [("own_staff", None, 1, 12, "480", "0", "0", None)],
}
