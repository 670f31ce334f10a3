"""Journals: append-only files of JSON lines under `HOME/journal`, each line numbered and chained to the one before.

A line carries `_no` (1, 2, …) and `_chain`: the SHA-256 of the chain value before it and of its own content. A changed, removed, added or
moved line breaks the chain; lines cut off at the end are fewer than `<journal>.head` says. Only an unfinished last line, which a crash
leaves, is passed over. The chain shows changes by accident or by other tools; who may sign is shown by signatures, not by the chain.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wengang.core.errors import IntegrityError

NUMBER, CHAIN = "_no", "_chain"


@dataclass(frozen=True)
class Head:
    """Where a journal ends: how many lines it has, the chain value of the last, and its length in bytes without an unfinished line."""

    lines: int
    chain: str
    length: int = 0


def append_journal(path: Path, records: Iterable[Mapping[str, Any]]) -> None:
    """Append records to a journal, whole lines, on disk before returning.

    An unfinished last line that a crash left is cut off first. Raises IntegrityError where the journal is not as it was written.
    """
    records = list(records)
    if not records:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as journal:
        # Not every writer holds the home: who looks something up leaves a record at any time.
        fcntl.flock(journal, fcntl.LOCK_EX)
        end = _end_of(path)
        lines, chain, number = [], end.chain, end.lines
        for record in records:
            number += 1
            content = _content({**record, NUMBER: number})
            chain = _next_chain(chain, content)
            lines.append(_content({**record, NUMBER: number, CHAIN: chain}) + "\n")
        journal.truncate(end.length)
        journal.write("".join(lines).encode())
        journal.flush()
        os.fsync(journal.fileno())
        _write_head(path, Head(number, chain, path.stat().st_size))


def read_journal(path: Path) -> list[dict[str, Any]]:
    """Return a journal's records in order, without their numbers and chain values; none where there is no journal.

    Raises IntegrityError naming the first line that is not as it was written.
    """
    return _read(path)[0]


def head_file(path: Path) -> Path:
    """Return the place where the end of a journal is noted."""
    return path.with_suffix(".head")


def adopt_journal(path: Path) -> bool:
    """Number and chain a journal of a version that did not; the former file is kept beside it. Return whether there was anything to do."""
    lines = _lines(path)
    if not lines or all(CHAIN in record for record in map(_parsed, lines) if record is not None):
        return False
    records = [
        {k: v for k, v in record.items() if k not in (NUMBER, CHAIN)}
        for record in map(_parsed, lines)
        if record is not None
    ]
    path.replace(path.with_suffix(".before-chain"))
    head_file(path).unlink(missing_ok=True)
    append_journal(path, records)
    return True


def _end_of(path: Path) -> Head:
    """Return where a journal ends: as noted where its size is as noted, else from its lines. A first append notes an empty journal."""
    head = _read_head(path)
    size = path.stat().st_size if path.exists() else 0
    if size != head.length:
        return _read(path)[1]
    if head.lines == 0:
        head = Head(0, _next_chain("", path.name))
        _write_head(path, head)
    return head


def _read(path: Path) -> tuple[list[dict[str, Any]], Head]:
    """Return the records and the end of a journal, every line checked."""
    head = _read_head(path)
    lines = _lines(path)
    records: list[dict[str, Any]] = []
    chain, length = _next_chain("", path.name), 0
    for position, line in enumerate(lines, 1):
        record = _parsed(line)
        if record is None and position == len(lines) and not line.endswith(b"\n") and position > head.lines:
            break  # never finished
        own = record.pop(CHAIN, None) if record is not None else None
        if record is None or record.get(NUMBER) != position or own != _next_chain(chain, _content(record)):
            raise _altered(path, position, is_unchained=record is not None and own is None)
        del record[NUMBER]
        records.append(record)
        chain, length = str(own), length + len(line)
        if position == head.lines and (chain, length) != (head.chain, head.length):
            raise _altered(path, position)
    if head.lines == 0 and (head.chain not in {"", _next_chain("", path.name)} or head.length):
        raise _altered(head_file(path), 0)
    if len(records) < head.lines:
        raise _altered(path, len(records) + 1)
    return records, Head(len(records), chain, length)


def _lines(path: Path) -> list[bytes]:
    """Return the lines of a journal with their ends; only a line feed ends one, since a file's name may hold other separators."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return []
    parts = content.split(b"\n")
    return [part + b"\n" for part in parts[:-1]] + ([parts[-1]] if parts[-1] else [])


def _parsed(line: bytes) -> dict[str, Any] | None:
    """Return a line's object; None where it is none."""
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return record if isinstance(record, dict) else None


def _content(record: Mapping[str, Any]) -> str:
    """Return a record as the text that is written and chained."""
    return json.dumps(dict(record), ensure_ascii=False, sort_keys=True)


def _next_chain(before: str, content: str) -> str:
    """Return the chain value of a line, from the one before and its content."""
    return hashlib.sha256(f"{before}\n{content}".encode()).hexdigest()


def _read_head(path: Path) -> Head:
    """Return what is noted of a journal's end; nothing noted: no lines. A journal with chained lines always has its end noted."""
    place = head_file(path)
    try:
        noted = json.loads(place.read_text(encoding="ascii"))
        return Head(int(noted["lines"]), str(noted["chain"]), int(noted["length"]))
    except FileNotFoundError:
        lines = _lines(path)
        first = _parsed(lines[0]) if lines else None
        if lines and (first is None or CHAIN in first):
            raise _altered(place, 0) from None
        return Head(0, "")
    except (ValueError, KeyError, TypeError) as fault:
        raise _altered(place, 0) from fault


def _write_head(path: Path, head: Head) -> None:
    """Note the end of a journal, whole or not at all."""
    place = head_file(path)
    aside = place.with_suffix(".head-new")
    with aside.open("w", encoding="ascii") as file:
        file.write(json.dumps({"lines": head.lines, "chain": head.chain, "length": head.length}) + "\n")
        file.flush()
        os.fsync(file.fileno())
    aside.replace(place)


def _altered(path: Path, line: int, *, is_unchained: bool = False) -> IntegrityError:
    """Return the error of a journal that is not as it was written."""
    code = "journal_unchained" if is_unchained else "journal_altered"
    return IntegrityError(code, place=f"{path}:{line}", line=line)
