"""Accounts of the operating system by name; one without an entry, as containers have them, by its number."""

from __future__ import annotations

import os
import pwd


def account_name(number: int | None = None) -> str:
    """Return the name of an account, this process's where none is named; its number where it has no name."""
    found = os.geteuid() if number is None else number
    try:
        return pwd.getpwuid(found).pw_name
    except KeyError:
        return f"uid {found}"
