"""Reconciliation to the fen: two figures for the same money (人社部发〔2024〕40号 六)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from . import expansion, fund, refund, skill
from .world import Case, Known, month_of, yuan


def _ledger(known: Known, month: dt.date, items: tuple[str, ...]) -> Decimal:
    return sum(
        (
            amount
            for months in fund.ledger(known).values()
            for item, amount in months.get(month, {}).items()
            if item in items
        ),
        Decimal(0),
    )


def _decided(case: Case, period: dt.date) -> dict[str, tuple[Decimal, Decimal]]:
    """Sums of the amounts of eligible and review, and of what was paid, "over all programme years shown"."""
    known = case.known(period)
    amount = paid = Decimal(0)
    for year in refund.shown_years(case, period):
        for employer, d in refund.standing(case, period, year).items():
            if d.decision in ("eligible", "review"):
                amount += d.amount
            lines = refund.lines_of(known, employer, year)
            paid += sum((line["amount"] for line in lines if line["result"] == "paid"), Decimal(0))
    sums = {"refund_decisions": (amount, paid)}
    amount = paid = Decimal(0)
    for a in skill.decide(case, period):
        if a.decision in ("eligible", "review"):
            amount += a.amount
        lines = skill.lines_of(known, a.row["application_no"])
        paid += sum((line["amount"] for line in lines if line["result"] == "paid"), Decimal(0))
    sums["skill_decisions"] = (amount, paid)
    rows = expansion.expansion_tables(case, period)["expansion_decisions"]
    decided = [r["amount"] for r in rows if r["decision"] in ("eligible", "review")]
    paid = sum((r["paid_amount"] for r in rows), Decimal(0))
    sums["expansion_decisions"] = (sum(decided, Decimal(0)), paid)
    return sums


def reconciliations(case: Case, period: dt.date) -> list[dict[str, Any]]:
    """One row per check: month = period, province.

    "A side is null (not_comparable) only where its source brought no file for the period; a source that came and has nothing of the kind
    is 0.00." "`outcome` of a >= check is `within` when it holds with a difference."
    """
    known = case.known(period)

    def side(source: str, amounts: list[Decimal]) -> Decimal | None:
        return sum(amounts, Decimal(0)) if period in case.world.delivered[source] else None

    def ledger(*items: str) -> Decimal | None:
        return side("fund_ledger", [_ledger(known, period, items)])

    def benefits(*kinds: str) -> Decimal | None:
        rows = [r for r in known.rows("benefit_payments") if r["result"] == "paid"]
        return side(
            "benefit_payments",
            [r["amount"] for r in rows if r["benefit_kind"] in kinds and month_of(r["paid_on"]) == period],
        )

    def payments(programme: str) -> Decimal | None:
        rows = [r for r in known.rows("programme_payments") if r["result"] == "paid"]
        return side(
            "programme_payments",
            [r["amount"] for r in rows if r["programme"] == programme and month_of(r["paid_on"]) == period],
        )

    received = [
        row["employer_paid"] + row["person_paid"]
        for row in known.rows("contributions")
        if row["received_on"] is not None and month_of(row["received_on"]) == period
    ]
    repaid = [
        row["amount"]
        for row in known.rows("recoveries")
        if row["kind"] == "repaid" and month_of(row["on_date"]) == period
    ]
    pairs: dict[str, tuple[Decimal | None, Decimal | None]] = {
        "premium": (ledger("premium"), side("contributions", received)),
        "other_benefit": (ledger("other_benefit", "assistance"), benefits("allowance", "one_off")),
        "recovered": (ledger("recovered"), side("recoveries", repaid)),
        "interlevel": (ledger(*fund.INTERLEVEL_IN), ledger(*fund.INTERLEVEL_OUT)),
        "opening_balance": fund.year_end_findings(case, period),
    }
    for item in ("benefit", "medical", "funeral", "price_subsidy", "pension"):
        pairs[item] = (ledger(item), benefits(item))
    for programme in ("refund", "skill_subsidy", "job_expansion"):
        pairs[programme] = (ledger(programme), payments(programme))
    # "right null only where programme_payments brought no file for the period, left never null"
    for check, (decided, paid) in _decided(case, period).items():
        pairs[check] = (decided, side("programme_payments", [paid]))
    return [_row(period, check, left, right) for check, (left, right) in pairs.items()]


def _row(period: dt.date, check: str, left: Decimal | None, right: Decimal | None) -> dict[str, Any]:
    outcome = "not_comparable"
    if left is not None and right is not None:
        is_floor = check.endswith("_decisions")
        outcome = "match" if left == right else "within" if is_floor and left > right else "mismatch"
    return {
        "period": period,
        "check_id": check,
        "left_amount": None if left is None else yuan(left),
        "right_amount": None if right is None else yuan(right),
        "difference": None if left is None or right is None else yuan(left - right),
        "outcome": outcome,
    }
