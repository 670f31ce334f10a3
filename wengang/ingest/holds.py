"""Snapshots that shrink: held until a person confirms them, or they are delivered again."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Any

from wengang.contracts import Contract
from wengang.ingest.records import Records


def hold_what_shrinks(records: Records, contract: Contract) -> None:
    """Hold each period's snapshot that brings too few rows, and release one that does not any more."""
    before: dict[
        str, int
    ] = {}  # rows of the newest state so far, by what the state goes by (one value for a whole state)
    for period in records.periods:
        files = records.standing(period, contract.source)
        if not files:
            continue
        rows = _rows(contract, files)
        covered = rows or before
        was = sum(before.get(state, 0) for state in covered)
        now = sum(rows.values())
        digests = {f["sha256"] for f in files}
        is_held = _shrinks(contract, was, now) and records.confirmed.get((contract.source, period)) != digests
        for file in files:
            _mark(records, file, is_held, was, now)
        if not is_held:
            before = {**before, **rows} if contract.state_by else dict(rows)


def _shrinks(contract: Contract, was: int, now: int) -> bool:
    if now == 0:
        return was > 0
    assert contract.shrink_max is not None
    return was >= contract.shrink_from and Decimal(now) < contract.shrink_max * was


def _rows(contract: Contract, files: list[dict[str, Any]]) -> dict[str, int]:
    if contract.state_by is None:
        return {"": count} if (count := sum(f["rows_accepted"] for f in files)) else {}
    found: Counter[str] = Counter()
    for file in files:
        found.update(file.get("rows_by_state", {}))
    return dict(found)


def _mark(records: Records, file: dict[str, Any], is_held: bool, was: int, now: int) -> None:
    """Write a file's new status, its own message kept for the day of its release."""
    if (file["status"] == "held") == is_held:
        return
    own = file.get("own_message") or [file["message_zh"], file["message_en"]]
    if is_held:
        zh = (
            f"暂缓采用：名单由 {was} 行减为 {now} 行，仍沿用此前的数据；核实后用 wengang confirm-snapshot"
            f" {file['source']} {file['period']} --reason 理由 确认，或重新交付"
        )
        en = (
            f"held: the snapshot fell from {was} rows to {now}; the state before goes on until it is confirmed"
            f" (wengang confirm-snapshot {file['source']} {file['period']} --reason …) or delivered again"
        )
        words = ["；".join(filter(None, [zh, own[0]])), "; ".join(filter(None, [en, own[1]]))]
    else:
        words = own
    record = {
        **file,
        "status": "held" if is_held else "loaded",
        "message_zh": words[0],
        "message_en": words[1],
        "own_message": own,
    }
    records.append(record)
    records.outcome(record, is_new=True)
