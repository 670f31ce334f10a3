"""Identifiers where they may be seen: masked for people, and as a keyed digest where only equality matters.

A citizen number is area (6), day of birth (8), place in the order of that day (3, odd for men) and a check digit that follows from the
rest. With the day of birth beside it, every further digit shown leaves at most a tenth of the candidates, so a mask shows the area alone:
500 numbers of the area, day and sex remain. A digest without a secret hides nothing, since all numbers can be tried.

The SQL of the models does the same in the macros `masked_id` and `keyed_digest`; a test holds the two together.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from typing import TYPE_CHECKING

from wengang.core.errors import IntegrityError
from wengang.core.number_patterns import ACCOUNT, CITIZEN, STARS, TELEPHONE_SQL

if TYPE_CHECKING:
    from wengang.core.settings import Settings

SHOWN = 6
SHORT = 10
KEY = re.compile(r"[0-9a-f]{64}")


def masked_id(value: str | None) -> str:
    """Return an identifier with its first six characters alone; one of ten characters or fewer as stars; nothing for none."""
    if not value:
        return ""
    return "*" * len(value) if len(value) <= SHORT else value[:SHOWN] + STARS


def masked_sql(value: str) -> str:
    """Return the SQL that masks a column as `masked_id` does; null stays null."""
    return f"case when length({value}) <= {SHORT} then repeat('*', length({value})) else concat(substr({value}, 1, {SHOWN}), '{STARS}') end"


def masked_numbers_sql(value: str) -> str:
    """Return the SQL that masks a text column as `masked_numbers` does; null stays null."""
    return rf"regexp_replace({value}, '{CITIZEN}', '\1{STARS}', 'g')"


def masked_remark_sql(value: str) -> str:
    """Return the SQL that masks a text column as `masked_remark` does; null stays null."""
    masked = f"regexp_replace({masked_numbers_sql(value)}, '{ACCOUNT}', '{STARS}', 'g')"
    for _ in range(2):
        masked = rf"regexp_replace({masked}, '{TELEPHONE_SQL}', '\1{STARS}\2', 'g')"
    return masked


def has_number_sql(value: str) -> str:
    """Return the SQL of whether a citizen number stands in a text column."""
    return f"regexp_matches({value}, '{CITIZEN}')"


def keyed_digest(key: str, text: str) -> str:
    """Return the digest of a text under a key: 64 hexadecimal places, the same from month to month as long as the key stays."""
    inner = hashlib.sha256(f"{key}{text}".encode()).hexdigest()
    return hashlib.sha256(f"{key}{inner}".encode()).hexdigest()


def identifier_key(settings: Settings) -> str:
    """Return the secret of a data directory, 64 hexadecimal places; make it on first use, readable by its owner alone.

    Raises IntegrityError where the file holds something else.
    """
    path = settings.key_path
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        making = path.with_name(f"{path.name}.{os.getpid()}")
        handle = os.open(making, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w") as out:
            out.write(secrets.token_hex(32) + "\n")
        try:
            os.link(making, path)  # of two that begin at once the first one's key stands
        except FileExistsError:
            pass
        finally:
            making.unlink()
    key = path.read_text(encoding="ascii", errors="replace").strip()
    if not KEY.fullmatch(key):
        raise IntegrityError("bad_identifier_key", place=str(path))
    return key
