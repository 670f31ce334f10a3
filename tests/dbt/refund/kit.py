"""Employers written by hand for the refund's tests: every figure is worked out where it is expected, none is copied from a build."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

Row = Mapping[str, Any]

MODELS = (
    "+refund_decisions",
    "+refund_rule_outcomes",
    "+refund_allocations",
    "+missing_base_months",
    "rules",
)


def month(text: str) -> dt.date:
    """First day of a `YYYY-MM`."""
    return dt.date.fromisoformat(f"{text}-01")


def months_of(year: int, numbers: Iterable[int] = range(1, 13)) -> list[dt.date]:
    """First days of months of a year."""
    return [dt.date(year, n, 1) for n in numbers]


BASE = months_of(2023)


def staff(
    employer: str, heads: int, months: Sequence[dt.date] = BASE, *, first: int = 1, **over: Any
) -> list[Row]:
    """Contribution rows of so many persons in each month: 28 + 12 = 40 yuan a person-month, paid in full on the 15th."""
    return [
        {"employer_id": employer, "person_id": f"{employer}-{n}", "fee_month": m, **over}
        for m in months
        for n in range(first, first + heads)
    ]


def claims(employer: str, count: int, *, start: str = "2023-05", **over: Any) -> list[Row]:
    """Benefit claims of different former staff of an employer."""
    return [
        {"claim_no": f"{employer}-C{n}-{start}-{over.get('reason', '')}", "person_id": f"{employer}-{n}", "last_employer_id": employer,
         "start_month": month(start), **over}
        for n in range(1, count + 1)
    ]  # fmt: skip


def ledger(year: int, region: str = "620100") -> list[Row]:
    """A fund with 5,000 yuan at the start and 100 spent a month: (5000 − 1200) / 100 = 38 months of reserve, above 12."""
    rows: list[Row] = [
        {"region_code": region, "month": dt.date(year, 1, 1), "item": "opening_balance", "amount": 5000}
    ]
    return rows + [
        {"region_code": region, "month": m, "item": "benefit", "amount": 100} for m in months_of(year)
    ]


@dataclass
class Case:
    """One employer: what is delivered, and what must be decided.

    `employer` None: not in the register. `sources` holds rows by source; `expect` columns of refund_decisions; `outcomes` rules.
    """

    name: str
    employer: Row | None
    sources: Mapping[str, Sequence[Row]]
    expect: Mapping[str, Any] = field(default_factory=dict)
    outcomes: Mapping[str, str] = field(default_factory=dict)


def yuan(text: str) -> Decimal:
    """A decimal, for short."""
    return Decimal(text)
