"""Living benefits (保生活): coverage by payment day (人社部发〔2024〕40号 四)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from .world import ZERO, Case, Row, add_months, month_of, yuan


def payments(rows: list[Row]) -> list[Row]:
    """Lines paid, those left out that reverse each other.

    "in pairs: same claim, person, kind, benefit month and calendar month of payment, equal and opposite".
    """
    kept: list[Row] = []
    waiting: dict[tuple[Any, ...], list[Row]] = {}
    gone: set[int] = set()
    for row in sorted(rows, key=lambda r: (r["paid_on"], r["payment_no"])):
        if row["result"] != "paid":
            continue
        kept.append(row)
        key = (
            row["claim_no"], row["person_id"], row["benefit_kind"], row["benefit_month"], month_of(row["paid_on"]),
        )  # fmt: skip
        opposite = waiting.get((*key, -row["amount"]), [])
        if opposite and row["amount"] != 0:
            gone |= {id(opposite.pop(0)), id(row)}
        else:
            waiting.setdefault((*key, row["amount"]), []).append(row)
    return [row for row in kept if id(row) not in gone]


def benefit_coverage(case: Case, period: dt.date) -> list[dict[str, Any]]:
    """One row per region and kind where anyone was paid this month or last.

    "by payment day: result paid, paid_on in the period's month. persons distinct; new: of these, not paid that kind in that region
    the month before; stopped: paid then, not now; months: payment rows".
    """
    known = case.known(period)
    before = add_months(period, -1)
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in payments(known.rows("benefit_payments")):
        groups.setdefault((row["region_code"], row["benefit_kind"]), []).append(row)
    table = []
    for (region, kind), rows in sorted(groups.items()):
        now = [row for row in rows if month_of(row["paid_on"]) == period]
        persons = {row["person_id"] for row in now}
        last = {row["person_id"] for row in rows if month_of(row["paid_on"]) == before}
        if not persons and not last:
            continue
        year = [row["amount"] for row in rows if row["paid_on"].year == period.year]
        table.append(
            {
                "period": period,
                "region_code": region,
                "benefit_kind": kind,
                "persons": len(persons),
                "new_persons": len(persons - last),
                "stopped_persons": len(last - persons),
                "months": len(now),
                "amount": yuan(sum((row["amount"] for row in now), ZERO)),
                "amount_year_to_date": yuan(sum(year, ZERO)),
            }
        )
    return table
