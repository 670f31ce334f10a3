"""The sheets of the sections: which measures each shows, in which order, under which headings."""

from __future__ import annotations

from dataclasses import dataclass

from wengang.reports.figures import (
    Column,
)

COLUMNS: tuple[Column, ...] = ("value", "year", "last_year")

HEADS = {
    "flow": (("本月", "this month"), ("本年累计", "year so far"), ("上年同月", "last year")),
    "stock": (
        ("期末", "as it stands"),
        ("其中：本年度", "of this year"),
        ("上年同月", "last year"),
    ),
    "count": (("本月", "this month"), ("本年累计", "year so far"), ("上年同月", "last year")),
    "rate": (("月末", "month's end"), ("本年至今", "this year"), ("上年同月", "last year")),
    "opening": (("月初", "month's start"), ("年初", "year's start"), ("上年同月", "last year")),
    "balance": (("月末", "month's end"), ("本年至今", "this year"), ("上年同月", "last year")),
}


@dataclass(frozen=True)
class Shown:
    """A measure as a column group: of one value of a dimension, or of the whole."""

    measure: str
    dimension: str = "none"
    value: str = ""


@dataclass(frozen=True)
class Sheet:
    """A sheet of a section: its measures in order, and the dimensions that the province is broken down by beneath the units."""

    section: str
    name: str
    title_zh: str
    title_en: str
    measures: tuple[Shown, ...]
    breakdowns: tuple[str, ...] = ()


SHEETS = (
    Sheet(
        "refund", "稳岗返还", "稳岗返还情况表", "Stabilisation refund",
        (
            Shown("employers"), Shown("employers", "decision", "eligible"), Shown("employers", "decision", "review"),
            Shown("employers", "decision", "ineligible"), Shown("employers", "decision", "out_of_scope"),
            Shown("average_insured"), Shown("contribution_base"), Shown("refund_amount"),
            Shown("refund_amount", "decision", "eligible"),
            Shown("paid_employers"), Shown("paid_amount"), Shown("payable_amount"), Shown("recoverable_amount"),
            Shown("returned_employers"), Shown("returned_amount"), Shown("newly_eligible"), Shown("newly_eligible_amount"),
            Shown("on_notice"), Shown("on_notice_insured"), Shown("on_notice_amount"), Shown("cleared"),
            Shown("cleared_insured"), Shown("cleared_amount"), Shown("objection_open"), Shown("objection_upheld"),
            Shown("account_missing"), Shown("verdicts_differ"), Shown("paid_in_month"), Shown("returned_in_month"),
        ),
        ("decision", "size_class", "unit_type"),
    ),
    Sheet(
        "skill", "技能提升补贴", "技能提升补贴情况表", "Skill subsidy",
        (
            Shown("applications"), Shown("persons"), Shown("approved"), Shown("approved_persons"),
            Shown("in_review"), Shown("applications", "decision", "ineligible"), Shown("amount"), Shown("payable_amount"),
            Shown("paid_amount"), Shown("recoverable_amount"), Shown("paid_in_month"), Shown("returned_in_month"),
        ),
        ("decision", "level"),
    ),
    Sheet(
        "expansion", "扩岗补助", "一次性扩岗补助情况表", "Job-expansion subsidy",
        (
            Shown("applications"), Shown("persons"), Shown("approved"), Shown("approved_persons"), Shown("in_review"),
            Shown("amount"), Shown("payable_amount"), Shown("paid_amount"), Shown("recoverable_amount"),
            Shown("paid_in_month"), Shown("returned_in_month"),
        ),
        ("decision",),
    ),
    Sheet(
        "benefits", "保生活待遇", "保生活待遇发放情况表", "Living benefits",
        (Shown("persons"), Shown("new_persons"), Shown("stopped_persons"), Shown("months"), Shown("amount")),
        ("benefit_kind",),
    ),
    Sheet(
        "premium", "降费率", "阶段性降低失业保险费率情况表", "Premium cut",
        (Shown("insured"), Shown("pay_base"), Shown("premium_due"), Shown("premium_received"), Shown("relief")),
        ("unit_type",),
    ),
    Sheet(
        "fund", "基金收支", "失业保险基金收支情况表", "Fund",
        (
            Shown("opening_balance"), Shown("income"), Shown("premium"), Shown("expenditure"),
            Shown("living_benefits"), Shown("refund"), Shown("skill_subsidy"), Shown("job_expansion"), Shown("other_expenditure"),
            Shown("balance"), Shown("rolling_reserve_months"),
        ),
    ),
    Sheet(
        "recovery", "追回", "追回情况表", "Recovery",
        (
            Shown("demanded"), Shown("repaid"), Shown("waived"), Shown("open_cases"), Shown("outstanding"),
            Shown("overdue"), Shown("not_yet_demanded"),
        ),
    ),
    Sheet(
        "risk", "风险线索", "基金风险线索情况表", "Risk leads",
        (
            Shown("raised"), Shown("raised_new"), Shown("still_open"), Shown("amount_at_stake"),
            Shown("confirmed"), Shown("dismissed"), Shown("gone"), Shown("incidents"),
        ),
        ("rule_id",),
    ),
)  # fmt: skip


# Kinds of measures that have no sum over the months of a year.
UNCHANGING = frozenset({"count", "rate"})


def heads_of(sheet: Sheet, kind: str) -> tuple[tuple[str, str], ...]:
    """Return the three headings of a measure."""
    return HEADS["balance"] if sheet.section == "fund" and kind == "stock" else HEADS[kind]
