"""What has been delivered: the journal of deliveries, read the same way by every step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from wengang.core.journal import read_journal
from wengang.core.periods import Period
from wengang.core.settings import Settings
from wengang.core.sql import quote

if TYPE_CHECKING:  # reading the contracts takes a while, and nothing of them is needed here
    from wengang.contracts import Contract

DELIVERIES = "deliveries.jsonl"
CONFIRMED = "snapshot_confirmed"
CLOSED = "state_closed"
TAKEN = ("loaded", "duplicate")  # what a redelivery brings takes the place of the earlier content of its name


@dataclass(frozen=True)
class Delivery:
    """One file received, in its newest state."""

    seq: int
    period: Period
    source: str | None
    file_name: str
    sha256: str
    received_at: str
    status: str
    rows_read: int = 0
    rows_accepted: int = 0
    rows_rejected: int = 0
    rows_superseded: int = 0
    superseded_in_period: int = 0
    rows_below: int = 0
    sheets_passed: int = 0
    cells_uncalculated: int = 0
    bytes: int = 0
    message_zh: str = ""
    message_en: str = ""
    extra_columns: tuple[str, ...] = ()
    warnings: tuple[Any, ...] = ()
    lake_file: str | None = None
    rejects_file: str | None = None
    lake_sha256: str | None = None
    rejects_sha256: str | None = None

    @property
    def is_current(self) -> bool:
        """Loaded, and not replaced by a redelivery."""
        return self.status == "loaded"


@dataclass(frozen=True)
class Closure:
    """A value that a snapshot's state goes by and that is no more from a period on: a region code that was replaced."""

    source: str
    period: Period
    value: str


@dataclass(frozen=True)
class LakeState:
    """All deliveries of the home, the periods' manifest faults, and what a person closed."""

    deliveries: tuple[Delivery, ...] = ()
    manifest_faults: Mapping[Period, tuple[Mapping[str, Any], ...]] = field(default_factory=dict)
    closed: tuple[Closure, ...] = ()

    def through(self, period: Period) -> LakeState:
        """Keep what a report for `period` may know."""
        return LakeState(
            tuple(d for d in self.deliveries if d.period <= period),
            {p: f for p, f in self.manifest_faults.items() if p <= period},
            tuple(c for c in self.closed if c.period <= period),
        )

    def held(self, period: Period) -> list[Delivery]:
        """Files of a period's snapshots that are held until a person confirms them."""
        return [d for d in self.deliveries if d.period == period and d.status == "held"]

    def current(self, source: str | None = None) -> list[Delivery]:
        """Loaded files in force, by period and file name; of one source if named."""
        found = [d for d in self.deliveries if d.is_current and source in (None, d.source)]
        return sorted(found, key=lambda d: (d.period, d.source or "", d.file_name))

    @property
    def months(self) -> list[Period]:
        """Periods with a loaded file, in order."""
        return sorted({d.period for d in self.deliveries if d.is_current})


def read_lake(settings: Settings, records: int | None = None) -> LakeState:
    """Read the journal of deliveries into its newest state, or into the state after its first `records` lines."""
    newest: dict[tuple[str, str, str], Delivery] = {}
    faults: dict[Period, tuple[Mapping[str, Any], ...]] = {}
    closed: list[Closure] = []
    for record in read_journal(settings.journal_dir / DELIVERIES)[:records]:
        period = Period.parse(record["period"])
        if record.get("event") == CLOSED:
            closed.append(Closure(record["source"], period, record["value"]))
        if record.get("event") in (CLOSED, CONFIRMED):
            continue
        if record.get("event") == "manifest":
            faults[period] = tuple(record["faults"])
            continue
        known = {k: record[k] for k in Delivery.__dataclass_fields__ if k in record}
        known |= {
            "period": period,
            "extra_columns": tuple(record.get("extra_columns", ())),
            "warnings": tuple(record.get("warnings", ())),
        }
        newest[record["period"], record["file_name"], record["sha256"]] = Delivery(**known)
    in_force: dict[tuple[Period, str], int] = {}
    for delivery in newest.values():
        if delivery.status in TAKEN:
            key = (delivery.period, delivery.file_name)
            in_force[key] = max(in_force.get(key, -1), delivery.seq)
    deliveries = tuple(
        replace(d, status="replaced")
        if (d.status == "loaded" and in_force[d.period, d.file_name] != d.seq)
        or (d.status == "held" and in_force.get((d.period, d.file_name), -1) > d.seq)
        else d
        for d in sorted(newest.values(), key=lambda d: d.seq)
        if d.status != "missing" or is_still_missing(d, faults.get(d.period, ()))
    )
    return LakeState(deliveries, {p: f for p, f in faults.items() if f}, tuple(closed))


def is_still_missing(delivery: Delivery, faults: Sequence[Mapping[str, Any]]) -> bool:
    """Return whether the newest manifest of the period still misses a file: it may have come since, or been struck off."""
    return any(f["code"] == "missing_file" and f["file_name"] == delivery.file_name for f in faults)


def lake_columns(contract: Contract) -> list[tuple[str, str]]:
    """Return the names and types of a source's lake file, in order."""
    columns = [(c.name, c.sql_type) for c in contract.columns]
    if contract.kind == "event":
        columns.append(("is_valid", "boolean"))
    columns += [
        ("_period", "date"),
        ("_file", "varchar"),
        ("_delivery", "varchar"),
        ("_line_no", "bigint"),
        ("_seq", "bigint"),
    ]
    if contract.numbered:
        columns.append(("_person_no", "bigint"))
    if contract.told_apart_by:
        columns.append(("_block", "bigint"))
    return columns


def state_relation(settings: Settings, contract: Contract, state: LakeState) -> str:
    """Return the SQL of a source's rows that are in force: what a person closed is left out from its period on."""
    rows = files_relation(settings, contract, [d.lake_file for d in in_force(contract, state) if d.lake_file])
    return rows + open_clause(contract, state)


def open_clause(contract: Contract, state: LakeState) -> str:
    """Return the condition under which a source's rows count, as SQL to follow a select; empty: all of them."""
    closed = [c for c in state.closed if c.source == contract.source]
    if not closed or contract.state_by is None:
        return ""
    gone = " or ".join(
        f"({contract.state_by} = {quote(c.value)} and _period < cast('{c.period.first_day}' as date))"
        for c in closed
    )
    return f" where not ({gone})"


def in_force(contract: Contract, state: LakeState) -> list[Delivery]:
    """Return the files of a source that hold its state: all of an event source, the newest period's of a snapshot.

    Where the state goes region by region or list by list, all periods are returned and the staging model takes each one's newest.
    """
    files = state.current(contract.source)
    if contract.kind == "event" or contract.state_by or not files:
        return files
    newest = max(d.period for d in files)
    return [d for d in files if d.period == newest]


def files_relation(settings: Settings, contract: Contract, files: Sequence[str]) -> str:
    """Return the SQL of a source's rows in some lake files; without files, a relation of no rows with the same columns.

    A file written before its contract gained a column has null in it. The large source, whose columns are fixed, is read as it is.
    """
    columns = lake_columns(contract)
    empty = ", ".join(f"cast(null as {kind}) as {name}" for name, kind in columns)
    if not files:
        return f"select {empty} where false"
    paths = ", ".join(quote(str((settings.lake_dir / f).resolve())) for f in files)
    names = ", ".join(name for name, _ in columns)
    if contract.numbered:
        return f"select {names} from read_parquet([{paths}])"
    rows = f"select * from read_parquet([{paths}], union_by_name = true)"
    return f"select {names} from (select {empty} where false union all by name {rows})"
