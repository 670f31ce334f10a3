"""Files that a person names on the command line, read with that person's rights and no more.

Under `sudo` the process may read what its caller may not: a file is then read only if it is the caller's own or everybody may read it.
`sudo` itself sets `SUDO_UID`; whoever sets it by hand only takes rights away.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

from wengang.core.errors import UsageError

LARGEST = 1 << 20


def read_callers_file(path: Path, code: str, home: Path | None = None) -> bytes:
    """Return the content of a regular file of a megabyte at most; raises UsageError (`code`) where it cannot or may not be read.

    `home`: a data directory whose files are not read in: what is restricted there must not reach a report.
    """
    try:
        if home is not None and path.resolve().is_relative_to(home.resolve()):
            raise PermissionError
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        with os.fdopen(handle, "rb") as file:
            found = os.fstat(file.fileno())
            if not stat.S_ISREG(found.st_mode) or found.st_size > LARGEST or not is_callers(found):
                raise PermissionError
            return file.read(LARGEST)
    except (OSError, RuntimeError) as fault:
        raise UsageError(code, place=str(path)) from fault


def is_callers(found: os.stat_result) -> bool:
    """Return whether the person who called may read a file: without `sudo` the system has answered that already."""
    caller = os.environ.get("SUDO_UID", "")
    if not caller.isdigit():
        return True
    return found.st_uid == int(caller) or bool(found.st_mode & stat.S_IROTH)
