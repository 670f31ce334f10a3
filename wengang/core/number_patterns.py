"""Citizen numbers, accounts and telephones where they stand in a text, and the text with them masked. Needs nothing else of the package."""

from __future__ import annotations

import re

STARS = "*" * 12
# Area, day of birth, place and check digit: whatever stands before and after it, as in an application number made of a person's own.
CITIZEN = r"([1-9]\d{5})(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[0-9Xx]"
# Digits as long as an account, or a mobile telephone: where a person writes freely these are no keys. The database knows no look-around,
# so there what stands before and after a telephone is put back, and a second pass finds the one that shares a neighbour.
ACCOUNT = r"\d{15,}"
TELEPHONE = r"1[3-9]\d{9}"
TELEPHONE_SQL = rf"(^|[^0-9]){TELEPHONE}([^0-9]|$)"
DIGEST_OR_CITIZEN = re.compile(rf"\b[0-9a-f]{{40,64}}\b|{CITIZEN}", re.ASCII)
LONG_NUMBER = re.compile(rf"{ACCOUNT}|(?<!\d){TELEPHONE}(?!\d)", re.ASCII)


def masked_numbers(text: str) -> str:
    """Return a text with every citizen number in it masked as `masked_id` does, also inside a longer key; a digest stays."""
    return DIGEST_OR_CITIZEN.sub(lambda found: found[1] + STARS if found[1] else found[0], text)


def masked_remark(text: str) -> str:
    """Return what a person wrote freely with citizen numbers masked, and accounts and telephones as stars."""
    return LONG_NUMBER.sub(STARS, masked_numbers(text))
