"""Faulty rows planted in each source, one for each thing that a contract forbids."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from wengang.contracts import Column, Contract, load_contracts
from wengang.sample.planted import _GOOD_PERSON


def _cell(column: Column, number: int) -> str:  # noqa: PLR0911 (one return per kind of column)
    """Return a good cell for a column, as plain text."""
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
    """Return the ways in which a cell of this column can be wrong, as reason and text."""
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
    # Optional cells that are missing at the end are empty; a required one must be missing too.
    last = max(place for place, column in enumerate(columns) if column.required)
    found.append(("missing_required", columns[last].name, row({})[:last]))
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
