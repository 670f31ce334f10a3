"""Who is signing: the account that the operating system knows, and the accounts that may sign in a role."""

from __future__ import annotations

import os
from pathlib import Path

from wengang.core.accounts import account_name

LOGIN = Path("/proc/self/loginuid")
NOBODY = 2**32 - 1  # no login is noted: a service, a container
LISTS = {"preparer": "WENGANG_PREPARERS", "reviewer": "WENGANG_REVIEWERS"}


def identity() -> str:
    """Return the account of the person who runs this command.

    That is the account that logged in, which the kernel keeps through `sudo` and `su`; where none did, the account of the process. What
    the environment says (`SUDO_USER`, `LOGNAME`) is not asked: whoever calls can write it.
    """
    return account_name(login_number() or os.geteuid())


def login_number() -> int | None:
    """Return the number of the account that logged in; None where the kernel has noted none."""
    try:
        number = int(LOGIN.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
    return None if number in {0, NOBODY} else number


def signers(role: str) -> list[dict[str, str]] | None:
    """Return the accounts that may sign in a role, from `WENGANG_PREPARERS` or `WENGANG_REVIEWERS` (`id:name;id:name`); none set: anyone."""
    parts = [
        part.strip().partition(":") for part in os.environ.get(LISTS[role], "").split(";") if part.strip()
    ]
    return [{"id": account, "name": name or account} for account, _, name in parts] or None
