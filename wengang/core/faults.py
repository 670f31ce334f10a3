"""Faults of the machine in our own words: a full disk, a permission, a file that another process holds, a file that is gone."""

from __future__ import annotations

import errno
import re

from wengang.core.errors import UsageError, WengangError

FULL = (errno.ENOSPC, errno.EDQUOT)
FULL_WORDS = re.compile(r"No space left on device|disk quota exceeded|disk is full", re.IGNORECASE)
HELD = re.compile(r'Could not set lock on file "(?P<file>[^"]+)".*?\(PID (?P<pid>\d+)\)', re.DOTALL)
GONE = re.compile(r'(?:Cannot open file|No files found that match the pattern) "(?P<file>[^"]+)"')
WHY = re.compile(r"Permission denied")


def cause_of(fault: BaseException | None) -> WengangError | None:
    """Return the error that names the cause of a fault, its own or one that it came from; None where none is known."""
    while fault is not None:
        known = known_cause(fault)
        if known is not None:
            return known
        fault = fault.__cause__ or (None if fault.__suppress_context__ else fault.__context__)
    return None


def known_cause(fault: BaseException) -> WengangError | None:
    """Return the error that names the cause of one fault: by its number where the system gives one, else by the database's words."""
    if not isinstance(fault, OSError) and not type(fault).__module__.endswith("duckdb"):
        return None  # an error of the program, whatever its words
    words = str(fault)
    place = str(getattr(fault, "filename", None) or "")
    number = fault.errno if isinstance(fault, OSError) else None
    if number in FULL or FULL_WORDS.search(words):
        return UsageError("disk_full", place=place, exit_code=1)
    held = HELD.search(words)
    if held:
        return UsageError("file_in_use", place=held["file"], pid=held["pid"], exit_code=6)
    gone = GONE.search(words)
    if number in (errno.EACCES, errno.EPERM, errno.EROFS) or WHY.search(words):
        return UsageError("no_permission", place=place or (gone["file"] if gone else ""))
    if number == errno.ENOENT or gone:
        return UsageError("file_gone", place=place or (gone["file"] if gone else ""), exit_code=1)
    return None
