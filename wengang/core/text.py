"""Text as it can be written and shown."""

from __future__ import annotations

import os
import unicodedata


def shown_name(name: str) -> str:
    """Return a file's name as text that can be written: bytes that are no UTF-8 (a name in GBK) as `\\xba`."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def width_of(text: str, *, wide: str = "WF") -> int:
    """Return the places that a text takes on a terminal or in a cell: wide characters take two.

    `wide`: the classes of East Asian width that count as wide; a font of Chinese type shows ambiguous ones (`A`) wide too.
    """
    return sum(2 if unicodedata.east_asian_width(c) in wide else 1 for c in text)
