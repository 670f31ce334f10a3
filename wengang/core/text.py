"""Text as it can be written and shown."""

from __future__ import annotations

import os


def shown_name(name: str) -> str:
    """Give a file's name as text that can be written: bytes that are no UTF-8 (a name in GBK) as `\\xba`."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")
