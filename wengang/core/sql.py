"""SQL written by Python: quoting."""

from __future__ import annotations


def quote(text: str) -> str:
    """Quote a text for SQL."""
    return "'" + text.replace("'", "''") + "'"
