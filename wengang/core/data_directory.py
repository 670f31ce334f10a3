"""What makes a folder a data directory: a marker file, so that a slip in `--home` is noticed and nothing is built beside."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from wengang.core.accounts import account_name
from wengang.core.errors import IntegrityError, UsageError
from wengang.core.messages import sentences
from wengang.core.settings import Settings

MARKER = ".wengang"
# Folders with personal data: nobody but the owner enters them, whatever the umask was when they were made.
CLOSED = ("cache", "drafts", "journal", "lake", "secrets", "warehouse")
TEXT = "稳岗数据目录 · data directory of wengang\n"


def is_data_directory(home: Path) -> bool:
    """Return whether a folder is a data directory: it has the marker, or a journal from before there was one."""
    return (home / MARKER).is_file() or (home / "journal").is_dir()


def make_data_directory(home: Path) -> None:
    """Make a folder a data directory, with its parents; raises UsageError where it cannot be written to."""
    try:
        home.mkdir(parents=True, exist_ok=True)
        for name in CLOSED:
            make_closed(home / name)
        if not (home / MARKER).is_file() or (home / MARKER).read_bytes() != TEXT.encode():
            (home / MARKER).write_text(TEXT, encoding="utf-8")
    except OSError as fault:
        raise UsageError("home_unusable", place=str(home), reason=fault.strerror) from fault


def make_closed(folder: Path) -> None:
    """Make a folder that its owner alone may enter, mode 0700; one that is there keeps the mode that somebody gave it."""
    if not folder.is_dir():
        folder.mkdir()
        folder.chmod(0o700)


def refuse_other_folders(settings: Settings) -> None:
    """Raise UsageError where the home is no data directory."""
    if not is_data_directory(settings.home):
        raise UsageError("no_data_directory", place=str(settings.home), home=settings.home)


def prepare_data_directory(settings: Settings) -> None:
    """Set aside what another tool left in the home; raise UsageError where it is no data directory, or root works in another account's."""
    refuse_other_folders(settings)
    refuse_root(settings.home)
    set_aside_changes(settings.warehouse_file)


def refuse_root(home: Path) -> None:
    """Refuse to work as root in another account's data directory: what it wrote there would lock that account out."""
    owner = home.stat().st_uid
    if os.geteuid() == 0 and owner != 0:
        raise UsageError("run_as_owner", place=str(home), owner=account_name(owner))


def changes_left(database: Path) -> Path:
    """Return where a log of changes lies beside a database that something has open, or had."""
    return database.with_name(f"{database.name}.wal")


def set_aside_changes(database: Path) -> None:
    """Move away a log of changes beside a published database: it is closed when published, so that the log is another tool's.

    Read with it, the file would show that tool's figures; once it is replaced, it could not be opened. Raises IntegrityError where the log
    cannot be moved.
    """
    log = changes_left(database)
    if not log.exists():
        return
    try:
        log.replace(log.with_name(f"{log.name}.left"))
    except FileNotFoundError:
        return  # another process was faster
    except OSError as fault:
        raise IntegrityError("changes_left", place=str(log)) from fault
    for line in sentences("changes_set_aside", place=log):
        print(f"! {line}", file=sys.stderr)


def begin_data_directory(settings: Settings) -> None:
    """Make the home a data directory if there is a landing folder to take in; raises UsageError where there is neither."""
    if not is_data_directory(settings.home) and not settings.landing_dir.is_dir():
        refuse_other_folders(settings)
    make_data_directory(settings.home)
    refuse_root(settings.home)
    set_aside_changes(settings.warehouse_file)
