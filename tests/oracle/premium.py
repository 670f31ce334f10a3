"""Premium cut (降费率): 人社部发〔2024〕40号 一."""

from __future__ import annotations

import datetime as dt
from typing import Any

from .world import ZERO, Case, Row, due_of_row, exact, half_up, is_insured, yuan


def premium_relief(case: Case, period: dt.date) -> list[dict[str, Any]]:
    """One row per region and unit type of the newest register (`unknown` if not in it).

    "Of the normal rows of fee month = period ...: insured = persons with due > 0; relief = round half up (Σ pay base × (reference −
    actual))".
    """
    known = case.known(period)
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in known.rows("contributions"):
        if row["pay_kind"] in ("normal", "deferred") and row["fee_month"] == period:
            employer = known.register().get(row["employer_id"])
            group = (employer["region_code"], employer["unit_type"]) if employer else ("unknown", "unknown")
            groups.setdefault(group, []).append(row)
    if not groups:
        return []
    cut = case.params.number("premium_rate_reference", known.end) - case.params.number(
        "premium_rate_total", known.end
    )
    table = []
    for (region, unit_type), rows in sorted(groups.items()):
        base = sum((row["pay_base"] for row in rows), ZERO)
        table.append(
            {
                "period": period,
                "region_code": region,
                "unit_type": unit_type,
                "insured": len({row["person_id"] for row in rows if is_insured([row])}),
                "pay_base": yuan(base),
                "premium_due": yuan(sum((due_of_row(row) for row in rows), ZERO)),
                "premium_received": yuan(sum((known.received(row) for row in rows), ZERO)),
                "relief": half_up(exact(base) * cut, 2),
            }
        )
    return table
