"""Living benefits (保生活): coverage by payment day (人社部发〔2024〕40号 四)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from .world import ZERO, Case, Row, add_months, month_of, yuan


def benefit_coverage(case: Case, period: dt.date) -> list[dict[str, Any]]:
    """One row a region and kind where anyone was paid this month or last.

    "by payment day: result paid, paid_on in the period's month. persons distinct; new: of these, not paid that kind in that region
    the month before; stopped: paid then, not now; months: payment rows".
    """
    known = case.known(period)
    before = add_months(period, -1)
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in known.rows("benefit_payments"):
        if row["result"] == "paid":
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
