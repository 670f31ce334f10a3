"""Reconciliation to the fen: two figures for the same money (人社部发〔2024〕40号 六)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from . import fund, refund, skill
from .world import Case, Known, month_of, yuan


def _sum(amounts: list[Decimal]) -> Decimal | None:
    """A side without any source row is null."""
    return sum(amounts, Decimal(0)) if amounts else None


def _ledger(known: Known, month: dt.date, items: tuple[str, ...]) -> Decimal | None:
    return _sum(
        [
            amount
            for months in fund.ledger(known).values()
            for item, amount in months.get(month, {}).items()
            if item in items
        ]
    )


def reconciliations(case: Case, period: dt.date) -> list[dict[str, Any]]:
    """One row a check: month = period, province; `match` where both sides agree (for the decisions: amounts >= paid)."""
    known = case.known(period)
    pairs: dict[str, tuple[Decimal | None, Decimal | None]] = {}

    received = [
        row["employer_paid"] + row["person_paid"]
        for row in known.rows("contributions")
        if row["received_on"] is not None and month_of(row["received_on"]) == period
    ]
    pairs["premium"] = (_ledger(known, period, ("premium",)), _sum(received))

    def benefits(*kinds: str) -> Decimal | None:
        return _sum(
            [
                row["amount"]
                for row in known.rows("benefit_payments")
                if row["result"] == "paid"
                and row["benefit_kind"] in kinds
                and month_of(row["paid_on"]) == period
            ]
        )

    for item in ("benefit", "medical", "funeral", "price_subsidy"):
        pairs[item] = (_ledger(known, period, (item,)), benefits(item))
    pairs["other_benefit"] = (_ledger(known, period, ("other_benefit",)), benefits("allowance", "one_off"))

    for programme in ("refund", "skill_subsidy"):
        paid = [
            row["amount"]
            for row in known.rows("programme_payments")
            if row["programme"] == programme
            and row["result"] == "paid"
            and month_of(row["paid_on"]) == period
        ]
        pairs[programme] = (_ledger(known, period, (programme,)), _sum(paid))
    pairs["interlevel"] = (
        _ledger(known, period, fund.INTERLEVEL_IN),
        _ledger(known, period, fund.INTERLEVEL_OUT),
    )
    pairs["opening_balance"] = fund.year_end_findings(case, period)

    amounts: list[Decimal] = []
    paid_lines: list[Decimal] = []
    for window in refund.shown_windows(case, period):
        for employer, d in refund.decide(case, refund.standing(period, window), window).items():
            if d.decision in ("eligible", "review"):
                amounts.append(d.amount)
            lines = refund.lines_of(known, employer, window.year)
            paid_lines += [line["amount"] for line in lines if line["result"] == "paid"]
    pairs["refund_decisions"] = (_sum(amounts), _sum(paid_lines))
    amounts, paid_lines = [], []
    for a in skill.decide(case, period):
        if a.decision in ("eligible", "review"):
            amounts.append(a.amount)
        lines = skill.lines_of(known, a.row["application_no"])
        paid_lines += [line["amount"] for line in lines if line["result"] == "paid"]
    pairs["skill_decisions"] = (_sum(amounts), _sum(paid_lines))

    table = []
    for check, (left, right) in pairs.items():
        outcome = "not_comparable"
        if left is not None and right is not None:
            holds = left >= right if check in ("refund_decisions", "skill_decisions") else left == right
            outcome = "match" if holds else "mismatch"
        table.append(
            {
                "period": period,
                "check_id": check,
                "left_amount": None if left is None else yuan(left),
                "right_amount": None if right is None else yuan(right),
                "difference": None if left is None or right is None else yuan(left - right),
                "outcome": outcome,
            }
        )
    return table
