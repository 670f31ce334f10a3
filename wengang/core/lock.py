"""One run at a time in a home: a lock that the operating system drops when its holder dies.

Two files: `lock` is held by whoever writes, and nobody else touches it. `holder` carries the name of that run, and is locked as long;
readers try that one, so that looking never makes a run end.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from wengang.core.accounts import account_name
from wengang.core.data_directory import begin_data_directory, prepare_data_directory
from wengang.core.errors import LockedError, UsageError
from wengang.core.progress import step_file
from wengang.core.settings import Settings


def holder_file(home: Path) -> Path:
    """Return where the name of the run under way stands."""
    return home / "holder"


@contextmanager
def home_lock(settings: Settings, *, may_begin: bool = False) -> Iterator[None]:
    """Hold the home for this process.

    `may_begin`: a home that is no data directory yet becomes one, if there is a landing folder to take in. Raises LockedError with the
    holder's name if another run has it, UsageError if it is no data directory or cannot be written to.
    """
    (begin_data_directory if may_begin else prepare_data_directory)(settings)
    path, named = settings.home / "lock", holder_file(settings.home)
    try:
        lock, holder = path.open("a"), named.open("a+", encoding="utf-8")
    except OSError as fault:
        raise UsageError("home_unusable", place=str(settings.home), reason=fault.strerror) from fault
    with lock, holder:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as busy:
            raise LockedError("home_locked", place=str(path), holder=read_name(named)) from busy
        fcntl.flock(holder, fcntl.LOCK_EX)  # a reader that is looking has it for an instant
        # What an earlier holder was at when it was killed says nothing of this one.
        step_file(settings.home).unlink(missing_ok=True)
        holder.truncate(0)
        holder.write(f"{account_name()} pid {os.getpid()}")
        holder.flush()
        try:
            yield
        finally:
            holder.truncate(0)


def read_name(named: Path) -> str:
    """Return the name in a holder file, `?` where none can be read."""
    try:
        return named.read_text(encoding="utf-8").strip() or "?"
    except OSError:
        return "?"


def holder_of(home: Path) -> str | None:
    """Return who holds a home just now, None where nobody does; takes no lock that a run waits for."""
    named = holder_file(home)
    try:
        with named.open(encoding="utf-8") as looked_at:
            fcntl.flock(looked_at, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return read_name(named)
    except OSError:
        return None
    return None
