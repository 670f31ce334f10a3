"""The register of public keys as its administrator keeps it: officers entered and withdrawn, each time signed anew."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from wengang.core.callers_files import read_callers_file
from wengang.core.errors import UsageError
from wengang.core.journal import read_journal
from wengang.core.keys import SigningKey, key_id_of
from wengang.core.lock import home_lock
from wengang.core.settings import Settings
from wengang.months.kept_files import KEY_REGISTER, note_kept
from wengang.months.key_register import ROLES, Officer, Register, read_register, write_register
from wengang.months.signed import SIGNATURES


def register_officer(
    settings: Settings, public: Path, roles: Sequence[str], administrator: SigningKey
) -> Path:
    """Enter a public key with its roles; the register begins with its first. Return the register's file.

    Raises UsageError for a file that is no public key, an unknown role, a name that has a key already, or another administrator's key.
    """
    try:
        found = json.loads(read_callers_file(public, "public_key_file"))
        name, key = str(found["name"]), str(found["public_key"])
        is_whole = key_id_of(key) == found["key_id"]
    except (ValueError, KeyError, TypeError) as fault:
        raise UsageError("public_key_file", place=str(public)) from fault
    if not is_whole or not name.strip():
        raise UsageError("public_key_file", place=str(public))
    for role in roles:
        if role not in ROLES:
            raise UsageError("role", name=role)
    with home_lock(settings):
        register = read_register(settings) or begun(settings, administrator)
        return put(
            settings, register.with_officer(Officer(name, key, tuple(dict.fromkeys(roles)))), administrator
        )


def withdraw_officer(settings: Settings, name: str, administrator: SigningKey) -> Path:
    """Withdraw a person's key; return the register's file. Raises UsageError where the name has no key, or for another administrator."""
    with home_lock(settings):
        register = read_register(settings)
        if register is None:
            raise UsageError("officer_unknown", name=name)
        return put(settings, register.without(name), administrator)


def begun(settings: Settings, administrator: SigningKey) -> Register:
    """Return an empty register of an administrator; signatures on record before it have no keys."""
    before = len(read_journal(settings.journal_dir / SIGNATURES))
    return Register(Officer("administrator", administrator.public, ()), signed_from=before, serial=0)


def put(settings: Settings, register: Register, administrator: SigningKey) -> Path:
    """Put the register in place, signed, and note its digest."""
    path = write_register(settings, register, administrator)
    note_kept(settings, KEY_REGISTER, path)
    return path
