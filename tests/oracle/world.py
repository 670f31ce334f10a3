"""What is known: rows as delivered, and the newest version of each key at a period."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

Row = dict[str, Any]
ZERO = Decimal(0)


@dataclass(frozen=True)
class Source:
    """One kind of extract: snapshot or event, its key, and the type of the columns that are not text."""

    kind: str
    key: tuple[str, ...]
    types: Mapping[str, str] = field(default_factory=dict)


def _source(kind: str, key: str, **types: str) -> Source:
    by_column = {column: name for name, columns in types.items() for column in columns.split()}
    return Source(kind, tuple(key.split()), by_column)


SOURCES: dict[str, Source] = {
    "employers": _source("snapshot", "employer_id", day="insured_from", flag="is_dispatch"),
    "enterprise_size": _source(
        "snapshot", "uscc data_year", int="data_year staff", money="revenue_10k assets_10k"
    ),
    "contributions": _source(
        "event",
        "employer_id person_id fee_month pay_kind voucher_no",
        month="fee_month",
        day="received_on",
        money="pay_base employer_due person_due employer_paid person_paid late_fee",
    ),
    "headcount_changes": _source("event", "employer_id person_id change_kind change_date", day="change_date"),
    "dispatch_assignments": _source(
        "snapshot", "dispatch_employer_id person_id start_month", month="start_month end_month"
    ),
    "dispatch_agreements": _source(
        "event",
        "dispatch_employer_id programme_year applied_on",
        int="programme_year",
        day="applied_on",
        flag="allocation_confirmed",
    ),
    "certificates": _source("snapshot", "cert_no", day="issued_on"),
    "skill_applications": _source("event", "application_no", day="applied_on"),
    "training_subsidies": _source(
        "event", "person_id occupation_code level paid_on", day="paid_on", money="amount"
    ),
    "benefit_claims": _source(
        "event",
        "claim_no",
        day="unemployed_on",
        month="start_month stop_month",
        int="entitled_months",
        money="monthly_standard",
    ),
    "benefit_payments": _source("event", "payment_no", month="benefit_month", day="paid_on", money="amount"),
    "programme_payments": _source(
        "event", "batch_no line_no", int="programme_year", day="paid_on", money="amount"
    ),
    "notice_objections": _source("event", "programme subject_id raised_on", day="raised_on resolved_on"),
    "review_outcomes": _source(
        "event", "programme subject_id programme_year decided_on", int="programme_year", day="decided_on"
    ),
    "fund_ledger": _source("event", "region_code month item", month="month", money="amount"),
    "sanctions": _source("snapshot", "uscc listed_on", day="listed_on removed_on"),
    "cross_checks": _source("event", "person_id check_kind event_date", day="event_date end_date"),
    "expansion_applications": _source(
        "event", "application_no", day="hired_on applied_on", flag="contract_signed other_insurances"
    ),
    "hiring_subsidies": _source("event", "person_id employer_id paid_on", day="paid_on", money="amount"),
    "deferrals": _source("event", "employer_id from_month", month="from_month to_month", day="pay_by"),
    "employer_lists": _source("lists", "list_id uscc", day="valid_from valid_to"),
    "occupation_lists": _source("lists", "list_id occupation_code level", day="valid_from valid_to"),
    "recoveries": _source(
        "event", "case_no entry_no", int="programme_year", day="on_date due_on", money="amount"
    ),
}

# "Known means: received by a delivery with period <= the report's, and dated no later than the period's end."
# The column that dates a row; contributions are dated by `received_on` only as far as money goes.
DATED_BY = {
    "headcount_changes": "change_date",
    "dispatch_agreements": "applied_on",
    "skill_applications": "applied_on",
    "training_subsidies": "paid_on",
    "benefit_claims": "unemployed_on",
    "benefit_payments": "paid_on",
    "programme_payments": "paid_on",
    "notice_objections": "raised_on",
    "review_outcomes": "decided_on",
    "fund_ledger": "month",
    "sanctions": "listed_on",
    "cross_checks": "event_date",
    "expansion_applications": "applied_on",
    "hiring_subsidies": "paid_on",
    "recoveries": "on_date",
}


# --- calendar ---------------------------------------------------------------------------------------------------------


def month_of(day: dt.date) -> dt.date:
    """Return the first day of the month of a day."""
    return day.replace(day=1)


def add_months(day: dt.date, months: int) -> dt.date:
    """Return the same day so many months on; a day that the month lacks falls to its last."""
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    last = (dt.date(year + month // 12, month % 12 + 1, 1) - dt.timedelta(days=1)).day
    return dt.date(year, month, min(day.day, last))


def month_end(day: dt.date) -> dt.date:
    """Return the last day of the month of a day."""
    return add_months(month_of(day), 1) - dt.timedelta(days=1)


def months_between(first: dt.date, last: dt.date) -> list[dt.date]:
    """Return the months from `first` to `last`, both included."""
    found, month = [], month_of(first)
    while month <= last:
        found.append(month)
        month = add_months(month, 1)
    return found


def parse_month(text: str) -> dt.date:
    """Read `YYYY-MM`."""
    return dt.date.fromisoformat(f"{text}-01")


# --- numbers ----------------------------------------------------------------------------------------------------------


def exact(value: Decimal | int | str | Fraction) -> Fraction:
    """Return a number as a fraction: every comparison is made on exact values."""
    return Fraction(value)


def half_up(value: Fraction | Decimal | int, places: int) -> Decimal:
    """Round half up (away from zero), once."""
    scaled = abs(Fraction(value)) * 10**places
    whole = (scaled + Fraction(1, 2)).numerator // (scaled + Fraction(1, 2)).denominator
    signed = -whole if value < 0 else whole
    return Decimal(signed).scaleb(-places)


def fen_below(value: Fraction) -> Decimal:
    """Return the whole fen at or below a value."""
    scaled = value * 100
    return (Decimal(scaled.numerator // scaled.denominator)).scaleb(-2).quantize(Decimal("0.01"), ROUND_FLOOR)


def yuan(value: Decimal) -> Decimal:
    """Return money with its two places (no rounding is left to do)."""
    return Decimal(value).quantize(Decimal("0.01"), ROUND_HALF_UP)


# --- rows -------------------------------------------------------------------------------------------------------------


def _typed(value: Any, kind: str) -> Any:
    """Return a fixture's plain value its type; values that have it already are left alone."""
    if value is None or value == "":
        return None
    if kind == "money":
        return value if isinstance(value, Decimal) else Decimal(str(value))
    if kind == "int":
        return int(value)
    if kind == "flag":
        return value if isinstance(value, bool) else str(value).lower() in {"1", "y", "yes", "true", "是"}
    if kind == "month":
        return month_of(value) if isinstance(value, dt.date) else dt.date.fromisoformat(f"{value[:7]}-01")
    if kind == "day":
        return value if isinstance(value, dt.date) else dt.date.fromisoformat(value)
    return value


@dataclass
class World:
    """Every accepted row of the files in force, and for which periods each source was delivered."""

    rows: dict[str, list[Row]]
    delivered: dict[str, set[dt.date]]
    months: set[dt.date] = field(default_factory=set)
    ledger_not_taken: list[Row] = field(default_factory=list)
    # Rejected rows of the lists of sanctions: the period of each and its text.
    sanctions_not_taken: list[tuple[dt.date, str]] = field(default_factory=list)

    @classmethod
    def from_home(cls, home: Path) -> World:
        """Read the lake of a home: the files in force by the journal of deliveries."""
        import pyarrow.parquet as pq

        from wengang.core.settings import Settings
        from wengang.lake.deliveries import read_lake

        settings = Settings(home=home)
        rows: dict[str, list[Row]] = {name: [] for name in SOURCES}
        delivered: dict[str, set[dt.date]] = {name: set() for name in SOURCES}
        state = read_lake(settings)
        for delivery in state.current():
            if delivery.source not in SOURCES:
                continue
            delivered[delivery.source].add(delivery.period.first_day)
            if delivery.lake_file:
                table = pq.ParquetFile(settings.lake_dir / delivery.lake_file).read()
                for row in table.to_pylist():
                    row["_period"], row["_file"] = delivery.period.first_day, delivery.file_name
                    rows[delivery.source].append(row)
        sanctions: list[tuple[dt.date, str]] = []
        for delivery in state.current():
            if delivery.source == "sanctions" and delivery.rejects_file:
                texts = pq.ParquetFile(settings.lake_dir / delivery.rejects_file).read(columns=["raw"])
                sanctions += [(delivery.period.first_day, r["raw"] or "") for r in texts.to_pylist()]
        months = {p.first_day for p in state.months}
        return cls(rows, delivered, months, ledger_not_taken(settings, state), sanctions)

    @classmethod
    def from_rows(
        cls,
        sources: Mapping[str, Iterable[Mapping[str, Any]]],
        delivered: Mapping[str, Iterable[str]] | None = None,
    ) -> World:
        """Build a world from plain dicts.

        Each row may carry `period` ("YYYY-MM", default 2024-06), `file` and `valid` beside the columns of its source.
        `delivered` names more periods in which a source came (also with no rows).
        """
        rows: dict[str, list[Row]] = {name: [] for name in SOURCES}
        periods: dict[str, set[dt.date]] = {name: set() for name in SOURCES}
        for name, given in sources.items():
            for number, plain in enumerate(given):
                row = dict(plain)
                period = parse_month(row.pop("period", "2024-06"))
                kept = {
                    "_period": period,
                    "_file": row.pop("file", f"{name}.csv"),
                    "_seq": number,
                    "is_valid": row.pop("valid", True),
                }
                for column, value in row.items():
                    kept[column] = _typed(value, SOURCES[name].types.get(column, "text"))
                rows[name].append(kept)
                periods[name].add(period)
        for name, more in (delivered or {}).items():
            periods[name] |= {parse_month(text) for text in more}
        months = {period for found in periods.values() for period in found}
        return cls(rows, periods, months)

    def known(self, period: dt.date) -> Known:
        """Return what a report for `period` may know."""
        return Known(self, period)


def ledger_not_taken(settings: Any, state: Any) -> list[Row]:
    """List what of the fund's ledger was delivered and not taken: rows rejected, and files (or what of them) not read.

    A row has the key columns that could be read; a file has none. Files count "until the file is redelivered".
    """
    import json

    import pyarrow.parquet as pq

    found: list[Row] = []
    files = [d for d in state.deliveries if d.source == "fund_ledger" and d.status != "duplicate"]
    first = min((d.period.first_day for d in files), default=None)
    for d in files:
        own = {"_period": d.period.first_day, "_file": d.file_name, "is_first": d.period.first_day == first}
        again = [
            o
            for o in files
            if (o.period, o.file_name) == (d.period, d.file_name) and o.seq > d.seq and o.is_current
        ]
        unread = getattr(d, "rows_below", 0) or getattr(d, "sheets_passed", 0)
        if (d.status in ("refused", "unreadable", "missing") and not again) or (d.is_current and unread):
            found.append({**own, "_line_no": None, "region_code": None, "month": None, "item": None})
        if d.is_current and d.rejects_file:
            rejects = pq.ParquetFile(settings.lake_dir / d.rejects_file).read().to_pylist()
            for line, keys in {(r["sheet"], r["line_no"]): r.get("keys") for r in rejects}.items():
                read = json.loads(keys or "{}")
                month = read.get("month")
                found.append(
                    {
                        **own,
                        "_line_no": line[1],
                        "region_code": read.get("region_code"),
                        "month": dt.date.fromisoformat(month[:10]) if month else None,
                        "item": read.get("item"),
                    }
                )
    return found


class Known:
    """What is known at a period: the newest version of every key, snapshots in force; nothing of later deliveries."""

    def __init__(self, world: World, period: dt.date) -> None:
        self.world = world
        self.period = period
        self.end = month_end(period)
        self._rows: dict[str, list[Row]] = {}
        self.memory: dict[Any, Any] = {}

    def has(self, source: str) -> bool:
        """Return whether a source was ever delivered, with rows or none."""
        return any(period <= self.period for period in self.world.delivered[source])

    def is_named_by_a_rejected_sanction(self, uscc: str) -> bool:
        """Return whether "a rejected row of the newest list names this uscc"."""
        newest = max((p for p in self.world.delivered["sanctions"] if p <= self.period), default=None)
        return any(p == newest and uscc in raw for p, raw in self.world.sanctions_not_taken)

    def months_delivered(self) -> list[dt.date]:
        """Return the months with a loaded file, and the report's own."""
        return sorted({m for m in self.world.months if m <= self.period} | {self.period})

    def rows(self, source: str) -> list[Row]:
        """Return the rows of a source in force, those dated after the period's end left out."""
        if source not in self._rows:
            found = self._newest(source)
            column = DATED_BY.get(source)
            if column:
                found = [row for row in found if row[column] is not None and row[column] <= self.end]
            self._rows[source] = found
        return self._rows[source]

    def _newest(self, source: str) -> list[Row]:
        """Pick the versions in force.

        Event: "A row with a key that arrived before supersedes it (the later period wins; within a period the later-named
        part, by the code points of the whole file name, then the later line)"; 有效标志 0 "voids the row with that key".
        Snapshot: "the newest period ... all parts ... are the whole state"; employers region by region.
        """
        spec = SOURCES[source]
        rows = [row for row in self.world.rows[source] if row["_period"] <= self.period]
        if source == "employers":
            newest_of_region: dict[str, dt.date] = {}
            for row in rows:
                region = row["region_code"]
                newest_of_region[region] = max(newest_of_region.get(region, row["_period"]), row["_period"])
            rows = [row for row in rows if row["_period"] == newest_of_region[row["region_code"]]]
        elif spec.kind == "lists":
            newest_of_list: dict[str, dt.date] = {}
            for row in rows:
                newest_of_list[row["list_id"]] = max(
                    newest_of_list.get(row["list_id"], row["_period"]), row["_period"]
                )
            rows = [row for row in rows if row["_period"] == newest_of_list[row["list_id"]]]
        elif spec.kind == "snapshot":
            newest = max((p for p in self.world.delivered[source] if p <= self.period), default=None)
            rows = [row for row in rows if row["_period"] == newest]
        versions: dict[tuple[Any, ...], Row] = {}
        for row in sorted(rows, key=lambda r: (r["_period"], r["_file"], r["_seq"])):
            key = tuple(row.get(column) for column in spec.key)
            if source == "review_outcomes" and row["programme"] != "refund":
                # the programme year is part of the key for the refund alone
                key = (row["programme"], row["subject_id"], row["decided_on"])
            versions[key] = row
        return [row for row in versions.values() if row.get("is_valid") is not False]

    # --- indexes used by several rules -----------------------------------------------------------------------------

    def remember(self, name: str, make: Any) -> Any:
        """Compute something once for this period."""
        if name not in self.memory:
            self.memory[name] = make()
        return self.memory[name]

    def register(self) -> dict[str, Row]:
        """Return the newest employers snapshot by employer id."""
        return self.remember("register", lambda: {r["employer_id"]: r for r in self.rows("employers")})

    def employers_of(self, uscc: str) -> list[Row]:
        """Return the register's employers with a code, smallest employer id first."""

        def index() -> dict[str, list[Row]]:
            by_uscc: dict[str, list[Row]] = {}
            for row in sorted(self.rows("employers"), key=lambda r: r["employer_id"]):
                by_uscc.setdefault(row["uscc"], []).append(row)
            return by_uscc

        return self.remember("by_uscc", index).get(uscc, [])

    def contributions(self) -> dict[str, dict[dt.date, dict[str, list[Row]]]]:
        """Return contribution rows by employer, fee month and person."""

        def index() -> dict[str, dict[dt.date, dict[str, list[Row]]]]:
            found: dict[str, dict[dt.date, dict[str, list[Row]]]] = {}
            for row in self.rows("contributions"):
                months = found.setdefault(row["employer_id"], {})
                months.setdefault(row["fee_month"], {}).setdefault(row["person_id"], []).append(row)
            return found

        return self.remember("contributions", index)

    def personal_contributions(self) -> dict[str, dict[dt.date, dict[str, list[Row]]]]:
        """Return contribution rows by person, fee month and employer."""

        def index() -> dict[str, dict[dt.date, dict[str, list[Row]]]]:
            found: dict[str, dict[dt.date, dict[str, list[Row]]]] = {}
            for row in self.rows("contributions"):
                months = found.setdefault(row["person_id"], {})
                months.setdefault(row["fee_month"], {}).setdefault(row["employer_id"], []).append(row)
            return found

        return self.remember("personal", index)

    def received(self, row: Row) -> Decimal:
        """Return what came in by the period's end: "paid amounts of all rows ... with received_on <= the period's end"."""
        if row["received_on"] is None or row["received_on"] > self.end:
            return ZERO
        return row["employer_paid"] + row["person_paid"]


def due_of_row(row: Row) -> Decimal:
    """Unit and personal due of a row."""
    return row["employer_due"] + row["person_due"]


def is_insured(rows: Iterable[Row]) -> bool:
    """Insured in a month: "unit or personal due > 0 in a normal or makeup row" (deferred: as a normal row)."""
    return any(
        row["pay_kind"] in ("normal", "deferred", "makeup")
        and (row["employer_due"] > 0 or row["person_due"] > 0)
        for row in rows
    )


def due_of_person_month(rows: Iterable[Row]) -> Decimal:
    """Due of a person and month.

    "the sum over its normal rows; only where there is none, over its makeup rows (a makeup settles, it does not owe
    twice); plus the due of its refund rows (zero or negative)".
    """
    by_kind: dict[str, list[Row]] = {"normal": [], "makeup": [], "refund": []}
    for row in rows:
        by_kind["normal" if row["pay_kind"] == "deferred" else row["pay_kind"]].append(row)
    owed = by_kind["normal"] or by_kind["makeup"]
    return sum((due_of_row(row) for row in owed + by_kind["refund"]), ZERO)


class Case:
    """One calculation: a world, a set of parameters, and what was computed for each period."""

    def __init__(self, world: World, params: Any) -> None:
        self.world = world
        self.params = params
        self._known: dict[dt.date, Known] = {}
        self.memory: dict[Any, Any] = {}

    def known(self, period: dt.date) -> Known:
        """Return what is known at a period (kept)."""
        if period not in self._known:
            self._known[period] = self.world.known(period)
        return self._known[period]

    def remember(self, name: Any, make: Any) -> Any:
        """Compute something once."""
        if name not in self.memory:
            self.memory[name] = make()
        return self.memory[name]
